/** A server under test as a child process, and what the kernel says it has cost (Linux: `/proc`). */
import { type ChildProcess, fork, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const cli = here("../dist/cli.js");

export interface Child {
  /** The first address that it printed. */
  url: string;
  /** Milliseconds of processor time so far, user and system, all threads. */
  cpu(): number;
  /** Megabytes in memory: now, and at most since the last `resetPeak`. */
  memory(): number;
  peak(): number;
  resetPeak(): void;
  stop(): Promise<void>;
}

/** Runs Node with these arguments until it prints an address. Throws when it ends before. */
export async function start(args: string[], env: Record<string, string> = {}): Promise<Child> {
  // Nothing of the caller's own settings may reach the server under test.
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(process.execPath, args, {
    env: { PATH, HOME, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = await new Promise<string>((resolve, reject) => {
    let printed = "";
    child.stdout.on("data", (piece: Buffer) => {
      printed += piece;
      const found = /https?:\/\/[^\s/]+/.exec(printed);
      if (found) resolve(found[0]);
    });
    child.once("exit", (code) => reject(new Error(`the server ended with ${code} before it listened`)));
  });
  const pid = child.pid!;
  return { url, ...meter(pid), stop: () => stop(child) };
}

/** Starts the built Quietline on this state folder, as `npm start` does. */
export function startQuietline(home: string, env: Record<string, string> = {}): Promise<Child> {
  return start(["--max-semi-space-size=2", "--clear-free-memory", cli, "start"], {
    QUIETLINE_HOME: home,
    QUIETLINE_FLOOD: "0",
    QUIETLINE_LISTEN: "127.0.0.1:0",
    ...env,
  });
}

/** Starts a peer, a script of `bench/peers`. */
export function startPeer(name: string, env: Record<string, string> = {}): Promise<Child> {
  return start(["--import", "tsx", here(`peers/${name}.ts`)], env);
}

/** Starts a script of this folder that talks by messages. */
export function forkHelper(name: string, args: string[] = []): ChildProcess {
  return fork(here(`${name}.ts`), args, { execArgv: ["--import", "tsx"] });
}

/** Ends a child and waits for it. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}

/** An empty folder, and how to remove it with all that a server left behind for it. */
export function scratch(): { path: string; parent: string; remove(): void } {
  const base = mkdtempSync(join(tmpdir(), "quietline-bench-"));
  const path = join(base, "state");
  return {
    path,
    parent: base,
    remove() {
      rmSync(base, { recursive: true, force: true });
      // the keys of drafts lie in memory, under a name made from the state folder's (src/crypto/daykeys.ts)
      const name = createHash("sha256").update(path).digest("hex").slice(0, 16);
      rmSync(`/dev/shm/quietline-${process.getuid?.()}-${name}`, { recursive: true, force: true });
    },
  };
}

/** Milliseconds of one tick in `/proc/<pid>/stat`; 100 a second on every Linux that Node runs on. */
const tick = 10;

/** What the kernel says of a process. */
export function meter(pid: number): Pick<Child, "cpu" | "memory" | "peak" | "resetPeak"> {
  const status = (name: string): number => {
    const [, kilobytes] =
      new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Number(kilobytes) / 1024;
  };
  return {
    cpu() {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return (Number(fields[11]) + Number(fields[12])) * tick;
    },
    memory: () => status("VmRSS"),
    peak: () => status("VmHWM"),
    resetPeak: () => writeFileSync(`/proc/${pid}/clear_refs`, "5"),
  };
}
