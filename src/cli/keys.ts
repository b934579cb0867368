/** `keys`: what can be done when the organisation's key was lost. Never through a chat. */
import { existsSync, readFileSync } from "node:fs";
import type { Command } from "commander";
import { complain, configured, exit, giveUp, say, withCore } from "./terminal.ts";

export function keysCommands(program: Command): void {
  const keys = program.command("keys").description("the organisation's key: bring back one that was lost");

  keys
    .command("recover")
    .description("write the key file again, with an offline key that QUIETLINE_RECOVERY named")
    .requiredOption("--identity <file>", "the file of the offline key (AGE-SECRET-KEY-PQ-1…)")
    .option("--from <place>", "a backup, its folder or a recovery file; by default the state folder")
    .action(async ({ identity, from }: { identity: string; from?: string }) => {
      const config = configured();
      const { identitiesIn } = await import("../crypto/recovery.ts");
      const held = existsSync(identity) ? identitiesIn(readFileSync(identity, "utf8")) : [];
      if (held.length === 0) {
        complain(`There is no AGE-SECRET-KEY-… in ${identity}. Name the file that “age-keygen -pq” wrote.`);
        process.exit(exit.config);
      }
      const { recover } = await import("../recover.ts");
      const { name, path, written, opens } = await recover(config, held, from).catch(giveUp);
      say(`The key ${name} ${written ? "is back" : "was there already"}: ${path}`);
      if (config.key) say("QUIETLINE_KEY is set and goes before this file: unset it, or put this key there.");
      if (opens === "backup") say("It opens the backup. Put that back with “restore”.");
      if (opens === "nothing") say("There was no database to try it on.");
      if (opens !== "database") return;
      await withCore((core) => core.record("recover-key"));
      say("It opens the database. Look the house over with “doctor”, and start it.");
    });
}
