#!/usr/bin/env -S node --max-semi-space-size=2
/** The command line: start, console, doctor, reviewer, audit. Every failure ends with a code, a sentence and a cure. */
import { Command } from "commander";
import { type Config, readConfig } from "./config.ts";
import { codeOf, explain } from "./errors.ts";
import { createLog } from "./log.ts";

const say = (text = ""): void => void process.stdout.write(`${text}\n`);
const complain = (text: string): void => void process.stderr.write(`${text}\n`);

// whatever is made below is for this user alone
process.umask(0o077);

/** Exit codes of sysexits.h: a bad configuration, something that cannot be opened, a fault of our own. */
const exit = { config: 78, unavailable: 69, internal: 70 };

/** The configuration, or an end with every problem and its cure. */
function configured(): Config {
  const read = readConfig(process.env);
  if ("config" in read) return read.config;
  complain(explain("config-invalid").sentence);
  for (const { name, problem, cure } of read.problems) complain(`  ${name}: ${problem} ${cure}`);
  process.exit(exit.config);
}

/** Ends with a code and its cure; content files also say where. */
function giveUp(error: unknown): never {
  const code = codeOf(error);
  const { sentence, cure } = explain(code);
  if (code === "content-invalid" && error instanceof Error) complain(error.message);
  complain(`${code}: ${sentence} ${cure}`);
  process.exit(exit.unavailable);
}

async function untilStopped(close: () => Promise<void>): Promise<void> {
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
  await close();
}

const program = new Command("quietline")
  .description("A tip line and privacy coach: web page, Telegram, Discord and terminal.")
  .version("0.1.0");

program
  .command("start", { isDefault: true })
  .description("start the web page and every platform that has a token")
  .action(async () => {
    const config = configured();
    const { startService } = await import("./main.ts");
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
    await untilStopped(() => service.close());
  });

program
  .command("console")
  .description("talk to Quietline in this terminal; reports land in the same queue")
  .option("--locale <locale>", "language to begin with", process.env.LANG?.split(".")[0] ?? "en")
  .action(async (options: { locale: string }) => {
    const config = configured();
    const { openCore } = await import("./main.ts");
    const { terminal } = await import("./platforms/console.ts");
    const core = await openCore(config, { note: () => undefined }).catch(giveUp);
    const platform = terminal({ input: process.stdin, output: process.stdout, locale: options.locale });
    core.setPage(config.publicUrl ?? `http://${config.listen}`);
    await core.connect(platform);
    await platform.closed;
    await core.close();
  });

program
  .command("doctor")
  .description("check key, database, content, tokens, clock and disk, and say what to do")
  .action(async () => {
    const config = configured();
    const { examine } = await import("./doctor.ts");
    const findings = await examine(config);
    for (const { ok, what, finding, cure } of findings)
      say(`${ok ? "ok  " : "BAD "} ${what}: ${finding}${ok || !cure ? "" : `\n       ${cure}`}`);
    process.exitCode = findings.every((f) => f.ok) ? 0 : 1;
  });

const reviewer = program.command("reviewer").description("who reviews");
reviewer
  .command("invite")
  .description("make a one-time invitation, good for seven days")
  .option("--role <role>", "reviewer, deputy, admin or auditor", "reviewer")
  .action(async (options: { role: string }) => {
    const config = configured();
    const { openCore } = await import("./main.ts");
    const { roles } = await import("./reports/people-store.ts");
    const role = roles.find((r) => r === options.role);
    if (!role) {
      complain(`There is no such role. Choose one of: ${roles.join(", ")}.`);
      process.exit(exit.config);
    }
    const core = await openCore(config, { note: () => undefined }).catch(giveUp);
    const code = core.people.newInvite();
    await core.storage.transaction(core.people.addInvite(code, { role }, Math.floor(Date.now() / 86_400_000) + 7));
    await core.record(`invite ${role}`);
    say(`On the web:           ${config.publicUrl ?? `http://${config.listen}`}/join/${code}`);
    say(`On Telegram/Discord:  /join ${code}`);
    await core.close();
  });
reviewer
  .command("list")
  .description("list reviewers")
  .action(async () => {
    const config = configured();
    const { openCore } = await import("./main.ts");
    const core = await openCore(config, { note: () => undefined }).catch(giveUp);
    for (const r of await core.people.list()) say(`${r.alias}  ${r.role}  ${r.status}`);
    await core.close();
  });
for (const [name, suspended] of [
  ["suspend", true],
  ["resume", false],
] as const) {
  reviewer
    .command(`${name} <alias>`)
    .description(suspended ? "shut a reviewer out at once" : "let a reviewer in again")
    .action(async (alias: string) => {
      const config = configured();
      const { openCore } = await import("./main.ts");
      const core = await openCore(config, { note: () => undefined }).catch(giveUp);
      if (!(await core.suspend(alias, suspended))) {
        complain("There is no reviewer of that alias. `quietline reviewer list` names them.");
        process.exitCode = 1;
      }
      await core.close();
    });
}

program
  .command("audit")
  .description("the audit log")
  .command("verify")
  .description("check that no entry was changed, left out or put in")
  .action(async () => {
    const config = configured();
    const { openCore } = await import("./main.ts");
    const core = await openCore(config, { note: () => undefined }).catch(giveUp);
    const { entries, broken, head } = await core.audit.verify();
    if (broken === undefined)
      say(
        `The chain holds: ${entries} entries, ending in ${head.slice(0, 16)}. Note both elsewhere: a cut-off end shows.`,
      );
    else {
      complain(`audit-broken: the chain breaks at entry ${broken}. ${explain("audit-broken").cure}`);
      process.exitCode = 1;
    }
    await core.close();
  });

program
  .command("content")
  .description("what the organisation edits")
  .command("check")
  .description("check every content file; print file, line and cure of each fault")
  .action(async () => {
    const { root } = await import("./main.ts");
    const { checkKnowledge } = await import("./knowledge/content.ts");
    const { loadTaxonomy } = await import("./reports/taxonomy.ts");
    const faults = checkKnowledge(`${root}data`).map((f) => `${f.file}:${f.line}: ${f.problem}\n    ${f.cure}`);
    try {
      loadTaxonomy(`${root}data/taxonomy.yaml`);
    } catch (error) {
      if (codeOf(error) !== "content-invalid") throw error;
      faults.push(error instanceof Error ? error.message : String(error));
    }
    for (const fault of faults) complain(fault);
    if (faults.length === 0) say("No faults.");
    else process.exitCode = 1;
  });

await program.parseAsync();
