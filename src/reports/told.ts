/** What a reporter told: answers by name, codes of the taxonomy where the question has options (joined by commas where several). */

import type { Reason } from "./priority.ts";

/** The questions, in the order they are asked. Only `kind` and `story` are required. */
export const questions = [
  "kind",
  "story",
  "sector",
  "data",
  "organisation",
  "role",
  "obtained",
  "channel",
  "handle",
  "price",
  "currency",
  "volume",
  "time",
  "region",
  "evidence",
  "urgency",
  "relation",
  "exclude",
] as const;

export type Question = (typeof questions)[number];

export type Told = Partial<Record<Question, string>>;

/** What may stand on a card: codes only, nothing that was typed. */
export interface Summary {
  kind: string;
  sector?: string;
  data: string[];
  volume?: string;
  urgency: string[];
  /** P0 (now) to P3. */
  level: string;
  files: number;
  /** The reporter named people who must not see this. */
  excludes: boolean;
  /** It holds a canary record. */
  canary?: true;
  /** Somebody who works where the data lies takes part. */
  insider?: true;
  /** The role in the trade that was told. */
  role?: string;
  /** Why it weighs more than others, as it was filed. */
  why?: Reason[];
}

/** Roles of people who work where the data lies. */
const insiders = [
  "insider-source",
  "insider-account-lender",
  "insider-recruiter",
  "insider-manager",
  "contractor-source",
];

/** @param level the taxonomy's rule for urgency codes */
export function summarise(told: Told, files: number, level: (urgency: string[]) => string): Summary {
  const urgency = codes(told.urgency);
  return {
    kind: told.kind ?? "something-else",
    ...(told.sector ? { sector: told.sector } : {}),
    data: codes(told.data),
    ...(told.volume ? { volume: told.volume } : {}),
    urgency,
    level: level(urgency),
    files,
    excludes: (told.exclude ?? "") !== "",
    ...(told.role ? { role: told.role } : {}),
    ...(codes(told.role).some((role) => insiders.includes(role)) ? { insider: true } : {}),
  };
}

/** The codes of an answer that may hold several. */
export function codes(answer: string | undefined): string[] {
  return (answer ?? "").split(",").filter(Boolean);
}
