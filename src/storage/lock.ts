/** A file that one process at a time holds. Whoever dies lets go of it: the system does that, not a clock. */
import { open } from "node:fs/promises";
import knex from "knex";
import { codeOf, fail } from "../errors.ts";
import { silent } from "./engines.ts";

/**
 * Holds a file, which is made if need be and stays empty; resolves with how to let go.
 * Throws `backup-busy` where somebody else holds it.
 */
export async function hold(path: string): Promise<() => Promise<void>> {
  await (await open(path, "a", 0o600)).close();
  // an empty SQLite file, locked and never written: the one lock that node and every system have in common
  const db = knex({
    client: "sqlite3",
    connection: { filename: path },
    useNullAsDefault: true,
    log: silent,
    pool: { min: 1, max: 1 },
  });
  try {
    await db.raw("PRAGMA busy_timeout = 0");
    await db.raw("BEGIN EXCLUSIVE");
  } catch (error) {
    await db.destroy();
    throw codeOf(error) === "database-locked" ? fail("backup-busy") : error;
  }
  return () => db.destroy();
}
