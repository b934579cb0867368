/**
 * A file of canary records: a table with a column `place` and any others, whose values are planted. It is looked through as a
 * whole before anything of it is used; no fault quotes a value.
 */
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { type CsvError, parse } from "csv-parse";
import { ContentError, type Fault } from "../content.ts";
import { canaryOf, shortestCanary } from "./canaries.ts";

/** One made-up customer in one place. */
export interface CanaryRecord {
  line: number;
  place: string;
  values: string[];
}

/** Faults that are told of one file. */
const mostFaults = 20;
/** Most characters of a place's name. */
const longestPlace = 120;

/**
 * The records of a file, one by one. Separated by commas, semicolons or tabs, in UTF-8.
 * @param read is told how many bytes have been read
 * @throws ContentError for the first line that is no line of a table, or a head without `place`
 */
export async function* canaryRecords(
  path: string,
  read: (bytes: number) => void = () => {},
): AsyncGenerator<CanaryRecord> {
  const refuse = (line: number, problem: string, cure: string) => new ContentError(path, [{ line, problem, cure }]);
  const head = await headOf(path);
  const delimiter = [";", "\t"].find((sign) => head.includes(sign) && !head.includes(",")) ?? ",";
  const source = createReadStream(path);
  source.on("data", (chunk) => read(chunk.length));
  let columns: string[] | undefined;
  const lines = source.pipe(
    parse({ bom: true, delimiter, info: true, trim: true, skip_empty_lines: true, max_record_size: 100_000 }),
  );
  source.on("error", (error) => lines.destroy(error));
  try {
    for await (const { record, info } of lines as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      if (record.some((value) => value.includes("\ufffd")))
        throw refuse(info.lines, "is not UTF-8", "save the file as CSV UTF-8");
      if (!columns) {
        columns = record.map((name) => name.toLowerCase());
        if (!columns.includes("place") || columns.length < 2)
          throw refuse(
            1,
            "has no column “place” beside others",
            "begin the file with a line such as place,phone,account",
          );
        continue;
      }
      const at = columns.indexOf("place");
      yield { line: info.lines, place: record[at] ?? "", values: record.filter((_, i) => i !== at && _ !== "") };
    }
  } catch (error) {
    if (!isCsv(error)) throw error;
    throw refuse(
      error.lines ?? 0,
      problems[error.code] ?? "is not a line of a table",
      cures[error.code] ?? "mend the line",
    );
  }
  if (!columns) throw refuse(0, "is empty", "begin the file with a line such as place,phone,account");
}

/** Looks a whole file through. The number of records, or a ContentError with every fault (at most 20). */
export async function checkCanaries(path: string, read?: (bytes: number) => void): Promise<number> {
  const faults: Fault[] = [];
  const seen = new Map<string, { line: number; place: string }>();
  let count = 0;
  for await (const { line, place, values } of canaryRecords(path, read)) {
    count += 1;
    const fault = (problem: string, cure: string) => void faults.push({ line, problem, cure });
    const planted = values.flatMap((value) => canaryOf(value) ?? []);
    const other = planted.map((value) => seen.get(value)).find((found) => found && found.place !== place);
    if (place === "") fault("names no place", "write where the record is planted, such as a branch or a system");
    else if (place.length > longestPlace) fault(`has a place of more than ${longestPlace} characters`, "shorten it");
    else if (planted.length === 0)
      fault(
        "has nothing that would be recognised",
        `give it a value of at least ${shortestCanary} characters with a digit or an @, such as a phone or an account`,
      );
    else if (other)
      fault(
        `holds a value that line ${other.line} plants elsewhere`,
        "plant each value in one place, or it shows none",
      );
    for (const value of planted) if (!seen.has(value)) seen.set(value, { line, place });
    if (faults.length >= mostFaults) break;
  }
  const [first, ...rest] = faults;
  if (first) throw new ContentError(path, [first, ...rest]);
  if (count === 0) throw new ContentError(path, [{ line: 1, problem: "holds no record", cure: "add a line for each" }]);
  return count;
}

const problems: Record<string, string> = {
  CSV_RECORD_INCONSISTENT_FIELDS_LENGTH: "has not as many columns as the first line",
  CSV_QUOTE_NOT_CLOSED: "opens a quotation mark that is never closed",
  CSV_INVALID_CLOSING_QUOTE: "has signs after a closing quotation mark",
  CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE: "has signs after a closing quotation mark",
  INVALID_OPENING_QUOTE: "has a quotation mark within a value",
  CSV_MAX_RECORD_SIZE: "is longer than 100,000 characters",
};
const cures: Record<string, string> = {
  CSV_RECORD_INCONSISTENT_FIELDS_LENGTH:
    "add or take away separators, and put values that hold one into quotation marks",
};

function isCsv(error: unknown): error is CsvError & { lines?: number } {
  return error instanceof Error && "code" in error && /^(CSV_|INVALID_OPENING)/.test(String(error.code));
}

/** The first line, as far as it matters. */
async function headOf(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4096), 0, 4096, 0);
    return buffer.subarray(0, bytesRead).toString("utf8").split(/\r?\n/)[0] ?? "";
  } finally {
    await file.close();
  }
}
