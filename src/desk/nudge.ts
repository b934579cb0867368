/** "There is something for you": one message an account, however many things it is about, that says none of them. */
import type { Write } from "../reports/store.ts";
import type { Counter } from "./counter.ts";

/**
 * Reaches people at every account of theirs, in the language that is spoken there; where none is known, in that of the
 * first board. @param step the screen, and the kind of nudge: one that waits is replaced
 */
export async function nudge(counter: Counter, aliases: string[], step: string): Promise<Write> {
  const { reports, outbox, now } = counter;
  const doors = (await Promise.all(aliases.map((alias) => reports.doors(alias)))).flat();
  const spoken = (await outbox.boards())[0]?.locale ?? "en";
  const due = Math.floor(now() / 1000);
  return async (trx) => {
    for (const { tag, address, locale } of doors)
      await outbox.put(trx, {
        kind: "reminder",
        once: `${step} ${tag}`,
        due,
        address,
        payload: { step: `review.${step}`, key: "", locale: locale || spoken },
      });
  };
}
