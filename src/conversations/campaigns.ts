/** A message to everybody who subscribed: an admin plans it, looks at it, and watches it go; another one confirms what reaches many. */
import type { Context, Conversation, Turn } from "../bot/conversation.ts";
import { press } from "../bot/steps.ts";
import { blank, type Draft, drawProgress, mayNow, spreads } from "./campaign-draw.ts";
import { type PlanStep, planSteps } from "./campaign-plan.ts";

type Name = PlanStep | "list" | "watch" | "stop" | "progress" | "asks";
type Made = Turn<Draft, Name>;

export const campaigns: Conversation<Draft, Name> = {
  name: "campaigns",
  audience: "admins",
  commands: ["campaign"],
  first: "list",
  blank,
  loses: ({ plan }, ctx) =>
    Object.keys(plan.texts).length === 0 ? undefined : { ask: ctx.t("campaign:leave"), after: ctx.t("bot:cancelled") },
  steps: {
    list: {
      async show(_draft, ctx) {
        const all = await ctx.desk.campaigns();
        return {
          title: ctx.t("campaign:list.title"),
          text: ctx.t(all.length === 0 ? "campaign:list.none" : "campaign:list.text"),
          ...(all.length > 0
            ? {
                menu: {
                  hint: ctx.t("campaign:hint"),
                  options: all.map((p) => ({
                    value: `c${p.id}`,
                    label: ctx.t("campaign:list.line", {
                      day: ctx.day(p.day),
                      state: ctx.t(`campaign:state.${p.state}`),
                      sent: p.sent,
                      reach: p.reach,
                    }),
                  })),
                },
              }
            : {}),
          buttons: [
            { value: "write", label: ctx.t("campaign:list.write"), tone: "primary" },
            { value: "theme", label: ctx.t("campaign:list.tip") },
          ],
        };
      },
      next(_draft, answer, ctx): Made {
        if (answer.kind !== "choice") return { stay: ctx.t("bot:press-one") };
        if (answer.value === "write" || answer.value === "theme") return { go: answer.value, draft: blank };
        return { go: "watch", draft: { ...blank, id: answer.value.slice(1) } };
      },
    },

    ...planSteps,

    watch: press<Draft, Name>({
      noBack: true,
      ask: (draft, ctx) => drawProgress(draft, ctx, true),
      on: {
        look: (draft) => ({ go: "watch", draft }),
        list: () => ({ go: "list", draft: blank }),
        confirm: order("confirm"),
        pause: order("pause"),
        resume: order("resume"),
        cancel: (draft) => ({ go: "stop", draft }),
        change: edit,
        again: edit,
      },
    }),

    stop: press<Draft, Name>({
      async ask({ id }, ctx) {
        const p = await ctx.desk.campaign(id);
        return {
          title: ctx.t("campaign:stop.title"),
          text: ctx.t("campaign:stop.text", { sent: p?.sent ?? 0, left: p?.left ?? 0 }),
          buttons: [
            { value: "stop", label: ctx.t("campaign:watch.cancel"), tone: "danger" },
            { value: "stay", label: ctx.t("campaign:stop.stay") },
          ],
        };
      },
      on: { stop: order("cancel"), stay: (draft) => ({ go: "watch", draft }) },
    }),

    // one message in the chat of whoever asked for it, redrawn while the campaign runs
    progress: {
      anytime: { key: ({ id }) => id, draft: (id) => ({ ...blank, id }) },
      show: (draft, ctx) => drawProgress(draft, ctx, false),
      next: (draft): Made => ({ go: "watch", draft }),
    },

    // what every other admin gets when a campaign waits for one of them
    asks: {
      anytime: { key: ({ id }) => id, draft: (id) => ({ ...blank, id }) },
      async show({ id }, ctx) {
        const p = await ctx.desk.campaign(id);
        if (p?.state !== "waiting") return { text: ctx.t("campaign:asks.over") };
        return {
          title: ctx.t("campaign:asks.title"),
          text: ctx.t("campaign:asks.text", { who: p.askedBy, count: p.reach }),
          buttons: [{ value: "look", label: ctx.t("campaign:asks.look"), tone: "primary" }],
        };
      },
      next: (draft): Made => ({ go: "watch", draft }),
    },
  },
};

/** Something that is done with a campaign, if it is still in a state for it. */
function order(what: "confirm" | "pause" | "resume" | "cancel") {
  return async (draft: Draft, ctx: Context): Promise<Made> => {
    const p = await ctx.desk.campaign(draft.id);
    if (!p || !mayNow(p, what))
      return { go: "watch", draft, notice: ctx.t("campaign:edit.changed", { state: stateOf(p?.state, ctx) }) };
    const { actor } = ctx.desk;
    if (what === "confirm" && actor.kind === "reviewer" && actor.alias === p.askedBy)
      return { go: "watch", draft, notice: ctx.t("campaign:edit.own") };
    return { go: "watch", draft, commands: [{ kind: `campaign-${what}`, id: draft.id }] };
  };
}

/** One that waits is planned anew; one that is over can be the beginning of another; one that runs keeps its words. */
async function edit(draft: Draft, ctx: Context): Promise<Made> {
  const [p, plan] = await Promise.all([ctx.desk.campaign(draft.id), ctx.desk.campaignPlan(draft.id)]);
  if (!p || !plan) return { go: "list", draft: blank };
  if (p.state === "running" || p.state === "paused") return { stay: ctx.t("campaign:edit.running", { count: p.sent }) };
  const { begins, ...rest } = plan;
  return {
    go: "plan",
    draft: {
      ...blank,
      plan: {
        ...rest,
        spread: spreads.includes(rest.spread) ? rest.spread : 0,
        // a moment that has passed is now
        ...(begins !== undefined && begins > ctx.desk.seconds() ? { begins } : {}),
        ...(p.state === "waiting" ? { replaces: draft.id } : {}),
      },
    },
  };
}

const stateOf = (state: string | undefined, ctx: Context): string => ctx.t(`campaign:state.${state ?? "cancelled"}`);
