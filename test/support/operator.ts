/**
 * An operator at the machine, who gives commands of the command line to a house: here, with the settings, the exit code and
 * both streams of a process; or in a process of its own, which costs a second and a half of the processor.
 */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { programPath } from "../crash/victim.ts";
import type { TestHome } from "./house.ts";

export interface Said {
  code: number;
  /** Both streams. */
  text: string;
}

type Operator = (...words: string[]) => Promise<Said>;

const settings = (home: TestHome, env: Record<string, string>) => ({
  PATH: process.env.PATH ?? "",
  HOME: process.env.HOME ?? "",
  QUIETLINE_HOME: home.home,
  DATABASE_URL: home.config.databaseUrl,
  ...env,
});

/** Thrown where a process would have ended. */
class Ended extends Error {
  readonly code: number;
  constructor(code: number) {
    super(`the command ended with ${code}`);
    this.code = code;
  }
}

/** Gives one command after another. @param env further settings than where the house and its database are */
export function operator(home: TestHome, env: Record<string, string> = {}): Operator {
  return async (...words) => {
    const { commandLine } = await import("../../src/cli/line.ts");
    let text = "";
    const write = (piece: string | Uint8Array): boolean => {
      text += Buffer.from(piece).toString();
      return true;
    };
    const exit = (code?: number): never => {
      throw new Ended(code ?? 0);
    };
    const before = { env: process.env, exitCode: process.exitCode, exit: process.exit, umask: process.umask(0o077) };
    const streams = [process.stdout, process.stderr].map((stream) => ({
      stream,
      write: stream.write,
      tty: stream.isTTY,
    }));
    Object.assign(process, { env: settings(home, env), exitCode: undefined, exit });
    for (const { stream } of streams) Object.assign(stream, { write, isTTY: false });
    try {
      await commandLine().parseAsync(words, { from: "user" });
      return { code: Number(process.exitCode ?? 0), text };
    } catch (error) {
      if (!(error instanceof Ended)) throw error;
      return { code: error.code, text };
    } finally {
      for (const { stream, write, tty } of streams) Object.assign(stream, { write, isTTY: tty });
      process.umask(before.umask);
      Object.assign(process, { env: before.env, exitCode: before.exitCode, exit: before.exit });
    }
  };
}

/** The same, each command in a process of its own. */
export function operatorApart(home: TestHome, env: Record<string, string> = {}): Operator {
  const { main, execArgv } = programPath("cli");
  return (...words) =>
    new Promise((resolve) => {
      execFile(
        process.execPath,
        [...execArgv, fileURLToPath(main), ...words],
        { encoding: "utf8", env: settings(home, env) },
        (error, out, err) => resolve({ code: error ? Number(error.code ?? -1) : 0, text: out + err }),
      );
    });
}
