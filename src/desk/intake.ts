/** Files on their way in: sealed as they stream, known by their content, pictures cleaned of what is hidden in them. */
import type { Upload } from "../bot/screen.ts";
import type { TakenFile } from "../desk.ts";
import { codeOf } from "../errors.ts";
import { cleanImage, inspect } from "../reports/attachments.ts";
import type { BlobRef } from "../reports/store.ts";
import type { Counter } from "./counter.ts";

/** How many pictures are cleaned at once: each may take a hundred megabytes of memory meanwhile. */
const easels = 2;
let painting = 0;
const waiting: (() => void)[] = [];

/** Runs `work` when one of the places is free, in the order of asking. */
async function atEasel<T>(work: () => Promise<T>): Promise<T> {
  // who is woken gets the place of who leaves, so that nobody slips in between
  if (painting >= easels) await new Promise<void>((wake) => waiting.push(wake));
  else painting += 1;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else painting -= 1;
  }
}

/** Seals one upload of at most `limit` bytes, or says why not (a code under `files:refused`). */
export async function takeIn(
  counter: Counter,
  upload: Upload,
  limit: number,
): Promise<{ ok: true; file: TakenFile } | { ok: false; why: string }> {
  const { blobs } = counter;
  const day = counter.today();
  const staged = await blobs.stage(await upload.open(), { limit, day });
  const { head, ...bytes } = staged;
  const ref: BlobRef = { ...bytes, day };
  const verdict = await inspect(head, staged.bytes);
  const refuse = async (why: string) => {
    await blobs.remove(staged.id);
    return { ok: false as const, why };
  };
  if (!verdict.allowed) return refuse(verdict.why ?? "file-broken");
  const { type, extension, kind, warn } = verdict;
  if (kind !== "image") return { ok: true, file: { blob: ref, type, extension, kind, warn } };
  try {
    const file = await atEasel(async () => {
      const clean = await cleanImage(await blobs.open(staged.id, staged.secret, staged.bytes));
      const { head: _head, ...copy } = await blobs.stage(new Blob([clean.bytes as Uint8Array<ArrayBuffer>]).stream(), {
        limit: Number.MAX_SAFE_INTEGER,
        day,
      });
      return { blob: { ...copy, day }, original: ref, type: clean.type, extension: clean.extension, kind, warn };
    });
    return { ok: true, file };
  } catch (error) {
    return refuse(codeOf(error) === "disk-full" ? "disk-full" : "image-unreadable");
  }
}
