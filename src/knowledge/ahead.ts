/**
 * Learns the content before anybody asks, in a process of its own: the first question then reads what was kept, and the
 * service neither waits nor grows. Nothing depends on it; where it cannot run, the first question learns.
 */
import { fork } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** So long after the start that it is in nobody's way (milliseconds). */
const WAIT = 1000;

/**
 * @param from the folder of the content
 * @param cache the folder that `createKnowledge` keeps what it learnt in
 * @returns stops it
 */
export function learnAhead(from: string, cache: string): () => void {
  let stop = () => {};
  const timer = setTimeout(() => {
    if (isKept(from, cache)) return;
    const file = import.meta.url.endsWith(".ts") ? "./ahead-process.ts" : "./ahead-process.js";
    const child = fork(new URL(file, import.meta.url), [from, cache], { stdio: "ignore" });
    child.on("error", () => {}); // no processes to be had: the first question learns
    child.unref();
    child.channel?.unref();
    stop = () => child.kill();
  }, WAIT);
  timer.unref();
  return () => {
    clearTimeout(timer);
    stop();
  };
}

/** Whether something was learnt after the content last changed; `createKnowledge` itself looks at every byte. */
function isKept(from: string, cache: string): boolean {
  try {
    const changed = newest(join(from, "knowledge"));
    const kept = readdirSync(cache).filter((name) => name.endsWith(".model"));
    return kept.length > 1 && kept.every((name) => statSync(join(cache, name)).mtimeMs > changed);
  } catch {
    return false; // nothing kept yet
  }
}

function newest(folder: string): number {
  return readdirSync(folder).reduce((last, name) => Math.max(last, statSync(join(folder, name)).mtimeMs), 0);
}
