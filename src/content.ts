/**
 * How a content file (YAML in `data/`) is read: every fault is told with its line and its cure, because the people who
 * edit these files are not the people who wrote the programme. Each room brings its own schema and its own rules.
 */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
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
    throw new ContentError(path, [unreadable("file", cause)]);
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

function unreadable(what: "file" | "folder", cause: unknown): Fault {
  const code = (cause as NodeJS.ErrnoException).code ?? "unknown";
  const cure = `put the ${what} back, or make it readable for the user that runs Quietline`;
  return { line: 0, problem: `cannot be read (${code})`, cure };
}

/** @throws ContentError with every place where the text is not YAML */
function parse(path: string, source: string): { value: unknown; at: At } {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false, logLevel: "error" });
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

/** Throws the faults of several files, as they are sorted; does nothing when there is none. */
export function stopAll(faults: readonly LocatedFault[]): void {
  const [first, ...rest] = faults;
  if (first) throw new ContentError(first.file, [first, ...rest]);
}

/**
 * Reads a file that must be as its schema says.
 *
 * @throws ContentError with every fault
 */
export function readAs<T>(path: string, schema: z.ZodType<T>): { value: T; at: At } {
  const { value, at } = readYaml(path);
  const { data, error } = schema.safeParse(value);
  if (error)
    stop(
      path,
      error.issues.flatMap((issue) => explain(issue, at)),
    );
  return { value: data as T, at };
}

/** A file among several that its schema accepts. What else is found wrong with it is noted, and the reading goes on. */
export interface Sheet<T> {
  file: string;
  value: T;
  at: At;
  /** Notes a fault of the value under these keys. */
  blame(keys: readonly PropertyKey[], problem: string, cure: string): void;
  /**
   * Holds a part of the file against a schema of its own; undefined, with the faults noted, where it does not fit.
   * @param within keys that lead to the part
   * @param name what the part calls itself, so that its faults can be told from its neighbours'
   */
  part<P>(schema: z.ZodType<P>, raw: unknown, within: readonly PropertyKey[], name?: unknown): P | undefined;
}

/**
 * Reads one file of several; undefined, with the faults noted, where it cannot be used.
 *
 * @param cure of faults that the schemas explain in their own words
 * @param faults to which what is wrong is added
 */
export function readSheet<T>(
  file: string,
  schema: z.ZodType<T>,
  cure: string,
  faults: LocatedFault[],
): Sheet<T> | undefined {
  let opened: ReturnType<typeof readYaml>;
  try {
    opened = readYaml(file);
  } catch (error) {
    if (!(error instanceof ContentError)) throw error;
    faults.push(...error.faults);
    return undefined;
  }
  const { at } = opened;
  const part: Sheet<T>["part"] = (schema, raw, within, name) => {
    const { data, error } = schema.safeParse(raw);
    const named = typeof name === "string" ? `${name}: ` : "";
    for (const issue of error?.issues ?? [])
      for (const fault of explain(issue, at, within, cure))
        faults.push({ file, ...fault, problem: named + fault.problem });
    return data;
  };
  const value = part(schema, opened.value, []);
  if (value === undefined) return undefined;
  const blame: Sheet<T>["blame"] = (keys, problem, cure) => faults.push({ file, line: at(keys), problem, cure });
  return { file, value, at, blame, part };
}

/**
 * Reads every YAML file of a folder, by name, and leaves out those that cannot be used. Names that start with `_` are not
 * read: they stand beside the others.
 *
 * @param may `be missing`: then there are no files, and that is no fault
 * @see readSheet for the rest
 */
export function readSheets<T>(
  folder: string,
  schema: z.ZodType<T>,
  cure: string,
  faults: LocatedFault[],
  may?: "be missing",
): Sheet<T>[] {
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith(".yaml") && !name.startsWith("_"));
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === "ENOENT";
    if (!missing || !may) faults.push({ file: folder, ...unreadable("folder", cause) });
    return [];
  }
  return names.sort().flatMap((name) => readSheet(join(folder, name), schema, cure, faults) ?? []);
}

/** Notes where a file is not named as the code under this key in it says. */
export function blameName<Key extends string>({ file, value, blame }: Sheet<Record<Key, string>>, key: Key): void {
  const code = value[key];
  if (`${code}.yaml` === basename(file)) return;
  const cure = `write ${key}: ${basename(file, ".yaml")}, or rename the file`;
  blame([key], `${key} "${code}" is not the file's name`, cure);
}

/** Sorts faults by file and line. */
export function inOrder(faults: LocatedFault[]): LocatedFault[] {
  return faults.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line));
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
