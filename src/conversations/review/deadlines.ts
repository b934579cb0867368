/** What is due, and a flood: one card of each on each board that edits itself; and a reminder that says nothing but that something is. */
import type { Draft, Steps } from "./draft.ts";
import { blank } from "./draft.ts";

export const deadlineSteps: Steps<"deadlines" | "reminder" | "flood"> = {
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

  flood: {
    // the day is its name: a flood of another day has a card of its own
    anytime: { key: (draft) => draft.text, draft: (key) => ({ ...blank, text: key }) },
    async show(_draft, ctx) {
      const { on, hour, waiting } = await ctx.desk.floodNow();
      return {
        title: ctx.t(`review:flood.${on ? "on" : "over"}`),
        text: [
          ...(on ? [ctx.t("review:flood.hour", { count: hour }), ctx.t("review:flood.text")] : []),
          ctx.t("review:flood.waiting", { count: waiting }),
        ].join("\n\n"),
        buttons: [{ value: "look", label: ctx.t("review:queue.look") }],
      };
    },
    next: (draft) => ({ go: "flood", draft }),
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
