/** Counts at the counter, for reviewers and auditors: numbers that are large enough to be told, as words and as a picture. */
import type { Queries, Visitor } from "../desk.ts";
import { fewest, type Split, splits, type Table, tableOf } from "../reports/counts.ts";
import { type Bars, drawBars } from "../reports/pictures.ts";
import type { List } from "../reports/taxonomy.ts";
import { type Counter, reviewer } from "./counter.ts";

/** Tables whose codes are a list of the taxonomy; the others have no end. */
const lists: Partial<Record<Split, List>> = { sector: "sector", kind: "kind", data: "data-type", role: "chain-role" };

export interface StatsQueries {
  /** The tables there are. */
  splits(): readonly Split[];
  /** No number below this is told. */
  fewest(): number;
  /** Cases by the codes of one table; without those that the visitor must not know of. */
  stats(split: Split): Promise<Table>;
  /** Draws words and numbers that the conversation has chosen. */
  drawBars(bars: Bars): Promise<Uint8Array>;
}

export function statsQueries(counter: Counter, { actor }: Visitor): Pick<Queries, keyof StatsQueries> {
  return {
    splits: () => splits,
    fewest: () => fewest,
    async stats(split) {
      const { role } = reviewer(actor);
      // an auditor sees all numbers and no case; everybody else what they could see case by case
      const counts = await counter.reports.countBy(role === "auditor" ? undefined : counter.viewer(actor));
      const list = lists[split];
      return tableOf(counts[split], list ? counter.taxonomy.codes(list).length : Number.POSITIVE_INFINITY);
    },
    drawBars,
  };
}
