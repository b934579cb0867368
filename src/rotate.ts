/**
 * Exchanging the organisation's key. All values are sealed anew, looked over and bound to the next key in one transaction:
 * a process that dies before its end leaves the house as it was, under the old key. From its end on the database carries a
 * mark with which no service starts, until the key file is the next one and the bytes of before are gone from the
 * database's files; whoever died on the way there gives the same command again. A process that slept through all of it
 * with the old key in its memory has every write refused (`Storage.bind`).
 */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, link, mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { generateHybridIdentity } from "age-encryption";
import type { Config } from "./config.ts";
import { putFile, settle } from "./crypto/durable.ts";
import { type Keyring, keyringRow, sealKeyring, withKeyring } from "./crypto/keyring.ts";
import { type Keys, keysFromFile, keysOf } from "./crypto/keys.ts";
import { keepRecovery, sealIdentity } from "./crypto/recovery.ts";
import { operator } from "./desk/operator.ts";
import { fail } from "./errors.ts";
import { makeHome, openKeys } from "./home.ts";
import { createAuditStore } from "./reports/audit-store.ts";
import { linkKinds } from "./reports/links.ts";
import { lookOver, resealAll, sealersOf, type Tell } from "./reseal.ts";
import { plan } from "./rotation-plan.ts";
import { isHeld } from "./storage/held.ts";
import { openStorage, type Storage, type Transaction } from "./storage/storage.ts";

/** What becomes of the old key: sealed to the next one in the state folder, in a file of its own elsewhere, or nothing. */
export type Old = { keep: "sealed" } | { keep: "file"; path: string } | { keep: "nothing" };

export interface Rotated {
  /** The public names of the keys. */
  from: string;
  to: string;
  /** Values sealed anew, by table. */
  counts: Record<string, number>;
  /** Where the old key is kept, if it is. */
  old?: string;
  /** An earlier call had died on the way; this one has finished it. */
  resumed: boolean;
}

/** What the mark in `meta` says. */
type Mark = Pick<Rotated, "from" | "counts" | "old">;

/** Every purpose whose key is carried over. */
export const carried: readonly string[] = [
  ...[...linkKinds, "canary"].map((kind) => `fingerprints of ${kind}`),
  "door tags",
  "invitations",
  "tips tags",
  "quiz",
];

/**
 * Exchanges the key, or finishes an exchange that was cut off.
 * Throws `house-open`, `rotation-unknown`, `rotation-differs`, and what opening the house throws.
 */
export async function rotate(config: Config, old: Old, tell: Tell, now = Date.now): Promise<Rotated> {
  makeHome(config.home);
  if (await isHeld(config.databaseUrl)) throw fail("house-open");
  const storage = await openStorage(config.databaseUrl);
  try {
    const begun = await markOf(storage);
    if (!begun) await exchange(config, storage, old, tell, Math.floor(now() / 86_400_000));
    const mark = begun ?? (await markOf(storage))!;
    const to = await settleKey(config, storage);
    await storage.scour();
    await storage.transaction(async (trx) => trx("meta").where({ name: "rotating" }).delete());
    return { ...mark, to: to.name, resumed: begun !== undefined };
  } finally {
    await storage.close();
  }
}

async function markOf(storage: Storage): Promise<Mark | undefined> {
  const row = await storage.read("meta").where({ name: "rotating" }).first();
  return row && (JSON.parse(row.value) as Mark);
}

const fileOf = (config: Config) => join(config.home, "key.age");
const nextOf = (config: Config) => join(config.home, "key.age.next");
const goneOf = (config: Config) => join(config.home, "key.age.gone");

/** Everything up to the end of the one transaction; what lies on the disk before it is of no weight without it. */
async function exchange(config: Config, storage: Storage, how: Old, tell: Tell, today: number): Promise<void> {
  const unknown = unplanned(await storage.bytesColumns());
  if (unknown.length > 0) throw fail("rotation-unknown");
  const from = await openKeys(config, storage);
  // with the key in the environment a key file is nobody's; it may still be somebody's only copy of another one
  if (existsSync(fileOf(config)) && (await keysFromFile(fileOf(config))).name !== from.name) throw fail("key-there");
  const identity = await generateHybridIdentity();
  const bare = await keysOf(identity);
  await rm(nextOf(config), { force: true });
  await putFile(nextOf(config), `${identity}\n`);
  await keepRecovery(config.home, bare, config.recovery);
  const old = await keepOld(config, from, bare, how);

  const [before, after] = [sealersOf(from, config.recovery), sealersOf(bare, config.recovery)];
  await storage.aside(async (trx) => {
    const ring = await ringOf(trx, from);
    const to = withKeyring(bare, sealKeyring(bare, ring));
    const counts = await resealAll(trx, before, after, tell);
    await lookOver(trx, before, after, tell);
    // their halves of keys derive from the house's key; nobody could open them any more
    if (config.redisUrl) await trx("sessions").delete();
    await trx("meta").where({ name: "key" }).update({ value: to.name });
    await trx("meta").where({ name: keyringRow }).delete();
    const mark: Mark = { from: from.name, counts, ...(old ? { old } : {}) };
    await trx("meta").insert([
      { name: keyringRow, value: sealKeyring(bare, ring) },
      { name: "rotating", value: JSON.stringify(mark) },
    ]);
    const audit = createAuditStore(storage, to.derive("audit log"), to.auditBefore);
    await audit.append(trx, { day: today, alias: operator, action: "rotate-key" });
  });
}

/** Columns of bytes that the plan says nothing of. */
export function unplanned(columns: { table: string; column: string }[]): string[] {
  const known = new Set(plan.flatMap((t) => Object.keys(t.columns).map((column) => `${t.name}.${column}`)));
  return columns.map((c) => `${c.table}.${c.column}`).filter((name) => !known.has(name));
}

async function ringOf(trx: Transaction, from: Keys): Promise<Keyring> {
  const last = ((await trx("audit").max({ n: "number" }).first()) as { n: number | null }).n ?? 0;
  return {
    carried: Object.fromEntries(carried.map((purpose) => [purpose, from.derive(purpose).toString("base64")])),
    audit: [...from.auditBefore, { until: last, key: from.derive("audit log") }].map(({ until, key }) => ({
      until,
      key: key.toString("base64"),
    })),
  };
}

/** Keeps the old key as it was wished, before anything depends on the next one. Answers where. */
async function keepOld(config: Config, from: Keys, to: Keys, how: Old): Promise<string | undefined> {
  if (how.keep === "nothing") return undefined;
  if (how.keep === "file") {
    const there = existsSync(how.path) && (await readFile(how.path, "utf8")) !== `${from.identity}\n`;
    if (there) throw fail("key-there");
    await putFile(how.path, `${from.identity}\n`);
    return how.path;
  }
  const folder = join(config.home, "old-keys");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  const path = join(folder, `${from.name}.age`);
  await putFile(path, await sealIdentity(from, [to.recipient, ...config.recovery]));
  return path;
}

/** Puts the next key in the place of the old one, whose bytes are written over. Again is fine. */
async function settleKey(config: Config, storage: Storage): Promise<Keys> {
  const bound = (await storage.read("meta").where({ name: "key" }).first())?.value as string;
  const [path, next, gone] = [fileOf(config), nextOf(config), goneOf(config)];
  if (existsSync(next) && (await keysFromFile(next)).name === bound) {
    if (existsSync(path)) {
      await rm(gone, { force: true });
      await link(path, gone);
    }
    await rename(next, path);
    await settle(config.home);
  }
  if (!existsSync(path)) throw fail("key-missing");
  const keys = await keysFromFile(path);
  if (keys.name !== bound) throw fail("key-wrong");
  if (existsSync(gone)) await shred(gone);
  await keepRecovery(config.home, keys, config.recovery, true);
  storage.bind(bound);
  return keys;
}

async function shred(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.writeFile(randomBytes((await stat(path)).size));
    await file.sync();
  } finally {
    await file.close();
  }
  await rm(path);
  await settle(join(path, ".."));
}
