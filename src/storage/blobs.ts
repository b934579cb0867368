/**
 * Files that people send, sealed and nameless on the disk: each under a random name, for a key of its own, padded to
 * a size class, with its times set to zero. An upload is staged under its day first; what nobody keeps is swept away.
 * The key is nowhere on the disk: who loses it has destroyed the file.
 *
 * `<folder>/staged/<day>/<id>` and `<folder>/kept/<id>`; folders are 0700, files 0600.
 */
import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { mkdir, open as openFile, readdir, rename, rm, statfs, unlink, utimes } from "node:fs/promises";
import { join } from "node:path";
import { generateHybridIdentity } from "age-encryption";
import { settle } from "../crypto/durable.ts";
import { BlobError, coded, ignore, recode } from "./blob-error.ts";
import { sealInto, unreadable, unseal } from "./sealed-file.ts";

/** A sealed upload. Only who keeps `secret` and `bytes` can read it again. */
export interface Staged {
  /** 32 hex digits. */
  id: string;
  /** The age identity (`AGE-SECRET-KEY-PQ-1…`) that opens this one file. */
  secret: string;
  /** Size of what was sent. */
  bytes: number;
  /** Hex, of what was sent. */
  sha256: string;
  /** The first bytes of what was sent, at most `HEAD`. */
  head: Uint8Array;
}

export interface Blobs {
  /**
   * Seals a stream into a new file of that day, durably. Whatever goes wrong leaves no file and cancels the stream.
   * @throws BlobError `file-too-large` (over `limit` bytes), `file-empty`, `disk-full`, `upload-interrupted`, `storage-failed`
   */
  stage(body: ReadableStream<Uint8Array>, options: { limit: number; day: number }): Promise<Staged>;
  /** Moves a staged file to those that stay, durably; again is fine. Throws BlobError `blob-missing`. */
  keep(id: string, day: number): Promise<void>;
  /**
   * Opens a staged or kept file; the stream gives exactly `bytes` bytes or fails with `blob-unreadable`.
   * @throws BlobError `blob-missing`, `blob-unreadable`, `storage-failed`
   */
  open(id: string, secret: string, bytes: number): Promise<ReadableStream<Uint8Array>>;
  /** Unlinks a file, durably; fine if it is gone. */
  remove(id: string): Promise<void>;
  /** Removes what was staged on days before `firstDayAlive` and kept by nobody. */
  sweep(firstDayAlive: number): Promise<void>;
  /** Ids of the kept files, so that those that no report names can be found. */
  list(): Promise<string[]>;
}

/** Keeps sealed files under `folder`, made when first needed. @param spare bytes of the disk that are not for files */
export function createBlobs(folder: string, spare = 200_000_000): Blobs {
  const disk = { next: 0, full: false };
  const kept = join(folder, "kept");
  const staged = join(folder, "staged");
  const dayFolder = (day: number) => join(staged, String(checked(day)));

  async function needRoom(): Promise<void> {
    if (performance.now() >= disk.next) {
      disk.next = performance.now() + 1000; // who comes meanwhile need not look as well
      const { bavail, bsize, blocks } = await statfs(folder);
      disk.full = blocks > 0 && bavail * bsize < spare;
    }
    if (disk.full) throw new BlobError("disk-full");
  }

  /** Kept first, then staged, then kept again: it may have been moved while we looked. */
  async function* places(id: string): AsyncGenerator<string> {
    yield join(kept, checkedId(id));
    for (const day of await names(staged, DAY)) yield join(staged, day, id);
    yield join(kept, id);
  }

  return {
    async stage(body, { limit, day }) {
      const home = dayFolder(day);
      const id = randomBytes(16).toString("hex");
      const path = join(home, id);
      const reader = body.getReader();
      let file: FileHandle | undefined;
      try {
        for (const each of [folder, staged, home]) await mkdir(each, { recursive: true, mode: 0o700 });
        file = await openFile(path, "wx", 0o600);
        const secret = await generateHybridIdentity();
        const sealed = await sealInto(file, reader, limit, secret, needRoom);
        await file.utimes(0, 0);
        await file.sync();
        await file.close();
        for (const each of [home, staged, folder]) await settleTimeless(each);
        return { id, secret, ...sealed };
      } catch (error) {
        // Not awaited: a sender that has gone silent must not keep the half-written file alive.
        reader.cancel().catch(ignore);
        await file?.close().catch(ignore);
        if (file) await unlink(path).catch(ignore);
        throw coded(error);
      }
    },

    async keep(id, day) {
      const home = dayFolder(day);
      const path = join(kept, checkedId(id));
      await guard(async () => {
        await mkdir(kept, { recursive: true, mode: 0o700 });
        const moved = await rename(join(home, id), path).then(() => true, unless("ENOENT"));
        if (!moved && !(await exists(path))) throw new BlobError("blob-missing");
        // Also when it was moved before: that run may have died between the move and its sync.
        await settleTimeless(kept);
        await settleTimeless(home).catch(unless("ENOENT"));
        await settleTimeless(folder);
      });
    },

    async open(id, secret, bytes) {
      for await (const path of places(id)) {
        const file = await openFile(path, READ).catch(unless("ENOENT")).catch(recode);
        if (file) return unseal(file, secret, bytes).catch(() => unreadable(file));
      }
      throw new BlobError("blob-missing");
    },

    async remove(id) {
      await guard(async () => {
        for await (const path of places(id)) {
          if (await unlink(path).then(() => true, unless("ENOENT"))) await settleTimeless(join(path, ".."));
        }
      });
    },

    async sweep(firstDayAlive) {
      await guard(async () => {
        const old = (await names(staged, DAY)).filter((day) => Number(day) < firstDayAlive);
        for (const day of old) await rm(join(staged, day), { recursive: true, force: true });
        if (old.length > 0) await settleTimeless(staged);
      });
    },

    list: () => guard(() => names(kept, ID)),
  };
}

const ID = /^[0-9a-f]{32}$/;
const DAY = /^\d{1,9}$/;
/** Reading leaves no time behind, where the system can do that. */
const READ = constants.O_RDONLY | (constants.O_NOATIME ?? 0);
/** Makes a change in a folder durable, and takes its time away. */
async function settleTimeless(folder: string): Promise<void> {
  await utimes(folder, 0, 0);
  await settle(folder);
}

async function names(folder: string, like: RegExp): Promise<string[]> {
  const found = (await readdir(folder).catch(unless("ENOENT"))) ?? [];
  return found.filter((name) => like.test(name));
}

async function exists(path: string): Promise<boolean> {
  const file = await openFile(path, READ).catch(unless("ENOENT"));
  await file?.close();
  return file !== undefined;
}

function checkedId(id: string): string {
  if (!ID.test(id)) throw new BlobError("blob-missing");
  return id;
}

function checked(day: number): number {
  if (!DAY.test(String(day))) throw new RangeError("a day is a whole number of days");
  return day;
}

/** Lets an expected refusal of the disk pass as `undefined`. */
function unless(code: string): (error: unknown) => undefined {
  return (error) => {
    if ((error as NodeJS.ErrnoException).code !== code) throw error;
    return undefined;
  };
}

function guard<Result>(work: () => Promise<Result>): Promise<Result> {
  return work().catch(recode);
}
