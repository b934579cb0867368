/**
 * Files that people send, sealed and nameless on the disk: each under a random name, for a key of its own, padded to
 * a size class, with its times set to zero. An upload is staged under its day first; what nobody keeps is swept away.
 * The key is nowhere on the disk: who loses it has destroyed the file.
 *
 * `<folder>/staged/<day>/<id>` and `<folder>/kept/<id>`; folders are 0700, files 0600.
 */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from "node:crypto";
import { constants } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { mkdir, open as openFile, readdir, rename, rm, statfs, unlink, utimes } from "node:fs/promises";
import { join } from "node:path";
import { Decrypter, Encrypter, generateHybridIdentity, identityToRecipient } from "age-encryption";
import { settle } from "../crypto/durable.ts";

export type BlobErrorCode =
  | "file-too-large"
  | "file-empty"
  | "disk-full"
  /** The sender stopped or the line broke. */
  | "upload-interrupted"
  /** The disk answers with something other than "full". */
  | "storage-failed"
  | "blob-missing"
  /** The key is another one, or the file is damaged or cut. */
  | "blob-unreadable";

/** Carries a code and nothing of the sender's: no cause, since it could hold a path, a name or a token. */
export class BlobError extends Error {
  readonly code: BlobErrorCode;

  constructor(code: BlobErrorCode) {
    super(code);
    this.name = "BlobError";
    this.code = code;
  }
}

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

/** Enough to recognise a type by its content. */
export const HEAD = 4100;
const CHUNK = 64 * 1024;
const ZEROS = new Uint8Array(CHUNK);

/**
 * The size class of a file: up to 64 KiB a power of two from 4 KiB or the step half-way to the next (4, 6, 8, 12, 16 …),
 * at most a half more; above, Padmé (Nikitin et al., PETS 2019), which leaks O(log log n) bits for at most 12 % more.
 */
export function sizeClass(bytes: number): number {
  if (bytes <= CHUNK) {
    let size = 4096;
    while (size < bytes) size = Number.isInteger(Math.log2(size)) ? size * 1.5 : (size / 3) * 4;
    return size;
  }
  const exponent = Math.floor(Math.log2(bytes));
  const step = 2 ** (exponent - Math.floor(Math.log2(exponent)) - 1);
  return Math.ceil(bytes / step) * step;
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
const CIPHER = "chacha20-poly1305";
const NONCE = 16;
const TAG = 16;

/** Reads a sender to the end, seals and pads on the way. One chunk at a time: a slow disk slows the sender down. */
async function sealInto(
  file: FileHandle,
  reader: ReadableStreamDefaultReader<Uint8Array>,
  limit: number,
  secret: string,
  needRoom: () => Promise<void>,
) {
  const hash = createHash("sha256");
  const head = new Uint8Array(HEAD);
  const write = await startSealing(file, secret);
  const chunk = new Uint8Array(CHUNK);
  let used = 0;
  async function add(piece: Uint8Array): Promise<void> {
    for (let at = 0; at < piece.length; ) {
      // Only when more follows, because the last chunk is marked as the last.
      if (used === CHUNK) await write(chunk, false);
      used %= CHUNK;
      const part = piece.subarray(at, at + CHUNK - used);
      chunk.set(part, used);
      used += part.length;
      at += part.length;
    }
  }
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read().catch(interrupted);
    if (done) break;
    if (bytes + value.length > limit) throw new BlobError("file-too-large");
    if (bytes < HEAD) head.set(value.subarray(0, HEAD - bytes), bytes);
    hash.update(value);
    bytes += value.length;
    await needRoom();
    await add(value);
  }
  if (bytes === 0) throw new BlobError("file-empty");
  for (let left = sizeClass(bytes) - bytes; left > 0; left -= CHUNK) await add(ZEROS.subarray(0, left));
  await write(chunk.subarray(0, used), true);
  return { bytes, sha256: hash.digest("hex"), head: head.slice(0, bytes) };
}

// The payload of an age file (https://age-encryption.org/v1, "Payload"): a nonce, then chunks of 64 KiB, each sealed with
// ChaCha20-Poly1305 under its number. The header is the library's; this part is OpenSSL's, which is 20 times as fast as
// the library's JavaScript and leaves so little garbage that memory stays flat.

/** Writes header and nonce; answers a function that seals and writes one chunk, 64 KiB long unless it is the last. */
async function startSealing(
  file: FileHandle,
  secret: string,
): Promise<(plain: Uint8Array, last: boolean) => Promise<void>> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(await identityToRecipient(secret));
  // An empty file is a header, a nonce and the tag of nothing; its header serves ours, under a nonce of our own.
  const header = (await encrypter.encrypt(new Uint8Array(0))).slice(0, -NONCE - TAG);
  const nonce = randomBytes(NONCE);
  const key = await payloadKey(header, nonce, secret);
  await writeAll(file, header);
  await writeAll(file, nonce);
  let index = 0;
  return async (plain, last) => {
    const cipher = createCipheriv(CIPHER, key, chunkNonce(index, last), { authTagLength: TAG });
    index += 1;
    const sealed = cipher.update(plain);
    await writeAll(file, sealed);
    letGo(sealed);
    cipher.final();
    await writeAll(file, cipher.getAuthTag());
  };
}

/** The first `bytes` bytes of a sealed file; closes it at the end, at a failure and when the reader leaves. */
async function unseal(file: FileHandle, secret: string, bytes: number): Promise<ReadableStream<Uint8Array>> {
  const start = await readAt(file, 0, 4096);
  const text = start.toString("latin1");
  const end = text.indexOf("\n", text.indexOf("\n--- ") + 1) + 1;
  const body = end + NONCE;
  const key = await payloadKey(start.subarray(0, end), start.subarray(end, body), secret);
  const { size } = await file.stat();
  let index = 0;

  async function next(): Promise<Buffer> {
    const at = body + index * (CHUNK + TAG);
    const sealed = await readAt(file, at, CHUNK + TAG);
    const nonce = chunkNonce(index, at + sealed.length === size);
    const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG });
    decipher.setAuthTag(sealed.subarray(-TAG));
    const plain = decipher.update(sealed.subarray(0, -TAG));
    decipher.final();
    letGo(sealed);
    index += 1;
    return plain;
  }

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const left = bytes - index * CHUNK;
        const plain = await next().catch(() => unreadable(file));
        if (plain.length === 0) await unreadable(file);
        controller.enqueue(plain.subarray(0, left));
        if (left > plain.length) return;
        controller.close();
        await file.close();
      },
      cancel: () => file.close(),
    },
    { highWaterMark: 0 },
  );
}

async function unreadable(file: FileHandle): Promise<never> {
  await file.close().catch(ignore);
  throw new BlobError("blob-unreadable");
}

async function payloadKey(header: Uint8Array, nonce: Uint8Array, secret: string): Promise<Uint8Array> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(secret);
  return new Uint8Array(hkdfSync("sha256", await decrypter.decryptHeader(header), nonce, "payload", 32));
}

/** Eleven bytes of number, then whether it is the last. */
function chunkNonce(index: number, last: boolean): Uint8Array {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(index, 5, 6);
  nonce[11] = last ? 1 : 0;
  return nonce;
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten;
}

/** Frees a buffer that is ours alone, since newer engines wait for tens of megabytes before they collect any. */
function letGo(buffer: Buffer): void {
  (buffer.buffer as ArrayBuffer & { transfer?(size: number): ArrayBuffer }).transfer?.(0);
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(length);
  let got = 0;
  while (got < length) {
    const { bytesRead } = await file.read(buffer, got, length - got, position + got);
    if (bytesRead === 0) break;
    got += bytesRead;
  }
  return buffer.subarray(0, got);
}

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

/** "Too large" of the sender's stream is believed, also in the web page's words; of anything else only the fact is kept. */
function interrupted(error: unknown): never {
  const code = (error as { code?: unknown } | undefined)?.code;
  if (code === "file-too-large" || code === "upload-too-large") throw new BlobError("file-too-large");
  throw new BlobError(code === "file-empty" ? code : "upload-interrupted");
}

function coded(error: unknown): BlobError {
  if (error instanceof BlobError) return error;
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return new BlobError(code === "ENOSPC" || code === "EDQUOT" || code === "EFBIG" ? "disk-full" : "storage-failed");
}

function recode(error: unknown): never {
  throw coded(error);
}

function guard<Result>(work: () => Promise<Result>): Promise<Result> {
  return work().catch(recode);
}

/** For the second failure of something that has already failed: the first one is being told. */
function ignore(): void {}
