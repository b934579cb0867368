/** Counts every case once, a page of the table at a time, so that a long one holds nobody up. */
import type { Storage } from "../storage/storage.ts";
import { facetsOf, type Split, splits } from "./counts.ts";
import type { CaseRow, Row } from "./rows.ts";
import { sees, type Viewer } from "./sight.ts";

export interface CountsStore {
  /**
   * Cases by code, table by table, without those that the viewer must not know of. Outcomes have in them what was destroyed
   * when its time was over, too: of that nothing but a count by outcome is kept.
   */
  countBy(viewer?: Viewer): Promise<Record<Split, Map<string, number>>>;
}

/** Cases that are opened at a time. */
const page = 500;

export function createCountsStore(storage: Storage, row: (r: Row) => CaseRow): CountsStore {
  const db = storage.read;
  return {
    async countBy(viewer) {
      const counts = Object.fromEntries(splits.map((split) => [split, new Map<string, number>()])) as Record<
        Split,
        Map<string, number>
      >;
      const add = (split: Split, code: string, n = 1) => counts[split].set(code, (counts[split].get(code) ?? 0) + n);
      let last = "";
      for (;;) {
        const rows = (await db<Row>("reports").where("id", ">", last).orderBy("id").limit(page)) as Row[];
        for (const c of rows.map(row)) {
          if (viewer && !sees(c, viewer)) continue;
          const facets = facetsOf(c);
          for (const split of splits) for (const code of facets[split]) add(split, code);
        }
        last = rows.at(-1)?.id ?? "";
        if (rows.length < page) break;
      }
      const purged = (await db("tallies").where("name", "like", "purged %")) as { name: string; n: number }[];
      for (const { name, n } of purged) add("outcome", name.slice("purged ".length), Number(n));
      return counts;
    },
  };
}
