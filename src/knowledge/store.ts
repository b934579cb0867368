/** What is kept of questions: counts by entry and by topic, never a question. */
import { countOne } from "../storage/counts.ts";
import type { Storage, Transaction } from "../storage/storage.ts";

/** What is counted: an answer that helped or did not (by entry), a question without an answer (by nearest topic). */
export type Tally = { what: "helped" | "missed"; entry: string } | { what: "unknown"; topic: string };

export interface TallyStore {
  add(tally: Tally): (trx: Transaction) => Promise<void>;
  /** All counts, largest first: `helped some-entry`, `unknown some-topic`. */
  list(): Promise<{ name: string; n: number }[]>;
}

export function createTallyStore(storage: Storage): TallyStore {
  return {
    add: (tally) => (trx) =>
      countOne(trx, "tallies", { name: `${tally.what} ${"entry" in tally ? tally.entry : tally.topic}` }),
    list: () => storage.read("tallies").select("name", "n").orderBy("n", "desc"),
  };
}
