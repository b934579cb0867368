/** Checks a certificate by its code: what was passed and when, never by whom. */
import type { Conversation } from "../bot/conversation.ts";
import { fillIn } from "../bot/steps.ts";

type Draft = Record<string, never>;

export const certificate: Conversation<Draft, "code"> = {
  name: "certificate",
  commands: ["certificate"],
  first: "code",
  blank: {},
  steps: {
    code: fillIn<Draft, "code">({
      ask: (_draft, ctx) => ({ title: ctx.t("certificate:title"), text: ctx.t("certificate:text") }),
      title: (ctx) => ctx.t("certificate:title"),
      send: (ctx) => ctx.t("certificate:send"),
      fields: (_draft, ctx) => [
        { name: "code", label: ctx.t("certificate:label"), kind: "line", required: true, max: 40 },
      ],
      async on(_draft, { code = "" }, ctx) {
        const found = await ctx.desk.verify(code, ctx.locale);
        if ("wait" in found) return { stay: ctx.t("quiz:wait", { seconds: found.wait }) };
        if ("unknown" in found) return { stay: ctx.t("certificate:unknown") };
        const text = ctx.t("certificate:good", { title: found.title, day: ctx.day(found.day) });
        return { done: { title: ctx.t("certificate:genuine"), text } };
      },
    }),
  },
};
