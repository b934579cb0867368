/** `board`: where cards hang, for whoever cannot say `/boardoff` there any more because the place is gone. */
import type { Command } from "commander";
import { complain, say, withHouse } from "./terminal.ts";

/** So many characters of a board's keyed name tell it from others. */
const shown = 12;

export function boardCommands(program: Command): void {
  const board = program.command("board").description("where cards hang");
  board
    .command("list")
    .description("list boards by their keyed names: since when, and why cards for them were given up")
    .action(() =>
      withHouse(async ({ outbox }) => {
        for (const { id, day, givenUp } of await outbox.boardStates()) {
          const since = new Date(day * 86_400_000).toISOString().slice(0, 10);
          const why = Object.entries(givenUp).map(([code, n]) => `${n} given up: ${code}`);
          say([id.slice(0, shown), `since ${since}`, ...why].join("  "));
        }
      }),
    );
  board
    .command("remove <name>")
    .description("take a board away, with every card that waits for it or was given up")
    .action((name: string) =>
      withHouse(async ({ outbox, storage, record }) => {
        const [found, ...more] = (await outbox.boards()).filter(({ id }) => id.startsWith(name));
        if (!found || more.length > 0 || name.length < shown) {
          complain("There is no board of that name. `quietline board list` names them.");
          process.exitCode = 1;
          return;
        }
        await storage.transaction((trx) => outbox.removeBoard(trx, found.id));
        await record("board off");
      }),
    );
}
