/** Where settings come from: the environment, a file that it names, or `quietline.yaml`. Nothing here looks at a value. */
import { existsSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";

/** One problem of the configuration and its cure. It never holds the value. */
export interface Problem {
  name: string;
  problem: string;
  cure: string;
}

/** The value as it was given, before any check. An empty variable counts as none. */
export function raw(
  name: string,
  setting: { fallback?: string },
  env: NodeJS.ProcessEnv,
  file: Record<string, string>,
  problems: Problem[],
): string | undefined {
  const direct = env[name]?.trim();
  const path = env[`${name}_FILE`]?.trim();
  if (direct && path)
    problems.push({ name, problem: `Both ${name} and ${name}_FILE are set.`, cure: "Unset one of them." });
  if (direct) return direct;
  if (path) {
    try {
      const line = readFileSync(path, "utf8")
        .split("\n")
        .find((line) => line.trim() !== "" && !line.startsWith("#"))
        ?.trim();
      if (line === undefined)
        problems.push({
          name: `${name}_FILE`,
          problem: "The file is empty.",
          cure: "Put the value into it, or unset the name.",
        });
      return line;
    } catch {
      problems.push({
        name: `${name}_FILE`,
        problem: "The file cannot be read.",
        cure: "Check the path and that the user who runs Quietline may read it.",
      });
      return undefined;
    }
  }
  return file[name] ?? setting.fallback;
}

/** The lines of `quietline.yaml`; none where there is no such file and none is `wanted`. */
export function readYaml(path: string, wanted: boolean, problems: Problem[]): Record<string, string> {
  if (!existsSync(path)) {
    if (wanted) problems.push({ name: "QUIETLINE_CONFIG", problem: "The file is not there.", cure: "Check the path." });
    return {};
  }
  try {
    const read = z.record(z.string(), z.union([z.string(), z.number()])).parse(parse(readFileSync(path, "utf8")) ?? {});
    return Object.fromEntries(Object.entries(read).map(([name, value]) => [name, String(value)]));
  } catch {
    problems.push({
      name: "quietline.yaml",
      problem: "It is not a list of `NAME: value` lines.",
      cure: "Write one setting a line: QUIETLINE_LISTEN: 127.0.0.1:8787",
    });
    return {};
  }
}
