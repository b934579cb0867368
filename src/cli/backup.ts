/** `backup` and `restore`: a sealed copy of everything, proven by restoring it. Never through a chat. */
import { existsSync } from "node:fs";
import type { Command } from "commander";
import type { Config } from "../config.ts";
import type { Keys } from "../crypto/keys.ts";
import { QuietlineError } from "../errors.ts";
import { complain, configured, exit, giveUp, progressBar, say, withHouse } from "./terminal.ts";

export function backupCommands(program: Command): void {
  const backup = program
    .command("backup")
    .description("sealed backups in a folder outside of the state folder, also while the service runs");
  backup
    .command("make <folder>", { isDefault: true })
    .description("make one: what changed since the last is written, and all of it is restored and compared")
    .option("--full", "write every part anew")
    .action((folder: string, { full }: { full?: boolean }) =>
      withHouse(async (core, config) => {
        const { makeBackup, rowsIn } = await import("../backup.ts");
        const bar = await progressBar();
        const { storage, keys } = core;
        const { home, recovery } = config;
        const today = Math.floor(Date.now() / 86_400_000);
        const made = await makeBackup(
          { storage, home, keys, recovery, today, full: full ?? false, progress: bar.show },
          folder,
        ).catch(refused(bar));
        bar.stop();
        const { keepRecovery } = await import("../crypto/recovery.ts");
        const beside = await keepRecovery(folder, keys, recovery).catch(giveUp);
        await core.record("backup");
        const { chunks, files } = made;
        if (made.mended) say("Parts of earlier backups were damaged. All parts have been written anew.");
        say(`${made.name}: ${rowsIn(made)} rows, restored into a private folder and compared.`);
        say(`Parts of the database: ${chunks.kept}, of them written now: ${chunks.written}.`);
        say(`Files of reports: ${files.kept}, of them written now: ${files.copied}.`);
        say(
          beside
            ? `The key is beside it in ${beside}, for the holders of the offline keys alone.`
            : "The key is not in it: keep a copy of the key elsewhere, or it opens for nobody.",
        );
      }),
    );
  backup
    .command("list <folder>")
    .description("the backups of a folder, the oldest first, and whether each has all of its parts")
    .action(async (folder: string) => {
      const keys = await keysFor(configured());
      const { listBackups } = await import("../backup.ts");
      const found = await listBackups(folder, keys).catch(refused());
      if (found.length === 0) say("There is no backup.");
      for (const { name, rows, missing } of found) say(`${name}  ${missing ? `damaged: ${missing}` : `${rows} rows`}`);
      if (found.some(({ missing }) => missing)) process.exitCode = 1;
    });
  backup
    .command("prune <folder>")
    .description("remove all but the newest backups, and every part that none of those needs")
    .requiredOption("--keep <n>", "how many stay")
    .action(async (folder: string, { keep }: { keep: string }) => {
      if (!/^[1-9]\d{0,5}$/.test(keep)) {
        complain("--keep: give a whole number, 1 or more.");
        process.exit(exit.config);
      }
      await withHouse(async (core, { home }) => {
        const { pruneBackups } = await import("../backup.ts");
        const gone = await pruneBackups(folder, Number(keep), { keys: core.keys, home }).catch(refused());
        await core.record("prune-backups");
        say(`Removed: ${gone.backups} backups and ${gone.parts} parts that nothing needs any more.`);
      });
    });

  program
    .command("restore <backup>")
    .description("put a backup (quietline-….age, or the newest of a folder) into an empty state folder and database")
    .action(async (path: string) => {
      const config = configured();
      const keys = await keysFor(config);
      const { restoreBackup, rowsIn } = await import("../backup.ts");
      const { home, databaseUrl } = config;
      const bar = await progressBar();
      const back = await restoreBackup({ path, keys, home, databaseUrl, progress: bar.show }).catch(refused(bar));
      bar.stop();
      say(`${back.name}: ${rowsIn(back)} rows and ${back.files.copied} files of reports are back.`);
      say("Look it over with “doctor”.");
    });
}

/** The key that has to be there already; an end with the cure where it is not. */
async function keysFor(config: Config): Promise<Keys> {
  const { keysFromFile, keysOf } = await import("../crypto/keys.ts");
  const path = `${config.home}/key.age`;
  if (!config.key && !existsSync(path)) {
    complain(
      "key-missing: Put the key that the backup was made with into the state folder as key.age (mode 0600), or get it by “keys recover --from” the backup.",
    );
    process.exit(exit.unavailable);
  }
  return (config.key ? keysOf(config.key) : keysFromFile(path)).catch(giveUp);
}

/** Ends with a code and its cure, and names the part that is damaged. */
function refused(bar?: { stop(): void }): (error: unknown) => never {
  return (error) => {
    bar?.stop();
    if (error instanceof QuietlineError && error.values.part) complain(`Damaged or missing: ${error.values.part}`);
    return giveUp(error);
  };
}
