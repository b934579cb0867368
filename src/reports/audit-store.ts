/** The audit log: every look and every act of a reviewer, each entry holding the hash of the one before it. */
import { createHash } from "node:crypto";
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
  /** The number of the first entry that was changed, left out or put in, or nothing when the chain holds. */
  verify(): Promise<{ entries: number; broken?: number }>;
}

const start = "0".repeat(64);

/** SHA-256 over the entry's words and the hash of the one before. */
function link(entry: Omit<Entry, "hash">): string {
  return createHash("sha256")
    .update(JSON.stringify([entry.number, entry.day, entry.alias, entry.action, entry.code, entry.before]))
    .digest("hex");
}

export function createAuditStore(storage: Storage): AuditStore {
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
      await trx("audit").insert({ ...entry, hash: link(entry) });
    },
    async verify() {
      if (await storage.read("audit").where("number", "<", 1).first()) return { entries: 0, broken: 1 };
      let before = start;
      let number = 0;
      for (;;) {
        const page = (await storage
          .read<Entry>("audit")
          .where("number", ">", number)
          .orderBy("number")
          .limit(1000)) as Entry[];
        for (const entry of page) {
          if (entry.number !== number + 1 || entry.before !== before || link(entry) !== entry.hash)
            return { entries: number, broken: number + 1 };
          before = entry.hash;
          number = entry.number;
        }
        if (page.length === 0) return { entries: number };
      }
    },
  };
}
