/**
 * Whether to answer, to ask "did you mean", or to say "I don't know that one". The limits were chosen on questions that
 * strangers wrote (`bench/knowledge.ts` shows the choice), never on our own phrasings: a limit tuned on those kept a
 * third of the real questions. Near misses cannot be refused reliably by any engine, so the middle way is a wide one.
 */
import type { Language } from "./content.ts";
import type { Ranking } from "./engine.ts";
import { normalise } from "./text.ts";

export type Verdict = "answer" | "choices" | "unknown";

/** What it takes. */
export interface Limits {
  /** Confidence from which a question is answered… */
  answer: number;
  /** …where the best entry is also this far ahead of the second (in spreads of all entries' scores). */
  lead: number;
  /** Confidence from which something is offered. */
  choices: number;
}

export const LIMITS: Record<Language, Limits> = {
  en: { answer: 0.17, lead: 0.6, choices: 0.06 },
  "zh-CN": { answer: 0.18, lead: 0.5, choices: 0.05 },
};

/**
 * How far beyond half its likeness to everyday questions one must be to count as danger, and as a report; and so much
 * further where an entry answers it: who asks what we know is seldom crying for help. Chosen on our own phrasings held
 * out: as many as can be noticed where at most 4 of 100 that ask for a harmless entry are, and about 10 of 100 calm ones.
 */
const ASIDES: Record<Language, Record<"danger" | "report", { from: number; answered: number }>> = {
  en: { danger: { from: 0.2, answered: 0.3 }, report: { from: 0, answered: 0.3 } },
  "zh-CN": { danger: { from: 0.3, answered: 0.2 }, report: { from: 0, answered: 0.3 } },
};
/** What is further from everyday questions than this is no more like danger for it. */
const FAR = -0.7;

/** What to do with a question. */
export function judge({ confidence, ranked, clues }: Ranking, limits: Limits): Verdict {
  if (ranked.length === 0 || confidence < limits.choices) return "unknown";
  return confidence >= limits.answer && clues.lead >= limits.lead ? "answer" : "choices";
}

/** The labels of asides. */
export const DANGER = "!danger";
export const REPORT = "!report";
/** What sounds like danger and is none: nothing is done about it, but it speaks against danger where that is learnt. */
export const CALM = "!calm";

/**
 * Whether somebody may be in danger, and whether the question is really a report. Danger is noticed by its side of the
 * machine, by the entry that answers, or by a word that leaves no doubt: a false alarm costs a line, a missed one more.
 *
 * @param dangerous entries where the person may be in danger
 * @param alarm words and phrases that are danger wherever they stand
 */
export function noticed(
  question: string,
  ranking: Ranking,
  language: Language,
  dangerous: ReadonlySet<string>,
  alarm: readonly string[],
): { danger: boolean; report: boolean } {
  const answered = judge(ranking, LIMITS[language]) === "answer";
  const everyday = Math.max(FAR, ranking.clues.strange) / 2;
  const isBeyond = (aside: string, { from, answered: further }: { from: number; answered: number }) =>
    (ranking.asides[aside] ?? -1) - everyday > from + (answered ? further : 0);
  const text = ` ${normalise(question.slice(0, 2000))} `;
  const spaced = language === "en";
  return {
    danger:
      (answered && dangerous.has(ranking.ranked[0]!.label)) ||
      isBeyond(DANGER, ASIDES[language].danger) ||
      alarm.some((word) => text.includes(spaced ? ` ${normalise(word)} ` : normalise(word))),
    report: isBeyond(REPORT, ASIDES[language].report),
  };
}
