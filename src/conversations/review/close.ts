/** The end of a case: its outcome, and the last word to the reporter. */
import { fillIn, pick } from "../../bot/steps.ts";
import type { CloseOutcome } from "../../desk.ts";
import { order } from "./act.ts";
import { type Draft, type Name, oneText, type Steps } from "./draft.ts";

/** Outcomes by which something was found. */
const confirmed: readonly string[] = ["substantiated", "partly-substantiated"];

export const closeSteps: Steps<"outcome" | "cause" | "actions" | "word"> = {
  outcome: pick<Draft, Name>({
    ask: (draft, ctx) => ({
      title: ctx.t("review:outcome.title", { code: draft.code }),
      text: ctx.t("review:outcome.text"),
    }),
    hint: (ctx) => ctx.t("review:outcome.hint"),
    options: (_draft, ctx) => ctx.desk.outcomes().map((value) => ({ value, label: ctx.label("outcome", value) })),
    on: (draft, [outcome]) => ({
      // only where something was found there is a cause, and something to mend
      go: confirmed.includes(outcome ?? "") ? "cause" : "word",
      draft: { ...draft, outcome: outcome as CloseOutcome, cause: undefined, actions: undefined },
    }),
  }),

  cause: pick<Draft, Name>({
    ask: (_draft, ctx) => ({ title: ctx.t("review:cause.title"), text: ctx.t("review:cause.text") }),
    hint: (ctx) => ctx.t("review:cause.hint"),
    options: (_draft, ctx) =>
      ctx.desk.codes("root-cause").map((value) => ({ value, label: ctx.label("root-cause", value) })),
    skip: true,
    on: (draft, [cause]) => ({ go: "actions", draft: { ...draft, cause } }),
  }),

  actions: pick<Draft, Name>({
    ask: (_draft, ctx) => ({ title: ctx.t("review:actions.title"), text: ctx.t("review:actions.text") }),
    hint: (ctx) => ctx.t("review:actions.hint"),
    options: (_draft, ctx) =>
      ctx.desk.codes("corrective-action").map((value) => ({ value, label: ctx.label("corrective-action", value) })),
    many: true,
    skip: true,
    on: (draft, actions) => ({ go: "word", draft: { ...draft, actions } }),
  }),

  word: fillIn<Draft, Name>({
    ask: (draft, ctx) => ({
      title: ctx.t("review:word.title", { outcome: ctx.label("outcome", draft.outcome ?? "") }),
      text: ctx.t("review:word.text"),
    }),
    title: (ctx) => ctx.t("review:word.form"),
    send: (ctx) => ctx.t("review:word.send"),
    fields: (_draft, ctx) => oneText(ctx),
    on: (draft, { text = "" }, ctx) =>
      order(
        { ...draft, text },
        "close",
        {
          kind: "close",
          code: draft.code,
          outcome: draft.outcome ?? "not-confirmed",
          ...(draft.cause ? { cause: draft.cause } : {}),
          ...(draft.actions?.length ? { actions: draft.actions } : {}),
          text,
        },
        ctx.t("review:closed"),
        ctx,
        "ready",
      ),
  }),
};
