/** `audit`: the record of every look and every act. */
import { type Command, InvalidArgumentError } from "commander";
import { explain } from "../errors.ts";
import { complain, say, withHouse } from "./terminal.ts";

export function auditCommands(program: Command): void {
  program
    .command("audit")
    .description("the audit log")
    .command("verify")
    .description("check that no entry was changed, left out or put in")
    .option("--holds <hash>", "look whether an entry with this hash, noted earlier, is still there", hash)
    .action(({ holds: noted }: { holds?: string }) =>
      withHouse(async (core) => {
        const { entries, broken, head, holds } = await core.audit.verify(noted);
        const wrong = (what: string): void => {
          complain(`audit-broken: ${what} ${explain("audit-broken").cure}`);
          process.exitCode = 1;
        };
        if (broken !== undefined) wrong(`the chain breaks at entry ${broken}.`);
        else
          say(
            `The chain holds: ${entries} entries, ending in ${head.slice(0, 16)}. Note both elsewhere: a cut-off end shows.`,
          );
        if (noted && holds !== undefined) say(`The hash that was noted is that of entry ${holds}: it is still there.`);
        else if (noted) wrong("no good entry has the hash that was noted, so the log was cut off or replaced since.");
      }),
    );
}

/** At least as much of a hash as `audit verify` itself prints. */
function hash(typed: string): string {
  const value = typed.trim().toLowerCase();
  if (!/^[0-9a-f]{16,64}$/.test(value)) throw new InvalidArgumentError("A hash is 16 to 64 digits and letters a to f.");
  return value;
}
