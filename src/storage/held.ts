/** Is a database in use? SQLite knows it exactly, PostgreSQL by the connections that are open now. */
import { setTimeout } from "node:timers/promises";
import type { Database } from "sqlite3";
import { fail } from "../errors.ts";

/** How our connections are named on a server. */
export const applicationName = "quietline";

/** Has any other program, or we ourselves, this database open? A file that is not there is in nobody's hands. */
export async function isHeld(url: string): Promise<boolean> {
  const held = url.startsWith("sqlite:") ? () => fileHeld(url.slice("sqlite:".length)) : () => serverHeld(url);
  // whoever has just closed is not always gone yet
  for (let left = 10; left > 0; left--) {
    if (!(await held())) return false;
    await setTimeout(100);
  }
  return true;
}

/** In WAL mode every open connection, however idle, keeps others from having the file for themselves. */
async function fileHeld(path: string): Promise<boolean> {
  const { default: sqlite } = await import("sqlite3");
  const file = await new Promise<Database | undefined>((resolve) => {
    const opened: Database = new sqlite.Database(path, sqlite.OPEN_READWRITE, (error) =>
      resolve(error ? undefined : opened),
    );
  });
  if (!file) return false;
  file.configure("busyTimeout", 0); // it is looked again anyway
  try {
    return await new Promise<boolean>((resolve) => {
      // whatever else is wrong with the file is told by whoever opens it next
      file.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT", (error) =>
        resolve((error as { code?: string } | null)?.code === "SQLITE_BUSY"),
      );
    });
  } finally {
    await new Promise((resolve) => file.close(resolve));
  }
}

async function serverHeld(url: string): Promise<boolean> {
  const { default: pg } = await import("pg");
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3000 });
  try {
    await client.connect();
    const { rows } = await client.query(
      "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1 LIMIT 1",
      [applicationName],
    );
    return rows.length > 0;
  } catch {
    throw fail("database-unreachable");
  } finally {
    await client.end().catch(() => undefined); // it never came about
  }
}
