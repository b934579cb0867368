/** "There is something for you": one message an account, however many things it is about, that says none of them. */
import type { Write } from "../reports/store.ts";
import type { Counter } from "./counter.ts";

type Door = Awaited<ReturnType<Counter["reports"]["doors"]>>[number];

/** Reaches people at every account of theirs, at once. @param message of each door; one that waits under its name is replaced */
export async function atDoors(
  { reports, outbox, now }: Pick<Counter, "reports" | "outbox" | "now">,
  aliases: string[],
  message: (door: Door) => { once: string; step: string; key: string; locale: string },
): Promise<Write> {
  const doors = (await Promise.all(aliases.map((alias) => reports.doors(alias)))).flat();
  const due = Math.floor(now() / 1000);
  return async (trx) => {
    for (const door of doors) {
      const { once, ...payload } = message(door);
      await outbox.put(trx, { kind: "reminder", once, due, address: door.address, payload });
    }
  };
}

/**
 * In the language that is spoken at each door; where none is known, in that of the first board.
 * @param step the screen, and the kind of nudge: one that waits is replaced
 */
export async function nudge(counter: Counter, aliases: string[], step: string): Promise<Write> {
  const spoken = (await counter.outbox.boards())[0]?.locale ?? "en";
  return atDoors(counter, aliases, ({ tag, locale }) => ({
    once: `${step} ${tag}`,
    step: `review.${step}`,
    key: "",
    locale: locale || spoken,
  }));
}
