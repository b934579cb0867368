/** When a learner who asked for it is reminded: at the hour of their own clock, three times, then never. No clock, no database. */
import { DateTime } from "luxon";

/** An hour of the day (0–23) by the clock of a time zone (IANA), not of an offset: summer time moves with it. */
export interface Nudge {
  hour: number;
  zone: string;
}

/** After how many days without a set a nudge comes. */
const after = [1, 3, 7];

/**
 * The next nudges, in seconds since 1970, with the days after which each comes.
 * An hour that summer time leaves out is the one after it; one that comes twice counts the first time.
 * @param now milliseconds since 1970
 */
export function nudgesOf({ hour, zone }: Nudge, now: number): { days: number; due: number }[] {
  const today = DateTime.fromMillis(now, { zone }).startOf("day");
  return after.map((days) => ({ days, due: today.plus({ days }).set({ hour }).toSeconds() }));
}
