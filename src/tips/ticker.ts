/** The tick: whoever is due gets a tip into the outbox, in the transaction that moves their next time. */
import type { Tip } from "./content.ts";
import { choose, latest, nextDue } from "./rules.ts";
import type { Subscriber, TipStore } from "./store.ts";

/** A tip to be sent; in seconds since 1970. */
export interface OwedTip {
  subscriber: Subscriber;
  tip: string;
  due: number;
  expires: number;
}

export interface TickParts<Trx> {
  store: { [K in "claim" | "moved"]: (trx: Trx, ...rest: RestOf<TipStore[K]>) => ReturnType<TipStore[K]> };
  /** Every tip there is. */
  all: readonly Pick<Tip, "id" | "audiences" | "sectors">[];
  transaction<T>(work: (trx: Trx) => Promise<T>): Promise<T>;
  owe(trx: Trx, owed: OwedTip[]): Promise<void>;
  /** Milliseconds since 1970. */
  now(): number;
  random?(): number;
}
// biome-ignore lint/suspicious/noExplicitAny: the first parameter is the transaction, whatever it is
type RestOf<F> = F extends (trx: any, ...rest: infer R) => unknown ? R : never;

/** How many subscribers one transaction takes. */
const batch = 200;

/** Owes a tip to everybody who is due; a time that passed long ago (the machine slept) is skipped. The number of tips. */
export async function tick<Trx>({
  store,
  all,
  transaction,
  owe,
  now,
  random = Math.random,
}: TickParts<Trx>): Promise<number> {
  let total = 0;
  for (;;) {
    const at = now();
    const took = await transaction(async (trx) => {
      const due = await store.claim(trx, at, batch);
      const owed: OwedTip[] = [];
      for (const subscriber of due) {
        const chosen =
          at - subscriber.due * 1000 <= latest
            ? choose(all, subscriber.settings, subscriber.seen, random())
            : undefined;
        if (chosen) {
          const expires = subscriber.due + latest / 1000;
          owed.push({ subscriber, tip: chosen.tip.id, due: subscriber.due, expires });
        }
        const next = Math.floor(nextDue(subscriber.settings, at) / 1000);
        await store.moved(trx, { ...subscriber, due: next, seen: chosen?.seen ?? subscriber.seen });
      }
      await owe(trx, owed);
      total += owed.length;
      return due.length;
    });
    if (took < batch) return total;
  }
}
