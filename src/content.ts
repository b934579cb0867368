/**
 * How a content file (YAML in `data/`) is read: every fault is told with its line and its cure, because the people who
 * edit these files are not the people who wrote the programme. Each room brings its own schema and its own rules.
 */
import { readFileSync } from "node:fs";
import { type Document, isMap, isNode, LineCounter, parseDocument } from "yaml";
import { z } from "zod";

/** A code that stands in content files and travels in buttons: `id-card-lost`. */
export const kebab = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, { error: "is not a code in small letters, digits and hyphens" });

/** A text of one to `most` characters, as a person counts them. */
export const said = (most: number) =>
  z
    .string()
    .trim()
    .min(1, { error: "is empty" })
    .refine((text) => [...text].length <= most, { error: `is longer than ${most} characters` });

/** The same in every language that content is written in. */
export const each = <T extends z.ZodType>(schema: T) => z.strictObject({ en: schema, "zh-CN": schema });

/** One thing wrong in a content file: where (line 0: the file as a whole), what, and what to do. */
export interface Fault {
  line: number;
  problem: string;
  cure: string;
}

/** A fault of one file among several. */
export interface LocatedFault extends Fault {
  file: string;
}

/** Content that cannot be used. `file`, `line`, `problem` and `cure` are the first fault's, `faults` holds them all. */
export class ContentError extends Error {
  readonly code = "content-invalid";
  readonly file: string;
  readonly line: number;
  readonly problem: string;
  readonly cure: string;
  readonly faults: readonly LocatedFault[];

  constructor(file: string, faults: readonly [Fault | LocatedFault, ...(Fault | LocatedFault)[]]) {
    const located = faults.map((fault) => ({ file, ...fault }));
    super(located.map((fault) => `${fault.file}:${fault.line}: ${fault.problem}: ${fault.cure}`).join("\n"));
    this.name = "ContentError";
    this.faults = located;
    ({ file: this.file, line: this.line, problem: this.problem, cure: this.cure } = located[0]!);
  }
}

/** The line (from 1) of the value under these keys, or of the nearest thing around it where the value is missing. */
export type At = (keys: readonly PropertyKey[]) => number;

/** What was read of each file, so that a folder that is loaded again costs only what changed in it. */
const known = new Map<string, { source: string; value: unknown }>();

/**
 * Reads a YAML file. A text that was read before is not parsed again: the value is shared and must not be changed.
 *
 * @throws ContentError when the file cannot be read, or with every place where it is not YAML
 */
export function readYaml(path: string): { value: unknown; at: At } {
  let source: string;
  try {
    source = readFileSync(path, "utf8");
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? "unknown";
    const cure = "put the file back, or make it readable for the user that runs Quietline";
    throw new ContentError(path, [{ line: 0, problem: `cannot be read (${code})`, cure }]);
  }
  const before = known.get(path);
  if (before?.source === source) {
    // lines are asked for only where something is wrong, or by whoever asks for all of them
    let lines: At | undefined;
    const at: At = (keys) => {
      lines ??= parse(path, source).at;
      return lines(keys);
    };
    return { value: before.value, at };
  }
  const { value, at } = parse(path, source);
  known.set(path, { source, value });
  return { value, at };
}

/** @throws ContentError with every place where the text is not YAML */
function parse(path: string, source: string): { value: unknown; at: At } {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false });
  const broken = document.errors.map((error) => ({
    line: lines.linePos(error.pos[0]).line,
    problem: error.message,
    cure: "mend the YAML here: indent with spaces, two for each level, and close every bracket and quote",
  }));
  stop(path, broken);
  return { value: contentOf(document, path), at: (keys) => lineOf(document, lines, keys) };
}

/** What a document says. Aliases that lead nowhere, or to more and more of each other, come out only here. */
function contentOf(document: Document, path: string): unknown {
  try {
    return document.toJS();
  } catch {
    const cure = "write the words out; a “*” or “&” at the beginning of a text needs quotes around it";
    throw new ContentError(path, [{ line: 0, problem: "refers to something that is not there, or too often", cure }]);
  }
}

/** Throws the faults of a file in the order of its lines; does nothing when there is none. */
export function stop(path: string, faults: readonly Fault[]): void {
  const [first, ...rest] = [...faults].sort((a, b) => a.line - b.line);
  if (first) throw new ContentError(path, [first, ...rest]);
}

function lineOf(document: Document, lines: LineCounter, keys: readonly PropertyKey[]): number {
  for (let depth = keys.length; depth > 0; depth -= 1) {
    const holder = depth === 1 ? document.contents : document.getIn(keys.slice(0, depth - 1), true);
    const pair = isMap(holder) ? holder.items.find((item) => String(item.key) === String(keys[depth - 1])) : undefined;
    const node = pair ? pair.key : document.getIn(keys.slice(0, depth), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

/**
 * Says what a schema found wrong, in words for an editor.
 *
 * @param within keys that lead to the part of the file that was checked
 * @param cure of faults that the schema explains in its own words
 */
export function explain(
  issue: z.core.$ZodIssue,
  at: At,
  within: readonly PropertyKey[] = [],
  cure = "write it like the other entries of this list",
): Fault[] {
  const path = [...within, ...issue.path];
  const name = issue.path.filter((key) => typeof key === "string").join(".") || "the file";
  const line = at(path);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      line: at([...path, key]),
      problem: `${name}: "${key}" means nothing here`,
      cure: "correct its spelling or take it out",
    }));
  }
  if (issue.code === "invalid_type" && issue.message.includes("received undefined")) {
    const missing = `add "${String(issue.path.at(-1))}:" with its ${issue.expected}`;
    return [{ line, problem: `${name} is missing`, cure: missing }];
  }
  if (issue.code === "invalid_value") {
    const allowed = `write one of: ${issue.values.join(", ")}`;
    return [{ line, problem: `${name} has a value that is not allowed`, cure: allowed }];
  }
  if (issue.code === "invalid_type") {
    const quotes = issue.expected === "string" ? '; text that holds ": " or starts with a sign needs quotes' : "";
    const kind = `write a value of the kind ${issue.expected} here${quotes}`;
    return [{ line, problem: `${name} is not of the right kind`, cure: kind }];
  }
  return [{ line, problem: `${name} ${issue.message}`, cure }];
}
