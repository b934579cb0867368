/** The same tests on SQLite and on PostgreSQL, each over an empty database of its own. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Context } from "mocha";
import { isPostgres } from "../../src/storage/many.ts";
import { openStorage, type Storage } from "../../src/storage/storage.ts";
import { freshFile } from "./fresh.ts";
import { postgres, type TestHome, testHome } from "./house.ts";
import { skipFor } from "./missing.ts";

export interface Database {
  /** The house's own door to it. */
  storage: Storage;
  /** The door of a second process. */
  other: Storage;
  url: string;
}

/** @param tests gets the database when its tests run, not before */
export function onBothDatabases(title: string, tests: (db: () => Database) => void): void {
  for (const kind of ["SQLite", "PostgreSQL"]) {
    describe(`${title}, on ${kind}`, () => {
      let db: Database | undefined;
      let drop: () => unknown = () => undefined;

      before(async function () {
        let url: string;
        if (kind === "SQLite") {
          const folder = mkdtempSync(join(tmpdir(), "quietline-db-"));
          url = `sqlite:${join(folder, "test.sqlite")}`;
          await freshFile(url);
          drop = () => rmSync(folder, { recursive: true, force: true });
        } else {
          const server = await postgres();
          if ("missing" in server) return skipFor(this, server.missing);
          url = server.url;
          drop = () => server.drop();
        }
        db = { url, storage: await openStorage(url), other: await openStorage(url) };
      });

      after(async () => {
        await db?.storage.close();
        await db?.other.close();
        await drop();
      });

      tests(() => db!);
    });
  }
}

/** Resolves when somebody waits for a lock of PostgreSQL; on SQLite, where all writers stand in line, at once. */
export async function lockAwaited({ read }: Pick<Storage, "read">): Promise<void> {
  if (!isPostgres(read)) return;
  while (
    !(await read("pg_stat_activity")
      .whereRaw("datname = current_database()")
      .where({ wait_event_type: "Lock" })
      .first())
  );
}

/**
 * A whole house on this kind of database, empty, and how both are taken away.
 *
 * @param suite is skipped where there is no such database
 */
export async function homeOn(
  kind: string,
  suite: Context,
  env: Record<string, string> = {},
): Promise<{ home: TestHome; drop(): Promise<void> }> {
  const server = kind === "PostgreSQL" ? await postgres() : undefined;
  if (server && "missing" in server) return skipFor(suite, server.missing);
  const home = testHome({ ...env, ...(server ? { DATABASE_URL: server.url } : {}) });
  return {
    home,
    async drop() {
      home.remove();
      await server?.drop();
    },
  };
}
