/** The queue: which cases wait, the most pressing first. */
import { line, summary } from "../card.ts";
import type { Steps } from "./draft.ts";

export const queueSteps: Steps<"queue"> = {
  queue: {
    async show(draft, ctx) {
      if (ctx.desk.actor.kind === "reviewer" && ctx.desk.actor.role === "auditor")
        return { title: ctx.t("review:queue.title"), text: ctx.t("review:queue.auditor") };
      const { cards, more } = await ctx.desk.queue(draft.page);
      const counts = await ctx.desk.counts();
      return {
        title: ctx.t("review:queue.title"),
        text:
          cards.length === 0
            ? ctx.t("review:queue.empty")
            : ctx.t("review:queue.text", { received: counts.received ?? 0, acknowledged: counts.acknowledged ?? 0 }),
        ...(cards.length > 0
          ? {
              menu: {
                hint: ctx.t("review:queue.hint"),
                options: cards.map((c) => ({ value: c.code, label: line(c, ctx), hint: summary(c, ctx) })),
              },
            }
          : {}),
        buttons: [
          ...(draft.page > 0 ? [{ value: "newer", label: ctx.t("bot:less") }] : []),
          ...(more ? [{ value: "older", label: ctx.t("bot:more") }] : []),
          { value: "look", label: ctx.t("review:queue.look") },
          { value: "door", label: ctx.t("review:queue.door"), tone: "quiet" },
          ...(ctx.can.push ? [] : [{ value: "factor", label: ctx.t("factor:title"), tone: "quiet" as const }]),
          ...(ctx.can.push ? [] : [{ value: "out", label: ctx.t("review:queue.out"), tone: "quiet" as const }]),
        ],
      };
    },
    async next(draft, answer, ctx) {
      if (answer.kind !== "choice") return { stay: ctx.t("bot:press-one") };
      if (answer.value === "newer" || answer.value === "older")
        return {
          go: "queue",
          draft: { ...draft, page: Math.max(0, draft.page + (answer.value === "older" ? 1 : -1)) },
        };
      if (answer.value === "factor") return { open: "factor" };
      if (answer.value === "look") return { go: "queue", draft };
      if (answer.value === "out") return { done: { text: ctx.t("review:out") }, commands: [{ kind: "sign-out" }] };
      if (answer.value === "door") {
        const code = ctx.desk.newInvite();
        return {
          done: { title: ctx.t("review:door.title"), text: ctx.t("review:door.text"), secret: code },
          commands: [{ kind: "door-code", code }],
        };
      }
      return { go: "ready", draft: { ...draft, code: answer.value } };
    },
  },
};
