/** The audit log: every look and every act of a reviewer, each entry holding the hash of the one before it. */
import { createHmac } from "node:crypto";
import type { Storage, Transaction } from "../storage/storage.ts";

export interface Entry {
  number: number;
  day: number;
  alias: string;
  action: string;
  code: string | null;
  before: string;
  hash: string;
}

export interface AuditStore {
  /** Appends within the transaction of the act itself. */
  append(trx: Transaction, entry: { day: number; alias: string; action: string; code?: string }): Promise<void>;
  /** Entries about a case, oldest first. */
  of(code: string): Promise<Entry[]>;
  /** Entries before this number (all, if absent), the newest first. */
  before(number: number | undefined, count: number): Promise<Entry[]>;
  /**
   * The number of the first entry that was changed, left out or put in, or nothing when the chain holds. `head` is the
   * last good hash: noted elsewhere, it shows whether the end was cut off since.
   * @param noted the beginning of a hash that was noted: `holds` is the number of its entry, if it still has one
   */
  verify(noted?: string): Promise<{ entries: number; broken?: number; head: string; holds?: number }>;
}

const start = "0".repeat(64);

/** HMAC-SHA256 over the entry's words and the hash of the one before: who has only the database cannot make a new chain. */
function link(key: Uint8Array, entry: Omit<Entry, "hash">): string {
  return createHmac("sha256", key)
    .update(JSON.stringify([entry.number, entry.day, entry.alias, entry.action, entry.code, entry.before]))
    .digest("hex");
}

/** @param key 32 bytes, derived for this purpose; @param earlier those before it, each through the entry of that number */
export function createAuditStore(
  storage: Storage,
  key: Uint8Array,
  earlier: { until: number; key: Uint8Array }[] = [],
): AuditStore {
  const keyOf = (number: number) => earlier.find((e) => number <= e.until)?.key ?? key;
  return {
    async append(trx, { day, alias, action, code }) {
      await storage.oneByOne(trx, "audit");
      const last = (await trx<Entry>("audit").orderBy("number", "desc").first()) as Entry | undefined;
      const entry = {
        number: (last?.number ?? 0) + 1,
        day,
        alias,
        action,
        code: code ?? null,
        before: last?.hash ?? start,
      };
      await trx("audit").insert({ ...entry, hash: link(keyOf(entry.number), entry) });
    },
    async of(code) {
      return (await storage.read<Entry>("audit").where({ code }).orderBy("number")) as Entry[];
    },
    async before(number, count) {
      const found = storage.read<Entry>("audit").orderBy("number", "desc").limit(count);
      return (await (number === undefined ? found : found.where("number", "<", number))) as Entry[];
    },
    async verify(noted) {
      let holds: { holds?: number } = {};
      if (await storage.read("audit").where("number", "<", 1).first()) return { entries: 0, broken: 1, head: start };
      let before = start;
      let number = 0;
      for (;;) {
        const page = (await storage
          .read<Entry>("audit")
          .where("number", ">", number)
          .orderBy("number")
          .limit(1000)) as Entry[];
        for (const entry of page) {
          if (entry.number !== number + 1 || entry.before !== before || link(keyOf(entry.number), entry) !== entry.hash)
            return { entries: number, broken: number + 1, head: before, ...holds };
          if (noted && entry.hash.startsWith(noted)) holds = { holds: entry.number };
          before = entry.hash;
          number = entry.number;
        }
        if (page.length === 0) return { entries: number, head: before, ...holds };
      }
    },
  };
}
