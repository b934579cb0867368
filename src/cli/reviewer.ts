/** `reviewer`: who reviews. */
import type { Command } from "commander";
import { pageOf } from "../config.ts";
import { codeOf } from "../errors.ts";
import { complain, exit, say, withCore, withHouse } from "./terminal.ts";

export function reviewerCommands(program: Command): void {
  const reviewer = program.command("reviewer").description("who reviews");
  reviewer
    .command("invite")
    .description("make a one-time invitation, good for seven days")
    .option("--role <role>", "reviewer, deputy, admin or auditor", "reviewer")
    .action(async (options: { role: string }) => {
      const { roles } = await import("../reports/people-store.ts");
      const role = roles.find((r) => r === options.role);
      if (!role) {
        complain(`There is no such role. Choose one of: ${roles.join(", ")}.`);
        process.exit(exit.config);
      }
      await withCore(async (core, config) => {
        const code = core.people.newInvite();
        await core.storage.transaction(core.people.addInvite(code, { role }, Math.floor(Date.now() / 86_400_000) + 7));
        await core.record(`invite ${role}`);
        say(`On the web:           ${pageOf(config)}/join/${code}`);
        say(`On Telegram/Discord:  /join ${code}`);
      });
    });
  reviewer
    .command("list")
    .description("list reviewers")
    .action(() =>
      withHouse(async (core) => {
        for (const r of await core.people.list()) say(`${r.alias}  ${r.role}  ${r.status}`);
      }),
    );
  reviewer
    .command("factor-off <alias>")
    .description("switch off the second factor of a reviewer who has lost the app")
    .action((alias: string) =>
      withHouse(async (core) => {
        if (!(await core.factors.has(alias))) {
          complain("There is no reviewer of that alias with a second factor. `quietline reviewer list` names them.");
          process.exitCode = 1;
          return;
        }
        await core.storage.transaction(core.factors.drop(alias));
        await core.record(`factor off ${alias}`);
      }),
    );
  reviewer
    .command("remove <alias>")
    .description("shut a reviewer out for good; the alias stays taken, as the log names it")
    .action((alias: string) =>
      withHouse(async (core) => {
        const removed = await core.remove(alias).catch((error: unknown) => {
          if (codeOf(error) !== "stale") throw error;
          complain("That is the last admin. Invite another one first: `quietline reviewer invite --role admin`.");
          process.exitCode = 1;
          return true;
        });
        if (removed) return;
        complain("There is no reviewer of that alias. `quietline reviewer list` names them.");
        process.exitCode = 1;
      }),
    );
  for (const [name, suspended] of [
    ["suspend", true],
    ["resume", false],
  ] as const) {
    reviewer
      .command(`${name} <alias>`)
      .description(suspended ? "shut a reviewer out at once" : "let a reviewer in again")
      .action((alias: string) =>
        withHouse(async (core) => {
          if (await core.suspend(alias, suspended)) return;
          complain("There is no reviewer of that alias. `quietline reviewer list` names them.");
          process.exitCode = 1;
        }),
      );
  }
}
