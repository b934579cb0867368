/** The thread that `trainer.ts` starts: takes a lesson, gives a model back without copying it, ends. */
import { parentPort, workerData } from "node:worker_threads";
import { train } from "./engine.ts";
import { meaningsOf } from "./text.ts";
import type { Lesson } from "./trainer.ts";

const { examples, alike } = workerData as Lesson;
const model = train(examples, meaningsOf(alike));
const { space, entryOf, postings, worth, machine } = model;
const rows = [postings, worth, machine.of].flatMap(({ starts, ids, values }) => [starts, ids, values]);
const blocks = [space.keys, space.table, space.weights, space.rarity, entryOf, machine.bias, ...rows];
parentPort?.postMessage(
  model,
  blocks.map((block) => block.buffer as ArrayBuffer),
);
