/**
 * All rows of a database as lines of JSON, the same for SQLite and PostgreSQL, and back: for backups, and for moving from
 * one to the other. Rows come in the order of their primary keys, which are random where the order of arrival must not
 * show. Drafts (`sessions`) stay behind: their keys die with the day.
 */
import { createHash } from "node:crypto";
import { fail } from "../errors.ts";
import { isPostgres } from "./many.ts";
import type { Reader, Storage, Transaction } from "./storage.ts";

/** How many rows are read and written at once; a sealed body is a few kilobytes. */
const page = 200;
/** What a move says of a database, not of what is in it. */
const marks = new Set(["moved", "moving"]);
/** What is made anew by whoever opens the database, or must not outlive its day. */
const left = new Set(["migrations", "migrations_lock", "sessions"]);

/** Rows by table, and a digest over all lines: what a copy is compared by. */
export interface Count {
  rows: Record<string, number>;
  sha256: string;
}

interface Table {
  name: string;
  keys: string[];
}

/** Lines without line feeds: a head, a line a row, and an end with the `Count`. Reads one moment of the database. */
export async function* dumpRows(storage: Storage): AsyncGenerator<string, Count> {
  const moment = (await storage.read.transaction(
    undefined,
    isPostgres(storage.read) ? { isolationLevel: "repeatable read", readOnly: true } : undefined,
  )) as Transaction;
  try {
    const hash = createHash("sha256");
    const rows: Record<string, number> = {};
    const migrations = (await moment("migrations").orderBy("name").select("name")).map((m) => m.name as string);
    yield JSON.stringify({ quietline: "dump", version: 1, migrations });
    for (const table of await tables(moment)) {
      rows[table.name] = 0;
      for await (const row of rowsOf(moment, table)) {
        if (table.name === "meta" && marks.has(String(row.name))) continue;
        const line = JSON.stringify([table.name, row]);
        hash.update(line);
        rows[table.name]! += 1;
        yield line;
      }
    }
    const count = { rows, sha256: hash.digest("hex") };
    yield JSON.stringify({ end: count });
    return count;
  } finally {
    await moment.rollback();
  }
}

/** The `Count` of all rows as they are. @param step is told of each */
export async function digestRows(storage: Storage, step?: () => void): Promise<Count> {
  const lines = dumpRows(storage);
  for (;;) {
    const { done, value } = await lines.next();
    if (done) return value;
    step?.();
  }
}

/** About how many lines a dump would have. */
export async function countRows(storage: Storage): Promise<number> {
  let all = 2;
  for (const { name } of await tables(storage.read))
    all += Number((await storage.read(name).count({ n: "*" }).first())?.n);
  return all;
}

/**
 * Puts dumped rows into an empty database of the same or a newer version, in one transaction: all of them or none.
 * Throws `backup-damaged` where lines are missing or changed, `backup-newer`, `database-not-empty`.
 * @param mark is set with them, so that nobody lives in them yet
 */
export async function loadRows(storage: Storage, lines: AsyncIterable<string>, mark?: "moving"): Promise<Count> {
  return storage.transaction(async (trx) => {
    const known = new Set((await tables(trx)).map((t) => t.name));
    for (const name of known) {
      // a fresh database has said whose it is, at most
      const rows = (await trx(name).limit(2)) as unknown[];
      if (name === "meta" ? rows.length > 1 : rows.length > 0) throw fail("database-not-empty");
    }
    await trx("meta").delete();
    const have = new Set((await trx("migrations").select("name")).map((m) => m.name as string));
    const hash = createHash("sha256");
    const rows: Record<string, number> = {};
    let batch: { name: string; rows: object[] } = { name: "", rows: [] };
    const flush = async () => {
      if (batch.rows.length > 0) await trx(batch.name).insert(batch.rows);
      batch = { name: "", rows: [] };
    };
    let begun = false;
    let end: Count | undefined;
    for await (const line of lines) {
      const value = read(line);
      if (!begun) {
        if (!isHead(value)) throw fail("backup-damaged");
        if (!value.migrations.every((name) => have.has(name))) throw fail("backup-newer");
        begun = true;
      } else if (Array.isArray(value)) {
        const [name, row] = value as [string, Record<string, unknown>];
        if (!known.has(name) || end) throw fail("backup-damaged");
        hash.update(line);
        rows[name] = (rows[name] ?? 0) + 1;
        if (batch.name !== name || batch.rows.length >= 50) await flush();
        batch = { name, rows: [...batch.rows, thaw(row)] };
      } else end = (value as { end?: Count } | undefined)?.end;
    }
    await flush();
    const count = { rows, sha256: hash.digest("hex") };
    if (!end || end.sha256 !== count.sha256) throw fail("backup-damaged");
    if (mark) await trx("meta").insert({ name: mark, value: "yes" });
    return { ...count, rows: { ...Object.fromEntries([...known].map((name) => [name, 0])), ...rows } };
  });
}

function read(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw fail("backup-damaged");
  }
}

function isHead(value: unknown): value is { migrations: string[] } {
  const head = value as { quietline?: string; version?: number; migrations?: string[] } | undefined;
  return head?.quietline === "dump" && head.version === 1 && Array.isArray(head.migrations);
}

/** Bytes travel as `{ "$": base64 }`; columns of bytes are the only objects that a row has. */
function freeze(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      value instanceof Uint8Array ? { $: Buffer.from(value).toString("base64") } : value,
    ]),
  );
}

function thaw(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      value !== null && typeof value === "object" ? Buffer.from((value as { $: string }).$, "base64") : value,
    ]),
  );
}

/** Every table with its primary key, parents before those that refer to them: in the order in which they were made. */
async function tables(db: Reader | Transaction): Promise<Table[]> {
  const found: Table[] = isPostgres(db) ? await postgresTables(db) : await sqliteTables(db);
  return found.filter((t) => !left.has(t.name) && t.keys.length > 0);
}

async function sqliteTables(db: Reader | Transaction): Promise<Table[]> {
  const names = (await db.raw(
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid",
  )) as { name: string }[];
  return Promise.all(
    names.map(async ({ name }) => ({
      name,
      keys: ((await db.raw("SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk", [name])) as Table[]).map(
        (c) => c.name,
      ),
    })),
  );
}

async function postgresTables(db: Reader | Transaction): Promise<Table[]> {
  const { rows } = await db.raw(
    `SELECT c.relname AS name, array_agg(a.attname::text ORDER BY array_position(i.indkey::int[], a.attnum::int)) AS keys
       FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
       JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' GROUP BY c.oid, c.relname ORDER BY c.oid`,
  );
  return rows as Table[];
}

/** The rows of a table by their key, a page at a time; text keys in the order of their bytes on both databases. */
async function* rowsOf(db: Transaction, { name, keys }: Table): AsyncGenerator<Record<string, unknown>> {
  const bytes = isPostgres(db) ? keys.map((k) => `"${k}"::text COLLATE "C"`) : keys.map((k) => `CAST("${k}" AS TEXT)`);
  let after: string[] | undefined;
  for (;;) {
    const query = db(name).orderByRaw(bytes.join(", ")).limit(page);
    if (after) query.whereRaw(`(${bytes.join(", ")}) > (${keys.map(() => "?").join(", ")})`, after);
    const rows = (await query) as Record<string, unknown>[];
    for (const row of rows) yield freeze(row);
    if (rows.length < page) return;
    after = keys.map((k) => String(rows.at(-1)![k]));
  }
}
