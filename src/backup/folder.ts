/**
 * The backup folder: `quietline-00012-2026-11-27-1a2b3c4d.age` is one backup, a sealed list of its parts; `chunks/` has the
 * parts of the database, `files/` the sealed files of reports, both shared by all backups. A backup counts from the moment
 * its list has its name. Which is the newest says the running number, never a clock.
 */
import { randomBytes } from "node:crypto";
import { chmod, mkdir, open, readdir, rm, stat, utimes } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { fail } from "../errors.ts";
import { hold } from "../storage/lock.ts";

/** The folders of parts in a backup folder. */
export const rooms = ["chunks", "files"] as const;

/** Below the state folder: where a backup is restored to prove it. */
export const scratchName = "proof";

const NAME = /^quietline-(?:(\d{5,9})-)?(\d{4}-\d\d-\d\d)-[0-9a-f]{8}\.age$/;

/**
 * Opens a folder for one writer, makes what is missing, and takes away what a run that was cut off left behind.
 * Resolves with how to let go. Throws `backup-shared`, `backup-unwritable`, `backup-busy`.
 * @param home the state folder of who backs up
 */
export async function openFolder(folder: string, home: string): Promise<() => Promise<void>> {
  await closedFolder(folder, home);
  const held: (() => Promise<void>)[] = [];
  const release = async () => {
    for (const free of held.splice(0)) await free();
  };
  try {
    held.push(await hold(join(home, "backup.lock")));
    held.push(await hold(join(folder, "lock")));
    await rm(join(home, scratchName), { recursive: true, force: true });
    for (const room of ["", ...rooms]) {
      const path = join(folder, room);
      await mkdir(path, { recursive: true, mode: 0o700 });
      for (const name of await readdir(path)) if (name.endsWith(".part")) await rm(join(path, name), { force: true });
    }
    return release;
  } catch (error) {
    await release();
    throw error;
  }
}

/** A folder of our own, closed to others, and not inside of what is backed up. */
async function closedFolder(folder: string, home: string): Promise<void> {
  const inside = relative(resolve(home), resolve(folder));
  if (inside === "" || !inside.startsWith("..")) throw fail("backup-shared");
  const probe = join(folder, `${randomBytes(4).toString("hex")}.part`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if (((await stat(folder)).mode & 0o077) !== 0) throw fail("backup-shared");
    await (await open(probe, "wx", 0o600)).close();
    await rm(probe);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    throw ["EACCES", "EPERM", "EROFS", "ENOTDIR", "EEXIST"].includes(code) ? fail("backup-unwritable") : error;
  }
}

/** The names of all backups, the oldest first; dumps of the first format have no number and come before the others. */
export async function backupsIn(folder: string): Promise<string[]> {
  const place = (name: string): [number, string] => [numberOf(name), name];
  return (await readdir(folder))
    .filter((name) => NAME.test(name))
    .map(place)
    .sort(([a, x], [b, y]) => a - b || (x < y ? -1 : 1))
    .map(([, name]) => name);
}

/** The name of the next backup. @param today days since 1970, for people to read */
export async function nextName(folder: string, today: number): Promise<string> {
  const last = (await backupsIn(folder)).at(-1);
  const number = String((last ? numberOf(last) : 0) + 1).padStart(5, "0");
  const day = new Date(today * 86_400_000).toISOString().slice(0, 10);
  return `quietline-${number}-${day}-${randomBytes(4).toString("hex")}.age`;
}

const numberOf = (name: string): number => Number(NAME.exec(name)?.[1] ?? 0);

/** A private folder, empty. */
export async function freshFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
  await mkdir(path, { recursive: true, mode: 0o700 });
  await chmod(path, 0o700);
}

/** Takes the time off a file or folder that was just written. */
export const timeless = (path: string): Promise<void> => utimes(path, 0, 0);

/** Answers an error that a file is not there with false; throws any other. */
export function gone(error: NodeJS.ErrnoException): false {
  if (error.code !== "ENOENT") throw error;
  return false;
}
