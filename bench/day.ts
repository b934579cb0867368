/**
 * A day of very many subscribers on a clock that is only counted, never waited for: each has a zone, an hour and a
 * frequency, is due when the rule of `tips/rules.ts` says, and goes out in turn at the speed of the network. What would be
 * later than the rule allows is skipped, as the courier does.
 */
import { share } from "../src/outbox/line.ts";
import { frequencies, latest, nextDue, type TipSettings } from "../src/tips/rules.ts";
import type { Row } from "./table.ts";

/** How many of a hundred live there. */
const zones: [string, number][] = [
  ["Asia/Shanghai", 40],
  ["America/New_York", 15],
  ["Europe/Berlin", 15],
  ["Asia/Kolkata", 10],
  ["America/Los_Angeles", 10],
  ["Asia/Tokyo", 10],
];
const day = 86_400;
/** A Tuesday, so that weekly and monthly tips rest. */
const start = Date.UTC(2030, 4, 14) / 1000;

interface Day {
  due: number;
  sent: number;
  late: number;
  /** Longest wait of what was sent (seconds). */
  longest: number;
}

/** @param people how many subscribers */
export async function measureDay(people: number): Promise<Row[]> {
  const began = performance.now();
  const due = dueBySecond(people);
  const free = deliver(due, 30);
  const paid = deliver(due, 1000);
  const seconds = (performance.now() - began) / 1000;
  const n = people.toLocaleString("en");
  return [
    {
      what: `a day of ${n} subscribers, simulated: tips that came in time at 30 a second`,
      unit: "%",
      figure: (free.sent / free.due) * 100,
      details: { ...free, people, seconds },
    },
    {
      what: "  the same at 1,000 a second (Telegram's paid broadcasts)",
      unit: "%",
      figure: (paid.sent / paid.due) * 100,
      details: { ...paid },
    },
    { what: "  longest wait at 1,000 a second", unit: "min", figure: paid.longest / 60 },
  ];
}

/** How many are due at each second of two days. */
function dueBySecond(people: number): Uint32Array {
  const due = new Uint32Array(2 * day);
  const known = new Map<string, number>();
  let seed = 42;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((seed / 4_294_967_296) * below);
  };
  const places = zones.flatMap(([zone, share]) => Array<string>(share).fill(zone));
  for (let i = 0; i < people; i++) {
    const zone = places[random(100)]!;
    // half keep the hour that is offered, the others choose one of the waking day
    const hour = random(2) === 0 ? 9 : 7 + random(15);
    const frequency = frequencies[random(frequencies.length)]!;
    const key = `${zone} ${hour} ${frequency}`;
    let at = known.get(key);
    if (at === undefined) {
      const settings: TipSettings = { frequency, hour, zone, audience: "staff", sector: "any" };
      at = nextDue(settings, start * 1000) / 1000 - start;
      known.set(key, at);
    }
    if (at < day) due[at] = due[at]! + 1;
  }
  return due;
}

/** Sends them in turn, so many a second, until the day and what may be late of it are over. */
function deliver(due: Uint32Array, perSecond: number): Day {
  const result: Day = { due: 0, sent: 0, late: 0, longest: 0 };
  const waiting: { since: number; n: number }[] = [];
  let head = 0;
  let budget = 0;
  for (let second = 0; second < due.length; second++) {
    if (due[second]! > 0) waiting.push({ since: second, n: due[second]! });
    result.due += due[second]!;
    budget = Math.min(perSecond, budget + perSecond * share);
    for (; head < waiting.length; head++) {
      const first = waiting[head]!;
      if (second - first.since >= latest / 1000) {
        result.late += first.n;
        continue;
      }
      const n = Math.min(first.n, Math.floor(budget));
      first.n -= n;
      budget -= n;
      result.sent += n;
      if (n > 0) result.longest = Math.max(result.longest, second - first.since);
      if (first.n > 0) break;
    }
  }
  return result;
}
