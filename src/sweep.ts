/** What the house forgets, once an hour and when it stops: dead keys, drafts, uploads that are nobody's, and who came when. */
import { draftDays } from "./crypto/daykeys.ts";
import type { Blobs } from "./storage/blobs.ts";

export interface Sweeper {
  /** Something was filed, or is not gone that was destroyed: both have to be taken out of the database's files, the order of arrival too. */
  filed(): void;
  /** @param last the house closes: nobody may come by to do in an hour what is left */
  sweep(last?: boolean): Promise<void>;
}

export function createSweeper(parts: {
  /** What forgets by itself, told which day it is (days since 1970). */
  memories: readonly { sweep(today: number): unknown }[];
  platforms(): Iterable<{ sweep?(): void }>;
  blobs: Pick<Blobs, "sweep" | "list" | "remove">;
  /** Ids of the files that reports have. */
  kept(): Promise<Set<string>>;
  /** Takes the order of arrival out; false where of many processes another one does that, and has not yet. */
  shuffle(last: boolean): Promise<unknown>;
  /** Is there any to take out from the start? */
  filed: boolean;
  now(): number;
}): Sweeper {
  const { memories, platforms, blobs, kept, shuffle, now } = parts;
  let { filed } = parts;
  let orphans = new Set<string>();
  return {
    filed() {
      filed = true;
    },
    async sweep(last = false) {
      const today = Math.floor(now() / 86_400_000);
      for (const memory of memories) await memory.sweep(today);
      for (const platform of platforms()) platform.sweep?.();
      await blobs.sweep(today - draftDays);
      const known = await kept();
      const lost = (await blobs.list()).filter((id) => !known.has(id));
      // a file is kept a moment before its report is stored: only what was nobody's twice is
      for (const id of lost.filter((id) => orphans.has(id))) await blobs.remove(id);
      orphans = new Set(lost);
      if (!filed) return;
      filed = false; // before, so that what is filed meanwhile is not forgotten
      try {
        filed = (await shuffle(last)) === false || filed;
      } catch (error) {
        filed = true;
        throw error;
      }
    },
  };
}
