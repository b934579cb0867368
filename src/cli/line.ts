/** Every command: each group is a file beside this one. Every failure ends with a code, a sentence and a cure. */
import { Command } from "commander";
import { auditCommands } from "./audit.ts";
import { backupCommands } from "./backup.ts";
import { boardCommands } from "./board.ts";
import { campaignCommands } from "./campaign.ts";
import { canaryCommands } from "./canary.ts";
import { contentCommands } from "./content.ts";
import { demoCommands } from "./demo.ts";
import { installServiceCommands } from "./install-service.ts";
import { keysCommands } from "./keys.ts";
import { learningCommands } from "./learning.ts";
import { moveCommands } from "./move.ts";
import { outboxCommands } from "./outbox.ts";
import { reviewerCommands } from "./reviewer.ts";
import { runCommands } from "./run.ts";

const groups = [
  runCommands,
  installServiceCommands,
  reviewerCommands,
  auditCommands,
  contentCommands,
  backupCommands,
  keysCommands,
  moveCommands,
  outboxCommands,
  boardCommands,
  campaignCommands,
  learningCommands,
  demoCommands,
  canaryCommands,
];

/** The command line, to be given its words once. */
export function commandLine(): Command {
  const program = new Command("quietline")
    .description("A tip line and privacy coach: web page, Telegram, Discord and terminal.")
    .version("0.1.0");
  for (const add of groups) add(program);
  return program;
}
