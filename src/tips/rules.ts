/** When the next tip is due and which one it is: no clock, no network, no database. */
import { DateTime, IANAZone } from "luxon";
import type { Audience, Sector } from "./content.ts";

export const frequencies = ["daily", "weekdays", "weekly", "monthly"] as const;
export type Frequency = (typeof frequencies)[number];

/** What a subscriber chose. Weekly tips come on Mondays, monthly ones on the first. */
export interface TipSettings {
  frequency: Frequency;
  /** 0 to 23, by the clock of `zone`. */
  hour: number;
  /** IANA, such as Asia/Shanghai. */
  zone: string;
  audience: Audience;
  sector: Sector;
  /** Hours in which nothing comes: from the first until before the second, also over midnight. What falls there comes after. */
  quiet?: { from: number; to: number };
  /** A channel where many read. */
  place?: true;
  /** The first day on which tips come again, such as 2026-12-01. */
  pausedUntil?: string;
}

/** A tip that is later than this (milliseconds) is skipped. */
export const latest = 6 * 3_600_000;

/** The zone by its proper name; nothing where there is none of that name. */
export function readZone(typed: string): string | undefined {
  const name = typed.trim().replaceAll(" ", "_");
  if (!IANAZone.isValidZone(name)) return undefined;
  return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
}

/** Zones to offer, the likely one of this language first. */
export function offeredZones(locale: string): string[] {
  const { language, region } = new Intl.Locale(locale || "en").maximize();
  const byRegion: Record<string, string> = {
    CN: "Asia/Shanghai",
    HK: "Asia/Hong_Kong",
    TW: "Asia/Taipei",
    SG: "Asia/Singapore",
    JP: "Asia/Tokyo",
    IN: "Asia/Kolkata",
    GB: "Europe/London",
    DE: "Europe/Berlin",
    FR: "Europe/Paris",
    US: "America/New_York",
    CA: "America/Toronto",
    AU: "Australia/Sydney",
  };
  const guess = language === "zh" && region === "CN" ? "Asia/Shanghai" : (byRegion[region ?? ""] ?? "UTC");
  const all = [
    "Asia/Shanghai",
    "Asia/Tokyo",
    "Asia/Kolkata",
    "Europe/London",
    "Europe/Berlin",
    "America/New_York",
    "America/Los_Angeles",
    "UTC",
  ];
  return [guess, ...all.filter((zone) => zone !== guess)];
}

/**
 * When the next tip is due (milliseconds since 1970), always later than `after`. An hour that daylight saving leaves out
 * is the one after it; one that comes twice counts the first time.
 */
export function nextDue(settings: TipSettings, after: number): number {
  const { zone, frequency } = settings;
  const hour = inQuiet(settings) ? settings.quiet!.to : settings.hour;
  let day = DateTime.fromMillis(after, { zone }).startOf("day");
  if (settings.pausedUntil) {
    const first = DateTime.fromISO(settings.pausedUntil, { zone });
    if (first > day) day = first;
  }
  for (;;) {
    const at = moment(day, hour);
    const fits =
      frequency === "daily" ||
      (frequency === "weekdays" && day.weekday <= 5) ||
      (frequency === "weekly" && day.weekday === 1) ||
      (frequency === "monthly" && day.day === 1);
    if (fits && at > after) return at;
    day = day.plus({ days: 1 }).startOf("day");
  }
}

/** That hour of a day, the first of two; where there is none, the one after the gap. */
function moment(day: DateTime, hour: number): number {
  const at = day.set({ hour });
  if (at.hour !== hour || at.day !== day.day) return day.plus({ hours: hour }).toMillis();
  return Math.min(...at.getPossibleOffsets().map((possible) => possible.toMillis()));
}

/** A moment (milliseconds since 1970) as a clock of that zone shows it: 2026-12-01 09:00. */
export const clockOf = (at: number, zone: string): string =>
  DateTime.fromMillis(at, { zone }).toFormat("yyyy-MM-dd HH:mm");

function inQuiet({ hour, quiet }: TipSettings): boolean {
  if (!quiet || quiet.from === quiet.to) return false;
  return quiet.from < quiet.to ? hour >= quiet.from && hour < quiet.to : hour >= quiet.from || hour < quiet.to;
}

/** One step less often. */
export function fewer(frequency: Frequency): Frequency {
  return frequency === "daily" || frequency === "weekdays" ? "weekly" : "monthly";
}

interface Choosable {
  id: string;
  audiences: readonly string[];
  sectors: readonly string[];
}

/** The tips for this audience and sector; who named no sector gets those of all. */
export function fitting<T extends Choosable>(
  tips: readonly T[],
  { audience, sector }: Pick<TipSettings, "audience" | "sector">,
): T[] {
  return tips.filter(
    (tip) =>
      tip.audiences.includes(audience) &&
      (sector === "any" || tip.sectors.includes("any") || tip.sectors.includes(sector)),
  );
}

/**
 * The next tip, and what has come by then: none comes twice until all that fit have come.
 * @param random from 0 to below 1
 */
export function choose<T extends Choosable>(
  tips: readonly T[],
  settings: TipSettings,
  seen: readonly string[],
  random: number,
) {
  const fit = fitting(tips, settings);
  let fresh = fit.filter((tip) => !seen.includes(tip.id));
  let before = seen;
  if (fresh.length === 0) {
    before = seen.filter((id) => !fit.some((tip) => tip.id === id));
    fresh = fit.length > 1 ? fit.filter((tip) => tip.id !== seen.at(-1)) : fit;
  }
  const tip = fresh[Math.floor(random * fresh.length)];
  return tip && { tip, seen: [...before, tip.id] };
}
