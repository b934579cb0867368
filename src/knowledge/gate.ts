/**
 * Whether to answer, to ask "did you mean", or to say "I don't know that one". The limits were chosen on questions that
 * strangers wrote (`bench/knowledge.ts` shows the choice), never on our own phrasings: a limit tuned on those kept a
 * third of the real questions. Near misses cannot be refused reliably by any engine, so the middle way is a wide one.
 */
import type { Language } from "./content.ts";
import type { Ranking } from "./engine.ts";

export type Verdict = "answer" | "choices" | "unknown";

/** Confidence from which a question is answered, and from which something is offered. */
export interface Limits {
  answer: number;
  choices: number;
}

export const LIMITS: Record<Language, Limits> = {
  en: { answer: 0.3, choices: 0.1 },
  "zh-CN": { answer: 0.3, choices: 0.1 },
};

/** How far on its side of the machine a question must be to count as danger, and as a report. */
export const ASIDES: Record<Language, { danger: number; report: number }> = {
  en: { danger: -0.2, report: 0 },
  "zh-CN": { danger: -0.2, report: 0 },
};

/** What to do with a question. */
export function judge({ confidence, ranked }: Ranking, limits: Limits): Verdict {
  if (ranked.length === 0 || confidence < limits.choices) return "unknown";
  return confidence >= limits.answer ? "answer" : "choices";
}
