/**
 * Where strangers' pictures are decoded: in a process of its own that holds no key, no token and no database, may use so
 * much memory and so many seconds, and may die alone. The service goes on, and the picture is refused as unreadable.
 */
import { type ChildProcess, fork } from "node:child_process";

/** What a picture is drawn anew as. */
export type Target = "jpeg" | "png" | "webp";

/**
 * Most pixels, longest side of the clean copy, most seconds of decoding one, most seconds until it must be drawn, most bytes of
 * memory of the process.
 */
export const LIMITS = {
  pixels: 50_000_000,
  side: 4096,
  seconds: 20,
  patience: 25,
  memory: 1024 * 1024 * 1024,
} as const;
export type Limits = Record<keyof typeof LIMITS, number>;

/** How long a process waits for the next picture (milliseconds). */
const rest = 30_000;

/** What the process is told. */
export interface Order {
  bytes: Uint8Array;
  target: Target;
  limits: Limits;
}

interface Easel {
  child: ChildProcess;
  leaving?: NodeJS.Timeout;
}

const free: Easel[] = [];

/**
 * Draws a picture anew and answers its bytes. Rejects, with nothing of the picture in the error, where that fails.
 * @param limits lower ones, for tests
 */
export async function drawAnew(bytes: Uint8Array, target: Target, limits: Limits = LIMITS): Promise<Uint8Array> {
  const easel = free.pop() ?? open();
  clearTimeout(easel.leaving);
  try {
    const drawn = await ask(easel.child, { bytes, target, limits });
    easel.leaving = setTimeout(() => shut(easel), rest);
    easel.leaving.unref();
    easel.child.unref();
    easel.child.channel?.unref();
    free.push(easel);
    if (!drawn) throw new Error("image-unreadable");
    return drawn;
  } catch (error) {
    if (!free.includes(easel)) easel.child.kill("SIGKILL");
    throw error;
  }
}

function open(): Easel {
  const file = import.meta.url.endsWith(".ts") ? "./easel-process.ts" : "./easel-process.js";
  // nothing of our own environment, in which keys and tokens may stand
  const child = fork(new URL(file, import.meta.url), [], { stdio: "ignore", env: {}, serialization: "advanced" });
  const easel: Easel = { child };
  child.on("error", () => undefined); // whoever waits for it is told by its end
  child.once("exit", () => {
    if (free.includes(easel)) free.splice(free.indexOf(easel), 1);
  });
  return easel;
}

function shut(easel: Easel): void {
  free.splice(free.indexOf(easel), 1);
  easel.child.kill();
}

/** What the process draws; nothing where it says that it cannot. Rejects when it dies or takes too long. */
function ask(child: ChildProcess, order: Order): Promise<Uint8Array | undefined> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => () => {
      clearTimeout(timer);
      child.removeListener("message", said).removeListener("exit", gone).removeListener("error", gone);
      settle();
    };
    const said = (word: { drawn?: Uint8Array }) => end(() => resolve(word.drawn))();
    const gone = end(() => reject(new Error("image-unreadable")));
    // the library's own limit comes first; this one is for a decoder that does not return to it
    const timer = setTimeout(gone, order.limits.patience * 1000);
    child.ref();
    child.channel?.ref();
    child.on("message", said).once("exit", gone).once("error", gone);
    child.send(order, (error) => error && gone());
  });
}
