/** Reviewers sign in on the web page, where no account network tells us who they are. */
import type { Conversation } from "../bot/conversation.ts";
import { fillIn } from "../bot/steps.ts";

type Draft = Record<string, never>;

export const signin: Conversation<Draft, "form"> = {
  name: "signin",
  commands: ["signin"],
  first: "form",
  blank: {},
  steps: {
    form: fillIn<Draft, "form">({
      ask: (_draft, ctx) => ({
        title: ctx.t("signin:title"),
        text: ctx.t(ctx.can.push ? "signin:not-here" : "signin:text"),
      }),
      title: (ctx) => ctx.t("signin:title"),
      send: (ctx) => ctx.t("signin:send"),
      fields: (_draft, ctx) => [
        { name: "alias", label: ctx.t("join:alias.label"), kind: "line", required: true, max: 24 },
        { name: "passphrase", label: ctx.t("join:passphrase.label"), kind: "passphrase", required: true, max: 200 },
        { name: "code", label: ctx.t("signin:code"), hint: ctx.t("signin:code-hint"), kind: "secret", max: 10 },
      ],
      secret: true,
      async on(_draft, { alias = "", passphrase = "", code = "" }, ctx) {
        if (ctx.can.push) return { stay: ctx.t("signin:not-here") };
        const right = await ctx.desk.knows(alias.normalize("NFC"), passphrase, code);
        if (right === true)
          return {
            done: {
              text: ctx.t("signin:done"),
              buttons: [{ value: "review", label: ctx.t("home:review"), tone: "primary" }],
            },
            commands: [{ kind: "sign-in", alias: alias.normalize("NFC") }],
          };
        if (right === false) return { stay: ctx.t("signin:wrong") };
        return {
          stay:
            right.wait <= 60
              ? ctx.t("signin:wait-seconds", { seconds: right.wait })
              : ctx.t("signin:wait", { minutes: Math.ceil(right.wait / 60) }),
        };
      },
    }),
  },
};
