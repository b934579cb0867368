/** The first screen: what Quietline is, and what a person can do here. */
import type { Context, Conversation, Turn } from "../bot/conversation.ts";
import { press } from "../bot/steps.ts";
import { askedAtHome } from "./ask.ts";

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
          { value: "sighting", label: ctx.t("sighting:title") },
          { value: "mailbox", label: ctx.t("home:mailbox") },
          { value: "ask", label: ctx.t("home:ask") },
          { value: "tips", label: ctx.t("home:tips") },
          { value: "quiz", label: ctx.t("home:quiz") },
          ...(isReviewer(ctx) ? [{ value: "review", label: ctx.t("home:review") }] : []),
          { value: "help", label: ctx.t("home:help") },
          { value: "language", label: ctx.t("home:language") },
          ...(ctx.can.erase ? [{ value: "erase", label: ctx.t("home:erase"), tone: "quiet" as const }] : []),
        ],
      }),
      on: {
        report: () => ({ open: "report" }),
        sighting: () => ({ open: "sighting" }),
        mailbox: () => ({ open: "mailbox" }),
        ask: () => ({ open: "ask" }),
        tips: () => ({ open: "tips" }),
        quiz: () => ({ open: "quiz" }),
        help: () => ({ open: "help" }),
        language: () => ({ open: "language" }),
        review: (_draft, ctx) => (isReviewer(ctx) ? { open: "review" } : { stay: ctx.t("bot:refused") }),
        signin: () => ({ open: "signin" }),
        erase: (_draft, ctx): Turn<Draft, "menu"> => ({
          done: { title: ctx.t("home:erased.title"), text: ctx.t(`home:erased.${ctx.platform}`), erased: true },
          erase: true,
        }),
      },
      // what is typed on the first screen is taken as a question; nothing of it is kept
      other: (_draft, answer, ctx): Promise<Turn<Draft, "menu">> | Turn<Draft, "menu"> =>
        answer.kind === "text"
          ? (askedAtHome(answer.text, ctx) as Promise<Turn<Draft, "menu">>)
          : { stay: ctx.t(answer.kind === "files" ? "bot:no-files-here" : "bot:press-one") },
    }),
  },
};

function isReviewer(ctx: Context): boolean {
  return ctx.desk.actor.kind === "reviewer";
}
