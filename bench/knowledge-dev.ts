/**
 * The dev questions: written by strangers, labelled by us (`knowledge-dev.json`). The limits of `gate.ts` were chosen on
 * them, so each figure stands twice: with those limits, and with limits fitted on four fifths and tried on the last one.
 * The entries were written knowing which of these questions had none; only questions set apart can judge that.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Content, LANGUAGES, type Language } from "../src/knowledge/content.ts";
import { engineOf, type Ranking, train } from "../src/knowledge/engine.ts";
import { judge, LIMITS, type Limits } from "../src/knowledge/gate.ts";
import { examplesOf } from "../src/knowledge/knowledge.ts";
import { meaningsOf, wordsOf } from "../src/knowledge/text.ts";
import { share } from "./knowledge-content.ts";
import type { Row } from "./table.ts";

interface DevQuestion {
  text: string;
  lang: string;
  onTopic: boolean;
}

/** A question as the engine sees it; `right` are the entries that answer it, none where no entry covers it. */
interface Asked {
  ranking: Ranking;
  onTopic: boolean;
  right: readonly string[];
}

const PARTS = 5;

/** @param folder where `real-questions-dev.jsonl` lies */
export function devRows(content: Content, folder: string, say: (text: string) => void): Row[] {
  const path = join(folder, "real-questions-dev.jsonl");
  if (!existsSync(path)) {
    say(`Real questions: not measured, ${path} is not there.`);
    return [];
  }
  const labels = JSON.parse(readFileSync(new URL("knowledge-dev.json", import.meta.url), "utf8")) as Record<
    string,
    string[]
  >;
  const questions = readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .map((line, at) => ({ ...(JSON.parse(line) as DevQuestion), right: labels[at] ?? [] }));
  return LANGUAGES.flatMap((language) => {
    const ours = questions.filter(({ lang }) => (lang === "zh" ? "zh-CN" : lang) === language);
    const engine = engineOf(train(examplesOf(content, language), meaningsOf(content.alike[language])));
    const asked = ours.map(({ text, onTopic, right }) => ({ ranking: engine.ask(text), onTopic, right }));
    const bare = ours.filter(({ onTopic, right }) => onTopic && right.length === 0);
    say(`Real questions in ${language} on our topic that no entry covers: ${bare.length}`);
    for (const { text } of bare) say(`  ${text}`);
    say(reliability(language, asked));
    const copied = copies(
      ours.map(({ text }) => text),
      content.entries.flatMap((entry) => entry[language].ask),
    );
    return [
      ...figures(
        `real questions in ${language}`,
        asked.map((each) => ({ ...each, limits: LIMITS[language] })),
        true,
      ),
      ...figures(`real questions in ${language}, limits fitted without them`, crossed(asked, language), false),
      {
        what: `real questions in ${language} that stand among our phrasings`,
        unit: "",
        figure: copied,
        goal: { is: "at most", value: 0, of: "figure" },
      },
    ];
  });
}

function figures(name: string, asked: (Asked & { limits: Limits })[], goals: boolean): Row[] {
  const judged = asked.map(({ ranking, onTopic, right, limits }) => {
    const verdict = judge(ranking, limits);
    const most = verdict === "answer" ? 1 : verdict === "choices" ? 3 : 0;
    const hit = ranking.ranked.slice(0, most).some(({ label }) => right.includes(label));
    return { verdict, onTopic, covered: right.length > 0, hit };
  });
  const row = (what: string, of: typeof judged, is: (each: (typeof judged)[number]) => boolean, goal: number): Row => ({
    what: `${name}: ${what}`,
    unit: "%",
    figure: share(of, is),
    ...(goals && { goal: { is: "at least" as const, value: goal, of: "figure" as const } }),
    details: { of: of.length },
  });
  const answered = judged.filter(({ verdict }) => verdict === "answer");
  const covered = judged.filter((each) => each.onTopic && each.covered);
  const off = judged.filter(({ onTopic }) => !onTopic);
  return [
    row(`direct answers right (${answered.length} of ${judged.length} answered)`, answered, ({ hit }) => hit, 85),
    row("right entry shown", covered, ({ hit }) => hit, 90),
    row("off topic, not answered", off, ({ verdict }) => verdict !== "answer", 90),
  ];
}

/** Each question with limits that were fitted on the other parts. */
function crossed(asked: readonly Asked[], language: Language): (Asked & { limits: Limits })[] {
  return Array.from({ length: PARTS }, (_, part) => {
    const limits = fitted(
      asked.filter((_, at) => at % PARTS !== part),
      LIMITS[language].lead,
    );
    return asked.filter((_, at) => at % PARTS === part).map((each) => ({ ...each, limits }));
  }).flat();
}

/**
 * The limits these questions ask for: something is offered from half the confidence that 95 % of the covered ones have; an
 * answer is given from the lowest confidence at which 85 % of the answers are right and 90 % of the strange ones have none.
 */
export function fitted(asked: readonly Asked[], lead: number): Limits {
  const covered = asked.filter(({ onTopic, right }) => onTopic && right.length > 0);
  const sure = covered.map(({ ranking }) => ranking.confidence).sort((a, b) => a - b);
  const choices = Math.floor((sure[Math.floor(sure.length * 0.05)] ?? 0) * 50) / 100;
  const off = asked.filter(({ onTopic }) => !onTopic);
  for (let step = 0; step < 60; step += 1) {
    const limits = { answer: choices + step / 100, lead, choices };
    const answers = (each: Asked) => judge(each.ranking, limits) === "answer";
    const answered = asked.filter(answers);
    const right = share(answered, ({ ranking, right }) => right.includes(ranking.ranked[0]!.label));
    if (right >= 85 && share(off, (each) => !answers(each)) >= 90) return limits;
  }
  return { answer: 1, lead, choices };
}

/** How often the best entry is right, and one of the best three, by confidence: a bar for each band. */
function reliability(language: string, all: readonly Asked[]): string {
  const asked = all.filter(({ onTopic, right }) => !onTopic || right.length > 0);
  const bands = [0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 1];
  const lines = bands.slice(0, -1).map((from, index) => {
    const to = bands[index + 1]!;
    const inside = asked.filter(({ ranking }) => ranking.confidence >= from && (ranking.confidence < to || to === 1));
    const within = (most: number) =>
      share(inside, ({ ranking, right }) => ranking.ranked.slice(0, most).some(({ label }) => right.includes(label)));
    const cell = (most: number) => {
      const value = inside.length === 0 ? 0 : within(most);
      return `${"█".repeat(Math.round(value / 5)).padEnd(20, "·")} ${value.toFixed(0).padStart(3)} %`;
    };
    const many = String(inside.length).padStart(3);
    return `  ${from.toFixed(2)}–${to.toFixed(2)}  ${many}  ${inside.length === 0 ? "" : `${cell(1)}   ${cell(3)}`}`.trimEnd();
  });
  const head = `Real questions in ${language} by confidence: how many, the best entry right, one of the best three right`;
  return [head, ...lines].join("\n");
}

/** How many questions share nearly all their words with one of the phrasings: the same sentence, whatever its commas. */
function copies(questions: readonly string[], phrasings: readonly string[]): number {
  const bags = phrasings.map((text) => new Set(wordsOf(text))).filter((bag) => bag.size > 3);
  return questions.filter((text) => {
    const words = new Set(wordsOf(text));
    return bags.some((bag) => {
      const both = [...bag].filter((word) => words.has(word)).length;
      return both / (bag.size + words.size - both) >= 0.8;
    });
  }).length;
}
