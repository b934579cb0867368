/** Several processes of one house, over one PostgreSQL database and one memory. */
import { randomBytes } from "node:crypto";
import { generateHybridIdentity } from "age-encryption";
import type { Service } from "../../src/service.ts";
import { postgres, redis, type TestHome, testHome } from "./house.ts";

export interface Fleet {
  databaseUrl: string;
  /** A home of its own for one more process. */
  home(env?: Record<string, string>): TestHome;
  /** Starts one more process. */
  start(env?: Record<string, string>): Promise<Service>;
  end(): Promise<void>;
}

/** What a fleet stands on, or why there is none. @param env settings of every process */
export async function fleet(env: Record<string, string> = {}): Promise<Fleet | { missing: string }> {
  const [database, memory] = [await postgres(), await redis()];
  if ("missing" in database) return database;
  if ("missing" in memory) {
    await database.drop();
    return memory;
  }
  const key = await generateHybridIdentity();
  const homes: TestHome[] = [];
  const services: Service[] = [];
  const all: Fleet = {
    databaseUrl: database.url,
    home(more = {}) {
      const shared = { DATABASE_URL: database.url, REDIS_URL: memory.url, QUIETLINE_KEY: key };
      const home = testHome({ ...shared, ...env, ...more });
      homes.push(home);
      return home;
    },
    async start(more) {
      const service = await all.home(more).service();
      services.push(service);
      return service;
    },
    async end() {
      for (const service of services) await service.close();
      for (const home of homes) home.remove();
      await database.drop();
    },
  };
  return all;
}

export const webhookSecret = (): string => randomBytes(16).toString("hex");
