/**
 * What the processes of one house tell each other in passing, through the memory that they share: an answer that another
 * process will show, and who is at an event. Names and values are sealed under the day's key and gone within moments or a day.
 */
import { createHmac, randomBytes } from "node:crypto";
import { createColumns } from "./crypto/columns.ts";
import type { DayKeys } from "./crypto/daykeys.ts";
import { fail } from "./errors.ts";
import type { Claim, House } from "./platforms/platform.ts";
import type { Memory } from "./storage/memory.ts";

/** How long a claim holds without a sign of life, how often that is given, and how long it is known that an event is over (milliseconds). */
const times = { hold: 10_000, sign: 3000, over: 26 * 3_600_000 };

const over = Buffer.from("over");

/** @param now milliseconds since 1970 */
export function createShared(
  memory: Memory,
  keys: DayKeys,
  now: () => number,
): Required<Pick<House, "kept" | "claim">> {
  async function todays(): Promise<Buffer> {
    const today = Math.floor(now() / 86_400_000);
    await keys.ready(today);
    return keys.at(today) ?? Promise.reject(fail("redis-unreachable"));
  }
  const nameOf = (key: Buffer, what: string, name: string): string =>
    `${what} ${createHmac("sha256", key).update(`${what}\u0000${name}`).digest("hex").slice(0, 32)}`;
  const columns = (key: Buffer) => createColumns(createHmac("sha256", key).update("kept").digest());

  return {
    kept: {
      async put(name, value, seconds) {
        const key = await todays();
        await memory.put(nameOf(key, "kept", name), columns(key).seal("kept", value), now() + seconds * 1000);
      },
      async take(name) {
        const key = await todays();
        const sealed = await memory.take(nameOf(key, "kept", name));
        return sealed && columns(key).open("kept", sealed);
      },
    },
    async claim(event): Promise<Claim> {
      const name = nameOf(await todays(), "event", event);
      const mine = randomBytes(8);
      const there = await memory.settle(name, mine, now() + times.hold);
      if (there.equals(over)) return "over";
      if (!there.equals(mine)) return "busy";
      const sign = setInterval(
        () => void memory.put(name, mine, now() + times.hold).catch(() => undefined),
        times.sign,
      );
      sign.unref();
      return {
        async over() {
          clearInterval(sign);
          await memory.put(name, over, now() + times.over).catch(() => undefined); // it comes again: acted on once all the same
        },
        async free() {
          clearInterval(sign);
          await memory.drop(name, mine).catch(() => undefined); // it frees itself soon
        },
      };
    },
  };
}
