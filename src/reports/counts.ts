/**
 * Counts of reports, for charts: one table each by month, sector, kind, data, role and outcome, and none of two at once. Nothing
 * under five is told, nor can it be worked out: small cells are put together, with larger ones where they are not enough. Pure.
 */
import type { CaseRow } from "./rows.ts";

export const splits = ["month", "sector", "kind", "data", "role", "outcome"] as const;
export type Split = (typeof splits)[number];

/** No number below this is told. */
export const fewest = 5;

/** A table: its cells, what was put together, and the sum of both; nothing where there is too little to tell. */
export interface Table {
  cells: { code: string; n: number }[];
  /** All cells that are not told by themselves. */
  others: number;
  total: number;
}

/** Of what a case counts: its codes by table. What was not told is `unknown`; an open case's outcome is `open`. */
export function facetsOf({ day, status, summary, outcome }: Pick<CaseRow, "day" | "status" | "summary" | "outcome">): {
  [S in Split]: string[];
} {
  const over = status === "withdrawn" ? "withdrawn" : status === "closed" ? (outcome ?? "unknown") : "open";
  // of a case that was withdrawn nothing else is kept
  const told = (codes: (string | undefined)[]) => (summary ? codes.map((code) => code ?? "unknown") : []);
  const data = summary?.data.length ? summary.data : [undefined];
  return {
    month: [new Date(day * 86_400_000).toISOString().slice(0, 7)],
    sector: told([summary?.sector]),
    kind: told([summary?.kind]),
    data: told(data),
    role: told([summary?.role]),
    outcome: [over],
  };
}

/**
 * What may be told of counts. Cells under `fewest` become one; if that is still under it, or could be made of its parts in one
 * way only, the smallest of the others joins them, so that no difference of two numbers tells a small one. Largest first.
 * @param possible how many codes there are, whether counted or not
 */
export function tableOf(counts: ReadonlyMap<string, number>, possible: number): Table {
  const cells = [...counts]
    .filter(([, n]) => n > 0)
    .map(([code, n]) => ({ code, n }))
    .sort((a, b) => b.n - a.n || (a.code < b.code ? -1 : 1));
  let others = 0;
  let parts = 0;
  const single = () => parts + cells.length >= possible && others === parts * (fewest - 1);
  const bare = () => parts > 0 && (others < fewest || single());
  let largest = 0;
  // of cells that are alike none is told where another is not: which one it is would tell something
  while (cells.length > 0 && (cells.at(-1)!.n < fewest || cells.at(-1)!.n === largest || bare())) {
    largest = cells.pop()!.n;
    others += largest;
    parts += 1;
  }
  if (others > 0 && others < fewest) return { cells: [], others: 0, total: 0 };
  return { cells, others, total: cells.reduce((sum, cell) => sum + cell.n, others) };
}
