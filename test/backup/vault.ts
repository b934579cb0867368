/** A database of many rows and a folder for its backups, and what tests do with both. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateHybridIdentity } from "age-encryption";
import { type Backup, type BackupParts, makeBackup, restoreBackup } from "../../src/backup.ts";
import { type Keys, keysOf } from "../../src/crypto/keys.ts";
import { codeOf, QuietlineError } from "../../src/errors.ts";
import { openStorage, type Storage } from "../../src/storage/storage.ts";

export interface BackupHouse {
  keys: Keys;
  base: string;
  home: string;
  folder: string;
  back(storage: Storage, more?: Partial<BackupParts>, folder?: string): Promise<Backup>;
  /** Restores into a database of its own and gives it to `look`. */
  restored<T>(name: string, look: (storage: Storage, back: Backup) => Promise<T>): Promise<T>;
  /** Names of the parts of the database in the folder. */
  chunks(): string[];
  /** What would be in the way of the next run. */
  leftovers(): string[];
  remove(): void;
}

export async function backupHouse(): Promise<BackupHouse> {
  const base = mkdtempSync(join(tmpdir(), "quietline-backup-"));
  const keys = await keysOf(await generateHybridIdentity());
  const [home, folder] = [join(base, "state"), join(base, "backups")];
  mkdirSync(home, { mode: 0o700 });
  let n = 0;
  return {
    keys,
    base,
    home,
    folder,
    back: (storage, more = {}, to = folder) => makeBackup({ storage, home, keys, today: 20_000, ...more }, to),
    async restored(name, look) {
      const into = join(base, `again-${n++}`);
      const databaseUrl = `sqlite:${join(base, `again-${n}.sqlite`)}`;
      const back = await restoreBackup({ path: join(folder, name), keys, home: into, databaseUrl });
      const storage = await openStorage(databaseUrl);
      try {
        return await look(storage, back);
      } finally {
        await storage.close();
      }
    },
    chunks: () => readdirSync(join(folder, "chunks")).sort(),
    leftovers: () => [
      ...(readdirSync(folder, { recursive: true }) as string[]).filter((name) => name.endsWith(".part")),
      ...(existsSync(join(home, "proof")) ? ["proof"] : []),
    ],
    remove: () => rmSync(base, { recursive: true, force: true }),
  };
}

/** A report that the vault never sealed: as long as one of two pages. */
export const row = (id: string): Record<string, unknown> => ({
  id,
  code: `C${id}`,
  day: 20_000,
  status: "received",
  version: 1,
  messages: 0,
  unread: 0,
  files: 0,
  summary: randomBytes(540),
  body: randomBytes(6300),
});

/** Adds so many reports under random ids. */
export async function fill(storage: Storage, reports: number): Promise<string[]> {
  const ids = Array.from({ length: reports }, () => randomBytes(16).toString("hex"));
  await storage.transaction(async (trx) => {
    for (let i = 0; i < ids.length; i += 40) await trx("reports").insert(ids.slice(i, i + 40).map(row));
  });
  return ids.sort();
}

/** That it is refused by this code; and which part is named. */
export async function refused(code: string, work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => assert.fail(`was not refused with ${code}`),
    (error: unknown) => error,
  );
  assert.equal(codeOf(error), code, String(error));
  return error instanceof QuietlineError ? String(error.values.part ?? "") : "";
}
