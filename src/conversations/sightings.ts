/** What the public saw, as reviewers see it: counts first; the organisation's name only by a look, in private. */
import type { Context, Conversation } from "../bot/conversation.ts";
import { press } from "../bot/steps.ts";

interface Draft {
  /** Sightings of one kind of data of one organisation. */
  ref: string;
  /** A surge, as its card names it. */
  surge: string;
}
type Name = "list" | "one" | "surge";

const blank: Draft = { ref: "", surge: "" };
/** Weeks that are told one by one. */
const told = 9;

export const sightings: Conversation<Draft, Name> = {
  name: "sightings",
  audience: "reviewers",
  commands: ["sightings"],
  first: "list",
  blank,
  steps: {
    // the card that hangs on a board: what stands out, and nothing that anybody typed
    surge: {
      anytime: { key: (draft) => draft.surge, draft: (surge) => ({ ...blank, surge }) },
      async show(draft, ctx) {
        const found = await ctx.desk.surge(draft.surge);
        if (!found) return { text: ctx.t("sightings:gone") };
        return {
          title: ctx.t(`sightings:card.${found.why}.title`),
          text: ctx.t(`sightings:card.${found.why}.text`, {
            data: ctx.label("data-type", found.kind),
            day: ctx.day(found.monday),
            number: number(found.n, ctx),
          }),
          buttons: [{ value: "look", label: ctx.t("sightings:look"), tone: "primary" }],
        };
      },
      async next(draft, _answer, ctx) {
        if (isAuditor(ctx)) return { stay: ctx.t("review:queue.auditor") };
        const found = await ctx.desk.surge(draft.surge);
        return found ? { go: "one", draft: { ...draft, ref: found.ref } } : { stay: ctx.t("sightings:gone") };
      },
    },

    list: {
      async show(_draft, ctx) {
        if (isAuditor(ctx)) return { title: ctx.t("sightings:title"), text: ctx.t("review:queue.auditor") };
        const all = await ctx.desk.sightings();
        return {
          title: ctx.t("sightings:title"),
          text: ctx.t(all.length === 0 ? "sightings:none" : "sightings:text"),
          ...(all.length > 0
            ? {
                menu: {
                  hint: ctx.t("sightings:hint"),
                  options: all.map((one) => ({
                    value: one.ref,
                    label: [
                      ...(one.canary ? [ctx.t("sightings:mark.canary")] : []),
                      ...(one.surge ? [ctx.t("sightings:mark.surge")] : []),
                      ctx.label("data-type", one.kind),
                    ].join(" · "),
                    hint: ctx.t("sightings:counts", {
                      now: number(one.now, ctx),
                      earlier: number(one.earlier, ctx),
                    }),
                  })),
                },
              }
            : {}),
        };
      },
      next: (draft, answer, ctx) =>
        answer.kind === "choice" && /^[0-9a-f]{12}-/.test(answer.value)
          ? { go: "one", draft: { ...draft, ref: answer.value } }
          : { stay: ctx.t("bot:press-one") },
    },

    one: press<Draft, Name>({
      async ask(draft, ctx) {
        const found = isAuditor(ctx) ? undefined : await ctx.desk.sighting(draft.ref);
        if (!found) return { text: ctx.t("sightings:gone") };
        const comma = ctx.t("bot:comma");
        const pair = (label: string, value: string) => ctx.t("bot:pair", { label, value });
        const weeks = found.weeks
          .slice(0, told)
          .map(({ week, n }) => pair(ctx.t("sightings:week", { day: ctx.day(found.since(week)) }), number(n, ctx)));
        const ways = Object.entries(found.how)
          .sort((a, b) => b[1] - a[1])
          .map(([how, n]) => pair(ctx.t(`sighting:how.${how}`), number(n, ctx)));
        return {
          title: ctx.label("data-type", found.kind),
          text: [
            ...(found.planted.length > 0 ? [ctx.t("sightings:planted", { place: found.planted.join(comma) })] : []),
            weeks.join("\n"),
            ways.join("\n"),
            ctx.t("sightings:recorded"),
          ].join("\n\n"),
          quotes: [{ by: ctx.t("sighting:field.organisation"), text: found.names.join(comma) }],
          buttons: [{ value: "list", label: ctx.t("sightings:all"), tone: "quiet" }],
        };
      },
      on: { list: (draft) => ({ go: "list", draft }) },
    }),
  },
};

/** A number, or that it is a small one. */
function number(n: number, ctx: Context): string {
  const few = ctx.desk.few();
  return n > 0 && n < few ? ctx.t("sightings:few", { few }) : n.toLocaleString(ctx.locale);
}

function isAuditor(ctx: Context): boolean {
  return ctx.desk.actor.kind === "reviewer" && ctx.desk.actor.role === "auditor";
}
