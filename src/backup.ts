/**
 * Backups: a folder of sealed parts that many backups share, and for each backup a sealed list of its own. Only parts that
 * changed are written, and yet each backup comes back by itself. Before it is called one it is restored and compared.
 */
import { chmod, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { copyBlobs, restoreBlobs } from "./backup/blobs.ts";
import { type Chunk, cut, nameOf, sealChunk } from "./backup/chunks.ts";
import { backupsIn, gone, nextName, openFolder, rooms, timeless } from "./backup/folder.ts";
import { linesIn, type Manifest, type OurKeys, openBackup, sealManifest } from "./backup/manifest.ts";
import { prove, told } from "./backup/proof.ts";
import { putUnsettled, settle } from "./crypto/durable.ts";
import type { Keys } from "./crypto/keys.ts";
import { codeOf, fail } from "./errors.ts";
import { type Count, countRows, dumpRows, loadRows } from "./storage/dump.ts";
import { openStorage, type Storage } from "./storage/storage.ts";

/** What was backed up or restored. */
export interface Backup extends Count {
  /** The name of its list in the backup folder. */
  name: string;
  /** Parts of the database: how many there are, and how many of them had to be written. */
  chunks: { kept: number; written: number };
  files: { copied: number; kept: number };
  /** Parts of earlier backups were found damaged, and all were written anew. */
  mended?: true;
}

export interface BackupParts {
  storage: Storage;
  /** The state folder. */
  home: string;
  keys: Keys;
  /** Who else can open it. */
  recovery?: string[];
  /** Days since 1970; for the name only. */
  today: number;
  /** Writes every part anew. */
  full?: boolean;
  /** Is told how far it is. */
  progress?: (done: number, total: number) => void;
}

/**
 * Makes a backup in `folder` and proves it. What lay there before stays good, whatever happens.
 * Throws `backup-shared`, `backup-unwritable`, `backup-busy`, `disk-full`, and `backup-damaged` when it does not come back.
 */
export async function makeBackup(parts: BackupParts, folder: string): Promise<Backup> {
  const release = await openFolder(folder, parts.home);
  try {
    try {
      return await make(parts, folder);
    } catch (error) {
      if (codeOf(error) !== "backup-damaged" || parts.full) throw error;
      return { ...(await make({ ...parts, full: true }, folder)), mended: true };
    }
  } finally {
    await release();
  }
}

async function make(parts: BackupParts, folder: string): Promise<Backup> {
  const { storage, home, keys, progress } = parts;
  const recipients = [keys.recipient, ...(parts.recovery ?? [])];
  const total = 3 * (await countRows(storage));
  let done = 0;
  const step = () => progress?.(Math.min(++done, total), total);
  const name = await nextName(folder, parts.today);
  const draft = join(folder, `${name}.part`);
  try {
    const { ids, written, ...dump } = await writeChunks(parts, recipients, folder, step);
    const { copied, files } = await copyBlobs(ids, home, folder);
    const manifest: Manifest = { ...dump, files };
    await putUnsettled(draft, await sealManifest(manifest, keys, recipients), 0);
    await prove(draft, manifest, keys, home, step);
    await rename(draft, join(folder, name));
    await settle(folder);
    progress?.(total, total);
    return {
      name,
      ...dump.count,
      chunks: { kept: dump.chunks.length, written },
      files: { copied, kept: files.length },
    };
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** Writes the parts that the folder does not have yet; and which files of reports the rows name. */
async function writeChunks(parts: BackupParts, recipients: string[], folder: string, step: () => void) {
  const seal = { key: parts.keys.derive("backup parts"), recipients };
  const to = join(folder, "chunks");
  const there = new Set(parts.full ? [] : await readdir(to));
  const ids = new Set<string>();
  const chunks: Chunk[] = [];
  let written = 0;
  const rows = dumpRows(parts.storage);
  let head = "";
  let count: Count | undefined;
  async function* lines(): AsyncGenerator<string> {
    head = String((await rows.next()).value);
    for (;;) {
      const { done, value } = await rows.next();
      if (done) {
        count = value;
        return;
      }
      if (value.startsWith("[")) yield value; // not the end
    }
  }
  for await (const run of cut(told(lines(), step), seal.key)) {
    const { chunk, bytes } = nameOf(run, seal);
    if (run[0]!.startsWith('["files",')) for (const line of run) for (const id of blobsOf(line)) ids.add(id);
    chunks.push(chunk);
    if (there.has(chunk[0])) continue;
    await putUnsettled(join(to, chunk[0]), await sealChunk(bytes, recipients), 0);
    there.add(chunk[0]);
    written += 1;
  }
  if (written > 0) await settle(to);
  await timeless(to);
  return { head, chunks, count: count!, ids, written };
}

const blobsOf = (line: string): string[] =>
  ((JSON.parse(line) as [string, { blobs: string }])[1].blobs ?? "").split(" ").filter((id) => id !== "");

export interface RestoreParts {
  /** The list of the backup (or a whole dump of the first format), or the folder, which means its newest one. */
  path: string;
  keys: OurKeys;
  /** A state folder with no database in it, and the address of an empty database. */
  home: string;
  databaseUrl: string;
  /** Is told how far it is; not for the first format, which says its length last. */
  progress?: (done: number, total: number) => void;
}

/**
 * Puts a backup into an empty database and state folder. All rows come or none.
 * Throws `backup-damaged`, `backup-newer`, `backup-none`, `database-not-empty`.
 */
export async function restoreBackup({ path, keys, home, databaseUrl, progress }: RestoreParts): Promise<Backup> {
  const list = await listAt(path);
  const folder = dirname(list);
  const opened = await openBackup(list, keys);
  await mkdir(home, { recursive: true, mode: 0o700 });
  await chmod(home, 0o700);
  const storage = await openStorage(databaseUrl);
  const manifest = "manifest" in opened ? opened.manifest : undefined;
  const total = manifest ? rowsIn(manifest.count) : 0;
  let done = 0;
  const step = () => progress?.(Math.min(++done, total), total);
  try {
    let copied = await restoreBlobs(manifest?.files ?? [], folder, home);
    const lines = linesIn(list, opened, keys.identity);
    const count = await loadRows(storage, progress && manifest ? told(lines, step) : lines);
    if (!manifest) copied = await restoreBlobs(await unlisted(storage), folder, home);
    const chunks = { kept: manifest?.chunks.length ?? 0, written: 0 };
    return { ...count, name: basename(list), chunks, files: { copied, kept: copied } };
  } finally {
    await storage.close();
  }
}

/** How many rows there are in all tables. */
export const rowsIn = ({ rows }: Pick<Count, "rows">): number => Object.values(rows).reduce((sum, n) => sum + n, 0);

async function listAt(path: string): Promise<string> {
  const found = await stat(path).catch(gone);
  if (found && !found.isDirectory()) return path;
  const newest = found ? (await backupsIn(path)).at(-1) : undefined;
  if (!newest) throw fail("backup-none");
  return join(path, newest);
}

/** The first format named its files by its rows alone. */
async function unlisted(storage: Storage): Promise<[string, string][]> {
  const rows = (await storage.read("files").whereNot({ blobs: "" }).select("blobs")) as { blobs: string }[];
  return [...new Set(rows.flatMap((f) => f.blobs.split(" ")))].map((id) => [id, ""]);
}

/** A backup in a folder; `missing` names a part that is not there. */
export interface Listed {
  name: string;
  rows?: number;
  missing?: string;
}

/** Every backup of a folder, the oldest first, and whether each opens and has all of its parts. What is in them is proven by restoring. */
export async function listBackups(folder: string, keys: OurKeys): Promise<Listed[]> {
  const there = new Set<string>();
  for (const room of rooms)
    for (const name of await readdir(join(folder, room)).catch(() => [] as string[])) there.add(`${room}/${name}`);
  const found: Listed[] = [];
  for (const name of await backupsIn(folder)) {
    try {
      const { parts, rows } = await partsOf(join(folder, name), keys);
      const missing = parts.find((part) => !there.has(part));
      found.push({ name, rows, ...(missing ? { missing } : {}) });
    } catch (error) {
      if (codeOf(error) !== "backup-damaged") throw error;
      found.push({ name, missing: name });
    }
  }
  return found;
}

/**
 * Removes all but the newest `keep` backups, and then every part that none of those names.
 * Throws `backup-damaged` with the name of one that is to stay and does not open; nothing is removed then.
 */
export async function pruneBackups(
  folder: string,
  keep: number,
  { keys, home }: Pick<BackupParts, "keys" | "home">,
): Promise<{ backups: number; parts: number }> {
  const release = await openFolder(folder, home);
  try {
    const all = await backupsIn(folder);
    const [old, stay] = [all.slice(0, -keep), all.slice(-keep)];
    const named = new Set<string>();
    for (const name of stay) for (const part of (await partsOf(join(folder, name), keys)).parts) named.add(part);
    for (const name of old) await rm(join(folder, name));
    await settle(folder); // a list whose parts are gone never comes back
    let parts = 0;
    for (const room of rooms)
      for (const name of await readdir(join(folder, room))) {
        if (named.has(`${room}/${name}`)) continue;
        await rm(join(folder, room, name));
        parts += 1;
      }
    for (const room of rooms) await timeless(join(folder, room));
    return { backups: old.length, parts };
  } finally {
    await release();
  }
}

/** What a backup needs in its folder. Throws `backup-damaged` with its name where it does not open. */
async function partsOf(path: string, keys: OurKeys): Promise<{ parts: string[]; rows: number }> {
  try {
    const opened = await openBackup(path, keys);
    if ("manifest" in opened) {
      const { chunks, files, count } = opened.manifest;
      const parts = [...chunks.map(([name]) => `chunks/${name}`), ...files.map(([id]) => `files/${id}`)];
      return { parts, rows: rowsIn(count) };
    }
    const parts: string[] = [];
    let rows = 0;
    for await (const line of opened.dump) {
      if (line.startsWith("[")) rows += 1;
      if (line.startsWith('["files",')) parts.push(...blobsOf(line).map((id) => `files/${id}`));
    }
    return { parts, rows };
  } catch (error) {
    throw codeOf(error) === "backup-damaged" ? fail("backup-damaged", { part: basename(path) }) : error;
  }
}
