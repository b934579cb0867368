/** The state folder, and the key of the database that goes with it. */
import { chmodSync, existsSync, mkdirSync } from "node:fs";
import type { Config } from "./config.ts";
import { keyringRow, withKeyring } from "./crypto/keyring.ts";
import { type Keys, keysFromFile, keysOf } from "./crypto/keys.ts";
import { fail } from "./errors.ts";
import type { Storage } from "./storage/storage.ts";

/** Makes the state folder, for its owner's eyes only. Throws `home-unwritable`. */
export function makeHome(home: string): void {
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    chmodSync(home, 0o700);
  } catch {
    throw fail("home-unwritable");
  }
}

/**
 * The key of this database. A database that has one never gets another but by an exchange.
 * Throws `database-moved`, `database-moving`, `key-rotating`, `key-missing`, `key-wrong` and what reading the key throws.
 */
export async function openKeys(config: Config, storage: Storage): Promise<Keys> {
  if (await storage.read("meta").where({ name: "moved" }).first()) throw fail("database-moved");
  if (await storage.read("meta").where({ name: "moving" }).first()) throw fail("database-moving");
  if (await storage.read("meta").where({ name: "rotating" }).first()) throw fail("key-rotating");
  const bound = await boundKey(storage);
  const path = `${config.home}/key.age`;
  if (!config.key && bound && !existsSync(path)) throw fail("key-missing");
  const keys = config.key ? await keysOf(config.key) : await keysFromFile(path);
  if (!bound) {
    const row = { name: "key", value: keys.name };
    await storage.transaction(async (trx) => trx("meta").insert(row).onConflict("name").ignore());
  }
  // somebody else may have been first, with another key
  if ((bound ?? (await boundKey(storage))) !== keys.name) throw fail("key-wrong");
  storage.bind(keys.name);
  const ring = await storage.read("meta").where({ name: keyringRow }).first();
  return ring ? withKeyring(keys, ring.value as string) : keys;
}

async function boundKey(storage: Storage): Promise<string | undefined> {
  return (await storage.read("meta").where({ name: "key" }).first())?.value;
}
