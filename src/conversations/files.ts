/** The step that takes files, the same in a report and in a mailbox. */
import type { Context, Step, Taken, Turn } from "../bot/conversation.ts";
import type { Screen } from "../bot/screen.ts";
import type { Message, TakenFile } from "../desk.ts";

/** What a draft holds of files. */
export interface Attached {
  files: TakenFile[];
  /** Pictures are also kept as they were sent, with what is hidden in them. */
  originals: boolean;
}

/** Most files of one report or message, and the size of each on the web (bytes); a platform may allow less. */
export const most = { files: 10, bytes: 200 * 1024 * 1024 };

/** A step that takes files one by one or many at once, and asks `next` where to go when the person is done. */
export function attach<Draft extends Attached, Name extends string>(step: {
  ask(draft: Draft, ctx: Context): Screen;
  next(draft: Draft, ctx: Context): Turn<Draft, Name> | Promise<Turn<Draft, Name>>;
}): Step<Draft, Name> {
  return {
    show(draft, ctx) {
      const asked = step.ask(draft, ctx);
      const pictures = draft.files.some((f) => f.original);
      return {
        ...asked,
        text: [
          asked.text,
          ...(draft.files.length > 0 ? [listed(draft, ctx)] : []),
          ...(pictures ? [ctx.t(draft.originals ? "files:originals-kept" : "files:originals-gone")] : []),
        ].join("\n\n"),
        ...(draft.files.length < most.files
          ? {
              files: {
                max: most.files - draft.files.length,
                bytes: Math.min(most.bytes, ctx.can.fileBytes),
                pick: ctx.t("files:pick"),
              },
            }
          : {}),
        buttons: [
          { value: "go", label: ctx.t("bot:continue"), tone: "primary" },
          ...(pictures
            ? [
                {
                  value: draft.originals ? "clean" : "originals",
                  label: ctx.t(draft.originals ? "files:drop-originals" : "files:keep-originals"),
                },
              ]
            : []),
          ...(draft.files.length > 0 ? [{ value: "none", label: ctx.t("files:remove") }] : []),
        ],
      };
    },
    next(draft, answer, ctx) {
      if (answer.kind === "files") return { go: "files" as Name, ...takeFiles(draft, answer.files, ctx) };
      if (answer.kind !== "choice") return { stay: ctx.t("files:only-files") };
      if (answer.value === "originals" || answer.value === "clean")
        return { go: "files" as Name, draft: { ...draft, originals: answer.value === "originals" } };
      if (answer.value === "none") return { go: "files" as Name, draft: { ...draft, files: [], originals: false } };
      return step.next(draft, ctx);
    },
  };
}

/** Adds what was taken in; the notice says what was not, and why. */
export function takeFiles<Draft extends Attached>(
  draft: Draft,
  taken: Taken[],
  ctx: Context,
): { draft: Draft; notice?: string } {
  const room = most.files - draft.files.length;
  const good = taken.flatMap((t) => (t.ok ? [t.file] : []));
  const refused = [...new Set(taken.flatMap((t) => (t.ok ? [] : [t.why])))].map((why) => ctx.t(`files:refused.${why}`));
  if (good.length > room) refused.push(ctx.t("files:refused.too-many", { max: most.files }));
  if (good.some((f) => f.warn)) refused.push(ctx.t("files:warn"));
  return {
    draft: { ...draft, files: [...draft.files, ...good.slice(0, room)] },
    ...(refused.length > 0 ? { notice: refused.join("\n") } : {}),
  };
}

function listed(draft: Attached, ctx: Context): string {
  return [
    ctx.t("files:have", { count: draft.files.length }),
    ...draft.files.map((f) => `• ${sized(f.kind, f.blob.bytes, ctx)}`),
  ].join("\n");
}

/** A file in words: its kind and size. */
export function sized(kind: string, bytes: number, ctx: Context): string {
  return ctx.t("bot:paren", { text: ctx.t(`files:kind.${kind}`), more: size(bytes, ctx) });
}

/** A file of a case in words: its number, kind and size. */
export function numbered(file: { number: number; kind: string; bytes: number }, ctx: Context): string {
  return ctx.t("review:read.file", {
    number: file.number,
    kind: ctx.t(`files:kind.${file.kind}`),
    size: size(file.bytes, ctx),
  });
}

/** A message in words: what was written, and that files came with it. */
export function said(message: Message, ctx: Context): string {
  const files = message.files > 0 ? ctx.t("files:came", { count: message.files }) : "";
  return [message.text, files].filter(Boolean).join("\n\n");
}

/** A size as people say it. */
function size(bytes: number, ctx: Context): string {
  const mega = bytes >= 1_000_000;
  const amount = new Intl.NumberFormat(ctx.locale, { maximumFractionDigits: mega ? 1 : 0 }).format(
    mega ? bytes / 1_000_000 : Math.max(1, bytes / 1000),
  );
  return ctx.t(mega ? "files:megabytes" : "files:kilobytes", { amount });
}
