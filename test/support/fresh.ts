/**
 * Databases that are up to date already. To run every migration again for each house takes longer than most tests; so it
 * is done once, and its outcome copied. Tests of migrations, and of what moves into an empty database, begin with an empty one.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import pg from "pg";
import { openStorage } from "../../src/storage/storage.ts";

let file: Promise<Buffer> | undefined;

/** Puts an SQLite database without rows where there is none yet. @param url of a PostgreSQL database: nothing is done */
export async function freshFile(url: string): Promise<void> {
  const path = /^sqlite:(.*)$/.exec(url)?.[1];
  if (path === undefined || existsSync(path)) return;
  file ??= migratedFile();
  const bytes = await file;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, bytes);
}

async function migratedFile(): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), "quietline-fresh-"));
  try {
    const path = join(folder, "fresh.sqlite");
    await (await openStorage(`sqlite:${path}`)).close();
    return readFileSync(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Another one for each state of the migrations. */
const migrations = "src/storage/migrations";
const state = createHash("sha256");
for (const name of readdirSync(migrations).sort()) state.update(readFileSync(join(migrations, name)));
const template = `quietline_fresh_${state.digest("hex").slice(0, 16)}`;
const inTheMaking = "quietline_fresh_making";

/**
 * Creates a PostgreSQL database without rows. Its commits do not wait for the disk: a test's server is not cut off.
 * @param admin connected to another database of the server, whose address is `server`
 */
export async function freshDatabase(admin: pg.Client, server: string, name: string): Promise<void> {
  const copy = () => admin.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  try {
    await copy();
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== "3D000") throw error; // there is no such template
    await makeTemplate(admin, server);
    await copy();
  }
  await admin.query(`ALTER DATABASE ${name} SET synchronous_commit = off`);
}

/** One process makes it, others wait. Those of other states of the migrations go. */
async function makeTemplate(admin: pg.Client, server: string): Promise<void> {
  await admin.query("SELECT pg_advisory_lock(hashtext('quietline fresh'))");
  try {
    const { rows } = await admin.query<{ name: string }>(
      "SELECT datname AS name FROM pg_database WHERE datname LIKE 'quietline\\_fresh\\_%'",
    );
    if (rows.some(({ name }) => name === template)) return;
    for (const { name } of rows) await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
    await admin.query(`CREATE DATABASE ${inTheMaking}`);
    const url = new URL(server);
    url.pathname = `/${inTheMaking}`;
    await (await openStorage(url.href)).close();
    await admin.query(`ALTER DATABASE ${inTheMaking} RENAME TO ${template}`);
  } finally {
    await admin.query("SELECT pg_advisory_unlock(hashtext('quietline fresh'))");
  }
}
