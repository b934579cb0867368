/**
 * Is the house in a flood? Counted as a whole and by the house's clock: how many reports and sightings came in which minute of
 * this hour, in the memory of the process or in Redis, gone with the hour and never on a disk.
 */
import type { Memory } from "./storage/memory.ts";

export interface Tide {
  /** One more has come in. */
  rises(): Promise<void>;
  /** Is it a flood now? */
  flood(): Promise<boolean>;
  /** How many came in the last sixty minutes. */
  hour(): Promise<number>;
}

/** Minutes in which so many make a flood, and minutes that are remembered. */
const span = { flood: 10, hour: 60 };

/**
 * @param memory shared by processes; while it cannot be reached each counts by itself
 * @param now milliseconds since 1970
 * @param most so many within ten minutes are a flood; 0 for never
 */
export function createTide(memory: Pick<Memory, "get" | "count"> | undefined, now: () => number, most: number): Tide {
  const own = new Map<number, number>();
  const minute = () => Math.floor(now() / 60_000);
  const last = (minutes: number) => Array.from({ length: minutes }, (_, ago) => minute() - ago);
  const sum = (counts: number[]) => counts.reduce((all, n) => all + n, 0);

  async function within(minutes: number): Promise<number> {
    const mine = sum(last(minutes).map((at) => own.get(at) ?? 0));
    if (!memory) return mine;
    const shared = await memory.get(last(minutes).map((at) => `tide ${at}`)).catch(() => []);
    return Math.max(mine, sum(shared.map((value) => Number(value?.toString("latin1") ?? 0))));
  }

  return {
    async rises() {
      if (most === 0) return;
      const at = minute();
      for (const old of own.keys()) if (old <= at - span.hour) own.delete(old);
      own.set(at, (own.get(at) ?? 0) + 1);
      // what cannot be counted for all is counted here
      await memory?.count(`tide ${at}`, (at + span.hour) * 60_000).catch(() => undefined);
    },
    flood: async () => most > 0 && (await within(span.flood)) >= most,
    hour: () => within(span.hour),
  };
}
