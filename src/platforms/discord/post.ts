/**
 * What leaves out of the blue, for the courier: messages to a person or a place, redrawn later by their mark
 * `channel/message`. Nothing is tried twice here; each answer of Discord becomes a `Sent`.
 */
import {
  type APIChannel,
  type APIMessage,
  ChannelFlags,
  ChannelType,
  RESTJSONErrorCodes as Code,
  DiscordAPIError,
  HTTPError,
  MessageFlags,
  RateLimitError,
  type RawFile,
  type REST,
  Routes,
} from "discord.js";
import type { Screen } from "../../bot/screen.ts";
import type { Address, SendOptions, Sent } from "../platform.ts";
import { type Drawn, drawNonce } from "./draw.ts";
import { cut } from "./text.ts";

/** Places are told from people by this prefix; an account's id is the bare number. */
export const placeMark = "c:";

/** Nothing that we send may mention anyone or fetch a preview. */
export const quiet = { allowed_mentions: { parse: [] }, flags: MessageFlags.SuppressEmbeds };

/** Seconds until a refusal is tried again that time may mend. */
const mending = 600;
/** Discord's brake is released by itself. */
const brakes = new Set<number | string>([Code.OpeningDirectMessagesTooFast]);
/** Somebody has to grant a permission, to unlock a thread, or to archive others. */
const shut = new Set<number | string>([Code.MissingPermissions, Code.ThreadLocked, Code.MaximumActiveThreads]);
const gone = new Set<number | string>([
  Code.UnknownChannel,
  Code.UnknownGuild,
  Code.UnknownUser,
  Code.MissingAccess,
  Code.CannotSendMessagesToThisUser,
  Code.CannotSendMessagesToThisUserDueToHavingNoMutualGuilds,
]);
/** Network errors that come before anything was sent. */
const unsent = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"]);

/** The number that Discord gave an error, the HTTP status, or 0; never the error itself, which quotes tokens and texts. */
export function codeOf(error: unknown): string | number {
  if (error instanceof DiscordAPIError) return error.code;
  if (error instanceof HTTPError) return error.status;
  return 0;
}

/** Whether the answer got lost or the server failed, so that the call may or may not have acted. */
export const wasLost = (error: unknown): boolean =>
  !(error instanceof DiscordAPIError) && !(error instanceof RateLimitError);

/** What an error means for the courier. */
function readError(error: unknown): Sent {
  if (error instanceof RateLimitError)
    return {
      ok: false,
      retry: true,
      after: Math.max(1, Math.ceil(error.retryAfter / 1000)),
      ...(error.global ? { wide: true } : {}),
      code: "discord-429",
    };
  if (error instanceof DiscordAPIError) {
    const code = `discord-${error.code}`;
    if (error.status === 401) return { ok: false, retry: true, after: 60, wide: true, code: "discord-401" };
    if (brakes.has(error.code)) return { ok: false, retry: true, after: mending, code };
    if (shut.has(error.code)) return { ok: false, retry: true, after: mending, shut: true, code };
    return { ok: false, retry: false, gone: gone.has(error.code), code };
  }
  if (error instanceof HTTPError) return { ok: false, retry: true, maybe: true, code: `discord-${error.status}` };
  const cause =
    error instanceof Error ? ((error as { code?: unknown }).code ?? (error.cause as { code?: unknown })?.code) : 0;
  return unsent.has(String(cause))
    ? { ok: false, retry: true, code: "discord-unreachable" }
    : { ok: false, retry: true, maybe: true, code: "discord-unreachable" };
}

/** A file as it is sent; a picture with its words. */
export type DrawnFile = RawFile & { alt?: string };
const longestAlt = 1024;

/** Reads files to be attached into memory; Discord takes ten, of 10 MiB each. */
export async function readFiles(screen: Screen, drawn: Drawn): Promise<DrawnFile[]> {
  const files: DrawnFile[] = [];
  if (screen.picture)
    files.push({
      name: screen.picture.name,
      contentType: "image/png",
      data: Buffer.from(await screen.picture.png()),
      alt: screen.picture.alt.slice(0, longestAlt),
    });
  for (const { name, type, open } of screen.attachments ?? [])
    files.push({ name, contentType: type, data: Buffer.from(await new Response(await open()).arrayBuffer()) });
  if (drawn.whole !== undefined)
    files.push({ name: "text.txt", contentType: "text/plain; charset=utf-8", data: Buffer.from(drawn.whole) });
  return files;
}

/** A message's body; `edit` clears what an earlier drawing attached. */
export const body = ({ content, components }: Drawn, files: DrawnFile[], edit: boolean) => ({
  ...quiet,
  content,
  components,
  ...(edit || files.length
    ? { attachments: files.map(({ name, alt }, id) => ({ id, filename: name, ...(alt ? { description: alt } : {}) })) }
    : {}),
});

/** Makes the function that sends for the courier. */
export function poster(rest: REST) {
  /** Kinds of places we have met: forums take posts, not messages. Rooms only, never people. */
  const places = new Map<string, { forum: boolean; tag?: string }>();

  async function lookAt(channel: string): Promise<{ forum: boolean; tag?: string }> {
    const known = places.get(channel);
    if (known) return known;
    const found = (await rest.get(Routes.channel(channel))) as APIChannel;
    const forum = found.type === ChannelType.GuildForum || found.type === ChannelType.GuildMedia;
    const tag = forum && (found.flags ?? 0) & ChannelFlags.RequireTag ? found.available_tags[0]?.id : undefined;
    const place = { forum, ...(tag ? { tag } : {}) };
    if (places.size < 1000) places.set(channel, place);
    return place;
  }

  async function edit(ref: string, drawn: Drawn, files: DrawnFile[]): Promise<boolean> {
    const [channel = "", message = ""] = ref.split("/");
    const redraw = () => rest.patch(Routes.channelMessage(channel, message), { body: body(drawn, files, true), files });
    try {
      await redraw();
    } catch (error) {
      if (!(error instanceof DiscordAPIError)) throw error;
      if (error.status === 404) return false;
      if (error.code !== Code.InvalidActionOnArchivedThread) throw error;
      // A quiet post is archived after some days; redrawing its card wakes it.
      await rest.patch(Routes.channel(channel), { body: { archived: false } });
      await redraw();
    }
    return true;
  }

  /** Sends, or redraws the message of `options.ref`; what was deleted meanwhile is sent anew. */
  return async (to: Address, screen: Screen, drawn: Drawn, options: SendOptions): Promise<Sent> => {
    try {
      const files = await readFiles(screen, drawn);
      if (options.ref && (await edit(options.ref, drawn, files))) return { ok: true, ref: options.ref };
      const message = body(drawn, files, false);
      const place = to.id.startsWith(placeMark) ? to.id.slice(placeMark.length) : undefined;
      const { forum, tag } = place ? await lookAt(place) : { forum: false, tag: undefined };
      if (place && forum) {
        // Names of posts stand in the server's audit log: a title holds a case code, nothing else.
        const name = cut(screen.title ?? "…", 100) || "…";
        const thread = (await rest.post(Routes.threads(place), {
          body: { name, message, auto_archive_duration: 10_080, ...(tag ? { applied_tags: [tag] } : {}) },
          files,
        })) as { id: string; message?: { id: string } };
        return { ok: true, ref: `${thread.id}/${thread.message?.id ?? thread.id}` };
      }
      const channel =
        place ?? ((await rest.post(Routes.userChannels(), { body: { recipient_id: to.id } })) as { id: string }).id;
      const nonce = options.nonce ? { nonce: drawNonce(options.nonce), enforce_nonce: true } : {};
      const sent = (await rest.post(Routes.channelMessages(channel), {
        body: { ...message, ...nonce },
        files,
      })) as APIMessage;
      return { ok: true, ref: `${channel}/${sent.id}` };
    } catch (error) {
      return readError(error);
    }
  };
}
