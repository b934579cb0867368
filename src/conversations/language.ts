/** Which language we speak with this person. */
import type { Conversation } from "../bot/conversation.ts";
import { pick } from "../bot/steps.ts";

type Draft = Record<string, never>;

export const language: Conversation<Draft, "choose"> = {
  name: "language",
  commands: ["language"],
  first: "choose",
  blank: {},
  steps: {
    choose: pick<Draft, "choose">({
      ask: (_draft, ctx) => ({ title: ctx.t("language:title"), text: ctx.t("language:text") }),
      hint: (ctx) => ctx.t("language:hint"),
      options: (_draft, ctx) => ctx.locales.map((l) => ({ ...l, on: l.value === ctx.locale })),
      on: (_draft, [locale], ctx) => ({
        open: "home",
        locale: locale!,
        ...(ctx.desk.actor.kind === "reviewer" ? { commands: [{ kind: "speak" as const, locale: locale! }] } : {}),
      }),
    }),
  },
};
