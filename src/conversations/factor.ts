/** A reviewer's second factor on the web page: set up with an authenticator app, taken away with a code of it. */
import type { Conversation } from "../bot/conversation.ts";
import { fillIn, press } from "../bot/steps.ts";

interface Draft {
  /** The secret that is being set up; sealed with the draft, and gone with it. */
  secret: string;
}

type Name = "start" | "scan" | "off";

export const factor: Conversation<Draft, Name> = {
  name: "factor",
  audience: "reviewers",
  commands: ["factor"],
  first: "start",
  blank: { secret: "" },
  steps: {
    start: press<Draft, Name>({
      async ask(_draft, ctx) {
        const on = await ctx.desk.hasFactor();
        return {
          title: ctx.t("factor:title"),
          text: [ctx.t("factor:text"), ctx.t(on ? "factor:is-on" : "factor:is-off")].join("\n\n"),
          buttons: [
            { value: "scan", label: ctx.t(on ? "factor:anew" : "factor:begin"), tone: "primary" },
            ...(on ? [{ value: "off", label: ctx.t("factor:off"), tone: "danger" as const }] : []),
          ],
        };
      },
      on: {
        // who is signed in is not enough to swap a factor that is there: a code of the old one is asked first
        scan: async (_draft, ctx) =>
          (await ctx.desk.hasFactor())
            ? { stay: ctx.t("factor:off-first") }
            : { go: "scan", draft: { secret: ctx.desk.newFactor() } },
        off: (draft) => ({ go: "off", draft }),
      },
    }),

    scan: fillIn<Draft, Name>({
      ask: (draft, ctx) => ({
        title: ctx.t("factor:scan.title"),
        text: ctx.t("factor:scan.text"),
        secret: draft.secret.replace(/(.{4})(?=.)/g, "$1 "),
        picture: { name: "code.png", alt: ctx.t("factor:scan.alt"), png: () => ctx.desk.factorPicture(draft.secret) },
      }),
      title: (ctx) => ctx.t("factor:scan.title"),
      send: (ctx) => ctx.t("factor:scan.send"),
      fields: (_draft, ctx) => [code(ctx.t("factor:code"))],
      secret: true,
      on: (draft, { code: typed = "" }, ctx) =>
        ctx.desk.factorFits(draft.secret, typed)
          ? {
              done: {
                text: ctx.t("factor:done"),
                buttons: [{ value: "review", label: ctx.t("home:review"), tone: "primary" }],
              },
              commands: [{ kind: "factor", secret: draft.secret, code: typed }],
            }
          : { stay: ctx.t("factor:wrong") },
    }),

    off: fillIn<Draft, Name>({
      ask: (_draft, ctx) => ({ title: ctx.t("factor:off"), text: ctx.t("factor:off-text") }),
      title: (ctx) => ctx.t("factor:off"),
      send: (ctx) => ctx.t("factor:off"),
      fields: (_draft, ctx) => [code(ctx.t("factor:code"))],
      secret: true,
      on: async (_draft, { code: typed = "" }, ctx) =>
        (await ctx.desk.useFactor(typed))
          ? { done: { text: ctx.t("factor:gone") }, commands: [{ kind: "factor-off" }] }
          : { stay: ctx.t("factor:wrong") },
    }),
  },
};

const code = (label: string) => ({ name: "code", label, kind: "secret" as const, required: true, max: 10 });
