/**
 * Keys that forget: one a day for drafts and slots, held in memory-backed storage, destroyed with the last draft they
 * sealed. A crash of the process loses none of them; a reboot loses all of them, on purpose.
 */
import { createHash, randomBytes } from "node:crypto";
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

export interface DayKeys {
  /** Before keys are asked for: has those of today and of the days before at hand. */
  ready(today: number): Promise<void>;
  /** The key of that UTC day; made on first use. `undefined` for a day whose key is dead. */
  at(day: number): Buffer | undefined;
  /** Days whose keys may be alive, newest first. */
  alive(today: number): number[];
  /** Destroys the keys of days that are over. */
  sweep(today: number): void;
  /** False where no memory-backed folder was found: then a crash loses drafts too. */
  survivesCrash: boolean;
}

/** Drafts live until the end of the UTC day after the one they were last touched on. */
export const draftDays = 1;

/**
 * @param home the state folder; it only names the folder in memory, nothing is written below it
 * @param folder where to keep the keys; by default a folder of this state folder's own in /dev/shm, else memory only
 */
export function createDayKeys(home: string, folder: string | undefined = memoryFolder(home)): DayKeys {
  const cache = new Map<number, Buffer>();
  /** Past days that have no key and will never get one; every turn asks for yesterday's. */
  const dead = new Set<number>();
  /** Also later: systems tidy up memory-backed folders, some when their user logs out. */
  const makeFolder = (path: string) => {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    chmodSync(path, 0o700);
  };
  if (folder) makeFolder(folder);
  const path = (day: number) => join(folder!, `day-${day}`);
  const today = () => Math.floor(Date.now() / 86_400_000);

  function load(day: number): Buffer | undefined {
    if (!folder) return undefined;
    try {
      const key = readFileSync(path(day));
      return key.length === 32 ? key : undefined;
    } catch {
      return undefined; // not made yet, or destroyed: both mean that there is no key
    }
  }

  function make(day: number): Buffer {
    const key = randomBytes(32);
    if (!folder) return key;
    makeFolder(folder);
    const draft = join(folder, `new-${randomBytes(8).toString("hex")}`);
    writeFileSync(draft, key, { mode: 0o600, flag: "wx" });
    try {
      linkSync(draft, path(day)); // whole or not at all: another process never reads half a key
      return key;
    } catch (error) {
      const other = load(day); // another process was faster
      if (other) return other;
      throw error;
    } finally {
      unlinkSync(draft);
    }
  }

  return {
    ready: async () => undefined, // a file is read when it is asked for
    at(day) {
      if (dead.has(day)) return undefined;
      let key = cache.get(day) ?? load(day);
      if (!key && day >= today()) key = make(day);
      if (key) cache.set(day, key);
      else dead.add(day);
      return key;
    },
    alive: (now) => Array.from({ length: draftDays + 1 }, (_, i) => now - i),
    sweep(now) {
      dead.clear();
      for (const [day, key] of cache) {
        if (day >= now - draftDays) continue;
        key.fill(0);
        cache.delete(day);
      }
      if (!folder) return;
      for (const name of existsSync(folder) ? readdirSync(folder) : []) {
        const day = Number(name.replace("day-", ""));
        if (!(day < now - draftDays)) continue;
        try {
          writeFileSync(join(folder, name), randomBytes(32), { flag: "r+" });
          unlinkSync(join(folder, name));
        } catch (error) {
          // another process of the house, which sweeps as well, was faster
          if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
        }
      }
    },
    survivesCrash: folder !== undefined,
  };
}

/** A folder that lives in memory and belongs to this state folder and user alone, or nothing where there is none. */
function memoryFolder(home: string): string | undefined {
  const name = `quietline-${process.getuid?.() ?? "me"}-${createHash("sha256").update(home).digest("hex").slice(0, 16)}`;
  for (const root of ["/dev/shm", process.env.XDG_RUNTIME_DIR]) {
    if (!root) continue;
    try {
      accessSync(root, constants.W_OK);
      if (statSync(root).isDirectory()) return join(root, name);
    } catch {
      // not there or not ours: try the next
    }
  }
  return undefined;
}
