/** Teams and their calendars, jurisdictions and their clocks, read once at start from `data/`. */
import { DateTime, IANAZone } from "luxon";
import { z } from "zod";
import { readAs, stop } from "../content.ts";

const source = z.string().min(1);
const count = z.int().positive();
const jurisdictions = z.record(
  z.string(),
  z.strictObject({
    personal: z.strictObject({ "working-days": count, source }),
    ack: z.strictObject({ days: count, source }),
    feedback: z.strictObject({ months: count, source }),
    keep: z.object({ default: count, source }).catchall(count),
  }),
);
const date = z.iso.date({ error: "is not a day such as 2026-10-01" });
const teams = z.record(
  z.string().regex(/^[a-z0-9-]+$/),
  z.strictObject({
    jurisdiction: z.string(),
    zone: z
      .string()
      .refine((zone) => IANAZone.isValidZone(zone), { error: "is not a time zone such as Asia/Shanghai" }),
    weekend: z.array(z.int().min(1).max(7)),
    holidays: z.array(date),
    worked: z.array(date).optional(),
    languages: z.array(z.string()).optional(),
    sectors: z.array(z.string()).optional(),
    regions: z.array(z.string()).optional(),
    members: z.array(z.string()).optional(),
  }),
);

export type Team = z.infer<typeof teams>[string];
export type Jurisdiction = z.infer<typeof jurisdictions>[string];

export interface Teams {
  names: readonly string[];
  /** A team by its name; the default one for a name that is gone. */
  team(name: string): Team;
  law(name: string): Jurisdiction;
  /** The team that a new report belongs to. */
  route(report: { locale: string; sector?: string; region?: string }): string;
}

/** @throws ContentError with every fault */
export function loadTeams(teamsPath: string, jurisdictionsPath: string): Teams {
  const laws = readAs(jurisdictionsPath, jurisdictions).value;
  const all = readAs(teamsPath, teams).value;
  if (!all.default) stop(teamsPath, [{ line: 1, problem: "there is no team named default", cure: "add it" }]);
  const cure = `write one of: ${Object.keys(laws).join(", ")}`;
  const lost = Object.entries(all).filter(([, team]) => !laws[team.jurisdiction]);
  stop(
    teamsPath,
    lost.map(([name]) => ({ line: 1, problem: `${name}.jurisdiction is one that is not there`, cure })),
  );
  const team = (name: string): Team => all[name] ?? all.default!;
  return {
    names: Object.keys(all),
    team,
    law: (name) => laws[team(name).jurisdiction]!,
    route: (report) => {
      const fits = (list: string[] | undefined, value: string | undefined) =>
        !list || (value !== undefined && list.some((v) => v.toLowerCase() === value.toLowerCase()));
      const language = report.locale.split("-")[0];
      const found = Object.entries(all).find(
        ([name, t]) =>
          name !== "default" &&
          (fits(t.languages, report.locale) || fits(t.languages, language)) &&
          fits(t.sectors, report.sector) &&
          (!t.regions ||
            t.regions.some((region) => (report.region ?? "").toLowerCase().includes(region.toLowerCase()))),
      );
      return found?.[0] ?? "default";
    },
  };
}

const dayOf = (at: DateTime): number => Math.floor(at.toMillis() / 86_400_000);
/** A day since 1970 as a date without a clock. */
const dateOf = (day: number): DateTime => DateTime.fromMillis(day * 86_400_000, { zone: "utc" });

/** The day it is for a team. @param now milliseconds since 1970 */
export function dayIn(team: Team, now: number): number {
  const there = DateTime.fromMillis(now, { zone: team.zone });
  return dayOf(DateTime.utc(there.year, there.month, there.day));
}

/** Does the team work on this day? */
export function works(team: Team, day: number): boolean {
  const date = dateOf(day);
  const iso = date.toISODate()!;
  if (team.worked?.includes(iso)) return true;
  return !team.weekend.includes(date.weekday) && !team.holidays.includes(iso);
}

/** The working day that comes so many working days after a day. A team that never works has plain days. */
export function afterWorkingDays(team: Team, day: number, count: number): number {
  let at = day;
  for (let left = count, tries = 0; left > 0 && tries < 3660; tries++) {
    at += 1;
    if (works(team, at)) left -= 1;
  }
  return at;
}

/** By when a report of this day needs a personal answer, an acknowledgement, and feedback. */
export function deadlines(
  team: Team,
  law: Jurisdiction,
  day: number,
): { personal: number; ack: number; feedback: number } {
  const ack = day + law.ack.days;
  return {
    personal: afterWorkingDays(team, day, law.personal["working-days"]),
    ack,
    feedback: dayOf(dateOf(ack).plus({ months: law.feedback.months })),
  };
}

/** The last day on which a case is kept that was closed with this outcome. */
export function keptUntil(law: Jurisdiction, outcome: string, closed: number): number {
  return closed + (law.keep[outcome] ?? law.keep.default);
}
