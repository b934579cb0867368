/**
 * Trains engines beside the main thread, one thread a language, so that nobody's message waits for it; and keeps what was
 * learnt in a file that is used until the content, or the engine, is another one.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { Worker } from "node:worker_threads";
import { type Example, type Model, train } from "./engine.ts";
import { meaningsOf } from "./text.ts";

/** What an engine learns from; plain data, so that it can be sent to a thread. */
export interface Lesson {
  examples: readonly Example[];
  alike: readonly string[];
}

/** Raise it whenever the same lesson gives another model than before: features, weights, the machine. */
const VERSION = 9;

/**
 * Learns a lesson, or reads what was learnt from it before.
 *
 * @param cache the file to keep the model in; a file that cannot be read or written only costs time
 */
export async function learn(lesson: Lesson, cache?: string): Promise<Model> {
  const key = createHash("sha256")
    .update(JSON.stringify([VERSION, process.version, lesson]))
    .digest("hex");
  const kept = cache === undefined ? undefined : recall<Model>(cache, key);
  if (kept) return kept;
  const model = await trained(lesson);
  if (cache !== undefined) keep(cache, key, model);
  return model;
}

/**
 * What `read` makes of some files, or what it made of the same bytes before: reading thousands of lines of YAML holds up
 * the main thread for half a second.
 *
 * @throws whatever `read` throws; nothing is kept then
 */
export function readOnce<T>(files: readonly string[], cache: string, read: () => T): T {
  const hash = createHash("sha256").update(`${VERSION} ${process.version}`);
  for (const file of files) hash.update(`\0${file}\0`).update(readable(file));
  const key = hash.digest("hex");
  const kept = recall<T>(cache, key);
  if (kept) return kept;
  const made = read();
  keep(cache, key, made);
  return made;
}

function readable(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    return Buffer.alloc(0); // `read` says what is wrong with it
  }
}

/** In a thread; where threads cannot be had, here and now. */
function trained(lesson: Lesson): Promise<Model> {
  return new Promise((resolve) => {
    const here = () => resolve(train(lesson.examples, meaningsOf(lesson.alike)));
    const file = import.meta.url.endsWith(".ts") ? "./trainer-thread.ts" : "./trainer-thread.js";
    try {
      const thread = new Worker(new URL(file, import.meta.url), { workerData: lesson });
      thread.once("message", resolve);
      thread.once("error", here);
    } catch {
      // no threads on this machine: the same work, only in the way
      here();
    }
  });
}

function recall<T>(file: string, key: string): T | undefined {
  try {
    const kept = deserialize(readFileSync(file)) as { key?: unknown; made: T } | undefined;
    return kept?.key === key ? kept.made : undefined;
  } catch {
    // not there yet, or cut short: it is made again and written again
    return undefined;
  }
}

/** Written beside and moved into place, so that no half a file is ever read. */
function keep(file: string, key: string, made: unknown): void {
  try {
    mkdirSync(join(file, ".."), { recursive: true, mode: 0o700 });
    const beside = `${file}.${process.pid}`;
    writeFileSync(beside, serialize({ key, made }), { mode: 0o600 });
    renameSync(beside, file);
  } catch {
    // a full or read-only disk: the next start learns again
  }
}
