/** An operator at the machine: gives commands of the command line to a house, as a process of its own. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { programPath } from "../crash/victim.ts";
import type { TestHome } from "./house.ts";

export interface Said {
  code: number;
  /** Both streams. */
  text: string;
}

/** @param env further settings than where the house and its database are */
export function operator(home: TestHome, env: Record<string, string> = {}): (...words: string[]) => Promise<Said> {
  const settings = { QUIETLINE_HOME: home.home, DATABASE_URL: home.config.databaseUrl, ...env };
  const { main, execArgv } = programPath("cli");
  return (...words) =>
    new Promise((resolve) => {
      execFile(
        process.execPath,
        [...execArgv, fileURLToPath(main), ...words],
        { encoding: "utf8", env: { PATH: process.env.PATH, HOME: process.env.HOME, ...settings } },
        (error, out, err) => resolve({ code: error ? Number(error.code ?? -1) : 0, text: out + err }),
      );
    });
}
