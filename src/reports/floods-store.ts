/** Cases that came in a flood and that nobody has taken yet; the plain ones of a day can be closed together. */
import type { Knex } from "knex";
import type { Storage } from "../storage/storage.ts";
import type { CaseRow, Row } from "./rows.ts";

export interface FloodStore {
  /** How many wait. */
  floodWaiting(): Promise<number>;
  /** Days with plain cases, the newest first, and how many of them wait on each. */
  plainDays(): Promise<{ day: number; count: number }[]>;
  /** So many of the plain cases of a day. */
  plainOf(day: number, most: number): Promise<CaseRow[]>;
}

export function createFloodStore(storage: Storage, row: (r: Row) => CaseRow): FloodStore {
  const db = storage.read;
  // literally, so that both databases know that the index is meant
  const plain = (q: Knex.QueryBuilder) =>
    q.whereRaw("flood = 2").where({ status: "received", unread: 0, guard: 0, excluded: "", recused: "", hold: 0 });
  return {
    async floodWaiting() {
      const found = await db("reports").whereRaw("flood > 0").where({ waiting: 1 }).count({ n: "*" }).first();
      return Number((found as { n: number | string }).n);
    },
    async plainDays() {
      const q = db("reports").select("day").count({ n: "*" }).groupBy("day").orderBy("day", "desc").limit(7);
      const found = (await plain(q)) as { day: number; n: number | string }[];
      return found.map(({ day, n }) => ({ day, count: Number(n) }));
    },
    async plainOf(day, most) {
      return ((await plain(db<Row>("reports").where({ day }).limit(most))) as Row[]).map(row);
    },
  };
}
