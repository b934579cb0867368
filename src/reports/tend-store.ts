/** What comes due by itself: cases to remind of, cases whose time is over, and whom a reminder reaches. */
import { countOne } from "../storage/counts.ts";
import type { Storage, Transaction } from "../storage/storage.ts";
import { open } from "./review.ts";
import type { CaseRow, Row } from "./rows.ts";

export interface TendStore {
  /**
   * Open cases with a deadline up to this day that may be named on a board (`hangs`), the nearest first; those of a flood only
   * once somebody took them.
   */
  dueOnBoards(day: number, most: number): Promise<CaseRow[]>;
  /** How many those are. */
  countOnBoards(day: number): Promise<number>;
  /**
   * Open cases with a deadline up to this day of which nobody was reminded since it passed: however many are late, they keep
   * nobody from being reminded.
   */
  toRemind(day: number): Promise<CaseRow[]>;
  /** Closed cases that are kept up to this day at most, without those under a legal hold. */
  keptBy(day: number): Promise<CaseRow[]>;
  /** Notes that somebody was reminded of this; answers false if that was done already. Later marks are larger. */
  mark(trx: Transaction, id: string, mark: number): Promise<boolean>;
  /** Destroys a case: nothing of it stays but a count of its outcome. Answers false where a hold or a reopening was faster. */
  purge(trx: Transaction, row: CaseRow): Promise<boolean>;
  /** Where reviewers are reached, sealed; web visits are no such place. */
  doors(alias: string): Promise<{ tag: string; address: Buffer; locale: string }[]>;
}

/** A reminder is sent once for each stage of each deadline: its day twice, and one more once it has passed. */
export const markOf = (day: number, over: boolean): number => day * 2 + (over ? 1 : 0);

/** Everything that hangs on a case. */
const parts = ["messages", "files", "notify", "fingerprints", "series_members", "replies", "notes"];

/** Deletes everything that hangs on a case, but its own row. */
export async function forgetParts(trx: Transaction, { id, code }: Pick<CaseRow, "id" | "code">): Promise<void> {
  for (const table of parts) await trx(table).where({ report: id }).delete();
  await trx("requests").where({ subject: code }).delete();
  await trx("outbox")
    .where({ once: `notice ${id}` })
    .delete();
}

/** Most cases that are looked after at a time. */
const most = 500;

export function createTendStore(storage: Storage, row: (r: Row) => CaseRow): TendStore {
  const db = storage.read;
  const due = (day: number) =>
    db<Row>("reports")
      .where("next_due", "<=", day)
      .where({ flood: 0 })
      .whereIn("status", [...open]);
  const onBoards = (day: number) => due(day).where({ guard: 0, excluded: "", recused: "" });
  return {
    dueOnBoards: async (day, count) =>
      (await onBoards(day).orderBy("next_due").orderBy("code").limit(count)).map((r) => row(r as Row)),
    async countOnBoards(day) {
      return Number((await onBoards(day).count({ n: "*" }).first())!.n);
    },
    async toRemind(day) {
      // `markOf` of the deadline, once it has passed
      const found = await due(day)
        .whereRaw("reminded < next_due * 2 + 1")
        .orderBy("next_due")
        .orderBy("code")
        .limit(most);
      return (found as Row[]).map(row);
    },
    async keptBy(day) {
      const found = await db<Row>("reports")
        .where("keep_until", "<=", day)
        .where({ hold: 0, status: "closed" })
        .orderBy("keep_until")
        .limit(most);
      return (found as Row[]).map(row);
    },
    async mark(trx, id, mark) {
      return (await trx<Row>("reports").where({ id }).where("reminded", "<", mark).update({ reminded: mark })) === 1;
    },
    async purge(trx, c) {
      const gone = { id: c.id, version: c.version, hold: 0 };
      // changes nothing, but a hold or an answer at this moment waits and then finds nothing, or was faster
      if ((await trx<Row>("reports").where(gone).update({ id: c.id })) !== 1) return false;
      await forgetParts(trx, c);
      await trx<Row>("reports").where(gone).delete();
      await countOne(trx, "tallies", { name: `purged ${c.outcome ?? "closed"}` });
      return true;
    },
    async doors(alias) {
      return db("doors").where({ alias }).whereNull("until").select("tag", "address", "locale");
    },
  };
}
