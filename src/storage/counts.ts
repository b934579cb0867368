/** Counts that grow by one, in a table with a column `n`. */
import type { Transaction } from "./storage.ts";

/** Adds one to the count of this name, which may not be there yet: of two who are first at once, both are counted. */
export async function countOne(trx: Transaction, table: string, name: Record<string, string>): Promise<void> {
  await trx(table)
    .insert({ ...name, n: 1 })
    .onConflict(Object.keys(name))
    .merge({ n: trx.raw("?? + 1", [`${table}.n`]) });
}
