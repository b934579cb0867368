/**
 * One door to SQLite (the embedded default) and PostgreSQL. Nothing outside this folder knows which one it is.
 * Writers on SQLite are one at a time over one connection, readers have their own, so that a long look at the queue
 * never holds up a report.
 */
import knex, { type Knex } from "knex";
import pg from "pg";
import { codeOf, fail } from "../errors.ts";
import { migrations } from "./migrations/index.ts";

export type Transaction = Knex.Transaction;
export type Reader = Knex;

export interface Storage {
  /** For reading outside of a transaction. */
  read: Reader;
  /**
   * Runs `work` in one transaction: all of it is stored (on disk, `synchronous=FULL`) when this resolves, or none of it.
   * Whatever `work` throws comes out, mapped to a code of `errors.ts` if it is the database's.
   */
  transaction<T>(work: (trx: Transaction) => Promise<T>): Promise<T>;
  /** Within a transaction: whoever comes second waits until the first has committed. For things that must be in one line. */
  oneByOne(trx: Transaction, what: string): Promise<void>;
  /**
   * Rewrites tables in the order of their random keys and truncates the write-ahead log, so that neither file order nor
   * log order betrays the order of arrival, and nothing deleted is left behind.
   */
  shuffle(): Promise<void>;
  /** Empties the write-ahead log, so that what was overwritten is gone from the disk. */
  forget(): Promise<void>;
  /** Throws `database-corrupt` when the database's own check fails. */
  check(): Promise<void>;
  /** How many bytes the database takes up. */
  bytes(): Promise<number>;
  close(): Promise<void>;
}

/** Tables whose order of arrival must not show. */
const shuffled = ["reports", "messages", "files", "sessions", "outbox", "posts", "notify"];

/**
 * Opens the database and brings it up to date.
 * @param url `sqlite:` and a path (`sqlite::memory:` is for nobody: several connections are needed), or `postgres://…`
 */
export async function openStorage(url: string): Promise<Storage> {
  const sqlite = url.startsWith("sqlite:");
  const write = sqlite ? sqliteKnex(url, 1) : pgKnex(url);
  const read = sqlite ? sqliteKnex(url, 3) : write;

  async function guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const code = codeOf(error);
      throw code === "turn-failed" ? error : fail(code);
    }
  }

  const storage: Storage = {
    read,
    transaction: (work) =>
      guarded(async () => {
        for (let attempt = 1; ; attempt++) {
          try {
            return await write.transaction(work);
          } catch (error) {
            if (attempt >= 4 || !isRace(error)) throw error;
          }
        }
      }),
    async oneByOne(trx, what) {
      // SQLite has one writer at a time anyway
      if (!sqlite) await trx.raw("SELECT pg_advisory_xact_lock(hashtext(?))", [what]);
    },
    shuffle: () =>
      guarded(async () => {
        if (sqlite) {
          await write.raw("VACUUM");
          await write.raw("PRAGMA wal_checkpoint(TRUNCATE)");
        } else {
          for (const table of shuffled) await write.raw(`CLUSTER ${table} USING ${table}_pkey`);
        }
      }),
    forget: () =>
      guarded(async () => {
        if (sqlite) await write.raw("PRAGMA wal_checkpoint(TRUNCATE)");
      }),
    check: () =>
      guarded(async () => {
        if (!sqlite) return void (await read.raw("SELECT 1"));
        const rows = (await read.raw("PRAGMA quick_check")) as { quick_check: string }[];
        if (rows[0]?.quick_check !== "ok") throw fail("database-corrupt");
      }),
    bytes: () =>
      guarded(async () => {
        if (!sqlite) return Number((await read.raw("SELECT pg_database_size(current_database()) AS n")).rows[0].n);
        const [[pages], [size]] = await Promise.all([read.raw("PRAGMA page_count"), read.raw("PRAGMA page_size")]);
        return pages.page_count * size.page_size;
      }),
    async close() {
      if (sqlite) await write.raw("PRAGMA wal_checkpoint(TRUNCATE)").catch(() => undefined); // a damaged file is closed all the same
      await Promise.all([write.destroy(), ...(read === write ? [] : [read.destroy()])]);
    },
  };

  try {
    await guarded(() => migrate(write));
    await guarded(() => read.raw("SELECT 1 FROM meta"));
  } catch (error) {
    await Promise.all([write.destroy(), read.destroy()]);
    throw error;
  }
  return storage;
}

async function migrate(db: Knex): Promise<void> {
  try {
    await db.migrate.latest({ migrationSource: migrations(db.client.config.client === "pg"), tableName: "migrations" });
  } catch (error) {
    // knex says so in words only: a migration that we do not know has run
    if (error instanceof Error && error.message.includes("migration directory is corrupt")) throw fail("database-newer");
    throw error;
  }
}

/** Did two writers meet, so that the same transaction may simply be taken again? */
function isRace(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return code === "SQLITE_BUSY" || code === "40001" || code === "40P01";
}

function sqliteKnex(url: string, connections: number): Knex {
  return knex({
    client: "sqlite3",
    connection: { filename: url.slice("sqlite:".length) },
    useNullAsDefault: true,
    acquireConnectionTimeout: 20_000,
    pool: {
      min: 1,
      max: connections,
      afterCreate(connection: { exec(sql: string, done: (error: Error | null) => void): void }, done: (error: Error | null, connection: unknown) => void) {
        connection.exec(
          `PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;
           PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA cache_size = -8000;`,
          (error) => done(error, connection),
        );
      },
    },
  });
}

function pgKnex(url: string): Knex {
  pg.types.setTypeParser(pg.types.builtins.INT8, Number);
  return knex({ client: "pg", connection: url, pool: { min: 0, max: 10 }, acquireConnectionTimeout: 20_000 });
}
