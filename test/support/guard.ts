/**
 * Every test fails that reaches beyond this machine, itself or by a process that it started: `guard.cjs` refuses it and writes it
 * down, and what is written down is looked at after each test.
 */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const file = fileURLToPath(new URL("./guard.cjs", import.meta.url));
const option = `--require ${JSON.stringify(file)}`;
const written = join(tmpdir(), `quietline-reached-${process.pid}`);

process.env.TEST_REACHED = written;
if (!process.env.NODE_OPTIONS?.includes(option))
  process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ""} ${option}`.trim();
const state = createRequire(import.meta.url)(file) as { passed: number };
process.once("exit", () => rmSync(written, { force: true }));

/** What was reached for beyond this machine since this was asked last, by this process and those that it started. */
export function reached(): string[] {
  if (!existsSync(written)) return [];
  const all = readFileSync(written, "utf8").trim().split("\n");
  rmSync(written, { force: true });
  return all;
}

/** How many connections of this process to this machine were seen: a guard that sees none proves nothing. */
export const passed = (): number => state.passed;

function look(): void {
  const all = reached();
  if (all.length > 0) throw new Error(`a test reached beyond this machine: ${[...new Set(all)].join(", ")}`);
}
export const mochaHooks = { afterEach: look, afterAll: look };
