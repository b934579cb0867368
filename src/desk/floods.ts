/**
 * A flood at the counter. What comes in it hangs on no board: one card of each board says how much there is. The plain cases of
 * a day are closed together by two people; every other one is looked at by somebody.
 */
import type { Visitor } from "../desk.ts";
import { codeOf } from "../errors.ts";
import type { Write } from "../reports/store.ts";
import { ended } from "./closing.ts";
import { type Counter, readers, reviewer } from "./counter.ts";

export interface FloodQueries {
  /** What a board's card says: is it on, how much came in this hour, how many of its cases wait. */
  floodNow(): Promise<{ on: boolean; hour: number; waiting: number }>;
  /** Days whose plain cases can be closed together (`2030-05-14`), and how many they are. */
  floodDays(): Promise<{ day: string; count: number }[]>;
}

/** How it is said in a request for a second person. */
export const dayText = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10);
export const dayOf = (text: string): number => Math.floor(Date.parse(`${text}T00:00:00Z`) / 86_400_000);

export function floodQueries(counter: Counter, { actor }: Visitor): FloodQueries {
  const { reports, tide } = counter;
  return {
    async floodNow() {
      if (actor.kind !== "house") reviewer(actor, ...readers);
      return { on: await tide.flood(), hour: await tide.hour(), waiting: await reports.floodWaiting() };
    },
    async floodDays() {
      reviewer(actor, ...readers);
      return (await reports.plainDays()).map(({ day, count }) => ({ day: dayText(day), count }));
    },
  };
}

/** The card of today's flood on every board, within a minute. One that waits says by itself what has come meanwhile. */
export async function floodCards({ outbox, now, today }: Counter, days = [today()], due?: number): Promise<Write> {
  const boards = await outbox.boards();
  const at = due ?? (Math.floor(now() / 60_000) + 1) * 60;
  return async (trx) => {
    for (const day of days)
      await outbox.putAll(
        trx,
        boards.map((board) => ({
          kind: "card",
          once: `card ${board.id} flood-${day}`,
          due: at,
          address: board.address,
          payload: {
            step: "review.flood",
            key: String(day),
            locale: board.locale,
            post: `${board.id} flood-${day}`,
          },
        })),
      );
  };
}

/** Notices the end of a flood and says so on the cards that tell of it; called every few seconds. */
export function createEbb(counter: Counter): () => Promise<void> {
  let before: boolean | undefined;
  return async () => {
    const on = await counter.tide.flood();
    if (on === before) return;
    before = on;
    if (on) return; // what comes in sees to its card
    const { outbox, storage, today } = counter;
    const days: number[] = [];
    for (const day of [today() - 1, today()])
      for (const board of await outbox.boards())
        if (!days.includes(day) && (await outbox.refOf(`${board.id} flood-${day}`))) days.push(day);
    if (days.length === 0) return;
    await storage.transaction(await floodCards(counter, days, Math.floor(counter.now() / 1000)));
    counter.wake();
  };
}

/** So many are closed at a time: meanwhile nobody else can write. */
const portion = 500;
/** So often in a row one of a portion may move on while it is being closed. */
const patience = 5;

/**
 * Closes the plain cases of a day as not confirmed. Who wrote one reads that in the mailbox and can write on; then it waits
 * again. A portion at a time, each with its line in the log, so that reports go on coming in; whoever is cut off begins
 * again with those that are left.
 */
export async function closeTogether(counter: Counter, day: number, record: (count: number) => Write): Promise<void> {
  const { reports, storage } = counter;
  for (let misses = 0; ; ) {
    const rows = await reports.plainOf(day, portion);
    if (rows.length === 0) return;
    try {
      await storage.transaction(async (trx) => {
        for (const row of rows) {
          await ended(counter, row, { ...row, status: "closed" }, { outcome: "not-confirmed" })(trx);
          await reports.setNotify(row.id, null)(trx);
        }
        await record(rows.length)(trx);
      });
      misses = 0;
    } catch (error) {
      misses += 1;
      if (codeOf(error) !== "stale" || misses === patience) throw error;
    }
  }
}
