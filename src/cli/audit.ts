/** `audit`: the record of every look and every act. */
import type { Command } from "commander";
import { explain } from "../errors.ts";
import { complain, say, withHouse } from "./terminal.ts";

export function auditCommands(program: Command): void {
  program
    .command("audit")
    .description("the audit log")
    .command("verify")
    .description("check that no entry was changed, left out or put in")
    .action(() =>
      withHouse(async (core) => {
        const { entries, broken, head } = await core.audit.verify();
        if (broken === undefined)
          say(
            `The chain holds: ${entries} entries, ending in ${head.slice(0, 16)}. Note both elsewhere: a cut-off end shows.`,
          );
        else {
          complain(`audit-broken: the chain breaks at entry ${broken}. ${explain("audit-broken").cure}`);
          process.exitCode = 1;
        }
      }),
    );
}
