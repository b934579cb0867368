/** Who may send now: limits for each visitor, senders of junk who wait, and a toll while the house is in a flood. */
import type { Queries, Visitor } from "../desk.ts";
import { fail } from "../errors.ts";
import { askToll, numbersOf, paysToll, workBits } from "../reports/toll.ts";
import { type Carriers, type Counter, readers, reviewer } from "./counter.ts";

/** Makes the sender of a case wait, without telling who that is. */
export type GateCommand = { kind: "mute"; code: string };

export interface GateQueries {
  /** Seconds until this visitor may send another report: they sent many, or what they sent was junk. Nobody learns which. */
  heldReport(): Promise<number>;
  /** Is it still remembered who sent this case? */
  remembered(code: string): Promise<boolean>;
  /** A question to answer before sending, while the house is in a flood. */
  toll(): Promise<string | undefined>;
  /** What a question asks the sum of. */
  tollNumbers(toll: string): [number, number];
  /** What a browser can find instead of the sum. */
  tollWork(toll: string): { challenge: string; bits: number };
  /**
   * Judges an answer: by the `sum` or by `work`. By a sum only so many a minute pass where nobody needs an account (`full`). Each
   * question lies in one draft and goes with it, so that it is paid for once.
   */
  payToll(toll: string, answer: string): Promise<Paid | "wrong" | "early" | "old" | "easy" | "full">;
}

/** How a question was answered. */
export type Paid = "sum" | "work";

/** One name for all. */
const everybody = "everybody";
/** What one sender may report on a day while the house is in a flood. */
const inFlood = 3;

export async function heldReport(counter: Counter, { limit, names }: Visitor): Promise<number> {
  const { limits, senders, tide } = counter;
  if (await senders.muted(names)) return 86_400;
  return limits.wait(limit, "report", (await tide.flood()) ? inFlood : undefined);
}

/** Counts what has come in. @param paid how it passed, in a flood */
export async function passed({ limits, tide }: Counter, visitor: Visitor, paid?: Paid): Promise<void> {
  await tide.rises();
  if (paid === "sum" && visitor.passing) await limits.missed(everybody, "gate");
}

export function gateOrders(counter: Counter): Carriers<"mute"> {
  const { senders } = counter;
  return {
    async mute(visitor, { code }) {
      const { alias, role } = reviewer(visitor.actor, ...readers);
      const row = await counter.known({ actor: visitor.actor }, code);
      if (!row) throw fail("stale");
      const works = row.owner === alias || row.helpers.includes(alias) || role !== "reviewer";
      if (!works) throw fail("not-allowed");
      return {
        writes: [counter.record(alias, "mute sender", code)],
        after: () => senders.mute(code),
      };
    },
  };
}

export function gateQueries(counter: Counter, visitor: Visitor): Pick<Queries, keyof GateQueries> {
  const { limits, senders, now, tollKey, tide } = counter;
  return {
    heldReport: () => heldReport(counter, visitor),
    async remembered(code) {
      reviewer(visitor.actor, ...readers);
      return (await counter.known({ actor: visitor.actor }, code)) !== undefined && senders.known(code);
    },
    toll: async () => ((await tide.flood()) ? askToll(tollKey, now()) : undefined),
    tollNumbers: numbersOf,
    tollWork: (toll) => ({ challenge: toll, bits: workBits }),
    async payToll(toll, answer) {
      const paid = paysToll(tollKey, toll, answer, now());
      return paid === "sum" && visitor.passing && (await limits.wait(everybody, "gate")) > 0 ? "full" : paid;
    },
  };
}
