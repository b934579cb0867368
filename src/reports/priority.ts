/**
 * How pressing a case is, and why. The rank is a day, so that it is stored once and never grows old: the day by which somebody
 * should have looked. It is earlier for what weighs more, and later once somebody has it in hand.
 */
import type { Taxonomy } from "./taxonomy.ts";
import type { Summary } from "./told.ts";

/** Days until somebody should look (see `Level`), and days by which a reason moves the case forward. */
const patience: Record<string, number> = { P0: 0, P1: 1, P2: 3, P3: 7 };
const forward = { insider: 1, sensitive: 1, volume: 2 } as const;
/** Days by which a case that somebody has in hand stands back, and a plain one of a flood. */
const inHand = 14;
const inFlood = 7;

export type Reason = keyof typeof forward;

/** Items from which selling is a crime, by class of data; half of it for insiders (judicial interpretation 2017-10, art. 5 and 6). */
const thresholds: Record<string, number> = { A: 50, B: 500, C: 5000 };

/** What makes a case weigh more. */
export function reasons(summary: Summary, taxonomy: Taxonomy): Reason[] {
  const classes = summary.data.flatMap((code) => taxonomy.entry("data-type", code)?.class ?? []);
  const most = (taxonomy.entry("volume-band", summary.volume ?? "")?.from ?? 0) * (summary.insider ? 2 : 1);
  const threshold = Math.min(...(classes.length > 0 ? classes : ["C"]).map((c) => thresholds[c] ?? 5000));
  return [
    ...(summary.insider ? ["insider" as const] : []),
    ...(classes.includes("A") ? ["sensitive" as const] : []),
    ...(most >= threshold ? ["volume" as const] : []),
  ];
}

/** Is there nothing in a report that somebody would have to look at at once? */
export function plain({ level, why = [], files, excludes, canary }: Summary): boolean {
  return (level === "P2" || level === "P3") && why.length === 0 && files === 0 && !excludes && !canary;
}

/** The day a case is ranked by; the lowest stands first. @param back a plain case of a flood */
export function rank(day: number, level: string, why: readonly Reason[], owned: boolean, back = false): number {
  const weight = why.reduce((sum, reason) => sum + forward[reason], 0);
  return day + (patience[level] ?? 7) - weight + (owned ? inHand : 0) + (back ? inFlood : 0);
}
