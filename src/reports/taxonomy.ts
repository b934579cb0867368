/**
 * The lists a report is built from, read once at start from `data/taxonomy.yaml`. The file is edited by organisations,
 * so whatever is wrong with it is told with its line and its cure; their words stand in `locales/<language>/taxonomy.json`.
 */
import { z } from "zod";
import { type At, type Fault, kebab, readAs, stop } from "../content.ts";

/** How soon a human must look: P0 at once, P1 one working day, P2 three working days, P3 seven days. */
export type Level = (typeof LEVELS)[number];
export const LEVELS = ["P0", "P1", "P2", "P3"] as const;

/** What can go wrong with a kind of evidence, and so what the reporter or reviewer has to be told. */
export type Care = (typeof CARES)[number];
export const CARES = [
  "ask-details",
  "less-certain",
  "keep-link",
  "third-parties",
  "discourage",
  "may-identify",
  "legality",
  "watermark",
  "best",
  "metadata",
  "no-names",
] as const;

/** Codes that close a list: they say that nothing else fits, so they stand last. */
export const CLOSING = ["something-else", "other", "none", "prefer-not", "ongoing-unknown", "unknown"] as const;

const money = z.string().regex(/^([A-Z]{3,4}|other)$/, { error: "is not a currency code such as CNY" });
const whole = z.int({ error: "is not a whole number" }).positive();

const plain = z.array(z.strictObject({ code: kebab }));
const SCHEMA = z.strictObject({
  kind: plain,
  "sector-group": plain,
  sector: z.array(z.strictObject({ code: kebab, group: kebab })),
  "data-type": z.array(
    z.strictObject({
      code: kebab,
      class: z.enum(["A", "B", "C"]).optional(),
      review: z.literal(true).optional(),
      sensitive: z.literal(true).optional(),
    }),
  ),
  "chain-role": plain,
  "obtained-by": plain,
  "sale-channel": plain,
  payment: plain,
  "price-unit": plain,
  currency: z.array(z.strictObject({ code: money })),
  "volume-band": z.array(z.strictObject({ code: kebab, from: whole.optional(), to: whole.optional() })),
  "time-span": plain,
  scope: plain,
  frequency: plain,
  "evidence-type": z.array(z.strictObject({ code: kebab, care: z.enum(CARES).optional() })),
  certainty: plain,
  urgency: z.array(z.strictObject({ code: kebab, level: z.enum(LEVELS), reroute: z.literal(true).optional() })),
  "reporter-relation": plain,
  status: plain,
  outcome: z.array(z.strictObject({ code: kebab, "two-reviewers": z.literal(true).optional() })),
  "corrective-action": plain,
  "root-cause": plain,
});

/** The programme itself acts on these codes, so an organisation cannot take them away. */
const RELIED_ON: { [list in List]?: readonly string[] } = {
  kind: ["selling", "contacted", "offered", "something-else"],
  status: ["received", "acknowledged", "need-info", "investigating", "closed", "reopened"],
  outcome: ["substantiated", "not-confirmed", "out-of-scope", "duplicate", "withdrawn"],
};

type Lists = z.infer<typeof SCHEMA>;
export type List = keyof Lists;
/** One entry of a list: its code, and the facts that the list's entries may have. */
export type Entry<L extends List> = Readonly<Lists[L][number]>;

export interface Taxonomy {
  /** Every list, in the order of the file. */
  readonly lists: readonly List[];
  /** The codes of a list in the order people see them. */
  codes(list: List): readonly string[];
  has(list: List, code: string): boolean;
  entry<L extends List>(list: L, code: string): Entry<L> | undefined;
  /** The most urgent level among these codes of `urgency`; P3 for none. Codes we do not know do not count. */
  level(urgency: readonly string[]): Level;
}

export { ContentError, type Fault } from "../content.ts";

/**
 * Reads and checks the taxonomy.
 *
 * @param path of the YAML file
 * @throws ContentError with every fault, in the order of the file
 */
export function loadTaxonomy(path: string): Taxonomy {
  const lists = read(path);
  const byCode = new Map(
    Object.entries(lists).map(([list, entries]) => [list, new Map(entries.map((entry) => [entry.code, entry]))]),
  );
  const codes = new Map([...byCode].map(([list, entries]) => [list, Object.freeze([...entries.keys()])]));
  for (const entries of Object.values(lists)) entries.forEach(Object.freeze);

  const entry = <L extends List>(list: L, code: string) => byCode.get(list)?.get(code) as Entry<L> | undefined;
  return Object.freeze({
    lists: Object.freeze(Object.keys(lists) as List[]),
    codes: (list: List) => codes.get(list) ?? [],
    has: (list: List, code: string) => byCode.get(list)?.has(code) ?? false,
    entry,
    level: (urgency: readonly string[]) => {
      const found = new Set(urgency.map((code) => entry("urgency", code)?.level));
      return LEVELS.find((level) => found.has(level)) ?? "P3";
    },
  });
}

function read(path: string): Lists {
  const { value: lists, at } = readAs(path, SCHEMA);
  stop(path, [...order(lists, at), ...ties(lists, at)]);
  return lists;
}

/** Codes are there once, closing codes are last, and what the programme acts on is there. */
function order(lists: Lists, at: At): Fault[] {
  const faults: Fault[] = [];
  for (const [list, entries] of Object.entries(lists)) {
    const codes = entries.map((entry) => entry.code);
    if (codes.length === 0) {
      faults.push({
        line: at([list]),
        problem: `${list} is empty`,
        cure: "add at least one entry such as - { code: other }",
      });
    }
    codes.forEach((code, index) => {
      if (codes.indexOf(code) < index) {
        const problem = `${list} has "${code}" twice`;
        faults.push({ line: at([list, index]), problem, cure: "take one of the two out" });
      }
      if (index > 0 && !closes(code) && closes(codes[index - 1])) {
        const problem = `${list}: "${code}" stands after "${codes[index - 1]}"`;
        faults.push({
          line: at([list, index]),
          problem,
          cure: `move "${code}" up, before the entries that close the list`,
        });
      }
    });
    for (const code of RELIED_ON[list as List] ?? []) {
      if (codes.includes(code)) continue;
      faults.push({
        line: at([list]),
        problem: `${list} lacks "${code}"`,
        cure: `add - { code: ${code} }; the programme acts on it`,
      });
    }
  }
  return faults;
}

function closes(code: string | undefined): boolean {
  return CLOSING.some((closing) => closing === code);
}

/** Groups exist, and the bands of volume follow one another without a gap. */
function ties(lists: Lists, at: At): Fault[] {
  const faults: Fault[] = [];
  const groups = lists["sector-group"].map((entry) => entry.code);
  lists.sector.forEach(({ code, group }, index) => {
    if (groups.includes(group)) return;
    const line = at(["sector", index, "group"]);
    faults.push({
      line,
      problem: `sector: "${code}" is in a group that is not there`,
      cure: `write one of: ${groups.join(", ")}`,
    });
  });
  let next = 1;
  lists["volume-band"].forEach(({ code, from, to }, index) => {
    if (from === undefined) return;
    if (from !== next || (to ?? Number.POSITIVE_INFINITY) < from) {
      const problem = `volume-band: "${code}" does not follow the band before it`;
      faults.push({ line: at(["volume-band", index]), problem, cure: `let it run from ${next} to its own end` });
    }
    next = (to ?? from) + 1;
  });
  return faults;
}
