/** The first screen: what Quietline is, and what a person can do here. */
import type { Context, Conversation, Turn } from "../bot/conversation.ts";
import { press } from "../bot/steps.ts";

type Draft = Record<string, never>;

export const home: Conversation<Draft, "menu"> = {
  name: "home",
  commands: ["start"],
  first: "menu",
  blank: {},
  // a link in a chat network: `/start join-CODE`
  begin: (_command, rest) =>
    rest.startsWith("join-") ? { open: "join", at: { step: "code", draft: { given: rest.slice(5) } } } : undefined,
  steps: {
    menu: press<Draft, "menu">({
      ask: (_draft, ctx) => ({
        title: "Quietline",
        text: [ctx.t("home:what"), ctx.t(`home:where.${ctx.platform}`)].join("\n\n"),
        buttons: [
          { value: "report", label: ctx.t("home:report"), tone: "primary" },
          { value: "mailbox", label: ctx.t("home:mailbox") },
          ...(isReviewer(ctx) ? [{ value: "review", label: ctx.t("home:review") }] : []),
          { value: "help", label: ctx.t("home:help") },
          { value: "language", label: ctx.t("home:language") },
          ...(ctx.can.erase ? [{ value: "erase", label: ctx.t("home:erase"), tone: "quiet" as const }] : []),
        ],
      }),
      on: {
        report: () => ({ open: "report" }),
        mailbox: () => ({ open: "mailbox" }),
        help: () => ({ open: "help" }),
        language: () => ({ open: "language" }),
        review: (_draft, ctx) => (isReviewer(ctx) ? { open: "review" } : { stay: ctx.t("bot:refused") }),
        signin: () => ({ open: "signin" }),
        erase: (_draft, ctx): Turn<Draft, "menu"> => ({
          done: { title: ctx.t("home:erased.title"), text: ctx.t(`home:erased.${ctx.platform}`) },
          erase: true,
        }),
      },
      other: (_draft, answer, ctx) => ({
        stay: ctx.t(
          answer.kind === "text" || answer.kind === "form"
            ? "home:typed"
            : answer.kind === "files"
              ? "bot:no-files-here"
              : "bot:press-one",
        ),
      }),
    }),
  },
};

function isReviewer(ctx: Context): boolean {
  return ctx.desk.actor.kind === "reviewer";
}
