/**
 * One door to SQLite (the embedded default) and PostgreSQL. Nothing outside this folder knows which one it is.
 * Writers on SQLite are one at a time over one connection, readers have their own, so that a long look at the queue
 * never holds up a report.
 */
import { setTimeout } from "node:timers/promises";
import type { Knex } from "knex";
import type { Database } from "sqlite3";
import { codeOf, fail, QuietlineError } from "../errors.ts";
import { lostServer, pgKnex, sqliteKnex } from "./engines.ts";
import { putMany, takeFree, takeOut } from "./many.ts";
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
  /** Runs `work`, which is one statement, by itself: as durable as a transaction, and cheaper. */
  alone<T>(work: (writer: Transaction) => Promise<T>): Promise<T>;
  /** Puts many rows in; one that is there under the same `unique` is left as it is. */
  putMany: typeof putMany;
  /** Deletes the rows of these ids that are as `where` says; the given columns of what was there. */
  takeOut: typeof takeOut;
  /** What a query finds is this transaction's until it ends; what is another one's is passed over. */
  takeFree: typeof takeFree;
  /** Within a transaction: whoever comes second waits until the first has committed. For things that must be in one line. */
  oneByOne(trx: Transaction, what: string): Promise<void>;
  /** What the server's clock says (microseconds since 1970), for what machines do together; nothing where there is no server. */
  clock(trx: Transaction): Promise<number | undefined>;
  /**
   * Rewrites tables in the order of their random keys and truncates the write-ahead log, so that neither file order nor
   * log order betrays the order of arrival, and nothing deleted is left behind.
   */
  shuffle(): Promise<void>;
  /**
   * Empties the write-ahead log (SQLite) or writes the tables of reports anew (PostgreSQL), so that what was deleted is
   * gone from the database's files. Throws `database-locked` when somebody reads the old state for longer than a second.
   */
  forget(): Promise<void>;
  /** From now on transactions are refused with `key-rotated` where the database goes with another key than this one. */
  bind(key: string): void;
  /** Like `transaction`, and every other one waits until this has ended, those that have begun before it. */
  aside<T>(work: (trx: Transaction) => Promise<T>): Promise<T>;
  /** Writes every table anew, so that no byte of what was overwritten is left in the database's files. */
  scour(): Promise<void>;
  /** Every column of bytes. */
  bytesColumns(): Promise<{ table: string; column: string }[]>;
  /** Throws `database-corrupt` when the database's own check fails. */
  check(): Promise<void>;
  /** How many bytes the database takes up. */
  bytes(): Promise<number>;
  close(): Promise<void>;
}

/** Tables whose order of arrival must not show, with their sealed columns. */
const shuffled: Record<string, string[]> = {
  reports: ["summary", "body"],
  messages: ["body"],
  files: ["body"],
  sessions: ["body"],
  outbox: ["address", "payload"],
  posts: ["body"],
  notify: ["address"],
  fingerprints: ["tag"],
  questions: ["body"],
  sightings: ["words"],
  surges: ["tag"],
  requests: ["body"],
  replies: ["body"],
  notes: ["body"],
};

/** How long a table is waited for that is to be written anew (milliseconds). */
const patienceToRewrite = 1000;

/** Tables that a withdrawn report stood in. */
const withdrawn = ["reports", "messages", "files", "notify", "fingerprints", "requests", "replies", "notes"];

/**
 * Opens the database and brings it up to date.
 * @param patience how long to wait for an SQLite file that another program holds (milliseconds)
 * @param url `sqlite:` and a path (`sqlite::memory:` is for nobody: several connections are needed), or `postgres://…`
 */
export async function openStorage(url: string, patience = 10_000): Promise<Storage> {
  const sqlite = url.startsWith("sqlite:");
  const write = sqlite ? sqliteKnex(url, "writer", patience) : await pgKnex(url);
  const read = sqlite ? sqliteKnex(url, "readers", patience) : write;

  async function guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const code = !sqlite && lostServer(error) ? "database-unreachable" : codeOf(error);
      // our own is passed on, with what it says beside its code
      throw code === "turn-failed" || error instanceof QuietlineError ? error : fail(code);
    }
  }

  /** Writes a table of PostgreSQL anew: in the order of its keys, or with these columns set. */
  function rewritten(table: string, set?: string): Promise<void> {
    return write.transaction(async (trx) => {
      // whoever reads an old state (a backup) is not waited for: all others would have to wait behind us
      await trx.raw(`SET LOCAL lock_timeout = '${patienceToRewrite}ms'`);
      await trx.raw(set ? `UPDATE ${table} SET ${set}` : `CLUSTER ${table} USING ${table}_pkey`);
    });
  }

  let key: string | undefined;
  async function sameKey(trx: Transaction): Promise<void> {
    if (key && (await trx("meta").where({ name: "key" }).first("value"))?.value !== key) throw fail("key-rotated");
  }

  const storage: Storage = {
    read,
    transaction: (work) =>
      guarded(async () => {
        for (let attempt = 1; ; attempt++) {
          try {
            return await write.transaction(async (trx) => {
              await sameKey(trx);
              return work(trx);
            });
          } catch (error) {
            if (attempt >= 4 || !isRace(error)) throw error;
          }
        }
      }),
    alone: (work) =>
      guarded(async () => {
        for (let attempt = 1; ; attempt++) {
          try {
            return await work(write as unknown as Transaction);
          } catch (error) {
            if (attempt >= 4 || !isRace(error)) throw error;
          }
        }
      }),
    putMany,
    takeOut,
    takeFree,
    async oneByOne(trx, what) {
      // SQLite has one writer at a time anyway
      if (!sqlite) await trx.raw("SELECT pg_advisory_xact_lock(hashtext(?))", [what]);
    },
    async clock(trx) {
      if (sqlite) return undefined;
      const { rows } = await trx.raw("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS now");
      return Number(rows[0].now);
    },
    shuffle: () =>
      guarded(async () => {
        if (sqlite) {
          // the copy that it makes would else be in memory, however large the database is
          await write.raw("PRAGMA temp_store = FILE");
          try {
            await write.raw("VACUUM");
          } finally {
            await write.raw("PRAGMA temp_store = MEMORY");
          }
          // somebody still reads it: the log stays, the next sweep tries again
          await emptyLog(write, patience);
        } else {
          for (const [table, sealed] of Object.entries(shuffled)) {
            // CLUSTER alone keeps each row's transaction (xmin) and the numbers of its overflow (TOAST), which both count
            // up with arrival. Writing every row anew in the order of the keys makes them follow that order too; a
            // second CLUSTER takes the old rows away. They are three transactions, or the old rows would still be kept.
            await rewritten(table);
            await rewritten(table, sealed.map((column) => `${column} = ${column} || ''::bytea`).join(", "));
            await rewritten(table);
          }
        }
      }),
    forget: () =>
      guarded(async () => {
        if (sqlite) return emptyLog(write, patience);
        // VACUUM frees the place of deleted rows and leaves their bytes in it
        for (const table of withdrawn) await rewritten(table);
      }),
    bind(name) {
      key = name;
    },
    aside: (work) =>
      guarded(() =>
        write.transaction(async (trx) => {
          // SQLite has one writer at a time anyway; elsewhere every transaction reads this table first, by `sameKey`
          if (!sqlite) await trx.raw("LOCK TABLE meta IN ACCESS EXCLUSIVE MODE");
          await sameKey(trx);
          return work(trx);
        }),
      ),
    scour: () =>
      guarded(async () => {
        if (sqlite) return storage.shuffle();
        const { rows } = await write.raw("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'");
        for (const { name } of rows as { name: string }[]) await write.raw(`VACUUM FULL "${name}"`);
      }),
    bytesColumns: () =>
      guarded(async () => {
        const found = await read.raw(
          sqlite
            ? `SELECT t.name AS "table", c.name AS "column" FROM sqlite_schema t JOIN pragma_table_info(t.name) c
                WHERE t.type = 'table' AND upper(c.type) = 'BLOB'`
            : `SELECT table_name AS "table", column_name AS "column" FROM information_schema.columns
                WHERE table_schema = 'public' AND data_type = 'bytea'`,
        );
        return sqlite ? found : found.rows;
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
    await guarded(() => migrate(write, sqlite));
    await guarded(() => read.raw("SELECT 1 FROM meta"));
  } catch (error) {
    await Promise.all([write.destroy(), read.destroy()]);
    throw error;
  }
  return storage;
}

/** Brings the tables up to date. Of several processes that open a database at once one does it, and the others wait. */
async function migrate(db: Knex, sqlite: boolean): Promise<void> {
  try {
    await db.transaction(async (trx) => {
      // the number means nothing: to write it is to wait for one's turn, also where there is no table yet
      await trx.raw(sqlite ? "PRAGMA user_version = 0" : "SELECT pg_advisory_xact_lock(hashtext('migrations'))");
      await trx.migrate.latest({ migrationSource: migrations(!sqlite), tableName: "migrations" });
    });
  } catch (error) {
    // knex says so in words only: a migration that we do not know has run
    if (error instanceof Error && error.message.includes("migration directory is corrupt"))
      throw fail("database-newer");
    throw error;
  }
}

/** Empties SQLite's write-ahead log; while somebody reads an older state that is tried again, for up to a second. */
async function emptyLog(write: Knex, patience: number): Promise<void> {
  for (let left = 20; ; left--) {
    // SQLite itself would wait with the only writing connection in its hands
    const connection: Database = await write.client.acquireConnection();
    try {
      connection.configure("busyTimeout", 0);
      const [end] = (await write.raw("PRAGMA wal_checkpoint(TRUNCATE)").connection(connection)) as { busy: number }[];
      if (!end?.busy) return;
    } finally {
      connection.configure("busyTimeout", patience);
      await write.client.releaseConnection(connection);
    }
    if (left === 0) throw fail("database-locked");
    await setTimeout(50);
  }
}

/** Did two writers meet, so that the same transaction may simply be taken again? */
function isRace(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return code === "40001" || code === "40P01";
}
