/** What is due: one card on each board that edits itself, and a reminder that says nothing but that something is. */
import type { Draft, Steps } from "./draft.ts";
import { blank } from "./draft.ts";

export const deadlineSteps: Steps<"deadlines" | "reminder"> = {
  deadlines: {
    anytime: { key: () => "all", draft: () => blank },
    async show(_draft, ctx) {
      const { late, soon, cases } = await ctx.desk.deadlines();
      return {
        title: ctx.t("review:deadlines.title"),
        text: [
          ctx.t(late + soon === 0 ? "review:deadlines.none" : "review:deadlines.text", { late, soon }),
          cases
            .map((c) =>
              ctx.t("review:deadlines.line", {
                code: c.code,
                day: ctx.day(c.due),
                who: c.owner ?? ctx.t("review:queue.free"),
              }),
            )
            .join("\n"),
        ]
          .filter(Boolean)
          .join("\n\n"),
        buttons: [{ value: "look", label: ctx.t("review:queue.look") }],
      };
    },
    next: (draft) => ({ go: "deadlines", draft }),
  },

  reminder: {
    anytime: { key: () => "", draft: () => blank },
    show: (_draft, ctx) => ({
      text: ctx.t("review:reminder.text"),
      buttons: [{ value: "queue", label: ctx.t("review:card.queue") }],
    }),
    next: (draft: Draft) => ({ open: "review", at: { step: "queue", draft } }),
  },
};
