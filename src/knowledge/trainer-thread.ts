/** The thread that `trainer.ts` starts: takes a lesson, gives a model back without copying it, ends. */
import { parentPort, workerData } from "node:worker_threads";
import { train } from "./engine.ts";
import { meaningsOf } from "./text.ts";
import type { Lesson } from "./trainer.ts";

const { examples, alike } = workerData as Lesson;
const model = train(examples, meaningsOf(alike));
const views = model.asides ? [model, model.asides] : [model];
const rows = [model.worth, ...views.flatMap(({ postings, machine }) => [postings, machine])];
const blocks = [
  ...[model.vocabulary.keys, model.vocabulary.table, model.rarity],
  ...views.flatMap(({ weights, entryOf }) => [weights, entryOf]),
  ...rows.flatMap(({ starts, ids, values }) => [starts, ids, values]),
];
parentPort?.postMessage(
  model,
  blocks.map((block) => block.buffer as ArrayBuffer),
);
