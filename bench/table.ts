/** What was measured, as rows: goal, figure, peer, their ratio, and whether the goal was met. */

export interface Row {
  what: string;
  unit: string;
  figure: number;
  /** The peer's figure in the same run. */
  peer?: number;
  /** What the ratio of figure to peer is called for, where the goal is one. */
  goal?: { is: "at least" | "at most" | "under"; value: number; of: "figure" | "ratio" };
  /** Figures that explain the row; only in the JSON. */
  details?: Record<string, number>;
}

/** "met", "missed", or nothing where there is no goal. */
export function verdict(row: Row): string {
  if (!row.goal) return "";
  const { is, value, of } = row.goal;
  const got = of === "ratio" ? ratio(row) : row.figure;
  if (got === undefined) return "";
  const met = is === "at least" ? got >= value : is === "at most" ? got <= value : got < value;
  return met ? "met" : "missed";
}

/** Figure by peer. */
export function ratio({ figure, peer }: Row): number | undefined {
  return peer === undefined || peer === 0 ? undefined : figure / peer;
}

/** An aligned table. */
export function drawTable(rows: Row[]): string {
  const head = ["", "unit", "goal", "figure", "peer", "ratio", ""];
  const lines = rows.map((row) => {
    const times = ratio(row);
    const goal = row.goal ? `${row.goal.is} ${row.goal.value}${row.goal.of === "ratio" ? " x" : ""}` : "";
    return [
      row.what,
      row.unit,
      goal,
      round(row.figure),
      row.peer === undefined ? "" : round(row.peer),
      times === undefined ? "" : `${round(times)} x`,
      verdict(row),
    ];
  });
  const all = [head, ...lines];
  const widths = head.map((_, column) => Math.max(...all.map((line) => line[column]?.length ?? 0)));
  const draw = (line: string[]) =>
    line
      .map((cell, i) => (i < 3 || i === 6 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join("  ")
      .trimEnd();
  return [
    draw(head),
    widths
      .map((w) => "-".repeat(w))
      .join("  ")
      .trimEnd(),
    ...lines.map(draw),
  ].join("\n");
}

/** Three figures that mean something; never 1e+3. */
function round(value: number): string {
  return value >= 100 || Number.isInteger(value) ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** The value below which `share` of all lie. */
export function quantile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export function median(values: number[]): number {
  return quantile(values, 0.5);
}
