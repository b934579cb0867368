/** Trains engines beside the main thread, one thread a language, so that nobody's message waits for it. */
import { Worker } from "node:worker_threads";
import { type Example, type Model, train } from "./engine.ts";
import { meaningsOf } from "./text.ts";

/** What an engine learns from; plain data, so that it can be sent to a thread. */
export interface Lesson {
  examples: readonly Example[];
  alike: readonly string[];
}

/** Trains an engine; where threads cannot be had, here and now. */
export function learn(lesson: Lesson): Promise<Model> {
  return new Promise((resolve) => {
    const here = () => resolve(train(lesson.examples, meaningsOf(lesson.alike)));
    const file = import.meta.url.endsWith(".ts") ? "./trainer-thread.ts" : "./trainer-thread.js";
    try {
      const thread = new Worker(new URL(file, import.meta.url), { workerData: lesson });
      thread.once("message", resolve);
      thread.once("error", here);
      // a thread that ends without a word; after a message this changes nothing
      thread.once("exit", (code) => code !== 0 && here());
    } catch {
      // no threads on this machine: the same work, only in the way
      here();
    }
  });
}
