/** Who may send now: limits for each visitor, senders of junk who wait, and a toll on the web page while a flood comes in. */
import type { Queries, Visitor } from "../desk.ts";
import { fail } from "../errors.ts";
import { askToll, numbersOf, paysToll } from "../reports/toll.ts";
import { type Carriers, type Counter, readers, reviewer } from "./counter.ts";

/** Makes the sender of a case wait, without telling who that is. */
export type GateCommand = { kind: "mute"; code: string };

export interface GateQueries {
  /** Seconds until this visitor may send another report: they sent many, or what they sent was junk. Nobody learns which. */
  heldReport(): Promise<number>;
  /** Is it still remembered who sent this case? */
  remembered(code: string): Promise<boolean>;
  /** A question to answer before sending, while a flood comes in from visitors without an account. */
  toll(): Promise<string | undefined>;
  /** What a question asks the sum of. */
  tollNumbers(toll: string): [number, number];
  /** Takes an answer; each question can be paid once, and only so many a minute in all (`full`). */
  payToll(toll: string, answer: string): Promise<"paid" | "wrong" | "early" | "old" | "full">;
}

/** One name for all: a flood is counted as a whole. */
const everybody = "everybody";

export async function heldReport({ limits, senders }: Counter, { limit, names }: Visitor): Promise<number> {
  return (await senders.muted(names)) ? 86_400 : limits.wait(limit, "report");
}

/** Counts what came from a visitor without an account. */
export async function countFlood({ limits }: Counter): Promise<void> {
  await limits.missed(everybody, "flood");
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
  const { limits, senders, now, tollKey } = counter;
  return {
    heldReport: () => heldReport(counter, visitor),
    async remembered(code) {
      reviewer(visitor.actor, ...readers);
      return (await counter.known({ actor: visitor.actor }, code)) !== undefined && senders.known(code);
    },
    toll: async () => ((await limits.wait(everybody, "flood")) > 0 ? askToll(tollKey, now()) : undefined),
    tollNumbers: numbersOf,
    async payToll(toll, answer) {
      const paid = paysToll(tollKey, toll, answer, now());
      if (paid !== "paid") return paid;
      if ((await limits.wait(everybody, "gate")) > 0) return "full";
      if ((await limits.missed(toll, "toll")) > 0) return "old";
      await limits.missed(everybody, "gate");
      return "paid";
    },
  };
}
