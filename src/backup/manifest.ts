/**
 * The list of one backup: its parts, its files and a digest over all its rows, sealed like them and proven to be ours.
 * Backups of the first format were one sealed dump; both are read as the same lines.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { createReadStream } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { promisify } from "node:util";
import { createGunzip, gzip } from "node:zlib";
import { Decrypter, Encrypter } from "age-encryption";
import type { Keys } from "../crypto/keys.ts";
import { codeOf, fail } from "../errors.ts";
import type { Count } from "../storage/dump.ts";
import { type Chunk, openChunk } from "./chunks.ts";

/** A file of a report, and a digest of its sealed bytes. */
export type KeptBlob = [id: string, sha256: string];

export interface Manifest {
  /** The first line of the dump: what made it. */
  head: string;
  chunks: Chunk[];
  count: Count;
  files: KeptBlob[];
}

/** The organisation's keys: who opens a backup, and who made it. */
export type OurKeys = Pick<Keys, "identity" | "recipient" | "derive">;

/** What a backup file holds: the list of a backup, or the lines of a whole dump. */
export type Opened = { manifest: Manifest } | { dump: AsyncIterable<string> };

const proofOf = (body: string, keys: OurKeys): Buffer =>
  createHmac("sha256", keys.derive("backup list")).update(body).digest();

export async function sealManifest(manifest: Manifest, keys: OurKeys, recipients: string[]): Promise<Uint8Array> {
  const body = JSON.stringify(manifest);
  const line = JSON.stringify({ quietline: "backup", version: 2, proof: proofOf(body, keys).toString("hex"), body });
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  return encrypter.encrypt(await promisify(gzip)(line));
}

/** Opens a backup of either format. Throws `backup-damaged`, `backup-newer`. */
export async function openBackup(path: string, keys: OurKeys): Promise<Opened> {
  const lines = linesOf(path, keys.identity);
  const { value: first } = await lines.next();
  const head = parsed(first ?? "") as { quietline?: string; version?: number; proof?: string; body?: string };
  if (head.quietline === "dump") return { dump: following(String(first), lines) };
  await lines.return(undefined);
  if (head.quietline !== "backup") throw fail("backup-damaged");
  if (head.version !== 2) throw fail("backup-newer");
  const proof = Buffer.from(String(head.proof), "hex");
  const wanted = proofOf(String(head.body), keys);
  // anybody can seal something to us: only what we made is a backup
  if (proof.length !== wanted.length || !timingSafeEqual(proof, wanted)) throw fail("backup-damaged");
  return { manifest: parsed(String(head.body)) as Manifest };
}

/** The lines of a backup of either format: a head, the rows, an end. Throws `backup-damaged` with the part that is. */
export async function* linesIn(path: string, opened: Opened, identity: string): AsyncGenerator<string> {
  if ("dump" in opened) return yield* opened.dump;
  const { head, chunks, count } = opened.manifest;
  yield head;
  for (const chunk of chunks) yield* await openChunk(join(dirname(path), "chunks", chunk[0]), chunk, identity);
  yield JSON.stringify({ end: count });
}

async function* following(first: string, rest: AsyncIterable<string>): AsyncGenerator<string> {
  yield first;
  yield* rest;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw fail("backup-damaged");
  }
}

/** The lines of a sealed, packed file. Throws `backup-damaged` where the seal, the packing or the end is broken. */
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
  } catch (error) {
    throw codeOf(error) === "backup-damaged" ? error : fail("backup-damaged");
  }
}
