/** A whole house for tests: a fresh state folder, a database of its own, keys of drafts in a folder that a test may empty. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { createClient } from "redis";
import { type Config, readConfig } from "../../src/config.ts";
import { type Core, type CoreOptions, openCore } from "../../src/main.ts";
import { type Service, startService } from "../../src/service.ts";
import { freshDatabase, freshFile } from "./fresh.ts";
import { lend, returned } from "./learned.ts";

export interface TestHome {
  home: string;
  /** Where the keys of drafts lie; emptying it is a reboot. */
  dayKeys: string;
  config: Config;
  /** Codes that went to the log. */
  notes: { code: string; values: Record<string, string | number> }[];
  core(now?: () => number, options?: Partial<CoreOptions>): Promise<Core>;
  service(options?: Partial<CoreOptions>): Promise<Service>;
  remove(): void;
}

/** @param env further settings, as a person would set them */
export function testHome(env: Record<string, string> = {}): TestHome {
  const base = mkdtempSync(join(tmpdir(), "quietline-test-"));
  const home = join(base, "state");
  const dayKeys = join(base, "memory");
  const read = readConfig({
    QUIETLINE_HOME: home,
    QUIETLINE_LISTEN: "127.0.0.1:0",
    QUIETLINE_CARD_DELAY: "0",
    QUIETLINE_FLOOD: "0",
    QUIETLINE_UNDO: "0",
    ...env,
  });
  if ("problems" in read) throw new Error(JSON.stringify(read.problems));
  const notes: TestHome["notes"] = [];
  const note = (code: string, values: Record<string, string | number> = {}) => void notes.push({ code, values });
  return {
    home,
    dayKeys,
    config: read.config,
    notes,
    async core(now, options = {}) {
      lend(home);
      await freshFile(read.config.databaseUrl);
      return openCore(read.config, { note, dayKeyFolder: dayKeys, ...(now ? { now } : {}), ...options });
    },
    async service(options = {}) {
      lend(home);
      await freshFile(read.config.databaseUrl);
      return startService(read.config, { note, dayKeyFolder: dayKeys, ...options });
    },
    remove() {
      returned(home);
      rmSync(base, { recursive: true, force: true });
    },
  };
}

/**
 * A PostgreSQL database of its own and how to drop it, or why there is none.
 * @param as `bare`: as an operator creates it, without a table; else without a row
 */
export async function postgres(
  as: "up to date" | "bare" = "up to date",
): Promise<{ url: string; drop(): Promise<void> } | { missing: string }> {
  const server = process.env.TEST_POSTGRES_URL ?? "postgres://postgres@127.0.0.1:5432/postgres";
  const admin = new pg.Client({ connectionString: server, connectionTimeoutMillis: 2000 });
  try {
    await admin.connect();
  } catch {
    return { missing: "no PostgreSQL at 127.0.0.1:5432 (or TEST_POSTGRES_URL)" };
  }
  const name = `quietline_test_${process.pid}_${Math.random().toString(36).slice(2, 8)}`;
  if (as === "bare") await admin.query(`CREATE DATABASE ${name}`);
  else await freshDatabase(admin, server, name);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    async drop() {
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin.end();
    },
  };
}

/** A Redis that keeps nothing on a disk, or why there is none. Houses have names of their own in it. */
export async function redis(): Promise<{ url: string } | { missing: string }> {
  const url = process.env.TEST_REDIS_URL ?? "redis://127.0.0.1:6379";
  const client = createClient({ url, socket: { connectTimeout: 1000, reconnectStrategy: false } });
  client.on("error", () => undefined); // told by the answer
  try {
    await client.connect();
    client.destroy();
    return { url };
  } catch {
    return { missing: `no Redis at ${url} (or TEST_REDIS_URL)` };
  }
}
