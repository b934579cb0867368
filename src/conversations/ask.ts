/** Privacy questions: one answer with what to do first, or what might be meant, or an honest "I don't know that one". */
import type { Context, Conversation, Turn } from "../bot/conversation.ts";
import { fillIn, press } from "../bot/steps.ts";
import { aside, buttons, type Draft, draw, heading, report } from "./ask-draw.ts";

type Name = "question" | "offer" | "answer" | "meant" | "unknown" | "topics" | "topic";
type Made = Turn<Draft, Name>;

const longestQuestion = 2000;
/** How people go on from an answer: "and in Germany?", "what about couriers?". */
const goesOn =
  /^(?:and|but|also|what about|how about|what if)\b.{0,60}$|^(?:那|那么|要是|如果|换成).{0,30}$|^.{1,20}呢[？?]?$/iu;
/** Characters of a question that editors may read. */
const longestOffer = 500;
export const ask: Conversation<Draft, Name> = {
  name: "ask",
  commands: ["ask"],
  first: "question",
  blank: {},
  begin: (_command, rest, ctx) => (rest.trim() === "" ? undefined : asked({}, rest, ctx)),
  steps: {
    question: fillIn<Draft, Name>({
      ask: (_draft, ctx) => {
        ctx.desk.learn();
        return {
          title: ctx.t("ask:question.title"),
          text: ctx.t("ask:question.text"),
          buttons: [{ value: "topics", label: ctx.t("ask:topics.title") }],
        };
      },
      title: (ctx) => ctx.t("ask:question.title"),
      send: (ctx) => ctx.t("ask:question.send"),
      fields: (_draft, ctx) => [
        {
          name: "question",
          label: ctx.t("ask:question.label"),
          kind: "paragraph",
          required: true,
          max: longestQuestion,
        },
      ],
      on: (draft, { question = "" }, ctx) => asked(draft, question, ctx),
      press: (draft) => ({ go: "topics", draft }),
    }),

    answer: press<Draft, Name>({
      async ask(draft, ctx) {
        const entry = await ctx.desk.entry(draft.id ?? "", ctx.locale);
        if (!entry) return { text: ctx.t("ask:gone") };
        const { screen, more } = await draw(entry, draft, ctx);
        return { ...screen, buttons: buttons(entry, draft, more, ctx) };
      },
      on: {
        more: (draft) => ({ go: "answer", draft: { ...draft, page: (draft.page ?? 0) + 1 } }),
        helped: (draft, ctx) => judged(draft, "helped", ctx),
        missed: (draft, ctx) => judged(draft, "missed", ctx),
        report: () => ({ open: "report" }),
        sighting: () => ({ open: "sighting" }),
        topics: (draft) => ({ go: "topics", draft: { ...draft, options: undefined } }),
        again: ({ id }) => ({ go: "question", draft: { ...(id ? { id } : {}) } }),
      },
      other: (draft, answer, ctx) => onwards(draft, answer, ctx),
    }),

    meant: press<Draft, Name>({
      async ask(draft, ctx) {
        const entries = await Promise.all((draft.options ?? []).map((id) => ctx.desk.entry(id, ctx.locale)));
        const options = entries.flatMap((entry) => (entry ? [{ value: `e-${entry.id}`, label: entry.title }] : []));
        const title = heading(draft, ctx) ?? ctx.t("ask:meant.title");
        const text = (await aside(draft, ctx)) ?? ctx.t("ask:meant.text");
        const none = { value: "none", label: ctx.t("ask:meant.none") };
        if (draft.report && !draft.danger)
          return {
            title,
            text: `${text}\n\n${ctx.t("ask:meant.else")}`,
            ours: true,
            buttons: [report(ctx, "primary"), ...options, { ...none, tone: "quiet" }],
          };
        return {
          title,
          text,
          ours: true,
          menu: { hint: ctx.t(draft.danger ? "ask:danger.hint" : "ask:meant.hint"), options },
          buttons: [none, report(ctx, "quiet")],
        };
      },
      on: {
        report: () => ({ open: "report" }),
        none: (draft) => ({ go: "unknown", draft: { ...draft, options: [] } }),
      },
      other: (draft, answer, ctx) => onwards(draft, answer, ctx),
    }),

    unknown: press<Draft, Name>({
      async ask(draft, ctx) {
        const topics = (await ctx.desk.topics(ctx.locale)).filter((t) => draft.options?.includes(t.topic));
        return {
          title: heading(draft, ctx) ?? ctx.t("ask:unknown.title"),
          text: (await aside(draft, ctx)) ?? ctx.t(draft.foreign ? "ask:unknown.foreign" : "ask:unknown.text"),
          ours: true,
          buttons: [
            ...(draft.report ? [report(ctx, "primary")] : []),
            ...topics.map((t) => ({ value: `t-${t.topic}`, label: t.title })),
            { value: "topics", label: ctx.t("ask:topics.title") },
            ...(draft.report ? [] : [report(ctx)]),
            { value: "again", label: ctx.t("ask:again") },
            ...(draft.foreign || draft.danger
              ? []
              : [{ value: "offer", label: ctx.t("ask:offer.label"), tone: "quiet" as const }]),
          ],
        };
      },
      on: {
        offer: (draft) => ({ go: "offer", draft }),
        topics: (draft) => ({ go: "topics", draft }),
        report: () => ({ open: "report" }),
        again: ({ id }) => ({ go: "question", draft: { ...(id ? { id } : {}) } }),
      },
      other: (draft, answer, ctx) => onwards(draft, answer, ctx),
    }),

    offer: fillIn<Draft, Name>({
      ask: (_draft, ctx) => ({ title: ctx.t("ask:offer.title"), text: ctx.t("ask:offer.text") }),
      title: (ctx) => ctx.t("ask:offer.title"),
      send: (ctx) => ctx.t("ask:offer.send"),
      fields: (_draft, ctx) => [
        { name: "question", label: ctx.t("ask:question.label"), kind: "paragraph", required: true, max: longestOffer },
      ],
      on({ options: [topic = "none"] = [], id }, { question = "" }, ctx) {
        const text = question.trim().slice(0, longestOffer);
        if (text === "") return { stay: ctx.t("bot:type-it") };
        return {
          go: "topics",
          draft: id ? { id } : {},
          commands: [{ kind: "keep-question", text, topic }],
          notice: ctx.t("ask:offer.thanks", { question: ctx.desk.masked(text) }),
        };
      },
    }),

    topics: {
      async show(_draft, ctx) {
        const topics = await ctx.desk.topics(ctx.locale);
        return {
          title: ctx.t("ask:topics.title"),
          text: ctx.t("ask:topics.text"),
          menu: {
            hint: ctx.t("ask:topics.hint"),
            options: topics.map((t) => ({ value: `t-${t.topic}`, label: t.title })),
          },
        };
      },
      next: (draft, answer, ctx) => onwards(draft, answer, ctx),
    },

    topic: {
      async show(draft, ctx) {
        const topic = (await ctx.desk.topics(ctx.locale)).find((t) => t.topic === draft.topic);
        return {
          title: topic?.title ?? ctx.t("ask:topics.title"),
          text: "",
          menu: {
            hint: ctx.t("ask:topics.entry"),
            options: (topic?.entries ?? []).map((e) => ({ value: `e-${e.id}`, label: e.title })),
          },
        };
      },
      next: (draft, answer, ctx) => onwards(draft, answer, ctx),
    },
  },
};

/** A typed text is a new question; an entry or a topic leads there. */
function onwards(
  draft: Draft,
  answer: { kind: string; text?: string; value?: string },
  ctx: Context,
): Made | Promise<Made> {
  if (answer.kind === "text" && answer.text) return asked(draft, answer.text, ctx);
  const value = answer.kind === "choice" ? (answer.value ?? "") : "";
  if (value.startsWith("e-")) return { go: "answer", draft: { id: value.slice(2) } };
  if (value.startsWith("t-"))
    return { go: "topic", draft: { topic: value.slice(2), ...(draft.id ? { id: draft.id } : {}) } };
  return { stay: ctx.t("bot:press-one") };
}

/** Answers a question; one that goes on ("and in Germany?") together with the last answer. */
async function asked(draft: Draft, question: string, ctx: Context): Promise<Made> {
  const after = goesOn.test(question.trim()) ? draft.id : undefined;
  const found = await ctx.desk.ask(question.slice(0, longestQuestion), ctx.locale, after);
  const flags = { ...(found.danger ? { danger: true } : {}), ...(found.report ? { report: true } : {}) };
  const first = found.entries[0];
  if (found.kind === "answer" && first) return { go: "answer", draft: { id: first.id, ...flags } };
  if (found.kind === "choices")
    return {
      go: "meant",
      draft: { options: found.entries.map((e) => e.id), ...flags, ...(draft.id ? { id: draft.id } : {}) },
    };
  return {
    go: "unknown",
    draft: {
      options: found.topics,
      ...flags,
      ...(found.foreign ? { foreign: true } : {}),
      ...(draft.id ? { id: draft.id } : {}),
    },
    commands: [{ kind: "tally", tally: { what: "unknown", topic: found.topics[0] ?? "none" } }],
  };
}

/** A question that was typed on the first screen. */
export async function askedAtHome(question: string, ctx: Context): Promise<Turn> {
  const turn = await asked({}, question, ctx);
  if (!("go" in turn)) return { open: "ask" };
  return {
    open: "ask",
    at: { step: turn.go, draft: turn.draft },
    ...(turn.commands ? { commands: turn.commands } : {}),
  };
}

function judged(draft: Draft, what: "helped" | "missed", ctx: Context): Made {
  return {
    go: "answer",
    draft,
    commands: [{ kind: "tally", tally: { what, entry: draft.id ?? "" } }],
    notice: ctx.t(`ask:${what}.thanks`),
  };
}
