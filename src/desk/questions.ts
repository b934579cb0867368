/** What the counter does about questions: counts them, and keeps one whose writer agreed. */
import { fail } from "../errors.ts";
import type { Answer, ContactView, EntryView, TopicView } from "../knowledge/knowledge.ts";
import type { Tally } from "../knowledge/store.ts";
import { maskTexts } from "../reports/masking.ts";
import type { Carriers, Counter } from "./counter.ts";
import { emergency } from "./emergency.ts";

/** Personal data in a text by dots, so that an echo gives nobody away. */
export function masked(text: string): string {
  return (maskTexts([text]).texts[0] ?? "").replace(/(••••\S*?)\[\d+\]/g, "$1");
}

/** What comes of a question. */
export type QuestionCommand =
  /** Counts an answer that helped or did not, or a question without one. */
  | { kind: "tally"; tally: Tally }
  /** Keeps a question without an answer for the editors, masked, for 30 days: its writer agreed. */
  | { kind: "keep-question"; text: string; topic: string };

/** What a person asks. */
export interface QuestionQueries {
  /** Personal data in it by dots, for an echo. */
  masked(text: string): string;
  /** Begins to learn the answers, if that has not begun: somebody is about to ask. */
  learn(): void;
  /** Answers a question in the language it is asked in, else in that of `locale`; `after`: the entry it goes on from. */
  ask(question: string, locale: string, after?: string): Promise<Answer>;
  entry(id: string, locale: string): Promise<EntryView | undefined>;
  topics(locale: string): Promise<TopicView[]>;
  /** Whom to call in danger: of the country that the locale names, else of several. */
  emergency(locale: string): Promise<ContactView[]>;
}

export function questionOrders(counter: Counter): Carriers<QuestionCommand["kind"]> {
  return {
    tally: async (_visitor, { tally }) => ({ writes: [counter.tallies.add(tally)] }),
    async "keep-question"({ locale, limit }, { text, topic }) {
      if ((await counter.limits.wait(limit, "question")) > 0) throw fail("too-many");
      return {
        writes: [counter.questions.add({ day: counter.today(), topic, text: masked(text), locale })],
        after: () => counter.limits.missed(limit, "question"),
      };
    },
  };
}

export function questionQueries({ knowledge }: Counter): QuestionQueries {
  return {
    masked,
    learn: () => {
      knowledge().catch(() => undefined); // whoever asks is told
    },
    ask: async (question, locale, after) => (await knowledge()).ask(question, locale, after),
    entry: async (id, locale) => (await knowledge()).entry(id, locale),
    topics: async (locale) => (await knowledge()).topics(locale),
    emergency: async (locale) => emergency(await knowledge(), locale),
  };
}
