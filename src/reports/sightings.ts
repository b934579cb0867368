/**
 * Sightings: somebody saw that their data had leaked, and says so in a minute. They are counted by organisation, kind of data
 * and week, and what stands out is a surge. Pure.
 */

/** What happened. */
export const hows = ["call", "message", "email", "post", "offered", "posing", "money", "other"] as const;
export type How = (typeof hows)[number];

/** When, as far as anybody remembers, and how many weeks back that is counted: what is older is beyond every comparison. */
const back = { "this-week": 0, "last-week": 1, "this-month": 2, earlier: 13 } as const;
export type When = keyof typeof back;
export const whens = Object.keys(back) as When[];

/** What somebody tells. `detail` is looked through for canary records and never kept. */
export interface Sighting {
  organisation: string;
  /** A code of `data-type`. */
  data: string;
  how: How;
  when: When;
  detail: string;
}

/** Weeks that a week is compared with, and weeks that counts are kept for. */
export const before = 8;
export const keptWeeks = 26;
/** Fewer than this are not told as a number. */
export const few = 3;
/** A surge: at least so many in a week, and so many times the mean of the weeks before. */
const surge = { least: 5, times: 3 };

/** The week of a day since 1970, Monday to Sunday; the first one is 0. */
export const weekOf = (day: number): number => Math.floor((day + 3) / 7);
/** The Monday of a week, in days since 1970. */
export const mondayOf = (week: number): number => week * 7 - 3;

/** The week that a sighting is counted in. */
export const weekTold = (when: When, today: number): number => weekOf(today) - back[when];

/**
 * Does a week stand out: at least 5 sightings, and at least 3 times the mean of the 8 weeks before?
 * @param earlier counts of the weeks before; weeks without any may be left out
 */
export function surges(count: number, earlier: number[]): boolean {
  const mean = earlier.slice(0, before).reduce((sum, n) => sum + n, 0) / before;
  return count >= surge.least && count >= surge.times * mean;
}
