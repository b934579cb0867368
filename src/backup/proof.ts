/**
 * The proof of a backup: it is restored, from what lies in the backup folder, into a private database that goes away again,
 * opened as a service would open it, read back row by row, and one file of a report is opened. What was sealed stays sealed.
 */
import { createHash, randomInt } from "node:crypto";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createVault } from "../crypto/vault.ts";
import { fail } from "../errors.ts";
import { createThreadStore } from "../reports/thread-store.ts";
import { createBlobs } from "../storage/blobs.ts";
import { digestRows, loadRows } from "../storage/dump.ts";
import { openStorage, type Storage } from "../storage/storage.ts";
import { restoreBlobs } from "./blobs.ts";
import { freshFolder, scratchName } from "./folder.ts";
import { linesIn, type Manifest, type OurKeys, openBackup } from "./manifest.ts";

/**
 * Throws `backup-damaged` where what comes back is not what was backed up.
 * @param path the list of the backup, as it lies in the backup folder
 * @param made what it should be
 * @param step is told of each row, twice: when it is back, and when it was read again
 */
export async function prove(path: string, made: Manifest, keys: Keys, home: string, step: () => void): Promise<void> {
  const scratch = join(home, scratchName);
  await freshFolder(scratch);
  try {
    const url = `sqlite:${join(scratch, "quietline.sqlite")}`;
    const opened = await openBackup(path, keys);
    if (!("manifest" in opened) || JSON.stringify(opened.manifest) !== JSON.stringify(made))
      throw fail("backup-damaged");
    await using(url, (storage) => loadRows(storage, told(linesIn(path, opened, keys.identity), step)));
    await using(url, async (storage) => {
      await storage.check();
      const { sha256 } = await digestRows(storage, step);
      if (sha256 !== made.count.sha256) throw fail("backup-damaged");
      await openOne(storage, made, keys, dirname(path), scratch);
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

type Keys = OurKeys & Parameters<typeof createVault>[0];

/** Opens any one file of a report, to its last byte, by the key that its row holds. */
async function openOne(storage: Storage, made: Manifest, keys: Keys, folder: string, scratch: string): Promise<void> {
  const digests = new Map(made.files);
  if (digests.size === 0) return;
  const [id, digest] = made.files[randomInt(digests.size)]!;
  await restoreBlobs([[id, digest]], folder, scratch);
  const row = await storage.read("files").where("blobs", "like", `%${id}%`).first("report");
  const vault = createVault(keys);
  const files = await createThreadStore(storage, vault).files(row.report);
  const found = files.flatMap((f) => [f.blob, ...(f.original ? [f.original] : [])]).find((b) => b.id === id);
  if (!found) throw fail("backup-damaged", { part: `files/${id}` });
  const hash = createHash("sha256");
  await pipeline(await createBlobs(join(scratch, "files"), 0).open(id, found.secret, found.bytes), hash);
  if (hash.digest("hex") !== found.sha256) throw fail("backup-damaged", { part: `files/${id}` });
}

async function using<T>(url: string, work: (storage: Storage) => Promise<T>): Promise<T> {
  const storage = await openStorage(url);
  try {
    return await work(storage);
  } finally {
    await storage.close();
  }
}

/** The same lines, each told as it passes. */
export async function* told(lines: AsyncIterable<string>, step: () => void): AsyncGenerator<string> {
  for await (const line of lines) {
    yield line;
    step();
  }
}
