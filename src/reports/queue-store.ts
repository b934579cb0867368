/** Which cases wait: a page at a time, by an index, and never one that the viewer must not know of. */
import type { Knex } from "knex";
import type { Storage } from "../storage/storage.ts";
import type { Status } from "./review.ts";
import type { CaseRow, Row } from "./rows.ts";
import { sees, type Viewer } from "./sight.ts";

/** What is looked for. Status, ownership and deadlines are found by an index; what is sealed is opened case by case. */
export type Filter =
  | { by: "all" | "mine" | "unowned" | "overdue" | "shared" | "guarded" | "flood" }
  | { by: "status"; status: Status }
  | { by: "sealed"; holds(row: CaseRow): boolean };

/** The last case that a search looked at, and how many it had looked at by then. */
export interface Behind {
  priority: number;
  code: string;
  looked: number;
}

export interface QueueStore {
  /**
   * Cases, the most pressing first. Where something sealed is looked for, that ends after so many; `end` is there while more
   * lie behind, and leads on. @param behind where an earlier search ended
   */
  queue(
    from: number,
    count: number,
    viewer: Viewer & { alias: string },
    filter: Filter,
    today: number,
    behind?: Behind,
  ): Promise<{ rows: CaseRow[]; end?: Behind }>;
  /** Cases by status, without those that the viewer must not know of. */
  counts(viewer: Viewer): Promise<Record<string, number>>;
  /** Is there a case that waits and that none of these may know of? @param before of those that came before this day */
  unseen(viewers: Viewer[], before?: number): Promise<boolean>;
}

/** In so many cases at a time a sealed thing is looked for. */
const looks = 2000;

/** Leaves out what the viewer must not know of (`sees`); a tag is a keyed hash in hex, so it needs no escaping. */
export function visible(q: Knex.QueryBuilder, { tag, senior }: Viewer): void {
  q.where("excluded", "not like", `%${tag}%`).where("recused", "not like", `%${tag}%`);
  if (!senior) q.whereIn("guard", [0, 2]);
}

export function createQueueStore(storage: Storage, row: (r: Row) => CaseRow): QueueStore {
  const db = storage.read;

  return {
    async queue(from, count, viewer, filter, today, behind) {
      const q = db<Row>("reports");
      visible(q, viewer);
      if (filter.by === "status") q.where({ status: filter.status });
      else if (filter.by === "overdue") q.where("next_due", "<", today);
      else if (filter.by === "shared") q.where("helpers", "<>", "").where("waiting", 1);
      else q.where("waiting", 1);
      if (filter.by === "mine") q.where({ owner: viewer.alias });
      if (filter.by === "unowned") q.whereNull("owner");
      if (filter.by === "flood") q.whereRaw("flood > 0");
      if (filter.by === "guarded") q.where("guard", 1);
      if (filter.by === "overdue") q.orderBy("next_due").orderBy("code");
      else q.orderBy("priority").orderBy("code");
      if (filter.by !== "sealed" && filter.by !== "shared") {
        const found = (await q.limit(count).offset(from)) as Row[];
        return { rows: found.map(row) };
      }
      const holds = filter.by === "sealed" ? filter.holds : (c: CaseRow) => c.helpers.includes(viewer.alias);
      // behind a case rather than after so many: one that is closed meanwhile must not hide another
      if (behind) q.whereRaw("(priority, code) > (?, ?)", [behind.priority, behind.code]);
      const found = (await q.limit(looks + 1)) as Row[];
      const all = found.slice(0, looks);
      const rows = all
        .map(row)
        .filter(holds)
        .slice(from, from + count);
      const { priority, code } = all.at(-1) ?? { priority: 0, code: "" };
      const end = { priority, code, looked: (behind?.looked ?? 0) + all.length };
      return { rows: rows.filter((c) => sees(c, viewer)), ...(found.length > looks ? { end } : {}) };
    },
    async counts(viewer) {
      const q = db("reports").select("status").count({ n: "*" }).groupBy("status");
      visible(q, viewer);
      const found = (await q) as { status: string; n: number }[];
      return Object.fromEntries(found.map((f) => [f.status, Number(f.n)]));
    },
    async unseen(viewers, before) {
      const q = db("reports").where("waiting", 1);
      if (before !== undefined) q.where("day", "<", before);
      for (const viewer of viewers) q.whereNot((seen) => visible(seen, viewer));
      return (await q.first("code")) !== undefined;
    },
  };
}
