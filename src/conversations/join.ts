/** A reviewer comes in: by an invitation that can be used once, under an alias of their own. */
import type { Context, Conversation, Turn } from "../bot/conversation.ts";
import { fillIn, press } from "../bot/steps.ts";

interface Draft {
  code: string;
  /** A code that came with the link, not looked at yet. */
  given: string;
}

type Name = "code" | "alias" | "enter";

const shortestPassphrase = 12;

export const join: Conversation<Draft, Name> = {
  name: "join",
  commands: ["join"],
  first: "code",
  blank: { code: "", given: "" },
  begin: (_command, rest, ctx) => (rest.trim() === "" ? undefined : tried(rest.trim(), ctx)),
  steps: {
    code: fillIn<Draft, Name>({
      ask: (_draft, ctx) => ({ title: ctx.t("join:code.title"), text: ctx.t("join:code.text") }),
      title: (ctx) => ctx.t("join:code.title"),
      send: (ctx) => ctx.t("bot:continue"),
      fields: (draft, ctx) => [
        { name: "code", label: ctx.t("join:code.label"), kind: "line", required: true, max: 60, value: draft.given },
      ],
      secret: true,
      on: (_draft, { code = "" }, ctx) => tried(code, ctx),
    }),

    alias: fillIn<Draft, Name>({
      ask: (_draft, ctx) => ({
        title: ctx.t("join:alias.title"),
        text: ctx.t(ctx.can.push ? "join:alias.text" : "join:alias.text-web"),
      }),
      title: (ctx) => ctx.t("join:alias.title"),
      send: (ctx) => ctx.t("join:alias.send"),
      fields: (_draft, ctx) => [
        {
          name: "alias",
          label: ctx.t("join:alias.label"),
          hint: ctx.t("join:alias.hint"),
          kind: "line",
          required: true,
          max: 24,
        },
        ...(ctx.can.push
          ? []
          : [
              {
                name: "passphrase",
                label: ctx.t("join:passphrase.label"),
                hint: ctx.t("join:passphrase.hint", { least: shortestPassphrase }),
                kind: "passphrase" as const,
                required: true,
                max: 200,
              },
              {
                name: "again",
                label: ctx.t("join:passphrase.again"),
                kind: "passphrase" as const,
                required: true,
                max: 200,
              },
            ]),
      ],
      secret: true,
      async on(draft, values, ctx) {
        const alias = (values.alias ?? "").normalize("NFC");
        if (!/^[\p{L}\p{N}][\p{L}\p{N} ._-]{1,23}$/u.test(alias)) return { stay: ctx.t("join:alias.shape") };
        if (!(await ctx.desk.aliasFree(alias))) return { stay: ctx.t("join:alias.taken") };
        const passphrase = values.passphrase ?? "";
        if (!ctx.can.push && passphrase.length < shortestPassphrase)
          return { stay: ctx.t("join:passphrase.short", { least: shortestPassphrase }) };
        if (!ctx.can.push && passphrase !== values.again) return { stay: ctx.t("join:passphrase.differs") };
        const invitation = await ctx.desk.invited(draft.code);
        if (!invitation) return { done: { text: ctx.t("join:code.used") } };
        return {
          done: welcome(alias, ctx, "role" in invitation && invitation.role === "auditor"),
          commands: [{ kind: "join", invite: draft.code, alias, ...(ctx.can.push ? {} : { passphrase }) }],
        };
      },
    }),

    enter: press<Draft, Name>({
      async ask(draft, ctx) {
        const invitation = await ctx.desk.invited(draft.code);
        const alias = invitation && "alias" in invitation ? invitation.alias : "";
        return {
          title: ctx.t("join:enter.title"),
          text: ctx.t("join:enter.text", { alias }),
          buttons: [{ value: "yes", label: ctx.t("join:enter.yes"), tone: "primary" }],
        };
      },
      on: {
        async yes(draft, ctx) {
          const invitation = await ctx.desk.invited(draft.code);
          if (!invitation || !("alias" in invitation)) return { done: { text: ctx.t("join:code.used") } };
          return { done: welcome(invitation.alias, ctx), commands: [{ kind: "enter", code: draft.code }] };
        },
      },
    }),
  },
};

async function tried(code: string, ctx: Context): Promise<Turn<Draft, Name>> {
  const invitation = await ctx.desk.invited(code);
  if (!invitation) return { stay: ctx.t("join:code.unknown") };
  return { go: "alias" in invitation ? "enter" : "alias", draft: { code, given: "" } };
}

/** @param audits has a log to read, and no queue */
function welcome(alias: string, ctx: Context, audits = false) {
  return {
    title: ctx.t("join:done.title", { alias }),
    text: ctx.t(audits ? "join:done.audits" : "join:done.text"),
    buttons: [{ value: "review", label: ctx.t("home:review"), tone: "primary" as const }],
  };
}
