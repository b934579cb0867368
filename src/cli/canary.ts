/** `canary`: made-up customer records, each planted in one place; what is kept of them are fingerprints. */
import { statSync } from "node:fs";
import type { Command } from "commander";
import type { Core } from "../main.ts";
import { complain, exit, giveUp, progressBar, say, withHouse } from "./terminal.ts";

/** Records that are planted in one transaction. */
const handful = 1000;
/** A file of at least so many bytes gets a bar. */
const large = 1_000_000;

/**
 * Plants the records of a file, once all of it has been looked through. Throws ContentError where a line is wrong; then nothing
 * is planted. A run that was cut off is done again.
 * @param read is told how many bytes have been read; each byte is read twice
 */
export async function plantFile(
  { trade, record }: Pick<Core, "trade" | "record">,
  path: string,
  read?: (bytes: number) => void,
): Promise<{ records: number; fresh: number }> {
  const { canaryRecords, checkCanaries } = await import("../reports/canary-file.ts");
  const records = await checkCanaries(path, read);
  let fresh = 0;
  let some: { place: string; values: string[] }[] = [];
  for await (const one of canaryRecords(path, read)) {
    some.push(one);
    if (some.length < handful) continue;
    fresh += await trade.links.plant(some);
    some = [];
  }
  fresh += await trade.links.plant(some);
  await record(`canary add ${records}`);
  return { records, fresh };
}

export function canaryCommands(program: Command): void {
  const canary = program.command("canary").description("planted customer records that show where data leaks");
  canary
    .command("add")
    .description("plant the records of a table with a column “place”; all of it, or nothing where a line is wrong")
    .requiredOption("--csv <file>", "such as place,phone,account")
    .action(({ csv }: { csv: string }) =>
      withHouse(async (core) => {
        let bytes: number;
        try {
          bytes = statSync(csv).size;
        } catch {
          complain(`${csv} cannot be read.`);
          process.exitCode = exit.unavailable;
          return;
        }
        const bar = await progress(bytes * 2);
        try {
          const { records, fresh } = await plantFile(core, csv, bar.read);
          bar.stop();
          say(`${records} records looked through; ${fresh} values are new. What is kept are fingerprints and places.`);
          say("Keep the file away from everybody else, or delete it: whoever has it knows what to leave out.");
        } catch (error) {
          bar.stop();
          giveUp(error);
        }
      }),
    );
  canary
    .command("list")
    .description("where records are planted, and how many values in each place")
    .action(() =>
      withHouse(async ({ trade }) => {
        const places = await trade.links.places();
        if (places.length === 0) say("Nothing is planted.");
        for (const { place, values } of places) say(`${String(values).padStart(8)}  ${place}`);
      }),
    );
  canary
    .command("remove <place>")
    .description("forget every record of a place")
    .action((place: string) =>
      withHouse(async ({ trade, record }) => {
        const gone = await trade.links.unplant(place);
        if (gone === 0) {
          complain("No record is planted there. `quietline canary list` names the places.");
          process.exitCode = 1;
          return;
        }
        await record(`canary remove ${gone}`);
        say(`${gone} values are forgotten.`);
      }),
    );
}

/** A bar for a file that takes a while. */
async function progress(bytes: number): Promise<{ read(n: number): void; stop(): void }> {
  if (bytes < large * 2) return { read: () => undefined, stop: () => undefined };
  const bar = await progressBar();
  let done = 0;
  return {
    read(n) {
      done += n;
      bar.show(done, bytes);
    },
    stop: bar.stop,
  };
}
