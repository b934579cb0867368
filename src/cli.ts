#!/usr/bin/env -S node --max-semi-space-size=2 --clear-free-memory
/** The command line. */
import { commandLine } from "./cli/line.ts";

// whatever is made below is for this user alone
process.umask(0o077);

await commandLine().parseAsync();
