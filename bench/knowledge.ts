/**
 * How well questions find their entry: on public tasks against MiniSearch and nlp.js, and on our own content.
 * Every choice in `src/knowledge/` was made on `valid` (and `oosValid`, and the dev questions), never on `test` or `oos`.
 *
 *     node --import tsx bench/knowledge.ts
 */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type Content, LANGUAGES, loadKnowledge } from "../src/knowledge/content.ts";
import { type Example, engineOf, train } from "../src/knowledge/engine.ts";
import { judge, LIMITS, noticed, type Verdict } from "../src/knowledge/gate.ts";
import { createKnowledge, examplesOf } from "../src/knowledge/knowledge.ts";
import { type Meanings, meaningsOf } from "../src/knowledge/text.ts";
import { drawTable, quantile, type Row } from "./table.ts";

interface Text {
  t: string;
  l: string;
}
interface Task {
  lang: string;
  kb: Text[];
  test: Text[];
  oos?: Record<string, string[]>;
}
interface DevQuestion {
  text: string;
  lang: string;
  onTopic: boolean;
}

/** Something that ranks labels for a question; `confidence` is whatever it has of the kind. */
interface Contestant {
  name: string;
  learn(examples: Text[], task: Task): Promise<(question: string) => Promise<Guess> | Guess>;
}
interface Guess {
  labels: string[];
  confidence: number;
}

const FOLDER = resolve(process.env.QUIETLINE_QA_TASKS ?? "../shared/qa");
const SOURCES =
  "BANKING77 (PolyAI, CC BY 4.0; github.com/PolyAI-LDN/task-specific-datasets), CLINC150 (CC BY 3.0; " +
  "github.com/clinc/oos-eval), xSID (CC BY-SA 4.0; github.com/mainlp/xsid)";

/** The accuracies and recalls that we mean to reach, in percent. */
const TASKS: Record<string, { name: string; first: number; three?: number; refused?: number }> = {
  "banking77-10shot": { name: "BANKING77", first: 77.5, three: 91 },
  "clinc150-10shot": { name: "CLINC150", first: 82, refused: 65 },
  "xsid-zh": { name: "xSID Chinese", first: 92 },
};

/** The rows of this part of the bench. Without the public tasks, or without a peer, it says so and goes on. */
export async function knowledgeRows(say: (text: string) => void = () => undefined): Promise<Row[]> {
  const content = loadKnowledge("data");
  const contestants = [ours(content), await miniSearch(), await nlpJs()].flatMap((found) => {
    if (typeof found !== "string") return [found];
    say(found);
    return [];
  });
  const rows: Row[] = [];
  for (const [file, goal] of Object.entries(TASKS)) {
    const path = join(FOLDER, `${file}.json`);
    if (existsSync(path))
      rows.push(...(await taskRows(JSON.parse(readFileSync(path, "utf8")) as Task, goal, contestants)));
    else say(`${goal.name}: not measured, ${path} is not there. The data sets come from ${SOURCES}.`);
  }
  rows.push(...(await contentRows(content)), ...devRows(content, say));
  return rows;
}

async function taskRows(task: Task, goal: (typeof TASKS)[string], contestants: Contestant[]): Promise<Row[]> {
  const results: Record<string, Awaited<ReturnType<typeof measure>>> = {};
  for (const contestant of contestants) results[contestant.name] = await measure(contestant, task);
  const mine = results.ours!;
  const row = (what: string, unit: string, of: keyof typeof mine, is: "at least" | "under", value?: number): Row => {
    const peers = Object.entries(results).filter(([name]) => name !== "ours");
    const figures = peers.map(([, result]) => result[of]);
    const best = is === "at least" ? Math.max(...figures) : Math.min(...figures);
    return {
      what: `${goal.name}: ${what}`,
      unit,
      figure: mine[of],
      ...(peers.length > 0 && { peer: best }),
      ...(value !== undefined && { goal: { is, value, of: "figure" as const } }),
      details: Object.fromEntries(peers.map(([name, result]) => [name, result[of]])),
    };
  };
  const refusing = [
    row("answerable told from not, AUROC", "%", "auroc", "at least"),
    row("unanswerable refused where 95 % of answerable are kept", "%", "refused", "at least", goal.refused),
  ];
  return [
    row("right at 1", "%", "first", "at least", goal.first),
    row("right within 3", "%", "three", "at least", goal.three),
    ...(task.oos ? refusing : []),
    row("a question, p50", "ms", "p50", "under", 1),
    row("a question, p95", "ms", "p95", "under"),
    row("training", "ms", "training", "under"),
    row("memory added", "MB", "memory", "under", 60),
  ];
}

async function measure(contestant: Contestant, task: Task) {
  const before = memory();
  const from = performance.now();
  const ask = await contestant.learn(task.kb, task);
  const training = performance.now() - from;
  const added = memory() - before;
  let first = 0;
  let three = 0;
  const times: number[] = [];
  const kept: number[] = [];
  for (const { t, l } of task.test) {
    const start = performance.now();
    const { labels, confidence } = await ask(t);
    times.push(performance.now() - start);
    if (labels[0] === l) first += 1;
    if (labels.slice(0, 3).includes(l)) three += 1;
    kept.push(confidence);
  }
  const strange: number[] = [];
  for (const question of Object.values(task.oos ?? {}).flat()) strange.push((await ask(question)).confidence);
  const limit = quantile(kept, 0.05);
  return {
    first: (100 * first) / task.test.length,
    three: (100 * three) / task.test.length,
    auroc: 100 * auroc(kept, strange),
    refused: (100 * strange.filter((confidence) => confidence < limit).length) / strange.length,
    p50: quantile(times, 0.5),
    p95: quantile(times, 0.95),
    training,
    memory: added,
  };
}

/** How often a question that has an answer is more confident than one that has none. */
function auroc(answerable: number[], strange: number[]): number {
  const sorted = [...strange].sort((a, b) => a - b);
  const below = (value: number, equal: boolean) => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sorted[middle]! < value || (equal && sorted[middle] === value)) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const won = answerable.reduce((sum, value) => sum + (below(value, false) + below(value, true)) / 2, 0);
  return won / (answerable.length * strange.length);
}

function ours(content: Content): Contestant {
  return {
    name: "ours",
    async learn(examples, task) {
      const alike: Meanings = meaningsOf(content.alike[task.lang === "zh" ? "zh-CN" : "en"]);
      const engine = engineOf(
        train(
          examples.map(({ t, l }) => ({ text: t, label: l })),
          alike,
        ),
      );
      return (question) => {
        const { ranked, confidence } = engine.ask(question);
        return { labels: ranked.slice(0, 3).map(({ label }) => label), confidence };
      };
    },
  };
}

/** One document a label; Chinese by bigrams, as it does best. */
async function miniSearch(): Promise<Contestant | string> {
  const found = await optional<{ default: new (options: object) => MiniSearchLike }>("minisearch");
  if (!found) return "MiniSearch is not installed (npm i -D minisearch): no row compares with it.";
  return {
    name: "MiniSearch",
    async learn(examples, task) {
      const tokenize = task.lang === "zh" ? bigrams : undefined;
      const index = new found.default({ fields: ["text"], ...(tokenize && { tokenize }) });
      const labels = [...new Set(examples.map(({ l }) => l))];
      const text = (label: string) => examples.flatMap(({ t, l }) => (l === label ? [t] : [])).join(" \n ");
      index.addAll(labels.map((label, id) => ({ id, text: text(label) })));
      return (question) => {
        const hits = index.search(question, { prefix: task.lang !== "zh", fuzzy: task.lang === "zh" ? false : 0.2 });
        return { labels: hits.slice(0, 3).map(({ id }) => labels[id]!), confidence: hits[0]?.score ?? 0 };
      };
    },
  };
}
interface MiniSearchLike {
  addAll(documents: object[]): void;
  search(question: string, options: object): { id: number; score: number }[];
}

async function nlpJs(): Promise<Contestant | string> {
  const found = await optional<{ default: { NlpManager: new (options: object) => NlpLike } }>("node-nlp");
  if (!found) return "nlp.js is not installed (npm i -D node-nlp): no row compares with it.";
  return {
    name: "nlp.js",
    async learn(examples, { lang }) {
      const manager = new found.default.NlpManager({ languages: [lang], autoSave: false, nlu: { log: false } });
      for (const { t, l } of examples) manager.addDocument(lang, t, l);
      await manager.train();
      return async (question) => {
        const { classifications } = await manager.process(lang, question);
        const sure = classifications.find(({ intent }) => intent !== "None");
        return { labels: classifications.slice(0, 3).map(({ intent }) => intent), confidence: sure?.score ?? 0 };
      };
    },
  };
}
interface NlpLike {
  addDocument(language: string, text: string, label: string): void;
  train(): Promise<void>;
  process(language: string, text: string): Promise<{ classifications: { intent: string; score: number }[] }>;
}

/** Training time and memory for our own content, and phrasings held out: every fifth, learnt from the others. */
async function contentRows(content: Content): Promise<Row[]> {
  const before = memory();
  const from = performance.now();
  const knowledge = await createKnowledge(content);
  const training = performance.now() - from;
  knowledge.ask("who sold my number", "en");
  const added = memory() - before;
  const goal = (is: "under", value: number) => ({ is, value, of: "figure" as const });
  const entries = content.entries.length;
  const rows: Row[] = [
    {
      what: `our ${entries} entries: training, both languages`,
      unit: "ms",
      figure: training,
      goal: goal("under", 1000),
    },
    { what: "our entries: memory added", unit: "MB", figure: added, goal: goal("under", 60) },
  ];
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

/** The dev questions: written by strangers, labelled by us (`knowledge-dev.json`). */
function devRows(content: Content, say: (text: string) => void): Row[] {
  const path = join(FOLDER, "real-questions-dev.jsonl");
  if (!existsSync(path)) {
    say(`Real questions: not measured, ${path} is not there.`);
    return [];
  }
  const labels = JSON.parse(readFileSync(new URL("knowledge-dev.json", import.meta.url), "utf8")) as Record<
    string,
    string[]
  >;
  const all = readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as DevQuestion);
  const rows: Row[] = [];
  for (const language of LANGUAGES) {
    const engine = engineOf(train(examplesOf(content, language), meaningsOf(content.alike[language])));
    const asked = all.flatMap(({ text, lang, onTopic }, line) => {
      if ((lang === "zh" ? "zh-CN" : lang) !== language) return [];
      const ranking = engine.ask(text);
      const verdict: Verdict = judge(ranking, LIMITS[language]);
      const right = labels[line] ?? [];
      const names = ranking.ranked.map(({ label }) => label);
      const shown = verdict === "answer" ? names.slice(0, 1) : verdict === "choices" ? names.slice(0, 3) : [];
      return [{ ranking, verdict, onTopic, covered: right.length > 0, hit: shown.some((id) => right.includes(id)) }];
    });
    const answered = asked.filter(({ verdict }) => verdict === "answer");
    const covered = asked.filter(({ onTopic, covered }) => onTopic && covered);
    const off = asked.filter(({ onTopic }) => !onTopic);
    const goal = (value: number) => ({ is: "at least" as const, value, of: "figure" as const });
    rows.push(
      {
        what: `real questions in ${language}: direct answers right`,
        unit: "%",
        figure: share(answered, ({ hit }) => hit),
        goal: goal(85),
        details: { answered: answered.length, of: asked.length },
      },
      {
        what: `real questions in ${language}: right entry shown`,
        unit: "%",
        figure: share(covered, ({ hit }) => hit),
        goal: goal(90),
        details: { of: covered.length },
      },
      {
        what: `real questions in ${language}: off topic, not answered`,
        unit: "%",
        figure: share(off, ({ verdict }) => verdict !== "answer"),
        goal: goal(90),
        details: { of: off.length },
      },
    );
    say(
      reliability(
        language,
        asked
          .filter(({ onTopic, covered }) => !onTopic || covered)
          .map(({ ranking, hit }) => ({ confidence: ranking.confidence, hit })),
      ),
    );
  }
  return rows;
}

/** How often the right entry is shown, by confidence: a bar for each band. */
function reliability(language: string, asked: { confidence: number; hit: boolean }[]): string {
  const bands = [0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 1];
  const lines = bands.slice(0, -1).map((from, index) => {
    const to = bands[index + 1]!;
    const inside = asked.filter(({ confidence }) => confidence >= from && (confidence < to || to === 1));
    const right = share(inside, ({ hit }) => hit);
    const bar = Number.isNaN(right) ? "" : "█".repeat(Math.round(right / 5));
    return `  ${from.toFixed(2)}–${to.toFixed(2)}  ${String(inside.length).padStart(3)}  ${bar} ${Number.isNaN(right) ? "" : `${right.toFixed(0)} %`}`;
  });
  return [`Real questions in ${language}: right entry shown, by confidence`, ...lines].join("\n");
}

function share<T>(all: readonly T[], is: (each: T) => boolean): number {
  return (100 * all.filter(is).length) / all.length;
}

function bigrams(text: string): string[] {
  const letters = [...text.replace(/[^\p{L}\p{N}]/gu, "")];
  return letters.length < 2 ? letters : letters.slice(1).map((letter, index) => letters[index]! + letter);
}

async function optional<T>(name: string): Promise<T | undefined> {
  try {
    return (await import(name)) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}

/** Megabytes in use after a collection. */
function memory(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 1e6;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const say = (text: string) => void process.stdout.write(`${text}\n`);
  say(drawTable(await knowledgeRows(say)));
}
