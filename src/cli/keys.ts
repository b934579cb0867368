/** `keys`: what can be done when the organisation's key was lost, or is in the wrong hands. Never through a chat. */
import { existsSync, readFileSync } from "node:fs";
import type { Command } from "commander";
import type { Tell } from "../reseal.ts";
import type { Old } from "../rotate.ts";
import { complain, configured, exit, giveUp, say, withCore } from "./terminal.ts";

export function keysCommands(program: Command): void {
  const keys = program
    .command("keys")
    .description("the organisation's key: exchange it, or bring back one that was lost");

  keys
    .command("recover")
    .description("write the key file again, with an offline key that QUIETLINE_RECOVERY named")
    .requiredOption("--identity <file>", "the file of the offline key (AGE-SECRET-KEY-PQ-1…)")
    .option("--from <place>", "a backup, its folder or a recovery file; by default the state folder")
    .action(async ({ identity, from }: { identity: string; from?: string }) => {
      const config = configured();
      const { identitiesIn } = await import("../crypto/keys.ts");
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

  keys
    .command("rotate")
    .description("exchange the key: everything is sealed anew; the house has to stand still meanwhile")
    .option("--keep-old <file>", "keep the old key in this file, instead of sealed to the new one in the state folder")
    .option("--destroy-old", "keep the old key nowhere: older backups open for the offline keys alone, or for nobody")
    .action(async ({ keepOld, destroyOld }: { keepOld?: string; destroyOld?: true }) => {
      const config = configured();
      if (keepOld && destroyOld) {
        complain("Either --keep-old or --destroy-old.");
        process.exit(exit.config);
      }
      const old: Old = destroyOld
        ? { keep: "nothing" }
        : keepOld
          ? { keep: "file", path: keepOld }
          : { keep: "sealed" };
      const { rotate } = await import("../rotate.ts");
      const bar = await barOf();
      const done = await rotate(config, old, bar.tell).catch((error: unknown) => {
        bar.stop();
        return giveUp(error);
      });
      bar.stop();
      for (const [table, n] of Object.entries(done.counts)) say(`  ${table}: ${n}`);
      say(`${done.from} is exchanged for ${done.to}${done.resumed ? "; an earlier call had not got to its end" : ""}.`);
      say("Every value opens under the new key and none under the old one.");
      say(done.old ? `The old key, for older backups: ${done.old}` : "The old key is kept nowhere.");
      if (config.key)
        say(`QUIETLINE_KEY still has the old key: unset it, or put the key of ${config.home}/key.age there.`);
      say("Now: make a backup in a new folder, give the new key file to every machine of the house, and start.");
    });
}

/** A bar that moves: sealing, then looking. */
async function barOf(): Promise<{ tell: Tell; stop(): void }> {
  const { Presets, SingleBar } = await import("cli-progress");
  const bar = new SingleBar({ format: "{bar} {percentage}% | {what} {value} of {total}" }, Presets.shades_classic);
  let shown = "";
  return {
    tell(what, done, total) {
      if (what !== shown) bar.start(total, done, { what: what === "seal" ? "sealed anew" : "looked over" });
      else bar.update(done);
      shown = what;
    },
    stop: () => bar.stop(),
  };
}
