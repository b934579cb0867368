/**
 * One sealed file: what somebody sends is sealed and padded to a size class on its way to the disk, and opened on its way back,
 * a chunk at a time.
 */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { Decrypter, Encrypter, identityToRecipient } from "age-encryption";
import { BlobError, ignore } from "./blob-error.ts";

/** Enough to recognise a type by its content. */
export const HEAD = 4100;
/** What is sealed at a time. */
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

const CIPHER = "chacha20-poly1305";
const NONCE = 16;
const TAG = 16;

/** Reads a sender to the end, seals and pads on the way. One chunk at a time: a slow disk slows the sender down. */
export async function sealInto(
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
export async function unseal(file: FileHandle, secret: string, bytes: number): Promise<ReadableStream<Uint8Array>> {
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

export async function unreadable(file: FileHandle): Promise<never> {
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

/** "Too large" of the sender's stream is believed, also in the web page's words; of anything else only the fact is kept. */
function interrupted(error: unknown): never {
  const code = (error as { code?: unknown } | undefined)?.code;
  if (code === "file-too-large" || code === "upload-too-large") throw new BlobError("file-too-large");
  throw new BlobError(code === "file-empty" ? code : "upload-interrupted");
}
