/**
 * Getting a house back whose key was lost: whoever holds an offline recovery key opens the recovery file with it, and
 * the key file is written again. Nothing is written before it is known that the key is the right one, as far as there is
 * something to try it on: the database, or the backup that was named.
 */
import { createReadStream, existsSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { Readable } from "node:stream";
import { Decrypter } from "age-encryption";
import type { Config } from "./config.ts";
import { putOnce } from "./crypto/durable.ts";
import { type Keys, keysFromFile } from "./crypto/keys.ts";
import { openSealedKeys, recoveryFiles } from "./crypto/recovery.ts";
import { fail } from "./errors.ts";
import { makeHome } from "./home.ts";
import { openStorage } from "./storage/storage.ts";

export interface Recovered {
  /** The key's public name. */
  name: string;
  /** Where the key file is. */
  path: string;
  /** False when the very key was there already. */
  written: boolean;
  /** What the key was tried on. */
  opens: "database" | "backup" | "nothing";
}

/** A larger file is a dump, not a sealed key. */
const largest = 65_536;

/**
 * @param identities of the offline key
 * @param from a recovery file, a folder with some, or a dump in such a folder; by default the state folder
 * Throws `recovery-missing`, `recovery-wrong`, `recovery-many`, `key-wrong`, `key-there`.
 */
export async function recover(config: Config, identities: readonly string[], from = config.home): Promise<Recovered> {
  const { found, dump } = await foundIn(from, identities);
  const bound = await keyOfDatabase(config.databaseUrl);
  let fits = found;
  if (dump) fits = await whereAsync(fits, (keys) => opens(dump, keys.identity));
  if (bound) fits = fits.filter((keys) => keys.name === bound);
  if (fits.length === 0) throw fail("key-wrong");
  const [keys] = fits;
  if (!keys || fits.length > 1) throw fail("recovery-many");

  makeHome(config.home);
  const path = join(config.home, "key.age");
  const written = await writeOnce(path, keys);
  return { name: keys.name, path, written, opens: bound ? "database" : dump ? "backup" : "nothing" };
}

/** The keys that the identities open there, each once, and the dump that was named. */
async function foundIn(from: string, identities: readonly string[]): Promise<{ found: Keys[]; dump?: string }> {
  if (!existsSync(from)) throw fail("recovery-missing");
  const one = !statSync(from).isDirectory();
  if (one && statSync(from).size <= largest) {
    const keys = await openSealedKeys(from, identities);
    if (keys) return { found: [keys] };
    if (basename(from).startsWith("recovery-")) throw fail("recovery-wrong");
  }
  const folder = one ? join(from, "..") : from;
  const names = await recoveryFiles(folder);
  if (names.length === 0) throw fail("recovery-missing");
  const found = new Map<string, Keys>();
  for (const name of names) {
    const keys = await openSealedKeys(join(folder, name), identities);
    if (keys) found.set(keys.name, keys);
  }
  if (found.size === 0) throw fail("recovery-wrong");
  return { found: [...found.values()], ...(one ? { dump: from } : {}) };
}

/** The name of the key that a database goes with; nothing where there is no database yet. */
async function keyOfDatabase(url: string): Promise<string | undefined> {
  if (url.startsWith("sqlite:") && !existsSync(url.slice("sqlite:".length))) return undefined;
  const storage = await openStorage(url);
  try {
    return (await storage.read("meta").where({ name: "key" }).first())?.value as string | undefined;
  } finally {
    await storage.close();
  }
}

/** Does this identity open the head of an age file? */
async function opens(path: string, identity: string): Promise<boolean> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  const file = createReadStream(path);
  try {
    await decrypter.decrypt(Readable.toWeb(file) as ReadableStream<Uint8Array>);
    return true;
  } catch {
    return false; // sealed to another key
  } finally {
    file.destroy();
  }
}

async function whereAsync<T>(all: T[], good: (one: T) => Promise<boolean>): Promise<T[]> {
  const answers = await Promise.all(all.map(good));
  return all.filter((_, i) => answers[i]);
}

/** Writes the key file, never over one that is there. Throws `key-there` when that is another one. */
async function writeOnce(path: string, keys: Keys): Promise<boolean> {
  if (!existsSync(path) && (await putOnce(path, `${keys.identity}\n`))) return true;
  const there = await keysFromFile(path).catch(() => undefined);
  if (there?.name !== keys.name) throw fail("key-there");
  return false;
}
