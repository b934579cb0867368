/** `move`: from the embedded database to PostgreSQL. */
import type { Command } from "commander";
import { complain, configured, exit, giveUp, say } from "./terminal.ts";

export function moveCommands(program: Command): void {
  program
    .command("move <database>")
    .description("move everything from SQLite to an empty PostgreSQL database (postgres://…), once and for good")
    .action(async (to: string) => {
      const { databaseUrl } = configured();
      if (!databaseUrl.startsWith("sqlite:") || !/^postgres(ql)?:\/\//.test(to)) {
        complain("A move goes from SQLite (the DATABASE_URL of now, or none) to postgres://….");
        process.exit(exit.config);
      }
      const { move } = await import("../move.ts");
      const { rows } = await move(databaseUrl, to).catch(giveUp);
      say(`${Object.values(rows).reduce((sum, n) => sum + n, 0)} rows moved and compared. Drafts were left behind.`);
      say("The old database takes no write any more. Set DATABASE_URL to the new one and start again.");
    });
}
