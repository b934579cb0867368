/** Limits without a memory of people: counted under names that die with the day's key, in memory or in Redis, never on disk. */
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";

export interface Limits {
  /** Counts one failure of this visitor; answers how many seconds to wait when there were too many. */
  missed(visitor: string, what: What): Promise<number>;
  /** How many seconds this visitor has to wait before trying again; 0 when now. */
  wait(visitor: string, what: What): Promise<number>;
  close(): Promise<void>;
}

/** `receipt`: wrong receipts; `sign-in`: wrong passphrases; `alias`: wrong passphrases for one alias, whoever tries. */
export type What = "receipt" | "sign-in";

/** So many failures in so many seconds. A receipt has 100 random bits: the limit is against noise, the length is against guessing. */
const allowed: Record<What, { points: number; duration: number }> = {
  receipt: { points: 10, duration: 600 },
  "sign-in": { points: 5, duration: 600 },
};

/** How long a start waits for Redis (milliseconds). */
const patience = 2000;

/**
 * @param redisUrl shared limits for many processes; each process keeps its own while Redis cannot be reached
 * @param note codes for the operator
 */
export async function createLimits(redisUrl: string | undefined, note: (code: string) => void): Promise<Limits> {
  // a tenth of a second of the start, for those who have it
  const client = redisUrl
    ? (await import("redis")).createClient({ url: redisUrl, disableOfflineQueue: true })
    : undefined;
  let told = false;
  client?.on("error", () => {
    if (!told) note("redis-unreachable");
    told = true;
  });
  client?.on("ready", () => {
    told = false;
  });
  if (client) {
    const connected = client.connect().catch(() => undefined); // the error event has told it; the client keeps trying
    await Promise.race([
      connected,
      new Promise((resolve) => setTimeout(resolve, patience).unref()),
      new Promise((resolve) => client.once("error", resolve)),
    ]);
  }

  const make = (what: What) => {
    const memory = new RateLimiterMemory({ keyPrefix: what, ...allowed[what] });
    return client
      ? new RateLimiterRedis({
          storeClient: client,
          useRedisPackage: true,
          keyPrefix: `quietline:${what}`,
          insuranceLimiter: memory,
          ...allowed[what],
        })
      : memory;
  };
  const limiters = { receipt: make("receipt"), "sign-in": make("sign-in") };
  const seconds = (result: RateLimiterRes | null, points: number) =>
    result && result.consumedPoints > points ? Math.max(1, Math.ceil(result.msBeforeNext / 1000)) : 0;

  return {
    async missed(visitor, what) {
      try {
        await limiters[what].consume(visitor);
        return 0;
      } catch (error) {
        if (error instanceof RateLimiterRes) return seconds(error, allowed[what].points);
        throw error;
      }
    },
    async wait(visitor, what) {
      const result = await limiters[what].get(visitor);
      return result && result.consumedPoints >= allowed[what].points
        ? Math.max(1, Math.ceil(result.msBeforeNext / 1000))
        : 0;
    },
    async close() {
      if (client?.isOpen) client.destroy();
    },
  };
}
