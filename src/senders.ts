/**
 * Who sends junk may be told to wait without anybody learning who it is. For some hours it is remembered under which passing
 * name a case was sent, in the memory of the process or in Redis, never on the case or on a disk; both under keyed hashes.
 */
import { createHmac } from "node:crypto";
import type { Memory } from "./storage/memory.ts";

export interface Senders {
  /** Remembers who sent a case. */
  note(code: string, name: string): Promise<void>;
  /** Is it still remembered who sent it? */
  known(code: string): Promise<boolean>;
  /** Makes its sender wait; false where nobody remembers who that is. */
  mute(code: string): Promise<boolean>;
  /** Does one of these names have to wait? */
  muted(names: readonly string[]): Promise<boolean>;
}

type Kept = Pick<Memory, "get" | "put">;

/**
 * @param memory shared by processes; without one each remembers by itself. While it cannot be reached nobody is remembered
 * @param key of the hashes
 * @param now milliseconds since 1970
 * @param hours for so long a sender is remembered, and has to wait; 0 remembers nobody
 */
export function createSenders(memory: Kept | undefined, key: Uint8Array, now: () => number, hours: number): Senders {
  const kept = memory ?? inProcess(now);
  const hash = (what: string, name: string) =>
    createHmac("sha256", key).update(`${what}\u0000${name}`).digest("hex").slice(0, 32);
  /** A whole hour: the moment of its end does not tell when a case was sent. */
  const until = () => Math.ceil(now() / 3_600_000 + hours) * 3_600_000;
  const senderOf = async (code: string) => {
    const [found] = await kept.get([`sender ${hash("case", code)}`]);
    return found?.toString("latin1");
  };
  return {
    async note(code, name) {
      if (hours === 0 || name === "") return;
      await kept
        .put(`sender ${hash("case", code)}`, Buffer.from(hash("name", name), "latin1"), until())
        .catch(() => undefined); // no report is refused for that
    },
    known: async (code) => (await senderOf(code).catch(() => undefined)) !== undefined,
    async mute(code) {
      const sender = await senderOf(code);
      if (sender === undefined) return false;
      await kept.put(`muted ${sender}`, Buffer.from("1"), until());
      return true;
    },
    async muted(names) {
      if (hours === 0 || names.length === 0) return false;
      const found = await kept.get(names.map((name) => `muted ${hash("name", name)}`)).catch(() => []);
      return found.some((value) => value !== undefined);
    },
  };
}

/** The same in this process alone; what is over goes at the next look. */
function inProcess(now: () => number): Kept {
  const all = new Map<string, { value: Buffer; until: number }>();
  const most = 100_000;
  return {
    async get(names) {
      return names.map((name) => {
        const found = all.get(name);
        return found && found.until > now() ? found.value : undefined;
      });
    },
    async put(name, value, until) {
      // the oldest stand first
      for (const [old, kept] of all) {
        if (kept.until > now() && all.size < most) break;
        all.delete(old);
      }
      all.delete(name);
      all.set(name, { value, until });
    },
  };
}
