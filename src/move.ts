/**
 * Moving a house from SQLite to PostgreSQL, and never leaving two that live: the old database takes no write while it is
 * copied, the copy is read back and compared by a digest over all rows, and then the old one refuses every write for good.
 * Until then the copy carries a mark with which no service starts on it. A move that was cut off, wherever, is simply begun
 * again: a copy that is whole is recognised, one that is not was never committed.
 */
import { fail } from "./errors.ts";
import { type Count, digestRows, dumpRows, loadRows } from "./storage/dump.ts";
import { openStorage, type Storage, type Transaction } from "./storage/storage.ts";

/** @param from an SQLite database, @param to an empty PostgreSQL one. Throws `move-differs`, `database-not-empty`, `database-moved`. */
export async function move(from: string, to: string): Promise<Count> {
  const source = await openStorage(from);
  try {
    const target = await openStorage(to);
    try {
      const copied = await source.transaction(async (trx) => {
        const moved = await marked(source, "moved");
        if (moved && !(await marked(target, "moving"))) throw fail("database-moved");
        const count = (await isEmpty(target))
          ? await loadRows(target, dumpRows(source), "moving")
          : await digestRows(source);
        const copied = await digestRows(target);
        if (copied.sha256 !== count.sha256) throw fail("move-differs");
        if (!moved) await retire(trx);
        return copied;
      });
      await target.transaction(async (trx) => trx("meta").where({ name: "moving" }).delete());
      return copied;
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function marked(storage: Storage, name: "moved" | "moving"): Promise<boolean> {
  return (await storage.read("meta").where({ name }).first()) !== undefined;
}

async function isEmpty(storage: Storage): Promise<boolean> {
  const { rows } = await digestRows(storage);
  return Object.entries(rows).every(([name, n]) => name === "meta" || n === 0) && (rows.meta ?? 0) === 0;
}

/** From now on every write fails, also that of a service which still runs, and no start is possible. */
async function retire(trx: Transaction): Promise<void> {
  const names = (await trx.raw(
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE 'migrations%'",
  )) as { name: string }[];
  await trx("meta").insert({ name: "moved", value: "yes" });
  for (const { name } of names)
    for (const act of ["INSERT", "UPDATE", "DELETE"])
      await trx.raw(
        `CREATE TRIGGER moved_${act.toLowerCase()}_${name} BEFORE ${act} ON "${name}" BEGIN SELECT RAISE(ABORT, 'moved'); END`,
      );
}
