/** What becomes of a case besides answers: where it stands, who has it, and whom it must be kept from. */
import type { Context } from "../../bot/conversation.ts";
import type { Choice } from "../../bot/screen.ts";
import { press } from "../../bot/steps.ts";
import type { Move } from "../../desk.ts";
import { clocks, state } from "../card.ts";
import { order } from "./act.ts";
import type { Draft, Made, Name, Steps } from "./draft.ts";

export const lifeSteps: Steps<"life" | "mute" | "hand" | "share" | "guard" | "letin"> = {
  life: press<Draft, Name>({
    async ask(draft, ctx) {
      const card = await ctx.desk.card(draft.code);
      if (!card) return { text: ctx.t("review:gone") };
      const { actor } = ctx.desk;
      const alias = actor.kind === "reviewer" ? actor.alias : "";
      const senior = actor.kind === "reviewer" && actor.role !== "reviewer";
      const live = card.status !== "closed" && card.status !== "withdrawn";
      const works = live && (card.owner === alias || card.helpers.includes(alias));
      const buttons: Choice[] = [
        ...(works
          ? ctx.desk
              .moves()
              .filter((to) => to !== card.status)
              .map((to) => ({ value: `to-${to}`, label: ctx.label("status", to) }))
          : []),
        ...(live && (card.owner === alias || senior) ? [{ value: "hand", label: ctx.t("review:life.hand") }] : []),
        ...(live && card.owner === alias ? [{ value: "share", label: ctx.t("review:life.share") }] : []),
        ...(senior && card.guard ? [{ value: "guard", label: ctx.t("review:life.guard") }] : []),
        ...(card.owner === alias || card.helpers.includes(alias) || senior
          ? [{ value: "mute", label: ctx.t("review:mute.button") }]
          : []),
        ...((await ctx.desk.lettable(draft.code)).length > 0
          ? [{ value: "letin", label: ctx.t("review:life.letin") }]
          : []),
        { value: "second", label: ctx.t("four:button") },
        { value: "recuse", label: ctx.t("review:life.recuse"), tone: "danger" },
        { value: "back", label: ctx.t("review:life.back"), tone: "quiet" },
      ];
      return {
        title: ctx.t("review:life.title", { code: card.code }),
        text: [state(card, ctx), clocks(card, ctx), ctx.t("review:life.text")].filter(Boolean).join("\n\n"),
        buttons,
      };
    },
    on: {
      hand: (draft) => ({ go: "hand", draft }),
      share: (draft) => ({ go: "share", draft }),
      guard: (draft) => ({ go: "guard", draft }),
      mute: async (draft, ctx) =>
        (await ctx.desk.remembered(draft.code)) ? { go: "mute", draft } : { stay: ctx.t("review:mute.forgotten") },
      letin: (draft) => ({ go: "letin", draft }),
      second: (draft) => ({ go: "second", draft }),
      back: (draft) => ({ go: "ready", draft }),
      recuse: (draft, ctx) => leaveIt(draft, ctx),
    },
    other(draft, answer, ctx) {
      const to = answer.kind === "choice" ? ctx.desk.moves().find((m) => answer.value === `to-${m}`) : undefined;
      return to ? move(draft, to, ctx) : { stay: ctx.t("bot:press-one") };
    },
  }),

  mute: press<Draft, Name>({
    ask: (draft, ctx) => ({
      title: ctx.t("review:mute.title", { code: draft.code }),
      text: ctx.t("review:mute.text"),
      buttons: [{ value: "yes", label: ctx.t("review:mute.yes"), tone: "danger" }],
    }),
    on: {
      yes: (draft, ctx) => ({
        go: "life",
        draft,
        commands: [{ kind: "mute", code: draft.code }],
        notice: ctx.t("review:mute.done"),
      }),
    },
  }),

  hand: toColleague("hand"),
  share: toColleague("share"),
  letin: letIn(),

  guard: {
    async show(draft, ctx) {
      const people = await ctx.desk.excludable(draft.code);
      return {
        title: ctx.t("review:guard.title", { code: draft.code }),
        text: ctx.t("review:guard.text"),
        ...(people.length > 0
          ? {
              menu: {
                hint: ctx.t("review:guard.hint"),
                options: people.map((p) => ({ value: p.alias, label: p.alias, on: p.excluded })),
                many: true as const,
                done: { value: "done", label: ctx.t("review:guard.done"), tone: "primary" as const },
              },
            }
          : {}),
        buttons: [{ value: "!nobody", label: ctx.t("review:guard.nobody") }],
      };
    },
    async next(draft, answer, ctx) {
      const people = (await ctx.desk.excludable(draft.code)).map((p) => p.alias);
      const chosen = answer.kind === "choices" ? answer.values : answer.kind === "choice" ? [answer.value] : [];
      if (chosen.length === 0) return { stay: ctx.t("bot:press-one") };
      const aliases = people.filter((alias) => chosen.includes(alias));
      const card = await ctx.desk.card(draft.code);
      if (!card) return { stay: ctx.t("review:gone") };
      return {
        go: "ready",
        draft,
        commands: [{ kind: "guard", code: draft.code, aliases }],
        notice: ctx.t("review:guard.kept"),
      };
    },
  },
};

/** An exclusion that was a deputy's mistake. */
function letIn(): Steps<"letin">["letin"] {
  return {
    async show(draft, ctx) {
      const people = await ctx.desk.lettable(draft.code);
      return {
        title: ctx.t("review:letin.title", { code: draft.code }),
        text: ctx.t("review:letin.text"),
        menu: { hint: ctx.t("review:letin.hint"), options: people.map((alias) => ({ value: alias, label: alias })) },
      };
    },
    async next(draft, answer, ctx) {
      const alias = answer.kind === "choice" ? answer.value : "";
      if (!(await ctx.desk.lettable(draft.code)).includes(alias)) return { stay: ctx.t("bot:press-one") };
      return {
        go: "ready",
        draft,
        commands: [{ kind: "let-in", code: draft.code, alias }],
        notice: ctx.t("review:letin.done"),
      };
    },
  };
}

function toColleague(kind: "hand" | "share"): Steps<"hand">["hand"] {
  return {
    async show(draft, ctx) {
      const people = await ctx.desk.colleagues(draft.code);
      return {
        title: ctx.t(`review:${kind}.title`, { code: draft.code }),
        text: ctx.t(people.length > 0 ? `review:${kind}.text` : "review:hand.nobody"),
        ...(people.length > 0
          ? {
              menu: {
                hint: ctx.t("review:hand.hint"),
                options: people.map((alias) => ({ value: alias, label: alias })),
              },
            }
          : {}),
      };
    },
    async next(draft, answer, ctx) {
      const alias = answer.kind === "choice" ? answer.value : "";
      if (!(await ctx.desk.colleagues(draft.code)).includes(alias)) return { stay: ctx.t("bot:press-one") };
      const { code } = draft;
      const card = await ctx.desk.card(code);
      if (card && (card.owner === alias || card.helpers.includes(alias)) && (kind === "share" || card.owner === alias))
        return { stay: ctx.t("review:refused.already", { by: alias }) };
      const command = kind === "hand" ? { kind, code, to: alias } : { kind, code, with: alias };
      return order(draft, kind, command, ctx.t(`review:${kind}.done`, { alias }), ctx, "ready");
    },
  };
}

function move(draft: Draft, to: Move, ctx: Context): Promise<Made> {
  const notice = ctx.t("review:life.moved", { status: ctx.label("status", to) });
  return order(draft, "move", { kind: "move", code: draft.code, to }, notice, ctx, "ready");
}

/** A conflict of interest: from now on the case does not exist for this reviewer. */
export async function leaveIt(draft: Draft, ctx: Context): Promise<Made> {
  const may = await ctx.desk.may(draft.code, "recuse");
  return {
    done: { text: ctx.t("review:conflict.thanks") },
    ...(may.ok ? { commands: [{ kind: "recuse" as const, code: draft.code }] } : {}),
  };
}
