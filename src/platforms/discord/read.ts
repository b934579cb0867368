/** Reads one interaction of Discord: who did what, where and in what language. */
import { type APIInteraction, ComponentType, InteractionType, MessageFlags, PermissionFlagsBits } from "discord.js";
import type { Input, Upload } from "../../bot/screen.ts";
import type { Incoming } from "../platform.ts";
import { placeMark } from "./post.ts";

/** Who, where and in what language; undefined for what is no act of a person. */
export function readIncoming(event: APIInteraction): Omit<Incoming, "input"> | undefined {
  const user = event.user ?? event.member?.user;
  const channel = event.channel?.id ?? event.channel_id;
  if (!user || !("locale" in event)) return undefined;
  // What only this person sees is private, wherever it is shown: a reviewer reads on from a board's card.
  const theirs = "message" in event && ((event.message?.flags ?? 0) & MessageFlags.Ephemeral) !== 0;
  return {
    id: event.id,
    from: { platform: "discord", id: user.id },
    ...(event.guild_id && channel && !theirs
      ? { place: { platform: "discord", id: placeMark + channel }, manages: managesServer(event) }
      : {}),
    locale: event.locale,
  };
}

/** Discord says with each act what the person may do where it happened, as a number. Anything else is no right. */
function managesServer({ member }: APIInteraction): boolean {
  const held = member?.permissions ?? "";
  const right = PermissionFlagsBits.ManageGuild | PermissionFlagsBits.Administrator;
  return /^\d+$/.test(held) && (BigInt(held) & right) !== 0n;
}

/** What a person did. `opens` names a form or file picker to be opened before the house is asked. */
export function readInteraction(
  event: APIInteraction,
): { input: Input; opens?: { what: string; key: string } } | undefined {
  if (event.type === InteractionType.ApplicationCommand)
    return { input: { kind: "command", name: event.data.name, rest: "" } };
  if (event.type === InteractionType.ModalSubmit) return { input: readModal(event) };
  if (event.type !== InteractionType.MessageComponent) return undefined;
  const [, kind = "", value = ""] = /^(\w)(?::(.*))?$/s.exec(event.data.custom_id) ?? [];
  const chosen = event.data.component_type === ComponentType.StringSelect ? event.data.values : [];
  if (kind === "o") {
    const [what = "", key = ""] = value.split(":");
    return { input: { kind: "look" }, opens: { what, key } };
  }
  if (kind === "m") return { input: { kind: "choice", value: chosen[0] ?? "" } };
  if (kind === "M") return { input: { kind: "choices", value, values: chosen } };
  if (kind === "d") return { input: { kind: "choices", value, values: readChosen(event.message.components ?? []) } };
  return { input: { kind: "choice", value } };
}

/** The options that are on in a drawn menu. */
function readChosen(rows: { type: ComponentType }[]): string[] {
  const options = rows.flatMap((row) =>
    "components" in row
      ? (row.components as { options?: { value: string; default?: boolean }[] }[]).flatMap((c) => c.options ?? [])
      : [],
  );
  return options.filter((option) => option.default).map((option) => option.value);
}

function readModal(event: Extract<APIInteraction, { type: InteractionType.ModalSubmit }>): Input {
  const [kind, , ...rest] = event.data.custom_id.split(":");
  const values: Record<string, string> = {};
  const files: Upload[] = [];
  for (const part of event.data.components) {
    if (!("component" in part)) continue;
    const given = part.component;
    if (given.type === ComponentType.FileUpload) {
      for (const id of given.values) {
        const file = event.data.resolved?.attachments?.[id];
        if (file)
          files.push({
            name: file.filename,
            ...(file.content_type ? { type: file.content_type } : {}),
            bytes: file.size,
            open: () => openFile(file.url),
          });
      }
    } else if ("values" in given) values[given.custom_id] = given.values.join(",");
    else values[given.custom_id] = typeof given.value === "string" ? given.value : "";
  }
  return kind === "u" ? { kind: "files", files } : { kind: "form", value: rest.join(":"), values };
}

/** Streams an uploaded file. Its address is signed and opens it for anyone: it appears in no error. */
async function openFile(url: string): Promise<ReadableStream<Uint8Array>> {
  const answer = await fetch(url).catch(() => undefined);
  if (!answer?.ok || !answer.body) throw new Error("discord-file-unavailable");
  return answer.body;
}
