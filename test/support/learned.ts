/** What one house has learned of the answers is lent to the next: they are the same in each, and take seconds to learn. */
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Another one for each state of the engine's code: a changed engine learns anew. The content's state it tells itself. */
const hash = createHash("sha256").update(process.version).update(process.cwd());
for (const file of readdirSync("src/knowledge").sort()) hash.update(readFileSync(join("src/knowledge", file)));
const shelf = join(tmpdir(), `quietline-learned-${hash.digest("hex").slice(0, 16)}`);

/** Puts what was learned before into a state folder that has learned nothing yet. */
export function lend(home: string): void {
  const own = join(home, "learned");
  if (!existsSync(shelf) || existsSync(own)) return;
  mkdirSync(own, { recursive: true, mode: 0o700 });
  for (const file of readdirSync(shelf)) linkSync(join(shelf, file), join(own, file)); // replaced when it changes, never written
}

/** Keeps what this house has learned for the next, whole or not at all. */
export function returned(home: string): void {
  const own = join(home, "learned");
  if (existsSync(shelf) || !existsSync(own) || readdirSync(own).filter((f) => /\.(model|kept)$/.test(f)).length < 3)
    return;
  const made = mkdtempSync(`${shelf}-`);
  cpSync(own, made, { recursive: true });
  try {
    renameSync(made, shelf);
  } catch {
    rmSync(made, { recursive: true }); // another process was first
  }
}
