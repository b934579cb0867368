/** Hosts that die, are cut off, and come back. */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Config } from "../../src/config.ts";
import { programPath } from "../crash/victim.ts";
import type { Site } from "./lab.ts";

/** What a host says of itself. */
interface Word {
  loaded?: true;
  ready?: true;
  failed?: string;
  note?: string;
}

export class Hosts {
  /** What hosts noted, by code. */
  readonly notes = new Map<string, number>();
  private readonly running = new Map<number, ChildProcess>();
  private readonly site: Site;
  private readonly configs: Config[];
  private leaving = false;

  constructor(site: Site, configs: Config[]) {
    this.site = site;
    this.configs = configs;
  }

  private load(n: number): { child: ChildProcess; loaded: Promise<void> } {
    const { main, execArgv } = programPath();
    const args = [...execArgv, fileURLToPath(new URL("host.mjs", import.meta.url)), main];
    const child = this.site.run(n, [...args, JSON.stringify(this.configs[n])], {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    child.on("message", ({ note }: Word) => {
      if (note) this.notes.set(note, (this.notes.get(note) ?? 0) + 1);
    });
    const loaded = word(child, (said) => said.loaded);
    loaded.catch(() => {}); // whoever waits for it is told
    return { child, loaded };
  }

  /** Has a host come up; again and again while what it needs is away. */
  async start(n: number): Promise<void> {
    for (;;) {
      const { child, loaded } = this.load(n);
      await loaded;
      child.send("go");
      try {
        await word(child, (said) => said.ready);
        this.running.set(n, child);
        return;
      } catch (error) {
        child.kill("SIGKILL");
        if (this.leaving) throw error;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  }

  /** Kills a host, or has it stop as in a rolling restart; resolves when it is gone. */
  async stop(n: number, nicely: boolean): Promise<void> {
    const child = this.running.get(n);
    this.running.delete(n);
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    if (nicely) child.send("stop");
    else child.kill("SIGKILL");
    await gone;
  }

  /** All that run look at once what is due. */
  look(): void {
    for (const child of this.running.values()) if (child.connected) child.send("look");
  }

  cable(n: number, there: boolean): void {
    const child = this.running.get(n);
    if (child) this.site.cable(n, there, child);
  }

  /** Ends all of them. */
  async end(nicely: boolean): Promise<void> {
    this.leaving = true;
    await Promise.all([...this.running.keys()].map((n) => this.stop(n, nicely)));
  }
}

/** Resolves when a process says this; throws when it fails or ends before. */
function word(child: ChildProcess, what: (said: Word) => true | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    child.on("message", (said: Word) => {
      if (what(said)) resolve();
      if (said.failed) reject(new Error(said.failed));
    });
    child.once("exit", () => reject(new Error("the process ended by itself")));
  });
}
