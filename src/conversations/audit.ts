/** The auditor's view: the log of looks and acts, counts, and the proof that nothing was taken out of it. No case is shown. */
import type { Context, Conversation } from "../bot/conversation.ts";
import { press } from "../bot/steps.ts";
import type { Role } from "../desk.ts";

interface Draft {
  /** Where each page began, the first one first; nothing for the newest entries. */
  pages: number[];
}
type Name = "log" | "counts" | "chain";

/** What is done, as the log says it first. */
const acts: readonly string[] = [
  "ask board chain claim close decline door-code drop enter erase exclude export factor false file flood hand",
  "hold invite join lapse leave let move mute note original purge read recuse redact release remove",
  "reopen reply resume share shred sign-in sightings suspend take thresholds tips unhold unmask backup",
  "campaign canary course course-code demo outbox prune-backups recover-key rotate-key",
].flatMap((line) => line.split(" "));

export const audit: Conversation<Draft, Name> = {
  name: "audit",
  audience: "reviewers",
  commands: ["audit"],
  first: "log",
  blank: { pages: [] },
  steps: {
    log: {
      async show(draft, ctx) {
        if (!ctx.desk.mayAudit()) return { text: ctx.t("audit:not-yours") };
        const { lines, next } = await ctx.desk.log(draft.pages.at(-1));
        return {
          title: ctx.t("audit:title"),
          text: [
            ctx.t("audit:text"),
            lines.length === 0
              ? ctx.t("audit:empty")
              : lines
                  .map((l) => [ctx.day(l.day), l.alias, act(l.action, ctx), ...(l.code ? [l.code] : [])].join(" · "))
                  .join("\n"),
          ].join("\n\n"),
          buttons: [
            ...(draft.pages.length > 0 ? [{ value: "newer", label: ctx.t("bot:less") }] : []),
            ...(next === undefined ? [] : [{ value: "older", label: ctx.t("bot:more") }]),
            { value: "look", label: ctx.t("review:queue.look") },
            { value: "counts", label: ctx.t("audit:counts.title") },
            { value: "chain", label: ctx.t("audit:chain.button") },
          ],
        };
      },
      async next(draft, answer, ctx) {
        const value = answer.kind === "choice" ? answer.value : "";
        if (value === "older") {
          // a number on the button would say how many entries lie between
          const { next } = ctx.desk.mayAudit() ? await ctx.desk.log(draft.pages.at(-1)) : {};
          return { go: "log", draft: next === undefined ? draft : { pages: [...draft.pages, next] } };
        }
        if (value === "newer") return { go: "log", draft: { pages: draft.pages.slice(0, -1) } };
        if (value === "look") return { go: "log", draft };
        if (value === "counts" || value === "chain") return { go: value, draft };
        return { stay: ctx.t("bot:press-one") };
      },
    },

    counts: press<Draft, Name>({
      async ask(_draft, ctx) {
        if (!ctx.desk.mayAudit()) return { text: ctx.t("audit:not-yours") };
        const [by, purged] = await Promise.all([ctx.desk.counts(), ctx.desk.purged()]);
        const pair = (label: string, n: number) => ctx.t("bot:pair", { label, value: n });
        return {
          title: ctx.t("audit:counts.title"),
          text: [
            Object.entries(by)
              .map(([status, n]) => pair(ctx.label("status", status), n))
              .join("\n") || ctx.t("audit:counts.none"),
            ...(Object.keys(purged).length > 0
              ? [
                  [
                    ctx.t("audit:counts.purged"),
                    ...Object.entries(purged).map(([outcome, n]) => pair(ctx.label("outcome", outcome), n)),
                  ].join("\n"),
                ]
              : []),
          ].join("\n\n"),
        };
      },
      on: {},
    }),

    chain: press<Draft, Name>({
      async ask(_draft, ctx) {
        if (!ctx.desk.mayAudit()) return { text: ctx.t("audit:not-yours") };
        const { holds, head } = await ctx.desk.chainHolds();
        return {
          title: ctx.t("audit:chain.title"),
          text: ctx.t(holds ? "audit:chain.holds" : "audit:chain.broken", { head }),
        };
      },
      on: {},
    }),
  },
};

/** What two people do, as requests are named. */
const kinds: readonly string[] = ["redact", "shred", "erase", "export", "hold", "unhold", "false", "remove", "flood"];

const roles: readonly string[] = ["reviewer", "deputy", "admin", "auditor"] satisfies Role[];

/** An entry's act in words, with its particulars: codes of ours in words, the rest as the log has it. */
function act(action: string, ctx: Context): string {
  const [verb = "", ...rest] = action.replace(/^take back /, "take ").split(" ");
  if (!acts.includes(verb)) return action;
  const at = rest.findIndex((word, i) => word === "asked" && rest[i + 1] === "by");
  const [first, ...others] = at < 0 ? rest : rest.slice(0, at);
  const more = [
    ...(first ? [[worded(verb, first, ctx), ...others.map((word) => worded(verb, word, ctx))].join(" ")] : []),
    ...(at < 0 ? [] : [ctx.t("audit:asked", { alias: rest.slice(at + 2).join(" ") })]),
  ];
  const text = ctx.t(`audit:act.${verb}`);
  return more.length > 0 ? ctx.t("bot:paren", { text, more: more.join(ctx.t("bot:comma")) }) : text;
}

function worded(verb: string, word: string, ctx: Context): string {
  if (verb === "move") return ctx.label("status", word);
  if (verb === "close") return ctx.label("outcome", word);
  if (verb === "invite" || verb === "join") return roles.includes(word) ? ctx.t(`audit:role.${word}`) : word;
  return ["ask", "decline", "lapse", "take", "read"].includes(verb) && kinds.includes(word)
    ? ctx.t(`four:kind.${word}`)
    : word;
}
