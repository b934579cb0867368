/** The questions of a report: how each is asked, what may be answered, and how an answer reads in words. */
import type { Context } from "../bot/conversation.ts";
import type { Choice, Field, Quote } from "../bot/screen.ts";
import type { Question, Told } from "../desk.ts";

/** Longest story, in characters; about forty pages. */
export const longestStory = 100_000;
const longestLine = 300;

/** How a question is asked, whether in its step or alone when it is changed. */
export const forms: Partial<Record<Question, { kind: Field["kind"]; list?: string }>> = {
  kind: { kind: "choice", list: "kind" },
  story: { kind: "paragraph" },
  sector: { kind: "choice", list: "sector" },
  data: { kind: "choices", list: "data-type" },
  organisation: { kind: "line" },
  role: { kind: "choice", list: "chain-role" },
  obtained: { kind: "choice", list: "obtained-by" },
  channel: { kind: "choice", list: "sale-channel" },
  handle: { kind: "line" },
  price: { kind: "line" },
  currency: { kind: "choice", list: "currency" },
  volume: { kind: "choice", list: "volume-band" },
  time: { kind: "choice", list: "time-span" },
  region: { kind: "line" },
  evidence: { kind: "choices", list: "evidence-type" },
  urgency: { kind: "choices", list: "urgency" },
  relation: { kind: "choice", list: "reporter-relation" },
  exclude: { kind: "line" },
};
export const order = Object.keys(forms) as Question[];

/** The answers with some of them changed; an empty one is taken away. */
export function tell<Draft extends { told: Told }>(draft: Draft, values: Partial<Record<string, string>>): Draft {
  const told: Record<string, string> = { ...draft.told };
  for (const [question, answer] of Object.entries(values)) {
    if (answer) told[question] = answer;
    else delete told[question];
  }
  return { ...draft, told };
}

/** The options of a question, with what was chosen before. */
export function options(question: Question, told: Told, ctx: Context): Choice[] {
  const list = forms[question]!.list!;
  const chosen = new Set((told[question] ?? "").split(","));
  return ctx.desk.codes(list).map((code) => ({ value: code, label: ctx.label(list, code), on: chosen.has(code) }));
}

/** The fields of a form that asks these questions. */
export function fields(names: Question[], told: Told, ctx: Context): Field[] {
  return names.map((name) => {
    const { kind, list } = forms[name]!;
    return {
      name,
      kind,
      label: ctx.t(`report:field.${name}`),
      hint: ctx.t(`report:why.${name}`),
      value: told[name] ?? "",
      required: name === "kind" || name === "story",
      max: name === "story" ? longestStory : longestLine,
      ...(list
        ? { options: ctx.desk.codes(list).map((code) => ({ value: code, label: ctx.label(list, code) })), max: 4000 }
        : {}),
    };
  });
}

/** What was told, in words, question by question. */
export function quotesOf(told: Told, ctx: Context): Quote[] {
  return order.flatMap((question) => {
    const answer = told[question];
    if (!answer) return [];
    const { list } = forms[question]!;
    const text = list
      ? answer
          .split(",")
          .map((code) => ctx.label(list, code))
          .join(ctx.t("bot:comma"))
      : answer;
    return [{ by: ctx.t(`report:field.${question}`), text }];
  });
}
