/** One case: its card on a board or at the desk, the question before the first look, the report and its files. */
import type { Context } from "../../bot/conversation.ts";
import type { Attachment, Choice } from "../../bot/screen.ts";
import { press } from "../../bot/steps.ts";
import { clocks, drawCard, state } from "../card.ts";
import { numbered, said } from "../files.ts";
import { quotesOf } from "../questions.ts";
import { pressed } from "./act.ts";
import { blank, type Draft, type Name, type Steps } from "./draft.ts";
import { leaveIt } from "./life.ts";

export const caseSteps: Steps<"card" | "ready" | "conflict" | "read" | "file"> = {
  // the card as it hangs on a board: pressed by whoever is there, days later
  card: {
    anytime: { key: (draft) => draft.code, draft: (code) => ({ ...blank, code }) },
    show: (draft, ctx) => drawCard(draft.code, ctx),
    next: (draft, answer, ctx) => pressed(draft, answer.kind === "choice" ? answer.value : "", ctx, "card"),
  },

  // the same card in a reviewer's own talk, opened from the queue
  ready: {
    show: (draft, ctx) => drawCard(draft.code, ctx),
    next: (draft, answer, ctx) => pressed(draft, answer.kind === "choice" ? answer.value : "", ctx, "ready"),
  },

  conflict: press<Draft, Name>({
    ask: (_draft, ctx) => ({
      title: ctx.t("review:conflict.title"),
      text: ctx.t("review:conflict.text"),
      buttons: [
        { value: "clear", label: ctx.t("review:conflict.clear"), tone: "primary" },
        { value: "near", label: ctx.t("review:conflict.near") },
      ],
    }),
    on: {
      clear: (draft) => ({ go: "read", draft }),
      near: (draft, ctx) => leaveIt(draft, ctx),
    },
  }),

  read: press<Draft, Name>({
    async ask(draft, ctx) {
      const file = await ctx.desk.read(draft.code);
      if (!file) return { text: ctx.t("review:gone") };
      const alias = ctx.desk.actor.kind === "reviewer" ? ctx.desk.actor.alias : "";
      const mine = file.owner === alias || file.helpers.includes(alias);
      const attachments: Choice[] = file.attachments.flatMap((a) => [
        { value: `f${a.number}`, label: numbered(a, ctx) },
        ...(a.original ? [{ value: `o${a.number}`, label: ctx.t("review:read.original", { number: a.number }) }] : []),
      ]);
      return {
        title: ctx.t("review:read.title", { code: file.code }),
        text: [
          state(file, ctx),
          clocks(file, ctx),
          ctx.t("review:read.recorded"),
          ...(file.masked.length > 0 ? [ctx.t("review:masks.note")] : []),
          ...(file.shredded.length > 0 ? [shredded(file.shredded, ctx)] : []),
        ]
          .filter(Boolean)
          .join("\n\n"),
        quotes: [
          ...quotesOf(file.told, ctx),
          ...file.thread.map((m) => ({
            by: ctx.t(`review:by.${m.side}`, { day: ctx.day(m.day) }),
            text: said(m, ctx),
          })),
          ...file.notes.map((n) => ({
            by: ctx.t("four:note.by", { alias: n.alias, day: ctx.day(n.day) }),
            text: n.text,
          })),
        ],
        buttons: [
          ...(mine && file.status !== "closed"
            ? [
                { value: "reply", label: ctx.t("review:card.reply"), tone: "primary" as const },
                { value: "close", label: ctx.t("review:card.close") },
                { value: "release", label: ctx.t("review:card.release") },
              ]
            : []),
          ...(!mine && file.status !== "closed" && !file.owner
            ? [{ value: "claim", label: ctx.t("review:card.claim"), tone: "primary" as const }]
            : []),
          ...(file.status === "closed" ? [{ value: "reopen", label: ctx.t("review:card.reopen") }] : []),
          ...(file.masked.length > 0 ? [{ value: "masks", label: ctx.t("review:masks.button") }] : []),
          ...attachments,
          { value: "note", label: ctx.t("four:note.button") },
          { value: "life", label: ctx.t("review:card.life") },
          { value: "queue", label: ctx.t("review:card.queue"), tone: "quiet" },
        ],
      };
    },
    on: {},
    other(draft, answer, ctx) {
      const value = answer.kind === "choice" ? answer.value : "";
      const file = /^([fo])(\d+)$/.exec(value);
      if (file)
        return { go: "file", draft: { ...draft, file: { number: Number(file[2]), original: file[1] === "o" } } };
      if (value === "masks") return { go: "masks", draft };
      if (value === "note") return { go: "note", draft };
      return pressed(draft, value, ctx, "read");
    },
  }),

  file: press<Draft, Name>({
    async ask(draft, ctx) {
      const attachment: Attachment | undefined =
        draft.file && (await ctx.desk.attachment(draft.code, draft.file.number, draft.file.original));
      if (!attachment) return { text: ctx.t("review:gone") };
      const fits = attachment.bytes <= ctx.can.fileBytes;
      return {
        title: ctx.t("review:file.title", { number: draft.file!.number, code: draft.code }),
        text: [
          ctx.t("review:file.warning"),
          ...(fits ? [] : [ctx.t("review:file.too-large", { page: ctx.page })]),
        ].join("\n\n"),
        ours: true,
        ...(fits
          ? { attachments: [attachment] }
          : { buttons: [{ value: "page", label: ctx.t("report:page"), url: ctx.page }] }),
      };
    },
    on: {},
  }),
};

/** That there were files that are not there any more. */
function shredded(numbers: number[], ctx: Context): string {
  return ctx.t("review:read.shredded", { count: numbers.length, numbers: numbers.join(ctx.t("bot:comma")) });
}
