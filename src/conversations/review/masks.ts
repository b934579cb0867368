/** Showing one masked value: which one, why, and then the value; each showing is put on record with its reason. */
import { pick, press } from "../../bot/steps.ts";
import type { Draft, Name, Steps } from "./draft.ts";

export const maskSteps: Steps<"masks" | "reason" | "value"> = {
  masks: {
    async show(draft, ctx) {
      const file = await ctx.desk.read(draft.code);
      if (!file) return { text: ctx.t("review:gone") };
      return {
        title: ctx.t("review:masks.title", { code: draft.code }),
        text: ctx.t("review:masks.text"),
        menu: {
          hint: ctx.t("review:masks.hint"),
          options: file.masked.map((m) => ({
            value: String(m.number),
            label: ctx.t("review:masks.one", { number: m.number, kind: ctx.t(`review:masks.kind.${m.kind}`) }),
          })),
        },
      };
    },
    next: (draft, answer, ctx) =>
      answer.kind === "choice" && /^\d{1,4}$/.test(answer.value)
        ? { go: "reason", draft: { ...draft, mask: Number(answer.value) } }
        : { stay: ctx.t("bot:press-one") },
  },

  reason: pick<Draft, Name>({
    ask: (_draft, ctx) => ({ title: ctx.t("review:reason.title"), text: ctx.t("review:reason.text") }),
    hint: (ctx) => ctx.t("review:reason.hint"),
    options: (_draft, ctx) =>
      ctx.desk.unmaskReasons().map((value) => ({ value, label: ctx.t(`review:reason.${value}`) })),
    on: (draft, [reason]) => ({ go: "value", draft: { ...draft, reason } }),
  }),

  value: press<Draft, Name>({
    noBack: true,
    async ask(draft, ctx) {
      const shown = await ctx.desk.unmask(draft.code, draft.mask ?? 0, draft.reason ?? "");
      if (!shown) return { text: ctx.t("review:gone") };
      return {
        title: ctx.t("review:value.title", { code: draft.code }),
        text: ctx.t("review:value.text"),
        quotes: [
          {
            by: ctx.t("review:masks.one", { number: draft.mask ?? 0, kind: ctx.t(`review:masks.kind.${shown.kind}`) }),
            text: shown.value,
          },
        ],
        buttons: [{ value: "read", label: ctx.t("review:value.back"), tone: "primary" }],
      };
    },
    on: { read: (draft) => ({ go: "read", draft: { ...draft, mask: undefined, reason: undefined } }) },
  }),
};
