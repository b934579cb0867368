/** The end of a case: its outcome, and the last word to the reporter. */
import { fillIn, pick } from "../../bot/steps.ts";
import type { CloseOutcome } from "../../desk.ts";
import { order } from "./act.ts";
import { type Draft, longestReply, type Name, type Steps } from "./draft.ts";

export const closeSteps: Steps<"outcome" | "word"> = {
  outcome: pick<Draft, Name>({
    ask: (draft, ctx) => ({
      title: ctx.t("review:outcome.title", { code: draft.code }),
      text: ctx.t("review:outcome.text"),
    }),
    hint: (ctx) => ctx.t("review:outcome.hint"),
    options: (_draft, ctx) => ctx.desk.outcomes().map((value) => ({ value, label: ctx.label("outcome", value) })),
    on: (draft, [outcome]) => ({ go: "word", draft: { ...draft, outcome: outcome as CloseOutcome } }),
  }),

  word: fillIn<Draft, Name>({
    ask: (draft, ctx) => ({
      title: ctx.t("review:word.title", { outcome: ctx.label("outcome", draft.outcome ?? "") }),
      text: ctx.t("review:word.text"),
    }),
    title: (ctx) => ctx.t("review:word.form"),
    send: (ctx) => ctx.t("review:word.send"),
    fields: (_draft, ctx) => [
      {
        name: "text",
        label: ctx.t("review:reply.label"),
        kind: "paragraph",
        required: true,
        max: ctx.can.typed || longestReply,
      },
    ],
    on: (draft, { text = "" }, ctx) =>
      order(
        { ...draft, text },
        "close",
        { kind: "close", code: draft.code, outcome: draft.outcome ?? "not-confirmed", text },
        ctx.t("review:closed"),
        ctx,
        "ready",
      ),
  }),
};
