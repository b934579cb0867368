/**
 * Many rows at once. On SQLite each value that is bound costs about as much as the rest of its row; there the rows go in
 * one value, and what they all have in common is bound once.
 */
import type { Knex } from "knex";
import type { Reader, Transaction } from "./storage.ts";

/** Which of the two databases it is. */
export const isPostgres = (db: Reader | Transaction): boolean => db.client.config.client === "pg";

export type Value = string | number | null | Buffer;

/** Puts rows in; all have the same columns. One that is there under the same `unique` is left as it is. */
export async function putMany<Row extends { [column in keyof Row]: Value }>(
  trx: Transaction,
  table: string,
  rows: Row[],
  unique: keyof Row & string,
): Promise<void> {
  const [first] = rows;
  if (!first) return;
  if (isPostgres(trx)) return void (await trx(table).insert(rows).onConflict(unique).ignore());
  const columns = Object.keys(first) as (keyof Row & string)[];
  const common = columns.filter((column) => rows.every((row) => row[column] === first[column]));
  const apart = columns.filter((column) => !common.includes(column));
  const written = rows.map((row) =>
    apart.map((column) => {
      const value: Value = row[column];
      return Buffer.isBuffer(value) ? value.toString("hex") : value;
    }),
  );
  const given = apart.map((column, i) =>
    rows.some((row) => Buffer.isBuffer(row[column])) ? `unhex(value ->> ${i})` : `value ->> ${i}`,
  );
  await trx.raw(
    // without its WHERE the ON would be taken for that of a join
    `INSERT INTO ?? (${columns.map(() => "??").join(", ")})
     SELECT ${[...common.map(() => "?"), ...given].join(", ")} FROM json_each(?) WHERE true ON CONFLICT (??) DO NOTHING`,
    [
      ...[table, ...common, ...apart],
      ...common.map((column): Value => first[column]),
      ...[JSON.stringify(written), unique],
    ],
  );
}

/** Deletes the rows of these ids that are as `where` says; the given columns of what was there. */
export async function takeOut<Row>(
  trx: Transaction,
  table: string,
  where: Partial<Record<keyof Row, string | number>>,
  ids: string[],
  columns: (keyof Row & string)[],
): Promise<Row[]> {
  const given = Object.entries(where);
  const found = await trx.raw(
    // the same statement however many they are
    `DELETE FROM ?? WHERE id ${isPostgres(trx) ? "= ANY(?)" : "IN (SELECT value FROM json_each(?))"}
       ${given.map(() => "AND ?? = ?").join(" ")} RETURNING ${columns.map(() => "??").join(", ")}`,
    [table, isPostgres(trx) ? ids : JSON.stringify(ids), ...given.flat(), ...columns] as Value[],
  );
  return Array.isArray(found) ? found : found.rows;
}

/**
 * What a query finds is this transaction's until it ends, and what is another one's is passed over; on SQLite, where writers
 * stand in line, that is so anyway.
 */
export function takeFree<Q extends Knex.QueryBuilder>(trx: Transaction, query: Q): Q {
  if (isPostgres(trx)) query.forUpdate().skipLocked();
  return query;
}
