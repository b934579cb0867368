/**
 * Would what a report describes reach a threshold of the criminal law? Arithmetic over bands and prices, with its source
 * and its date; never a legal opinion. The rules stand in `data/thresholds.yaml`; weighing is pure.
 */
import { z } from "zod";
import { readAs } from "../content.ts";
import { pricesIn } from "./links.ts";
import { codes, type Told } from "./told.ts";

const whole = z.int({ error: "is not a whole number" }).positive();
const kebab = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, { error: "is not a code" });
const RULE = z.strictObject({
  code: kebab,
  jurisdiction: z.string().regex(/^[A-Z]{2}$/, { error: "is not a country's two letters" }),
  as_of: z.string().regex(/^\d{4}-\d{2}-\d{2}$/, { error: "is not a day such as 2026-11-23" }),
  source: z.record(z.string(), z.string().min(1)),
  items: z.strictObject({ A: whole, B: whole, C: whole }),
  income: z.strictObject({ amount: whole, currency: z.string() }),
  grave: whole,
  duty: z.strictObject({ share: z.number().positive().max(1), roles: z.array(kebab) }),
  uncounted: z.array(kebab).optional(),
});
const SCHEMA = z.strictObject({ rules: z.array(RULE).min(1) });

export type ThresholdRule = z.infer<typeof RULE>;
export type DataClass = "A" | "B" | "C";

/** `reached`: even the least that was told is enough; `possible`: the most is; `below`: not even that; `unknown`: nothing to count. */
export type Reach = "reached" | "possible" | "below" | "unknown";

/** A count or a sum as it was told: at least `from`, at most `to`; no `to`: no upper end. */
export interface Span {
  from: number;
  to?: number;
}

/** One comparison: what was told against a number of the law and its graver degree. */
export interface Line {
  kind: "items" | "income";
  class?: DataClass;
  /** Some kind of data of this class is borderline. */
  borderline?: true;
  told?: Span;
  threshold: number;
  reach: Reach;
  grave: number;
  graveReach: Reach;
}

export interface Weighing {
  rule: string;
  jurisdiction: string;
  asOf: string;
  source: Record<string, string>;
  currency: string;
  /** The numbers were halved (or whatever the share is): got in the job. */
  duty: boolean;
  share: number;
  lines: Line[];
  /** Kinds of data for which no number is needed where they served a crime. */
  uncounted: string[];
  verdict: Reach;
}

/** What the taxonomy knows of the codes in a report. */
export interface Facts {
  classOf(dataType: string): { class?: DataClass; review?: boolean } | undefined;
  band(volume: string): { from?: number; to?: number } | undefined;
}

/** Reads the rules. Throws `ContentError` with every fault. */
export function loadThresholds(path: string): ThresholdRule[] {
  return readAs(path, SCHEMA).value.rules;
}

/** Weighs one report by one rule. */
export function weigh(rule: ThresholdRule, told: Told, facts: Facts): Weighing {
  const duty = rule.duty.roles.includes(told.role ?? "");
  const share = duty ? rule.duty.share : 1;
  const kinds = codes(told.data);
  const band = told.volume ? facts.band(told.volume) : undefined;
  const count: Span | undefined =
    band?.from === undefined ? undefined : { from: band.from, ...(band.to !== undefined ? { to: band.to } : {}) };
  const compare = (span: Span | undefined, threshold: number) => ({
    threshold: threshold * share,
    reach: reach(span, threshold * share),
    grave: threshold * share * rule.grave,
    graveReach: reach(span, threshold * share * rule.grave),
  });

  const lines: Line[] = [];
  for (const letter of ["A", "B", "C"] as const) {
    const own = kinds.map((kind) => facts.classOf(kind)).filter((found) => found?.class === letter);
    if (own.length === 0) continue;
    lines.push({
      kind: "items",
      class: letter,
      ...(own.some((found) => found?.review) ? { borderline: true as const } : {}),
      ...(count ? { told: count } : {}),
      ...compare(count, rule.items[letter]),
    });
  }
  const income = incomeOf(told, count, rule.income.currency);
  if (income) lines.push({ kind: "income", told: income, ...compare(income, rule.income.amount) });

  return {
    rule: rule.code,
    jurisdiction: rule.jurisdiction,
    asOf: rule.as_of,
    source: rule.source,
    currency: rule.income.currency,
    duty,
    share,
    lines,
    uncounted: kinds.filter((kind) => rule.uncounted?.includes(kind)),
    verdict: verdictOf(lines),
  };
}

/** Each item sold once at the price that was told (article 11 adds up sales to different buyers: this is the least). */
function incomeOf(told: Told, count: Span | undefined, currency: string): Span | undefined {
  const prices = pricesIn(told.price ?? "");
  if (!count || prices.length === 0 || told.currency !== currency) return undefined;
  const most = count.to === undefined ? undefined : count.to * prices.at(-1)!;
  return { from: count.from * prices[0]!, ...(most === undefined ? {} : { to: most }) };
}

function reach(span: Span | undefined, threshold: number): Reach {
  if (!span) return "unknown";
  if (span.from >= threshold) return "reached";
  return span.to === undefined || span.to >= threshold ? "possible" : "below";
}

/**
 * With several classes the report does not say how many items are of which: the number is surely reached only where the
 * least strict class is. Income counts by itself, but it rests on a guess, so alone it makes no more than `possible`.
 */
function verdictOf(lines: Line[]): Reach {
  const items = lines.filter((line) => line.kind === "items" && line.reach !== "unknown");
  if (items.length > 0 && items.every((line) => line.reach === "reached")) return "reached";
  if (lines.some((line) => line.reach === "reached" || line.reach === "possible")) return "possible";
  return items.length > 0 ? "below" : "unknown";
}
