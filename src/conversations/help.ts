/** What Quietline is, who reads, what is kept, and what we cannot promise on this very platform. */
import type { Conversation } from "../bot/conversation.ts";
import { press } from "../bot/steps.ts";

type Draft = Record<string, never>;

export const help: Conversation<Draft, "text"> = {
  name: "help",
  commands: ["help"],
  first: "text",
  blank: {},
  steps: {
    text: press<Draft, "text">({
      ask: (_draft, ctx) => ({
        title: ctx.t("help:title"),
        text: [
          ctx.t("help:what"),
          ctx.t("help:kept"),
          ctx.t(`report:facts.${ctx.platform}`),
          ctx.t("help:cannot"),
          ctx.t("help:urgent"),
        ].join("\n\n"),
        buttons: [
          { value: "report", label: ctx.t("home:report"), tone: "primary" },
          ...(ctx.can.anonymous
            ? [{ value: "signin", label: ctx.t("help:signin"), tone: "quiet" as const }]
            : [{ value: "page", label: ctx.t("report:page"), url: ctx.page }]),
        ],
      }),
      on: { report: () => ({ open: "report" }), signin: () => ({ open: "signin" }) },
    }),
  },
};
