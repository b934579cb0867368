/**
 * Many rows at once. On SQLite each value that is bound costs about as much as the rest of its row; there the rows go in
 * one value, and what they all have in common is bound once.
 */
import type { Knex } from "knex";
import type { Transaction } from "./storage.ts";

const isPostgres = (trx: Transaction): boolean => trx.client.config.client === "pg";

type Value = string | number | null | Buffer;

/** Puts rows in; all have the same columns. One that is there under the same `unique` is left as it is. */
export async function insertMany<Row extends { [column in keyof Row]: Value }>(
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

/** Is the column one of these texts? As arguments of `whereRaw`: the same statement however many they are. */
export function oneOf(trx: Transaction, column: string, texts: string[]): [string, (string | string[])[]] {
  if (isPostgres(trx)) return ["?? = ANY(?)", [column, texts]];
  return ["?? IN (SELECT value FROM json_each(?))", [column, JSON.stringify(texts)]];
}

/** Deletes what a query finds; the given columns of what was there. */
export async function takeOut<Row>(
  trx: Transaction,
  query: Knex.QueryBuilder,
  columns: (keyof Row & string)[],
): Promise<Row[]> {
  // the library has no such answer for SQLite
  const { sql, bindings } = query.delete().toSQL();
  const list = columns.map(() => "??").join(", ");
  const found = await trx.raw(`${sql} RETURNING ${list}`, [...bindings, ...columns]);
  return Array.isArray(found) ? found : found.rows;
}
