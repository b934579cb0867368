/** Series: cases that reviewers found to be one trade. */
import { randomInt } from "node:crypto";
import type { Columns } from "../crypto/columns.ts";
import { fail } from "../errors.ts";
import type { Storage, Transaction } from "../storage/storage.ts";
import { plain, rank } from "./priority.ts";
import type { SummaryColumn } from "./rows.ts";
import type { CaseRow, Write } from "./store.ts";
import type { Summary } from "./told.ts";

export interface SeriesRow {
  code: string;
  day: number;
  cases: number;
}

export interface SeriesStore {
  newCode(): string;
  /**
   * Puts cases into a series, which is made if there is none of that code; a case is in one series at most. Throws `stale`
   * where one of them is gone.
   */
  join(code: string, day: number, alias: string, ids: string[]): Write;
  /** Takes a case out; a series without cases goes. */
  leave(id: string): Write;
  of(id: string): Promise<string | undefined>;
  members(code: string): Promise<string[]>;
  /** Newest first. */
  list(count: number): Promise<SeriesRow[]>;
  /** Sets what a card says, and how pressing the case is with that. */
  summarise(trx: Transaction, row: CaseRow, summary: Summary): Promise<void>;
}

const digits = "23456789ABCDEFGHJKMNPQRSTVWXYZ";

export function createSeriesStore(storage: Storage, columns: Columns): SeriesStore {
  const db = storage.read;

  async function tidy(trx: Transaction): Promise<void> {
    await trx("series").whereNotIn("code", trx("series_members").select("series")).delete();
  }

  return {
    newCode: () => `S${Array.from({ length: 5 }, () => digits[randomInt(digits.length)]).join("")}`,
    join: (code, day, alias, ids) => async (trx) => {
      await trx("series").insert({ code, day, alias }).onConflict("code").ignore();
      for (const report of [...ids].sort()) {
        // changes nothing, but whoever withdraws or destroys the case at this moment waits and then finds the member, or was faster
        const live = await trx("reports")
          .where({ id: report })
          .whereNot({ status: "withdrawn" })
          .update({ id: report });
        if (live !== 1) throw fail("stale");
        await trx("series_members").insert({ report, series: code }).onConflict("report").merge();
      }
      await tidy(trx);
    },
    leave: (id) => async (trx) => {
      await trx("series_members").where({ report: id }).delete();
      await tidy(trx);
    },
    of: async (id) => (await db("series_members").where({ report: id }).first())?.series,
    members: async (code) =>
      (await db("series_members").where({ series: code }).orderBy("report")).map((m) => m.report as string),
    async list(count) {
      const rows = await db("series")
        .join("series_members", "series_members.series", "series.code")
        .groupBy("series.code", "series.day")
        .select("series.code as code", "series.day as day")
        .count({ cases: "*" })
        .orderBy([{ column: "day", order: "desc" }, { column: "code" }])
        .limit(count);
      return (rows as unknown as SeriesRow[]).map((r) => ({ ...r, cases: Number(r.cases) }));
    },
    async summarise(trx, row, summary) {
      const { outcome, cause, actions } = row;
      const closing = outcome
        ? { outcome, ...(cause ? { cause } : {}), ...(actions.length > 0 ? { actions } : {}) }
        : {};
      const column = { summary, ...closing } satisfies SummaryColumn;
      await trx("reports")
        .where({ id: row.id })
        .update({
          summary: columns.seal("reports.summary", column),
          priority: rank(
            row.day,
            summary.level,
            summary.why ?? [],
            row.owner !== null,
            row.flood === "plain" && plain(summary),
          ),
        });
    },
  };
}
