/**
 * How fast, and when. A network's whole budget is shared by all processes through the database: each reserves the moments
 * at which its next messages may leave, one after the other and never two at once, so that nothing is refused and nothing
 * is left over. What one account or place takes is counted in memory, or in Redis where there is one.
 */
import { RateLimiterMemory, RateLimiterRedis } from "rate-limiter-flexible";
import type { Address, Pace } from "../platforms/platform.ts";
import type { Storage } from "../storage/storage.ts";

/** A network that wants silence. */
export interface Quiet {
  lane: string;
  /** Milliseconds since 1970. */
  until: number;
  /** The code it was said with. */
  why: string;
}

export interface Pacer {
  /**
   * Reserves the moments (milliseconds since 1970) at which the next `n` messages may leave. Some may be over already:
   * what nobody used of the last second is made up for.
   */
  reserve(lane: string, pace: Pace, n: number): Promise<number[]>;
  /**
   * Counts one message that leaves now, unless it has to wait: for so many milliseconds. `answered` is to be called when
   * its network has answered, since what was long under way counts for that network from when it arrived.
   */
  go(lane: string, pace: Pace): { wait: number; answered?: () => void };
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

/** The part of a network's budget that is used: the rest absorbs what the line shifts together. */
export const share = 0.994;
/** For how long a moment that nobody used may still be used, and how long a second is by clocks that round (milliseconds). */
const [credit, second] = [1000, 1002];
/** By how much the quickest answer is taken to be slower with each message, and how late one arrives at most (milliseconds). */
const [slower, longestWay] = [0.05, 500];
/** How long answers are gathered before they are written down for other processes (milliseconds). */
const gather = 500;
/** A moment further ahead than this (seconds) was reserved by a clock that was wrong. */
const farthest = { moment: 120, silence: 86_400 };

export interface PacerParts {
  storage: Storage;
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds that go by, whatever is done to the clock. */
  tick?(): number;
  /** A name for a place that tells nothing of it. */
  name(to: Address): string;
  sleep?(milliseconds: number): Promise<void>;
  /** A connected client; counts in memory without one. */
  redis?: unknown;
  /** Whose it is, where houses share a server. */
  house?: string;
}

export function createPacer({ storage, name, redis, house = "", ...clock }: PacerParts): Pacer {
  const now = () => Math.floor(clock.now());
  const tick = clock.tick ?? (() => performance.now());
  const sleep = clock.sleep ?? ((ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)));
  const limiters = new Map<string, { here: RateLimiterMemory; shared?: RateLimiterRedis }>();
  const known = new Set<string>();
  /** Answers of this process that no line has made room for yet. */
  const answered = new Map<string, number>();
  const paces = new Map<string, number>();
  /** The latest messages of this process, as many as fit into a second; and how long the quickest answer took of late. */
  const departures = new Map<string, { latest: { at: number }[]; quickest: number }>();
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

  /** Moves the end of the line by so many messages and by the answers that went before them; where the messages begin. */
  async function extend(lane: string, perSecond: number, n: number): Promise<{ first: number; gap: number }> {
    await know(lane);
    const before = answered.get(lane) ?? 0;
    answered.delete(lane);
    // microseconds: rounding would add up
    const gap = Math.round(1_000_000 / (perSecond * share));
    const at = now() * 1000;
    const [begun, horizon] = [at - credit * 1000, at + farthest.moment * 1_000_000];
    const more = gap * (n + before);
    const [end] = (await storage.alone((w) =>
      w("lanes")
        .where({ name: lane })
        .update({
          free: w.raw("CASE WHEN free > ? AND free < ? THEN free + ? ELSE ? END", [begun, horizon, more, at + more]),
        })
        .returning("free"),
    )) as { free: number }[];
    return { first: (end?.free ?? at + more) - gap * n, gap };
  }

  function departuresOf(lane: string) {
    const found = departures.get(lane) ?? { latest: [], quickest: Number.POSITIVE_INFINITY };
    departures.set(lane, found);
    return found;
  }

  /** How long until the second that ends now has room for one more (milliseconds). */
  function full(lane: string, perSecond: number): number {
    const { latest } = departuresOf(lane);
    return latest.length < perSecond ? 0 : Math.max(0, Math.min(...latest.map((one) => one.at)) + second - tick());
  }

  function depart(lane: string, perSecond: number, at: number): { at: number } {
    const of = departuresOf(lane);
    const one = { at };
    of.latest = [...of.latest.slice(-perSecond), one].sort((a, b) => a.at - b.at).slice(-perSecond);
    return one;
  }

  async function settle(): Promise<void> {
    clearTimeout(gathering);
    gathering = undefined;
    for (const lane of [...answered.keys()]) await extend(lane, paces.get(lane) ?? 1, 0);
  }

  return {
    async reserve(lane, { perSecond }, n) {
      const { first, gap } = await extend(lane, perSecond, n);
      return Array.from({ length: n }, (_, i) => (first + i * gap) / 1000);
    },

    go(lane, { perSecond }) {
      const wait = full(lane, perSecond);
      if (wait > 0) return { wait };
      const [left, of] = [tick(), departuresOf(lane)];
      const one = depart(lane, perSecond, left);
      return {
        wait: 0,
        answered() {
          const took = tick() - left;
          of.quickest = Math.min(took, of.quickest + slower);
          // it arrived at most so much later than the quickest do
          one.at = left + Math.min(took - of.quickest, longestWay);
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
      const quiet = now() + Math.min(seconds, farthest.silence) * 1000;
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
        .filter((row) => row.quiet <= now() + farthest.silence * 1000)
        .map((row) => ({ lane: row.name, until: row.quiet, why: row.why }));
    },
  };
}
