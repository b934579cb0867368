/** A server process that can be killed at any moment, with the next one loaded and waiting. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, statSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Config } from "../../src/config.ts";

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** The built program while it is newer than its source (`npm test` builds it), else the source. */
export function programPath(part = "service"): { main: string; execArgv: string[] } {
  const newest = Math.max(
    ...readdirSync(at("src"), { recursive: true }).map((name) => statSync(at(`src/${name}`)).mtimeMs),
  );
  const built = at(`dist/${part}.js`);
  const fresh = existsSync(built) && existsSync(at("dist/platforms/web.js")) && statSync(built).mtimeMs > newest;
  const main = pathToFileURL(fresh ? built : at(`src/${part}.ts`)).href;
  return { main, execArgv: fresh ? [] : ["--import", "tsx"] };
}

/** What a process says of itself. */
interface Word {
  loaded?: true;
  ready?: true;
  failed?: string;
}

/** The next word of a process; throws when it ends without one. */
function word(child: ChildProcess): Promise<Word> {
  return new Promise((resolve, reject) => {
    child.once("message", (said) => resolve(said as Word));
    child.once("exit", () => reject(new Error("the process ended by itself")));
  });
}

/** Starts processes one after another on the same state folder. */
export class Victims {
  private readonly args: string[];
  private readonly execArgv: string[];
  private running: ChildProcess | undefined;
  private next: ChildProcess[] = [];
  private readonly loaded = new WeakMap<ChildProcess, Promise<Word>>();
  /** Resolves when a process answers; a new promise after each kill. */
  up: Promise<void> = Promise.resolve();

  constructor(config: Config, dayKeys: string) {
    const { main, execArgv } = programPath();
    this.args = [main, JSON.stringify(config), dayKeys];
    this.execArgv = execArgv;
  }

  private load(): void {
    const child = fork(at("test/crash/child.mjs"), this.args, {
      execArgv: this.execArgv,
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    const loaded = word(child);
    loaded.catch(() => {}); // whoever waits for it is told
    this.loaded.set(child, loaded);
    this.next.push(child);
  }

  /** Has the next process open the state folder; resolves when it answers. */
  start(): Promise<void> {
    this.up = this.open();
    return this.up;
  }

  private async open(): Promise<void> {
    while (this.next.length < 2) this.load();
    const child = this.next.shift()!;
    this.running = child;
    await this.loaded.get(child);
    child.send("go");
    const said = await word(child);
    if (!said.ready) throw new Error(`the next process did not start: ${said.failed}`);
    this.load();
  }

  /** Kills the running process with SIGKILL and starts the next one. */
  async kill(): Promise<void> {
    const dead = this.running!;
    let rise = (): void => {};
    this.up = new Promise((resolve) => {
      rise = resolve;
    });
    const gone = once(dead, "exit");
    dead.kill("SIGKILL");
    await gone;
    await this.open();
    rise();
  }

  /** Ends all of them. */
  async end(): Promise<void> {
    const all = [...this.next, ...(this.running ? [this.running] : [])];
    this.next = [];
    this.running = undefined;
    const gone = all.filter((c) => c.exitCode === null && c.signalCode === null).map((c) => once(c, "exit"));
    for (const child of all) child.kill("SIGKILL");
    await Promise.all(gone);
  }
}
