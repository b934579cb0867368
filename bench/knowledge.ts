/**
 * How well questions find their entry: on public tasks against MiniSearch and nlp.js, and on our own content.
 * Every choice in `src/knowledge/` was made on `valid` (and `oosValid`, and the dev questions), never on `test` or `oos`.
 *
 *     node --import tsx bench/knowledge.ts
 */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type Content, loadKnowledge } from "../src/knowledge/content.ts";
import { engineOf, train } from "../src/knowledge/engine.ts";
import { type Meanings, meaningsOf } from "../src/knowledge/text.ts";
import { contentRows, memory } from "./knowledge-content.ts";
import { devRows } from "./knowledge-dev.ts";
import { type Contestant, miniSearch, nlpJs, type Task } from "./peers/search.ts";
import { drawTable, quantile, type Row } from "./table.ts";

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
  rows.push(...(await contentRows(content)), ...devRows(content, FOLDER, say));
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

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const say = (text: string) => void process.stdout.write(`${text}\n`);
  say(drawTable(await knowledgeRows(say)));
}
