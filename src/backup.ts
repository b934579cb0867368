/**
 * Backups: a folder that holds sealed dumps of the database, and the sealed files of reports. The files are the same bytes
 * in every backup, so that only new ones are copied; the dump is an age file to the organisation's key and its recovery
 * keys. A backup is opened again, and its rows are counted, before it is called one.
 */
import { createHash, randomBytes } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { chmod, copyFile, mkdir, open, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { Decrypter, Encrypter } from "age-encryption";
import { fail } from "./errors.ts";
import { type Count, dumpRows, loadRows } from "./storage/dump.ts";
import { openStorage, type Storage } from "./storage/storage.ts";

/** What was backed up or restored. */
export interface Backup extends Count {
  /** The dump's name in the backup folder: the day and a random part. */
  name: string;
  files: { copied: number; kept: number };
}

export interface BackupParts {
  storage: Storage;
  /** The state folder. */
  home: string;
  /** The organisation's identity, to look at what was written. */
  identity: string;
  /** Who can open it: the organisation's recipient and its recovery keys. */
  recipients: string[];
  /** Days since 1970. */
  today: number;
}

/** Makes a backup in `folder` and proves it. Throws `backup-shared`, `backup-damaged` when it does not open again. */
export async function makeBackup(parts: BackupParts, folder: string): Promise<Backup> {
  await closedFolder(folder, parts.home);
  const day = new Date(parts.today * 86_400_000).toISOString().slice(0, 10);
  const name = `quietline-${day}-${randomBytes(4).toString("hex")}.age`;
  const draft = join(folder, `${name}.part`);
  let count: Count | undefined;
  async function* lines(): AsyncGenerator<string> {
    const rows = dumpRows(parts.storage);
    for (;;) {
      const { done, value } = await rows.next();
      if (done) {
        count = value;
        return;
      }
      yield `${value}\n`;
    }
  }
  const encrypter = new Encrypter();
  for (const recipient of parts.recipients) encrypter.addRecipient(recipient);
  try {
    const packed = Readable.toWeb(Readable.from(lines()).pipe(createGzip())) as ReadableStream<Uint8Array>;
    const sealed = await encrypter.encrypt(packed);
    await pipeline(Readable.fromWeb(sealed as never), createWriteStream(draft, { mode: 0o600, flags: "wx" }));
    const files = await copyFiles(parts.home, folder);
    await proven(draft, parts.identity, count!);
    await settled(draft);
    await rename(draft, join(folder, name));
    await settled(folder);
    return { name, files, ...count! };
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** Reads a dump to its end and compares every line with what was written. */
async function proven(path: string, identity: string, count: Count): Promise<void> {
  const hash = createHash("sha256");
  let ended = false;
  let first = true;
  for await (const line of linesOf(path, identity)) {
    if (line.startsWith('{"end":')) ended = line === JSON.stringify({ end: count });
    else if (!first) hash.update(line);
    first = false;
  }
  if (!ended || hash.digest("hex") !== count.sha256) throw fail("backup-damaged");
}

/** The lines of a sealed dump. Throws `backup-damaged` where the seal, the packing or the end is broken. */
async function* linesOf(path: string, identity: string): AsyncGenerator<string> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  try {
    const sealed = Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array>;
    const plain = Readable.fromWeb((await decrypter.decrypt(sealed)) as never);
    const unpacked = plain.pipe(createGunzip());
    plain.on("error", (error) => unpacked.destroy(error));
    yield* createInterface({ input: unpacked, crlfDelay: Number.POSITIVE_INFINITY });
    if (unpacked.errored) throw unpacked.errored;
  } catch {
    throw fail("backup-damaged");
  }
}

/** Copies the sealed files of reports that the backup does not have yet. */
async function copyFiles(home: string, folder: string): Promise<{ copied: number; kept: number }> {
  const from = join(home, "files", "kept");
  const to = join(folder, "files");
  await mkdir(to, { recursive: true, mode: 0o700 });
  const there = new Set(await readdir(to));
  const found = { copied: 0, kept: 0 };
  for (const id of await readdir(from).catch(() => [] as string[])) {
    found.kept += 1;
    if (there.has(id)) continue;
    const draft = join(to, `${id}.part`);
    const copied = await copyFile(join(from, id), draft).then(() => true, gone);
    if (!copied) continue; // withdrawn meanwhile
    await utimes(draft, 0, 0);
    await settled(draft);
    await rename(draft, join(to, id));
    found.copied += 1;
  }
  await utimes(to, 0, 0);
  return found;
}

export interface RestoreParts {
  /** The dump to restore. */
  path: string;
  identity: string;
  /** A state folder with no database in it, and the address of an empty database. */
  home: string;
  databaseUrl: string;
}

/**
 * Puts a backup into an empty database and state folder. All rows come or none; the files of reports come before them.
 * Throws `backup-damaged`, `backup-newer`, `database-not-empty`.
 */
export async function restoreBackup({ path, identity, home, databaseUrl }: RestoreParts): Promise<Backup> {
  await mkdir(home, { recursive: true, mode: 0o700 });
  await chmod(home, 0o700);
  const storage = await openStorage(databaseUrl);
  try {
    const folder = join(path, "..");
    const count = await loadRows(storage, linesOf(path, identity));
    const wanted = new Set(
      ((await storage.read("files").select("blobs")) as { blobs: string }[]).flatMap((f) => f.blobs.split(" ")),
    );
    const files = { copied: 0, kept: wanted.size };
    const to = join(home, "files", "kept");
    if (wanted.size > 0) await mkdir(to, { recursive: true, mode: 0o700 });
    for (const id of wanted) {
      const copied = await copyFile(join(folder, "files", id), join(to, id)).then(() => true, gone);
      if (!copied) throw fail("backup-damaged");
      await utimes(join(to, id), 0, 0);
      files.copied += 1;
    }
    return { ...count, name: "", files };
  } finally {
    await storage.close();
  }
}

/** A folder of our own, closed to others, and not inside of what is backed up. */
async function closedFolder(folder: string, home: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const inside = relative(resolve(home), resolve(folder));
  const { mode } = await stat(folder);
  if (inside === "" || !inside.startsWith("..") || (mode & 0o077) !== 0) throw fail("backup-shared");
}

async function settled(path: string): Promise<void> {
  const handle = await open(path);
  await handle.sync().finally(() => handle.close());
}

function gone(error: NodeJS.ErrnoException): false {
  if (error.code !== "ENOENT") throw error;
  return false;
}
