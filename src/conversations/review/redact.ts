/** Permanent redaction: which masked values, which passage or which attached file is taken out for good. */
import { fillIn, pick } from "../../bot/steps.ts";
import { numbered } from "../files.ts";
import type { Draft, Name, Steps } from "./draft.ts";

export const redactSteps: Steps<"redact" | "passage" | "shred" | "why"> = {
  redact: {
    async show(draft, ctx) {
      const file = await ctx.desk.read(draft.code);
      if (!file) return { text: ctx.t("review:gone") };
      return {
        title: ctx.t("four:redact.title", { code: draft.code }),
        text: ctx.t("four:redact.text"),
        ...(file.masked.length > 0
          ? {
              menu: {
                hint: ctx.t("four:redact.hint"),
                options: file.masked.map((m) => ({
                  value: String(m.number),
                  label: ctx.t("review:masks.one", { number: m.number, kind: ctx.t(`review:masks.kind.${m.kind}`) }),
                })),
                many: true as const,
                done: { value: "done", label: ctx.t("bot:done"), tone: "primary" as const },
              },
            }
          : {}),
        buttons: [{ value: "!passage", label: ctx.t("four:redact.passage") }],
      };
    },
    next(draft, answer, ctx) {
      const chosen = answer.kind === "choices" ? answer.values : answer.kind === "choice" ? [answer.value] : [];
      if (chosen[0] === "!passage") return { go: "passage", draft };
      const numbers = chosen.filter((n) => /^\d{1,4}$/.test(n)).map(Number);
      return numbers.length > 0
        ? { go: "sure", draft: { ...draft, second: "redact", numbers } }
        : { stay: ctx.t("bot:press-one") };
    },
  },

  passage: fillIn<Draft, Name>({
    ask: (draft, ctx) => ({
      title: ctx.t("four:redact.title", { code: draft.code }),
      text: ctx.t("four:redact.copy"),
    }),
    title: (ctx) => ctx.t("four:redact.passage"),
    send: (ctx) => ctx.t("bot:continue"),
    fields: (draft, ctx) => [
      {
        name: "passage",
        label: ctx.t("four:redact.label"),
        kind: "paragraph",
        required: true,
        max: ctx.can.typed || 4000,
        value: draft.passage ?? "",
      },
    ],
    on: async (draft, { passage = "" }, ctx) =>
      (await ctx.desk.holdsPassage(draft.code, passage))
        ? { go: "sure", draft: { ...draft, second: "redact", passage } }
        : { stay: ctx.t("four:redact.missing") },
  }),

  shred: {
    async show(draft, ctx) {
      const file = await ctx.desk.read(draft.code);
      if (!file) return { text: ctx.t("review:gone") };
      return {
        title: ctx.t("four:shred.title", { code: draft.code }),
        text: ctx.t(file.attachments.length > 0 ? "four:shred.text" : "four:refused.no-files"),
        ...(file.attachments.length > 0
          ? {
              menu: {
                hint: ctx.t("four:shred.hint"),
                options: file.attachments.map((a) => ({ value: `f${a.number}`, label: numbered(a, ctx) })),
              },
            }
          : {}),
      };
    },
    next(draft, answer, ctx) {
      const number = answer.kind === "choice" && /^f(\d{1,4})$/.exec(answer.value)?.[1];
      return number
        ? { go: "why", draft: { ...draft, shred: { number: Number(number) } } }
        : { stay: ctx.t("bot:press-one") };
    },
  },

  why: pick<Draft, Name>({
    ask: (draft, ctx) => ({
      title: ctx.t("four:shred.title", { code: draft.code }),
      text: ctx.t("four:shred.why.text", { number: draft.shred?.number ?? 0 }),
    }),
    hint: (ctx) => ctx.t("four:shred.why.hint"),
    options: (_draft, ctx) =>
      ctx.desk.shredReasons().map((value) => ({ value, label: ctx.t(`four:shred.reason.${value}`) })),
    on: (draft, [reason]) => ({
      go: "sure",
      draft: { ...draft, second: "shred", shred: { number: draft.shred?.number ?? 0, ...(reason ? { reason } : {}) } },
    }),
  }),
};
