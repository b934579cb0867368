/** `backup` and `restore`: a sealed copy of everything, proven by opening it again. Never through a chat. */
import { existsSync } from "node:fs";
import type { Command } from "commander";
import { complain, configured, exit, giveUp, say, withCore } from "./terminal.ts";

export function backupCommands(program: Command): void {
  program
    .command("backup <folder>")
    .description("make a sealed backup in a folder outside of the state folder, also while the service runs")
    .action((folder: string) =>
      withCore(async (core, config) => {
        const { makeBackup } = await import("../backup.ts");
        const made = await makeBackup(
          {
            storage: core.storage,
            home: config.home,
            identity: core.keys.identity,
            recipients: [core.keys.recipient, ...config.recovery],
            today: Math.floor(Date.now() / 86_400_000),
          },
          folder,
        ).catch(giveUp);
        const { keepRecovery } = await import("../crypto/recovery.ts");
        const recovery = await keepRecovery(folder, core.keys, config.recovery).catch(giveUp);
        await core.record("backup");
        say(`${made.name}: ${total(made.rows)} rows, opened again and compared.`);
        say(`Files of reports: ${made.files.kept}, of them new in the backup: ${made.files.copied}.`);
        say(
          recovery
            ? `The key is beside it in ${recovery}, for the holders of the offline keys alone.`
            : "The key is not in it: keep a copy of the key elsewhere, or it opens for nobody.",
        );
      }),
    );

  program
    .command("restore <dump>")
    .description("put a backup into an empty state folder and database; the key has to be there")
    .action(async (dump: string) => {
      const config = configured();
      if (!existsSync(dump)) {
        complain(`There is no ${dump}. Name the file quietline-….age in the backup folder.`);
        process.exit(exit.config);
      }
      const { keysFromFile, keysOf } = await import("../crypto/keys.ts");
      const path = `${config.home}/key.age`;
      if (!config.key && !existsSync(path)) {
        complain(
          "key-missing: Put the key that the backup was made with into the state folder as key.age (mode 0600), or get it by “keys recover --from” the backup.",
        );
        process.exit(exit.unavailable);
      }
      const keys = await (config.key ? keysOf(config.key) : keysFromFile(path)).catch(giveUp);
      const { restoreBackup } = await import("../backup.ts");
      const { home, databaseUrl } = config;
      const back = await restoreBackup({ path: dump, identity: keys.identity, home, databaseUrl }).catch(giveUp);
      say(`${total(back.rows)} rows and ${back.files.copied} files of reports are back. Look it over with “doctor”.`);
    });
}

const total = (rows: Record<string, number>): number => Object.values(rows).reduce((sum, n) => sum + n, 0);
