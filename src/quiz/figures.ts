/** What groups have learned, for those who manage: never a person, nothing of a group under five. */
import type { Quiz } from "./quiz.ts";
import { titleOf } from "./quiz.ts";
import type { Count } from "./store.ts";

/** Fewest people of whom anything is said, and fewest answers. */
export const fewest = 5;

export interface Team {
  course: string;
  title: string;
  team: string;
  members: number;
  /** Percent. */
  done: number;
  /** Percent of first tries that were right; nothing below five tries. */
  firstRight?: number;
  /** Items most often wrong at the first try: percent wrong. */
  missed: { item: string; goal: string; wrong: number }[];
}
/** How often staff spoke up, as a count and for every 100 of them; nothing of fewer than five. */
export interface Spoken {
  count: number;
  per100: number;
}
export interface Figures {
  teams: Team[];
  /** Groups of which nothing is said. */
  hidden: number;
  /** Percent remembered after about so many days, and of how many answers. */
  recall: { days: 7 | 30 | 90; right: number; of: number }[];
  /** Items that nearly everybody knows at the first try. */
  known: { item: string; goal: string; right: number; of: number }[];
  /** Items that are often wrong after a right answer. */
  mislead: { item: string; goal: string; wrong: number; of: number }[];
}

/** @param staff how many people could have spoken up, as the organisation says */
export function spoken(count: number, staff: number): Spoken | undefined {
  return count < fewest || staff < 1 ? undefined : { count, per100: Math.round((1000 * count) / staff) / 10 };
}

const percent = (part: number, whole: number): number => Math.round((100 * part) / whole);

/** Counts of one scope by item and kind. */
function table(counts: Count[]): Map<string, Record<string, number>> {
  const items = new Map<string, Record<string, number>>();
  for (const { item, what, n } of counts) items.set(item, { ...items.get(item), [what]: n });
  return items;
}

export async function figuresOf(quiz: Quiz, locale: string): Promise<Figures> {
  const [courses, teams, counts, all] = await Promise.all([
    quiz.store.courses(),
    quiz.store.teams(),
    quiz.store.counts(),
    quiz.items(),
  ]);
  // an item that is gone is known by its id alone
  const named = (item: string) => ({ item, goal: all.get(item)?.goal[locale === "zh-CN" ? "zh-CN" : "en"] ?? item });
  const shown = teams.filter((team) => team.members >= fewest);
  const everybody = table(counts.filter((c) => c.scope === ""));
  const met = [...everybody].map(([item, n]) => ({ item, n }));
  const sum = (what: string) => met.reduce((total, { n }) => total + (n[what] ?? 0), 0);
  return {
    teams: shown.map(({ course, team, members, done }) => {
      const items = [...table(counts.filter((c) => c.scope === `${course} ${team}`))];
      const first = items.reduce((total, [, n]) => total + (n.first ?? 0), 0);
      const right = items.reduce((total, [, n]) => total + (n["first-right"] ?? 0), 0);
      const found = courses.find((c) => c.id === course);
      return {
        course,
        title: found ? titleOf(found, locale) : course,
        team,
        members,
        done: percent(done, members),
        ...(first >= fewest ? { firstRight: percent(right, first) } : {}),
        missed: items
          .filter(([, n]) => (n.first ?? 0) >= fewest && (n["first-right"] ?? 0) < (n.first ?? 0))
          .map(([item, n]) => ({ ...named(item), wrong: percent(n.first! - (n["first-right"] ?? 0), n.first!) }))
          .sort((a, b) => b.wrong - a.wrong)
          .slice(0, 3),
      };
    }),
    hidden: teams.length - shown.length,
    recall: ([7, 30, 90] as const).flatMap((days) => {
      const of = sum(`r${days}`);
      return of >= fewest ? [{ days, right: percent(sum(`r${days}-right`), of), of }] : [];
    }),
    known: met
      .filter(({ n }) => (n.first ?? 0) >= 20 && (n["first-right"] ?? 0) >= 0.97 * n.first!)
      .map(({ item, n }) => ({ ...named(item), right: percent(n["first-right"]!, n.first!), of: n.first! })),
    mislead: met
      .filter(({ n }) => (n.again ?? 0) >= fewest && (n["again-wrong"] ?? 0) >= 0.3 * n.again!)
      .map(({ item, n }) => ({ ...named(item), wrong: percent(n["again-wrong"]!, n.again!), of: n.again! }))
      .sort((a, b) => b.wrong - a.wrong),
  };
}

/** RFC 4180; a cell that a spreadsheet would take for a formula is disarmed. */
export function csvOf(figures: Figures): string {
  const cell = (value: string | number | undefined) => {
    const text = String(value ?? "").replace(/^[=+\-@\t]/, "'$&");
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const rows = figures.teams.map((t) => [
    t.course,
    t.team,
    t.members,
    t.done,
    t.firstRight,
    t.missed.map((m) => `${m.item} ${m.wrong}%`).join("; "),
  ]);
  return [["course", "team", "people", "completed %", "right at first try %", "most missed"], ...rows]
    .map((row) => `${row.map(cell).join(",")}\r\n`)
    .join("");
}
