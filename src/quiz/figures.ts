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
  missed: { item: string; wrong: number }[];
}
export interface Figures {
  teams: Team[];
  /** Groups of which nothing is said. */
  hidden: number;
  /** Percent remembered after about so many days, and of how many answers. */
  recall: { days: 7 | 30 | 90; right: number; of: number }[];
  /** Items that nearly everybody knows at the first try. */
  known: { item: string; right: number; of: number }[];
  /** Items that are often wrong after a right answer. */
  mislead: { item: string; wrong: number; of: number }[];
}

const percent = (part: number, whole: number): number => Math.round((100 * part) / whole);

/** Counts of one scope by item and kind. */
function table(counts: Count[]): Map<string, Record<string, number>> {
  const items = new Map<string, Record<string, number>>();
  for (const { item, what, n } of counts) items.set(item, { ...items.get(item), [what]: n });
  return items;
}

export async function figuresOf(quiz: Quiz, locale: string): Promise<Figures> {
  const [courses, teams, counts] = await Promise.all([quiz.store.courses(), quiz.store.teams(), quiz.store.counts()]);
  const shown = teams.filter((team) => team.members >= fewest);
  const everybody = table(counts.filter((c) => c.scope === ""));
  const all = [...everybody].map(([item, n]) => ({ item, n }));
  const sum = (what: string) => all.reduce((total, { n }) => total + (n[what] ?? 0), 0);
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
          .map(([item, n]) => ({ item, wrong: percent(n.first! - (n["first-right"] ?? 0), n.first!) }))
          .sort((a, b) => b.wrong - a.wrong)
          .slice(0, 3),
      };
    }),
    hidden: teams.length - shown.length,
    recall: ([7, 30, 90] as const).flatMap((days) => {
      const of = sum(`r${days}`);
      return of >= fewest ? [{ days, right: percent(sum(`r${days}-right`), of), of }] : [];
    }),
    known: all
      .filter(({ n }) => (n.first ?? 0) >= 20 && (n["first-right"] ?? 0) >= 0.97 * n.first!)
      .map(({ item, n }) => ({ item, right: percent(n["first-right"]!, n.first!), of: n.first! })),
    mislead: all
      .filter(({ n }) => (n.again ?? 0) >= fewest && (n["again-wrong"] ?? 0) >= 0.3 * n.again!)
      .map(({ item, n }) => ({ item, wrong: percent(n["again-wrong"]!, n.again!), of: n.again! }))
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

/** Completion by team as a PNG. */
export async function pictureOf(figures: Figures): Promise<Uint8Array> {
  const [vega, { Resvg }] = await Promise.all([import("vega"), import("@resvg/resvg-js")]);
  const values = figures.teams.map((t) => ({ team: `${t.title} · ${t.team}`, done: t.done }));
  const spec = {
    width: 520,
    height: Math.max(40, values.length * 34),
    padding: 12,
    background: "white",
    data: [{ name: "teams", values }],
    scales: [
      { name: "y", type: "band", domain: { data: "teams", field: "team" }, range: "height", padding: 0.3 },
      { name: "x", type: "linear", domain: [0, 100], range: "width" },
    ],
    axes: [
      { orient: "left", scale: "y", ticks: false, domain: false, labelLimit: 240, labelFontSize: 13 },
      { orient: "bottom", scale: "x", tickCount: 5, format: "d", title: "%" },
    ],
    marks: [
      {
        type: "rect",
        from: { data: "teams" },
        encode: {
          enter: {
            y: { scale: "y", field: "team" },
            height: { scale: "y", band: 1 },
            x: { scale: "x", value: 0 },
            x2: { scale: "x", field: "done" },
            fill: { value: "#2f6f7e" },
          },
        },
      },
      {
        type: "text",
        from: { data: "teams" },
        encode: {
          enter: {
            y: { scale: "y", field: "team", band: 0.5 },
            x: { scale: "x", field: "done", offset: 6 },
            text: { signal: "datum.done + ' %'" },
            baseline: { value: "middle" },
            fontSize: { value: 13 },
          },
        },
      },
    ],
  };
  const view = new vega.View(vega.parse(spec as never), { renderer: "none" });
  const svg = await view.toSVG();
  view.finalize();
  return new Resvg(svg, { fitTo: { mode: "zoom", value: 2 }, font: { loadSystemFonts: true } }).render().asPng();
}
