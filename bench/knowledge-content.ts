/** What our own content costs to learn, and how well phrasings that were held out find their entry. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type Content, LANGUAGES } from "../src/knowledge/content.ts";
import { type Example, engineOf, train } from "../src/knowledge/engine.ts";
import { judge, LIMITS, noticed } from "../src/knowledge/gate.ts";
import { type Answer, createKnowledge, examplesOf, type Knowledge } from "../src/knowledge/knowledge.ts";
import { meaningsOf } from "../src/knowledge/text.ts";
import type { Row } from "./table.ts";

/** Training time and memory for our own content, and phrasings held out: every fifth, learnt from the others. */
export async function contentRows(content: Content): Promise<Row[]> {
  const goal = (is: "under", value: number) => ({ is, value, of: "figure" as const });
  const entries = content.entries.length;
  const rows: Row[] = LANGUAGES.map((language) => {
    const lesson = { examples: examplesOf(content, language), alike: meaningsOf(content.alike[language]) };
    const from = performance.now();
    const used = process.cpuUsage();
    train(lesson.examples, lesson.alike);
    const { user, system } = process.cpuUsage(used);
    const figure = performance.now() - from;
    return {
      what: `our ${entries} entries in ${language}: training`,
      unit: "ms",
      figure,
      goal: goal("under", 1000),
      details: { processor: (user + system) / 1000 },
    };
  });
  const folder = mkdtempSync(join(tmpdir(), "quietline-bench-"));
  const known = async () => {
    const from = performance.now();
    const knowledge = await createKnowledge(content, folder);
    return { took: performance.now() - from, knowledge };
  };
  const first = await known();
  const before = memory();
  const again = await known();
  again.knowledge.ask("who sold my number", "en");
  rows.push(
    { what: "… both in threads, started, learnt and kept", unit: "ms", figure: first.took },
    { what: "… read again from what was kept", unit: "ms", figure: again.took, goal: goal("under", 1000) },
    { what: "our entries: memory added", unit: "MB", figure: memory() - before, goal: goal("under", 60) },
  );
  rmSync(folder, { recursive: true });
  rows.push(...(Object.keys(UNLEARNT) as Unlearnt[]).flatMap((name) => unlearnt(again.knowledge, name)));
  for (const language of LANGUAGES) {
    const { first, three, danger, report, falseDanger, falseReport } = heldOut(content, language);
    rows.push(
      { what: `our phrasings in ${language}, held out: right at 1`, unit: "%", figure: first },
      { what: `our phrasings in ${language}, held out: right within 3`, unit: "%", figure: three },
      { what: `danger in ${language}, held out: noticed`, unit: "%", figure: danger },
      { what: `danger in ${language}, held out: seen where there is none`, unit: "%", figure: falseDanger },
      { what: `a report typed as a question in ${language}, held out: report offered`, unit: "%", figure: report },
      { what: `something else in ${language}, held out: taken for a report`, unit: "%", figure: falseReport },
    );
  }
  return rows;
}

type Lists = Record<string, Record<"harmless" | "danger", string[]> & { report?: string[] }>;

/**
 * Questions that nothing was learnt from, by file, and how rows name them. The unusual and the blind ones are danger in
 * words that few use, and harmless questions with words of danger; each was written before the phrasings that came next.
 */
const UNLEARNT = { asides: "unlearnt", unusual: "unusual", blind: "blind" };
type Unlearnt = keyof typeof UNLEARNT;

/** Danger and reports among them. */
function unlearnt(knowledge: Knowledge, name: Unlearnt): Row[] {
  const file = new URL(`knowledge-${name}.json`, import.meta.url);
  const lists = JSON.parse(readFileSync(file, "utf8")) as Lists;
  return LANGUAGES.flatMap((language) => {
    const { harmless, danger, report } = lists[language]!;
    const row = (what: string, of: string[], is: (answer: Answer) => unknown): Row => ({
      what: `${UNLEARNT[name]} questions in ${language}: ${what}`,
      unit: "%",
      figure: share(of, (text) => Boolean(is(knowledge.ask(text, language)))),
      details: { of: of.length },
    });
    return [
      row("harmless, left alone", harmless, (answer) => !answer.danger && !answer.report),
      row("harmless, taken for danger", harmless, (answer) => answer.danger),
      row("danger noticed", danger, (answer) => answer.danger),
      ...(report ? [row("report noticed", report, (answer) => answer.report)] : []),
    ];
  });
}

function heldOut(content: Content, language: (typeof LANGUAGES)[number]) {
  const asked = new Set(content.entries.flatMap((entry) => entry[language].ask));
  const places = new Map<string, number>();
  const learnt: Example[] = [];
  const kept: Example[] = [];
  for (const example of examplesOf(content, language)) {
    const place = places.get(example.label ?? "") ?? 0;
    places.set(example.label ?? "", place + 1);
    const ofEntry = example.label !== undefined && !example.label.startsWith("!");
    (place % 5 === 1 && (!ofEntry || asked.has(example.text)) ? kept : learnt).push(example);
  }
  const engine = engineOf(train(learnt, meaningsOf(content.alike[language])));
  const dangerous = new Set(content.entries.flatMap((entry) => (entry.danger ? [entry.id] : [])));
  const seen = ({ text }: Example) =>
    noticed(text, engine.ask(text), language, dangerous, content.signals.alarm[language]);
  const offering = new Set(content.entries.flatMap((entry) => (entry.report ? [entry.id] : [])));
  // an entry with "report this" offers the report too, once it is shown
  const offers = ({ text }: Example) => {
    const ranking = engine.ask(text);
    return judge(ranking, LIMITS[language]) !== "unknown" && offering.has(ranking.ranked[0]!.label);
  };
  const of = (label: string) => kept.filter((example) => example.label === label);
  const entries = kept.filter(({ label }) => label !== undefined && !label.startsWith("!"));
  const safe = entries.filter(({ label }) => !dangerous.has(label!));
  const within = (most: number) =>
    share(entries, ({ text, label }) =>
      engine
        .ask(text)
        .ranked.slice(0, most)
        .some((each) => each.label === label),
    );
  return {
    first: within(1),
    three: within(3),
    danger: share(of("!danger"), (example) => seen(example).danger),
    falseDanger: share(safe, (example) => seen(example).danger),
    report: share(of("!report"), (example) => seen(example).report || offers(example)),
    falseReport: share(
      kept.filter(({ label }) => label === undefined),
      (example) => seen(example).report,
    ),
  };
}

export function share<T>(all: readonly T[], is: (each: T) => boolean): number {
  return (100 * all.filter(is).length) / all.length;
}

/** Megabytes in use after a collection. */
export function memory(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 1e6;
}
