/** What must not be lost is on the disk, and not only on its way there. */
import { randomBytes } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { join } from "node:path";

/** A file of its owner's, whole or not at all. */
export async function putFile(path: string, bytes: Uint8Array | string): Promise<void> {
  const draft = `${path}.${randomBytes(4).toString("hex")}.part`;
  try {
    const file = await open(draft, "wx", 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
    await settle(join(path, ".."));
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** Has the disk hold a file, or the names in a folder. */
export async function settle(path: string): Promise<void> {
  const handle = await open(path);
  await handle.sync().finally(() => handle.close());
}
