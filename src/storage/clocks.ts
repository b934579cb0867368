/**
 * Clocks that many processes share: what is due is done by one of them, whoever is alive. A clock is held by a lease that
 * its holder renews; one that dies leaves the work to the next that looks.
 */
import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Storage } from "./storage.ts";

export interface Clocks {
  /**
   * Does `work` if it was not done for so many milliseconds (0: however lately it was) and nobody is at it. Answers whether it
   * was done.
   * @param patience for so many milliseconds it is tried again until it is done
   */
  run(name: string, every: number, work: () => Promise<unknown>, patience?: number): Promise<boolean>;
}

/** How long a lease holds, how soon work that failed is tried again, and how often who has patience looks (milliseconds). */
const times = { lease: 60_000, again: 60_000, look: 100 };

interface Row {
  name: string;
  next: number;
  lease: number;
}

/** @param now milliseconds since 1970 */
export function createClocks(storage: Storage, now: () => number): Clocks {
  const known = new Set<string>();
  const at = () => Math.floor(now());
  const lease = () => at() + times.lease + randomInt(1000); // no two alike: it is also the holder's name

  async function once(name: string, every: number, work: () => Promise<unknown>): Promise<boolean> {
    if (!known.has(name)) {
      const row = { name, next: 0, lease: 0 };
      await storage.alone((w) => w<Row>("clocks").insert(row).onConflict("name").ignore());
      known.add(name);
    }
    const start = at();
    const row = (await storage.read<Row>("clocks").where({ name }).first()) as Row | undefined;
    if (!row || !due(row, start, every)) return false;
    let held = lease();
    const seen = { name, next: row.next, lease: row.lease };
    const taken = await storage.alone((w) => w<Row>("clocks").where(seen).update({ lease: held }));
    if (taken !== 1) return false; // another was faster
    const renew = setInterval(async () => {
      const next = lease();
      // one that fails is tried again before the lease is over
      const kept = await storage
        .alone((w) => w<Row>("clocks").where({ name, lease: held }).update({ lease: next }))
        .catch(() => 0);
      if (kept === 1) held = next;
    }, times.lease / 3);
    renew.unref();
    let next = start + every;
    try {
      await work();
      return true;
    } catch (error) {
      next = start + Math.min(every, times.again);
      throw error;
    } finally {
      clearInterval(renew);
      await storage.alone((w) => w<Row>("clocks").where({ name, lease: held }).update({ next, lease: 0 }));
    }
  }

  return {
    async run(name, every, work, patience = 0) {
      for (const end = performance.now() + patience; ; await sleep(times.look)) {
        if (await once(name, every, work)) return true;
        if (performance.now() >= end) return false;
      }
    },
  };
}

/** Times further ahead than any clock of ours would set were set by one that was wrong. */
function due({ next, lease }: Row, at: number, every: number): boolean {
  return (next <= at || next > at + every) && (lease <= at || lease > at + 2 * times.lease);
}
