/** What must not be lost is on the disk, and not only on its way there. */
import { randomBytes } from "node:crypto";
import { link, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/** A file of its owner's, whole or not at all, and its name with it. */
export async function putFile(path: string, bytes: Uint8Array | string): Promise<void> {
  await putUnsettled(path, bytes);
  await settle(dirname(path));
}

/**
 * The same for many files of one folder, which is settled after them: until then their names may be lost.
 * @param when seconds since 1970 that the file says it was written at; by default the truth
 */
export async function putUnsettled(path: string, bytes: Uint8Array | string, when?: number): Promise<void> {
  await drafted(path, bytes, (draft) => rename(draft, path), when);
}

/** The same as `putFile`, but never over a file that is there; false where there is one. */
export async function putOnce(path: string, bytes: Uint8Array | string): Promise<boolean> {
  const put = await drafted(path, bytes, (draft) =>
    link(draft, path).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code !== "EEXIST") throw error;
        return false;
      },
    ),
  );
  await settle(dirname(path));
  return put;
}

/** Has the disk hold a file, or the names in a folder. */
export async function settle(path: string): Promise<void> {
  const handle = await open(path);
  await handle.sync().finally(() => handle.close());
}

/** Writes a draft beside `path`, has it named, and leaves nothing else of it. */
async function drafted<T>(
  path: string,
  bytes: Uint8Array | string,
  named: (draft: string) => Promise<T>,
  when?: number,
): Promise<T> {
  const draft = `${path}.${randomBytes(4).toString("hex")}.part`;
  try {
    const file = await open(draft, "wx", 0o600);
    try {
      await file.writeFile(bytes);
      if (when !== undefined) await file.utimes(when, when);
      await file.sync();
    } finally {
      await file.close();
    }
    return await named(draft);
  } finally {
    await rm(draft, { force: true });
  }
}
