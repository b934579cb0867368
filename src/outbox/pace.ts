/**
 * How fast, and when. A network's whole budget is shared by all processes through the database: each reserves the moments
 * at which its next messages may leave, one after the other and never two at once (`line.ts`), so that nothing is refused
 * and little is left over. What one account or place takes is counted in memory, or in Redis where there is one.
 */
import { randomBytes } from "node:crypto";
import { RateLimiterMemory, RateLimiterRedis } from "rate-limiter-flexible";
import type { Address, Pace } from "../platforms/platform.ts";
import type { Storage, Transaction } from "../storage/storage.ts";
import { join, type Line, type Moment } from "./line.ts";
import { createSharedClock } from "./shared-clock.ts";

/** A network that wants silence. */
export interface Quiet {
  lane: string;
  /** Milliseconds since 1970. */
  until: number;
  /** The code it was said with. */
  why: string;
}

/**
 * May it go? It has to wait so many milliseconds; or some of the moments are over and have to be reserved anew; or it goes,
 * and `answered` is to be called when its network has answered, since what was long under way counts for that network from
 * when it arrived.
 */
export type Go = { wait: number } | { missed: Moment[] } | { answered: () => void };

export interface Pacer {
  /**
   * Reserves the moments at which the next `n` messages may leave (milliseconds, by the clock that nobody sets). Some may
   * have begun already: what nobody used of the last second is made up for. Where the database does not answer it goes by
   * its own count.
   */
  reserve(lane: string, pace: Pace, n: number): Promise<Moment[]>;
  /**
   * Counts one message that leaves now, at the first of the moments in hand. @param moments the earliest first
   */
  go(lane: string, pace: Pace, moments: Moment[]): Go;
  /**
   * Counts an answer that somebody waits for. It goes before everything else and takes a moment of what goes out by
   * itself: where the last second is full, the next place in it, a few milliseconds later. How many milliseconds it has
   * to wait before it is counted, 0 unless answers alone use the whole budget.
   */
  answer(lane: string, pace: Pace): Promise<number>;
  /** Resolves when the answers so far are written down for other processes. */
  settled(): Promise<void>;
  /** Counts one message to a place; how many milliseconds it has to wait, 0 when it may go. */
  place(to: Address, pace: Pace): Promise<number>;
  /** Nothing goes by this network for so many seconds, from any process. */
  hush(lane: string, seconds: number, why: string): Promise<void>;
  /** It works again. */
  well(lane: string): Promise<void>;
  /** Networks that want silence now. */
  quiet(): Promise<Quiet[]>;
}

/** How long a second is by clocks that round (milliseconds). */
const second = 1002;
/** What was missed follows at this part of the usual distance: after a standstill it is not poured out at once. */
const catchUp = 0.25;
/** Most of it, so that it wears off soon. */
const mostStrain = 6;
/** By how much the quickest answer is taken to be slower with each message, and how late one arrives at most (milliseconds). */
const [slower, longestWay] = [0.05, 500];
/** How long answers are gathered before they are written down for other processes (milliseconds). */
const gather = 500;
/** A silence longer than this (seconds) was wanted by a clock that was wrong. */
const longestSilence = 86_400;

export interface PacerParts {
  storage: Storage;
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds that go by, whatever is done to the clock. */
  tick?(): number;
  /** A name for a place that tells nothing of it. */
  name(to: Address): string;
  /** The clock that all processes go by (microseconds since 1970), if there is one; else each goes by its own. */
  common?(trx: Transaction): Promise<number | undefined>;
  sleep?(milliseconds: number): Promise<void>;
  /** A connected client; counts in memory without one. */
  redis?: unknown;
  /** Whose it is, where houses share a server. */
  house?: string;
}

/** A message: when it left, and how long its answer took, 0 while there is none (milliseconds). */
interface Departure {
  left: number;
  took: number;
}

/** What this process sent by a network. */
interface Departures {
  /** The latest ones, as many as fit into a second. */
  latest: Departure[];
  /** When the last one left that nobody waited for. */
  last: number;
  /** How long the quickest answer took of late. */
  quickest: number;
  /** Grows when it misses moments and wears off as it reserves more. */
  strain: number;
}

export function createPacer({ storage, name, redis, house = "", ...clock }: PacerParts): Pacer {
  const now = () => Math.floor(clock.now());
  const tick = clock.tick ?? (() => performance.now());
  const common = clock.common ?? (async () => undefined);
  const shared = createSharedClock(tick);
  const sleep = clock.sleep ?? ((ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)));
  const limiters = new Map<string, { here: RateLimiterMemory; shared?: RateLimiterRedis }>();
  const known = new Set<string>();
  /** Answers of this process that no line has made room for yet. */
  const answered = new Map<string, number>();
  const paces = new Map<string, number>();
  const departures = new Map<string, Departures>();
  const me = randomBytes(8).toString("hex");
  let gathering: NodeJS.Timeout | undefined;

  function limiter(lane: string, { points, seconds }: { points: number; seconds: number }) {
    const keyPrefix = `quietline:${house}:pace:${lane}:${points}:${seconds}`;
    let made = limiters.get(keyPrefix);
    if (!made) {
      const here = new RateLimiterMemory({ keyPrefix, points, duration: seconds });
      const there = { storeClient: redis, useRedisPackage: true, insuranceLimiter: here };
      made = {
        here,
        ...(redis ? { shared: new RateLimiterRedis({ ...there, keyPrefix, points, duration: seconds }) } : {}),
      };
      limiters.set(keyPrefix, made);
    }
    // while Redis is away a look would wait for the next try to reach it
    const away = (redis as { isReady?: boolean } | undefined)?.isReady === false;
    return made.shared && !away ? made.shared : made.here;
  }

  async function know(lane: string): Promise<void> {
    if (known.has(lane)) return;
    await storage.alone((w) => w("lanes").insert({ name: lane, free: 0, quiet: 0, why: null }).onConflict().ignore());
    known.add(lane);
  }

  /** Joins the line with so many messages and with the answers that went before them; the moments of the messages. */
  async function extend(lane: string, perSecond: number, messages: number): Promise<Moment[]> {
    await know(lane);
    const answers = answered.get(lane) ?? 0;
    answered.delete(lane);
    // a clock that is set meanwhile holds nobody up
    let offset = now() - tick();
    const of = departuresOf(lane);
    const { strain } = of;
    if (messages > 0) of.strain = Math.max(0, strain - 1);
    const { moments } = await storage.transaction(async (trx) => {
      await storage.oneByOne(trx, `lane ${lane}`);
      offset = (await shared.offset(() => common(trx))) ?? offset;
      const kept: Line = await trx("lanes").where({ name: lane }).first("free", "who", "since", "till");
      const at = Math.floor((tick() + offset) * 1000);
      const joined = join(kept, { me, now: at, perSecond, messages, answers, strain });
      await trx("lanes").where({ name: lane }).update(joined.line);
      return joined;
    });
    const ticks = (moment: number) => moment / 1000 - offset;
    return moments.map((moment) => ({ at: ticks(moment.at), until: ticks(moment.until) }));
  }

  function departuresOf(lane: string): Departures {
    const found = departures.get(lane) ?? { latest: [], last: 0, quickest: Number.POSITIVE_INFINITY, strain: 0 };
    departures.set(lane, found);
    return found;
  }

  /** How long until the second that ends now has room for one more (milliseconds). */
  function full(lane: string, perSecond: number): number {
    const of = departuresOf(lane);
    if (of.latest.length < perSecond) return 0;
    return Math.max(0, Math.min(...of.latest.map((one) => arrival(of, one))) + second - tick());
  }

  /** A message arrived at most so much later than the quickest do; how quick they are may turn out after it was answered. */
  function arrival({ quickest }: Departures, { left, took }: Departure): number {
    return left + Math.min(Math.max(0, took - quickest), longestWay);
  }

  function depart(lane: string, perSecond: number, left: number): Departure {
    const of = departuresOf(lane);
    const one = { left, took: 0 };
    of.latest = [...of.latest, one].sort((a, b) => arrival(of, a) - arrival(of, b)).slice(-perSecond);
    return one;
  }

  async function settle(): Promise<void> {
    clearTimeout(gathering);
    gathering = undefined;
    for (const lane of [...answered.keys()]) await extend(lane, paces.get(lane) ?? 1, 0);
  }

  return {
    reserve(lane, { perSecond }, n) {
      return extend(lane, perSecond, n).catch(() => {
        const gap = 1000 / perSecond;
        return Array.from({ length: n }, (_, i) => ({ at: tick() + (i + 1) * gap, until: Number.POSITIVE_INFINITY }));
      });
    },

    go(lane, { perSecond }, moments) {
      const [left, of] = [tick(), departuresOf(lane)];
      const missed = moments.filter((moment) => left > moment.until);
      if (missed.length > 0) {
        of.strain = Math.min(of.strain + 2, mostStrain);
        return { missed };
      }
      const usual = Math.max(moments[0]?.at ?? left, of.last + (1000 / perSecond) * catchUp) - left;
      const wait = Math.ceil(Math.max(usual, full(lane, perSecond)));
      if (wait > 0) return { wait };
      of.last = left;
      const one = depart(lane, perSecond, left);
      return {
        answered() {
          one.took = tick() - left;
          of.quickest = Math.min(one.took, of.quickest + slower);
        },
      };
    },

    async answer(lane, { perSecond }) {
      const spent = await limiter(`${lane}:answers`, { points: perSecond, seconds: 1 })
        .consume(lane)
        .catch((refused: { msBeforeNext?: number }) => ({ msBeforeNext: Math.max(1, refused.msBeforeNext ?? 0) * -1 }));
      if (spent.msBeforeNext < 0) return -spent.msBeforeNext;
      const soon = full(lane, perSecond);
      depart(lane, perSecond, tick() + soon);
      if (soon > 0) await sleep(soon);
      answered.set(lane, (answered.get(lane) ?? 0) + 1);
      paces.set(lane, perSecond);
      // nobody waits for this
      gathering ??= setTimeout(() => void settle().catch(() => undefined), gather).unref();
      return 0;
    },
    settled: settle,

    async place(to, pace) {
      const rules = pace.place(to.id);
      if (rules.length === 0) return 0;
      const key = name(to);
      const waits: number[] = [];
      for (const rule of rules) {
        const state = await limiter(to.platform, rule).get(key);
        if (state && state.consumedPoints >= rule.points) waits.push(state.msBeforeNext);
      }
      if (waits.length > 0) return Math.max(1, ...waits);
      // two processes may pass the look at once: the count is made all the same, and the next one waits
      for (const rule of rules)
        await limiter(to.platform, rule)
          .consume(key)
          .catch(() => undefined);
      return 0;
    },

    async hush(lane, seconds, why) {
      await know(lane);
      const quiet = now() + Math.min(seconds, longestSilence) * 1000;
      await storage.alone((w) =>
        w("lanes")
          .where({ name: lane })
          .update({
            quiet: w.raw("CASE WHEN quiet > ? AND quiet < ? THEN quiet ELSE ? END", [quiet, quiet + 86_400_000, quiet]),
            why,
          }),
      );
    },
    async well(lane) {
      await storage.alone((w) => w("lanes").where({ name: lane }).update({ quiet: 0, why: null }));
    },
    async quiet() {
      const rows = (await storage.read("lanes").where("quiet", ">", now())) as {
        name: string;
        quiet: number;
        why: string;
      }[];
      return rows
        .filter((row) => row.quiet <= now() + longestSilence * 1000)
        .map((row) => ({ lane: row.name, until: row.quiet, why: row.why }));
    },
  };
}
