/** `demo`: a house full of invented cases. */
import type { Command } from "commander";
import { complain, exit, say, withCore } from "./terminal.ts";

export function demoCommands(program: Command): void {
  program
    .command("demo")
    .description("fill a fresh state folder with sixty invented cases")
    .action(() =>
      withCore(async (core) => {
        const { fillDemo } = await import("../demo.ts");
        const made = await fillDemo(core, Math.floor(Date.now() / 86_400_000));
        if (!made) {
          complain("This state folder holds reports already. Set QUIETLINE_HOME to a new folder and try again.");
          process.exitCode = exit.config;
          return;
        }
        say(`${made.cases} invented cases. Five are one series: ${made.series}.`);
        say("Invite yourself (`quietline reviewer invite`), then see /queue and /series.");
      }),
    );
}
