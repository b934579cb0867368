/**
 * Limits without a memory of people: counted under names that die with the day's key, or under a keyed fingerprint of an
 * alias for a minute; in memory or in Redis, never on disk.
 */
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";

export { createSenders, type Senders } from "./senders.ts";
export { createTide, type Tide } from "./tide.ts";

export interface Limits {
  /** Counts one failure under this name; answers how many seconds to wait when there were too many. */
  missed(name: string, what: What): Promise<number>;
  /**
   * How many seconds there are to wait under this name before trying again; 0 when now.
   *
   * @param most fewer than are allowed otherwise
   */
  wait(name: string, what: What, most?: number): Promise<number>;
}

/**
 * `code`: wrong codes of courses and certificates; `receipt`: wrong receipts; `sign-in`: wrong passphrases; `alias`: wrong
 * passphrases for one alias, whoever tries; `sighting` and `report`: those that were
 * sent, so that nobody makes a surge or a flood alone; `gate`: what passes by a sum where nobody needs an account, in a flood;
 * `place`: switching tips on or off in one place, each a line of the log; `question`: those left to the editors; `felt`: presses
 * of one visitor under one campaign.
 */
export type What =
  | "code"
  | "receipt"
  | "sign-in"
  | "alias"
  | "sighting"
  | "report"
  | "gate"
  | "place"
  | "question"
  | "felt";

/**
 * So many in so many seconds. A receipt has 100 random bits: the limit is against noise, the length is against
 * guessing. Who guesses at one alias with a new visit each time shuts its owner out as well, so that limit is a short one.
 */
const allowed: Record<What, { points: number; duration: number }> = {
  code: { points: 10, duration: 600 },
  receipt: { points: 10, duration: 600 },
  "sign-in": { points: 5, duration: 600 },
  alias: { points: 20, duration: 60 },
  sighting: { points: 4, duration: 86_400 },
  report: { points: 20, duration: 86_400 },
  gate: { points: 20, duration: 60 },
  place: { points: 6, duration: 86_400 },
  question: { points: 5, duration: 86_400 },
  felt: { points: 1, duration: 86_400 },
};

const day = 86_400;

/**
 * @param client a client of Redis, for limits that many processes share; each keeps its own while that cannot be reached
 * @param house whose limits: houses that share a server never count for each other
 */
export function createLimits(client?: object, house = ""): Limits {
  const make = (what: What) => {
    const memory = new RateLimiterMemory({ keyPrefix: what, ...allowed[what] });
    return client
      ? new RateLimiterRedis({
          storeClient: client,
          useRedisPackage: true,
          keyPrefix: `quietline:${house}:${what}`,
          insuranceLimiter: memory,
          ...allowed[what],
        })
      : memory;
  };
  const limiters = Object.fromEntries((Object.keys(allowed) as What[]).map((what) => [what, make(what)])) as Record<
    What,
    ReturnType<typeof make>
  >;
  /** What is counted for a day ends on a whole hour: the moment of its end does not tell when somebody sent something. */
  const until = (what: What) =>
    allowed[what].duration < day
      ? {}
      : { customDuration: allowed[what].duration + 3600 - (Math.floor(Date.now() / 1000) % 3600) };
  const seconds = (result: RateLimiterRes | null, most: number) =>
    result && result.consumedPoints > most ? Math.max(1, Math.ceil(result.msBeforeNext / 1000)) : 0;

  return {
    async missed(name, what) {
      try {
        await limiters[what].consume(name, 1, until(what));
        return 0;
      } catch (error) {
        if (error instanceof RateLimiterRes) return seconds(error, allowed[what].points);
        throw error;
      }
    },
    async wait(name, what, most = allowed[what].points) {
      const result = await limiters[what].get(name);
      return result && result.consumedPoints >= most ? Math.max(1, Math.ceil(result.msBeforeNext / 1000)) : 0;
    },
  };
}
