/**
 * Keys that forget, for many machines: half of each day's key lies in the memory that they share and goes by itself when
 * its day is over, the other half derives from the organisation's key. Either half alone opens nothing.
 */
import { createHmac, randomBytes } from "node:crypto";
import type { Memory } from "../storage/memory.ts";
import { type DayKeys, draftDays } from "./daykeys.ts";

/** When the drafts of a day are over (milliseconds since 1970). */
export const endOf = (day: number): number => (day + draftDays + 1) * 86_400_000;

/** @param lasting the half that the organisation's key gives */
export function createSharedDayKeys(memory: Memory, lasting: Buffer): DayKeys {
  const halves = new Map<number, Buffer>();
  const keys = new Map<number, Buffer>();
  /** Days that were looked up since the line was last lost. */
  const sure = new Set<number>();
  // a memory that was lost gets our half back, unless somebody who did not know it was faster: then theirs counts
  memory.onReturn(() => sure.clear());

  function keep(day: number, half: Buffer): void {
    if (halves.get(day)?.equals(half)) return;
    forget(day);
    halves.set(day, half);
    keys.set(day, createHmac("sha256", lasting).update(half).digest());
  }
  function forget(day: number): void {
    halves.get(day)?.fill(0);
    keys.get(day)?.fill(0);
    halves.delete(day);
    keys.delete(day);
    sure.delete(day);
  }

  async function look(day: number, today: number): Promise<void> {
    const name = `day ${day}`;
    const mine = halves.get(day) ?? (day >= today ? randomBytes(32) : undefined);
    const half = mine ? await memory.settle(name, mine, endOf(day)) : (await memory.get([name]))[0];
    if (half) keep(day, Buffer.from(half));
    sure.add(day);
  }

  const alive = (today: number): number[] => Array.from({ length: draftDays + 1 }, (_, i) => today - i);
  return {
    async ready(today) {
      const unsure = alive(today).filter((day) => !sure.has(day));
      if (unsure.length > 0) await Promise.all(unsure.map((day) => look(day, today)));
    },
    at: (day) => keys.get(day),
    alive,
    sweep(today) {
      for (const day of [...halves.keys()]) if (day < today - draftDays) forget(day);
      for (const day of [...sure]) if (day < today - draftDays) sure.delete(day);
    },
    survivesCrash: true,
  };
}
