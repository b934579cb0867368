/** `start`, `console` and `doctor`: to run the house and to look it over. */
import type { Command } from "commander";
import { pageOf } from "../config.ts";
import { configured, exit, giveUp, say, untilStopped, withCore } from "./terminal.ts";

export function runCommands(program: Command): void {
  program
    .command("start", { isDefault: true })
    .description("start the web page and every platform that has a token")
    .action(async () => {
      const config = configured();
      const { createLog } = await import("../log.ts");
      const { startService } = await import("../service.ts");
      const { root } = await import("../main.ts");
      const { learnAhead } = await import("../knowledge/ahead.ts");
      const note = createLog();
      // what a library throws past us may quote a token or a text: only its kind is told
      process.on("unhandledRejection", (reason) =>
        note("unhandled", { error: reason instanceof Error ? reason.name : "unknown" }),
      );
      process.on("uncaughtException", (error) => {
        note("unhandled", { error: error.name });
        process.exit(exit.internal);
      });
      const service = await startService(config, { note }).catch(giveUp);
      say(`Report page:  ${service.page}/`);
      if (service.firstInvite) say(`First reviewer (one use, 7 days):  ${service.page}${service.firstInvite}`);
      const rest = learnAhead(`${root}data`, `${config.home}/learned`);
      await untilStopped();
      rest();
      await service.close();
    });

  program
    .command("console")
    .description("talk to Quietline in this terminal; reports land in the same queue")
    .option("--locale <locale>", "language to begin with", process.env.LANG?.split(".")[0] ?? "en")
    .action(async (options: { locale: string }) => {
      const { terminal } = await import("../platforms/console.ts");
      await withCore(async (core, config) => {
        const platform = terminal({ input: process.stdin, output: process.stdout, locale: options.locale });
        core.setPage(pageOf(config));
        await core.connect(platform);
        await platform.closed;
      });
    });

  program
    .command("doctor")
    .description("check key, database, content, tokens, clock and disk, and say what to do")
    .action(async () => {
      const config = configured();
      const { examine } = await import("../doctor.ts");
      const findings = await examine(config);
      for (const { ok, what, finding, cure } of findings)
        say(`${ok ? "ok  " : "BAD "} ${what}: ${finding}${ok || !cure ? "" : `\n       ${cure}`}`);
      process.exitCode = findings.every((f) => f.ok) ? 0 : 1;
    });
}
