#!/usr/bin/env -S node --max-semi-space-size=2
/** The command line: each group of commands is a file of `cli/`. Every failure ends with a code, a sentence and a cure. */
import { Command } from "commander";
import { auditCommands } from "./cli/audit.ts";
import { backupCommands } from "./cli/backup.ts";
import { boardCommands } from "./cli/board.ts";
import { campaignCommands } from "./cli/campaign.ts";
import { canaryCommands } from "./cli/canary.ts";
import { contentCommands } from "./cli/content.ts";
import { demoCommands } from "./cli/demo.ts";
import { installServiceCommands } from "./cli/install-service.ts";
import { keysCommands } from "./cli/keys.ts";
import { learningCommands } from "./cli/learning.ts";
import { moveCommands } from "./cli/move.ts";
import { outboxCommands } from "./cli/outbox.ts";
import { reviewerCommands } from "./cli/reviewer.ts";
import { runCommands } from "./cli/run.ts";

// whatever is made below is for this user alone
process.umask(0o077);

const program = new Command("quietline")
  .description("A tip line and privacy coach: web page, Telegram, Discord and terminal.")
  .version("0.1.0");

runCommands(program);
installServiceCommands(program);
reviewerCommands(program);
auditCommands(program);
contentCommands(program);
backupCommands(program);
keysCommands(program);
moveCommands(program);
outboxCommands(program);
boardCommands(program);
campaignCommands(program);
learningCommands(program);
demoCommands(program);
canaryCommands(program);

await program.parseAsync();
