/** Files on their way in: sealed as they stream, known by their content, pictures cleaned of what is hidden in them. */
import type { Upload } from "../bot/screen.ts";
import type { TakenFile } from "../desk.ts";
import { cleanImage, inspect } from "../reports/attachments.ts";
import type { BlobRef } from "../reports/store.ts";
import type { Counter } from "./counter.ts";

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
    const clean = await cleanImage(await blobs.open(staged.id, staged.secret, staged.bytes));
    const { head: _head, ...copy } = await blobs.stage(new Blob([clean.bytes as Uint8Array<ArrayBuffer>]).stream(), {
      limit: Number.MAX_SAFE_INTEGER,
      day,
    });
    return {
      ok: true,
      file: { blob: { ...copy, day }, original: ref, type: clean.type, extension: clean.extension, kind, warn },
    };
  } catch {
    return refuse("image-unreadable");
  }
}
