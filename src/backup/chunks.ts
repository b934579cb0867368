/**
 * Parts of a database dump: a run of rows of one table, packed, padded and sealed by itself under a name that only the key
 * can make of it. Where one part ends is decided by the rows themselves, so that a row which came, went or changed makes
 * one or two parts new and leaves all others as they are; no clock is asked, and both databases are cut alike.
 */
import { createHash, createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { Decrypter, Encrypter } from "age-encryption";
import { padTo, unpad } from "../crypto/padding.ts";
import { fail } from "../errors.ts";
import { sizeClass } from "../storage/sealed-file.ts";

/** Bytes of a part in the middle, and at most: sealing costs by the part, a change costs a part. */
const usual = 512 * 1024;
const most = 4 * usual;

/** A part as a backup names it; `sha256` is of what is in it. */
export type Chunk = [name: string, sha256: string];

/** What parts are named and sealed by. */
export interface Seal {
  /** 32 bytes. */
  key: Uint8Array;
  recipients: string[];
}

/** Lines of rows (`["table",{…}]`) in runs: each of one table, and cut where a row says so. */
export async function* cut(lines: AsyncIterable<string>, key: Uint8Array): AsyncGenerator<string[]> {
  let run: string[] = [];
  let size = 0;
  let table = "";
  for await (const line of lines) {
    const of = line.slice(0, line.indexOf(",", 1));
    if (run.length > 0 && (of !== table || size + line.length > most)) {
      yield run;
      [run, size] = [[], 0];
    }
    table = of;
    run.push(line);
    size += line.length;
    // each row ends a part by a chance that grows with its length: parts are of one size, whatever a table holds
    const chance = createHmac("sha256", key).update(line).digest().readUInt32BE(0) / 2 ** 32;
    if (chance < line.length / usual) {
      yield run;
      [run, size] = [[], 0];
    }
  }
  if (run.length > 0) yield run;
}

/** What a run is called. Whoever lacks the key cannot guess what is in it; for other recipients it is another part. */
export function nameOf(run: string[], { key, recipients }: Seal): { chunk: Chunk; bytes: Buffer } {
  const bytes = Buffer.from(run.join("\n"));
  const name = createHmac("sha256", key)
    .update(`${recipients.join(" ")}\n`)
    .update(bytes)
    .digest("hex")
    .slice(0, 40);
  return { chunk: [name, createHash("sha256").update(bytes).digest("hex")], bytes };
}

/** Packs, pads and seals; the length tells a class of sizes (Padmé), not a size. */
export async function sealChunk(bytes: Uint8Array, recipients: string[]): Promise<Uint8Array> {
  const packed = await promisify(gzip)(bytes, { level: 3 });
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  return encrypter.encrypt(padTo(packed, sizeClass(packed.length + 4)));
}

/** The lines of a sealed part. Throws `backup-damaged`, with its name, where it is not there, damaged, or another one. */
export async function openChunk(path: string, [name, sha256]: Chunk, identity: string): Promise<string[]> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  try {
    const bytes = await promisify(gunzip)(unpad(await decrypter.decrypt(await readFile(path))));
    if (createHash("sha256").update(bytes).digest("hex") === sha256) return bytes.toString("utf8").split("\n");
  } catch {
    // not there, cut off, changed, or sealed to another key: all the same to who needs it
  }
  throw fail("backup-damaged", { part: `chunks/${name}` });
}
