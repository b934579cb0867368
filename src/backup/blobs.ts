/** The sealed files of reports in a backup: the same bytes in every one, so that only new ones are copied, and all are compared. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { copyFile, mkdir, open, rename } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { settle } from "../crypto/durable.ts";
import { fail } from "../errors.ts";
import { gone, timeless } from "./folder.ts";
import type { KeptBlob } from "./manifest.ts";

/**
 * Copies those of `ids` that the backup does not have, or not as they are, and reads both sides.
 * A file that is gone was withdrawn or destroyed since the database was read, and is left out.
 */
export async function copyBlobs(
  ids: Iterable<string>,
  home: string,
  folder: string,
): Promise<{ copied: number; files: KeptBlob[] }> {
  const to = join(folder, "files");
  const files: KeptBlob[] = [];
  let copied = 0;
  for (const id of ids) {
    const from = join(home, "files", "kept", id);
    const digest = await digestOf(from);
    if (!digest) continue;
    if ((await digestOf(join(to, id))) !== digest) {
      if (!(await bring(from, join(to, id)))) continue;
      if ((await digestOf(join(to, id))) !== digest) throw fail("backup-damaged", { part: `files/${id}` });
      copied += 1;
    }
    files.push([id, digest]);
  }
  if (copied > 0) await settle(to);
  await timeless(to);
  return { copied, files };
}

/** Brings files back into a state folder. Throws `backup-damaged`, with the file's name, where one is not as it was. */
export async function restoreBlobs(files: KeptBlob[], folder: string, home: string): Promise<number> {
  const to = join(home, "files", "kept");
  if (files.length > 0) await mkdir(to, { recursive: true, mode: 0o700 });
  for (const [id, digest] of files) {
    const copied = await bring(join(folder, "files", id), join(to, id));
    if (!copied || (digest !== "" && (await digestOf(join(to, id))) !== digest))
      throw fail("backup-damaged", { part: `files/${id}` });
  }
  if (files.length > 0) await settle(to);
  return files.length;
}

/** Copies a file durably, all of it or nothing, and with no time on it; false where it is not there. */
async function bring(from: string, to: string): Promise<boolean> {
  const draft = `${to}.part`;
  if (!(await copyFile(from, draft).then(() => true, gone))) return false;
  await timeless(draft);
  await settle(draft);
  await rename(draft, to);
  return true;
}

/** SHA-256 of a file's bytes in hex; undefined where it is not there. */
async function digestOf(path: string): Promise<string | undefined> {
  const file = await open(path).catch(gone);
  if (!file) return undefined;
  await file.close();
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
