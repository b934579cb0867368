/** What every command of the command line uses: to say, to complain, to read the settings, to open the house, to give up. */
import { existsSync } from "node:fs";
import { type Config, readConfig } from "../config.ts";
import { codeOf, explain } from "../errors.ts";
import type { Core } from "../main.ts";

export const say = (text = ""): void => void process.stdout.write(`${text}\n`);
export const complain = (text: string): void => void process.stderr.write(`${text}\n`);

/** Exit codes of sysexits.h: a bad configuration, something that cannot be opened, a fault of our own. */
export const exit = { config: 78, unavailable: 69, internal: 70 };

/** The configuration, or an end with every problem and its cure. */
export function configured(): Config {
  const read = readConfig(process.env);
  if ("config" in read) return read.config;
  complain(explain("config-invalid").sentence);
  for (const { name, problem, cure } of read.problems) complain(`  ${name}: ${problem} ${cure}`);
  process.exit(exit.config);
}

/** Ends with a code and its cure; content files also say where. */
export function giveUp(error: unknown): never {
  const code = codeOf(error);
  const { sentence, cure } = explain(code);
  if (code === "content-invalid" && error instanceof Error) complain(error.message);
  complain(`${code}: ${sentence} ${cure}`);
  process.exit(exit.unavailable);
}

/** Opens the house for one piece of work and closes it again. */
export async function withCore(work: (core: Core, config: Config) => Promise<void>): Promise<void> {
  const config = configured();
  const { openCore } = await import("../main.ts");
  const core = await openCore(config, { note: () => undefined }).catch(giveUp);
  try {
    await work(core, config);
  } finally {
    await core.close();
  }
}

/** The same for what makes sense only in a house that is there: a mistyped folder does not become a new one. */
export async function withHouse(work: (core: Core, config: Config) => Promise<void>): Promise<void> {
  const { home, databaseUrl, key } = configured();
  const file = /^sqlite:(.*)$/.exec(databaseUrl)?.[1];
  // on a server, with the key given, nothing of a house lies in its folder
  if (file === undefined ? existsSync(home) || key : existsSync(home) && existsSync(file)) return withCore(work);
  complain(`There is no Quietline in ${home}. Set QUIETLINE_HOME to its state folder, or begin one with “start”.`);
  process.exitCode = exit.config;
}

/** A bar that is there from its first step on; on a terminal only. */
export async function progressBar(): Promise<{ show(done: number, total: number): void; stop(): void }> {
  const { Presets, SingleBar } = await import("cli-progress");
  // with a graceful exit the first Ctrl-C would end the bar and not the work
  const bar = new SingleBar(
    { format: "{bar} {percentage}% | {eta_formatted}", gracefulExit: false },
    Presets.shades_classic,
  );
  return {
    show(done, total) {
      if (bar.isActive) bar.update(done);
      else bar.start(total, done);
    },
    stop: () => bar.stop(),
  };
}

/** Resolves at the first wish to stop. */
export async function untilStopped(): Promise<void> {
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
}
