/** How a connection to each of the two databases is made and kept. */
import { dirname, resolve } from "node:path";
import knex, { type Knex } from "knex";
import type { Client } from "pg";
import type { Database, Statement } from "sqlite3";
import { applicationName } from "./held.ts";

/** What goes wrong is thrown; the library's own words about it, with statements and paths, go nowhere. */
export const silent = { warn() {}, error() {}, deprecate() {}, debug() {} };

export function sqliteKnex(url: string, whose: "writer" | "readers", patience: number): Knex {
  const filename = url.slice("sqlite:".length);
  // what SQLite puts aside for a moment lies where the database lies, and is closed to others like it
  process.env.SQLITE_TMPDIR ??= dirname(resolve(filename));
  return knex({
    client: "sqlite3",
    connection: { filename },
    log: silent,
    useNullAsDefault: true,
    acquireConnectionTimeout: 20_000,
    pool: {
      min: 1,
      max: whose === "writer" ? 1 : 3,
      afterCreate(connection: Database, done: (error: Error | null, connection: unknown) => void) {
        reuseStatements(connection, whose === "writer" ? "BEGIN IMMEDIATE;" : "BEGIN;");
        connection.exec(
          `PRAGMA busy_timeout = ${patience}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;
           PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA cache_size = -8000;`,
          (error) => done(error, connection),
        );
      },
    },
  });
}

/** How many statements a connection keeps; the house uses about forty all the time. */
const keptStatements = 64;

/**
 * Has a connection prepare each statement once instead of at every call, which was most of a small query's cost.
 * @param begin how a transaction begins: a writer that reads first would be turned away when another process wrote before
 *   it does, so it queues up at once
 */
function reuseStatements(connection: Database, begin: string): void {
  const kept = new Map<string, Statement>();

  function prepare(sql: string, done: Done): Statement {
    const [oldest] = kept;
    if (oldest && kept.size >= keptStatements) {
      kept.delete(oldest[0]);
      oldest[1].finalize();
    }
    return connection.prepare(sql, (error: Error | null) => {
      if (!error) return;
      kept.delete(sql);
      done(error);
    });
  }

  for (const method of ["all", "run"] as const) {
    connection[method] = ((asked: string, values: unknown, done: Done) => {
      const sql = asked === "BEGIN;" ? begin : asked;
      const statement = kept.get(sql) ?? prepare(sql, done);
      // those used last stay: a new house's first statements, or lists of every length, must not take all places for good
      kept.delete(sql);
      kept.set(sql, statement);
      statement[method](values, done);
      return connection;
    }) as Database[typeof method];
  }
  const close = connection.close.bind(connection);
  connection.close = (done) => {
    for (const statement of kept.values()) statement.finalize();
    kept.clear();
    close(done);
  };
}

type Done = (error: Error | null, rows?: unknown[]) => void;

/**
 * How soon the server notices that a machine of ours is gone without a word: what it had in hand, and the locks that all
 * others wait for, would else stay for the two hours that systems are set to.
 */
const noticed = [
  // while it has nothing to say to us …
  "SET tcp_keepalives_idle = 15",
  "SET tcp_keepalives_interval = 5",
  "SET tcp_keepalives_count = 3",
  // … and while an answer to us was not acknowledged
  "SET tcp_user_timeout = 30000",
].join(";");

/** The driver is loaded where it is wanted only: it costs memory and a part of the start. */
export async function pgKnex(url: string): Promise<Knex> {
  const { default: pg } = await import("pg");
  pg.types.setTypeParser(pg.types.builtins.INT8, Number);
  return knex({
    client: "pg",
    // a server that is away is asked again soon, one that was cut off is noticed
    connection: {
      connectionString: url,
      application_name: applicationName,
      connectionTimeoutMillis: 3000,
      keepAlive: true,
      keepAliveInitialDelayMillis: 5000,
    },
    log: silent,
    pool: {
      min: 0,
      max: 10,
      createTimeoutMillis: 4000,
      afterCreate(connection: Client, done: (error: Error | null, connection: unknown) => void) {
        connection.query(noticed, (error) => done(error, connection));
      },
    },
    acquireConnectionTimeout: 20_000,
  });
}

/** What a network says of a connection that breaks off, and the classes of PostgreSQL's own codes for it. */
const broken = /^(ECONNRESET|ETIMEDOUT|EPIPE|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|08...)$/;
/** A driver that loses its server says so in words only. */
const words = /Connection terminated|Client (has encountered a connection error|was closed)|timeout expired/;

/** Did the line to the server break, or can nobody get one? Its words are looked at and go nowhere. */
export function lostServer(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === "KnexTimeoutError") return true;
  return "code" in error && error.code ? broken.test(String(error.code)) : words.test(error.message);
}
