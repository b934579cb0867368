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
  en: { answer: 0.22, lead: 0.5, choices: 0.08 },
  "zh-CN": { answer: 0.15, lead: 0.5, choices: 0.04 },
};

/** How far on its side of the machine a question must be to count as danger, and as a report. */
export const ASIDES: Record<Language, { danger: number; report: number }> = {
  en: { danger: -0.5, report: -0.6 },
  "zh-CN": { danger: -0.6, report: -0.6 },
};

/** What to do with a question. */
export function judge({ confidence, ranked, clues }: Ranking, limits: Limits): Verdict {
  if (ranked.length === 0 || confidence < limits.choices) return "unknown";
  return confidence >= limits.answer && clues.lead >= limits.lead ? "answer" : "choices";
}

/** The labels of asides. */
export const DANGER = "!danger";
export const REPORT = "!report";

/**
 * Whether somebody may be in danger, and whether the question is really a report. Danger is noticed by its side of the
 * machine, by the entry that is meant, or by a word that leaves no doubt: a false alarm costs a line, a missed one more.
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
  const limits = ASIDES[language];
  const text = ` ${normalise(question.slice(0, 2000))} `;
  const spaced = language === "en";
  const meant = ranking.confidence >= LIMITS[language].choices && dangerous.has(ranking.ranked[0]?.label ?? "");
  return {
    danger:
      meant ||
      (ranking.asides[DANGER] ?? -1) > limits.danger ||
      alarm.some((word) => text.includes(spaced ? ` ${normalise(word)} ` : normalise(word))),
    report: (ranking.asides[REPORT] ?? -1) > limits.report,
  };
}
