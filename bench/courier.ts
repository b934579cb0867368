/** The courier: how much of Telegram's limit it uses, how fast it is without one, what many subscribers cost it. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { openStorage } from "../src/storage/storage.ts";
import { createTipStore } from "../src/tips/store.ts";
import { forkHelper, meter, scratch, stop } from "./child.ts";
import { hour } from "./courier-hour.ts";
import type { Done, Task } from "./courier-run.ts";
import type { Wire } from "./courier-wire.ts";
import { crowdOf } from "./crowd.ts";
import { median, type Row } from "./table.ts";

export interface Sizes {
  /** A campaign on a counted clock, and one by the clock on the wall. */
  counted: number;
  limited: number;
  free: number;
  small: number;
  large: number;
  /** How many messages of a campaign are looked at for its memory. */
  looked: number;
}

/** Messages a second and milliseconds of processor time a message, at the median. */
const usual = (runs: Done[]) => ({
  speed: median(runs.map(({ sent, seconds }) => sent / seconds)),
  cpu: median(runs.map(({ cpu }) => cpu)),
});

const used = ({ taken, span }: Wire): number => ((taken - 1) / (span / 1000) / 30) * 100;

export async function measureCourier(sizes: Sizes): Promise<Row[]> {
  const home = scratch();
  try {
    const counted = await file(sizes.counted);
    const hours = await hour(counted.file, Buffer.from(counted.key, "hex"), sizes.counted);
    const { wire: limited } = await run({ people: sizes.limited, most: sizes.limited, paced: true });
    const pairs: { ours: Done; loop: Done }[] = [];
    // one after the other, several times: a machine is not as fast in one minute as in the next
    for (let i = 0; i < 5; i++) {
      const { done: ours } = await run({ people: sizes.free, most: sizes.free });
      pairs.push({ ours, loop: (await run({ what: "loop", most: sizes.free })).done });
    }
    const [ours, loop] = [usual(pairs.map((pair) => pair.ours)), usual(pairs.map((pair) => pair.loop))];
    const small = await run({ people: sizes.small, most: Math.min(sizes.small, sizes.looked) });
    const large = await run({ people: sizes.large, most: sizes.looked });
    const due = await whoIsDue(sizes.large);
    const thousands = (n: number) => n.toLocaleString("en");
    return [
      {
        what: `campaign to ${thousands(sizes.counted)} at 30 a second, counted clock: share of the limit used`,
        unit: "%",
        figure: used(hours),
        goal: { is: "at least", value: 99, of: "figure" },
        details: { seconds: hours.span / 1000 },
      },
      {
        what: "  messages refused with 429",
        unit: "messages",
        figure: hours.refused,
        goal: { is: "at most", value: 0, of: "figure" },
      },
      {
        what: `campaign to ${thousands(sizes.limited)} at 30 a second, clock on the wall: share of the limit used`,
        unit: "%",
        figure: used(limited),
        goal: { is: "at least", value: 99, of: "figure" },
        details: { seconds: limited.span / 1000 },
      },
      {
        what: "  messages refused with 429",
        unit: "messages",
        figure: limited.refused,
        goal: { is: "at most", value: 0, of: "figure" },
      },
      {
        what: "campaign with limits off, against a bare loop over the library",
        unit: "messages/s",
        figure: ours.speed,
        peer: loop.speed,
        goal: { is: "at least", value: 0.7, of: "ratio" },
        details: { cpu: ours.cpu, peerCpu: loop.cpu },
      },
      {
        what: `most memory of a campaign to ${thousands(sizes.large)} (its first ${thousands(sizes.looked)} messages), against one to ${thousands(sizes.small)}`,
        unit: "MB",
        figure: large.peak,
        peer: small.peak,
        goal: { is: "at most", value: 1.2, of: "ratio" },
      },
      {
        what: `finding who is due for a tip among ${thousands(sizes.large)}`,
        unit: "ms",
        figure: due.wall,
        goal: { is: "under", value: 20, of: "figure" },
      },
      { what: "  processor time of that", unit: "ms", figure: due.cpu },
    ];
  } finally {
    home.remove();
  }

  /** A database with so many subscribers. */
  async function file(people: number): Promise<{ file: string; key: string }> {
    const key = randomBytes(32);
    const path = join(home.parent, `${randomBytes(6).toString("hex")}.sqlite`);
    const storage = await openStorage(`sqlite:${path}`);
    await crowdOf(storage, people, key);
    await storage.close();
    return { file: path, key: key.toString("hex") };
  }

  /** One task in a process of its own, against a stand-in in another. */
  async function run(asked: { what?: "loop"; people?: number; most: number; paced?: true }) {
    const wire = forkHelper("courier-wire", asked.paced ? ["limits"] : []);
    const [url] = (await once(wire, "message")) as [string];
    const made = asked.people ? await file(asked.people) : { file: "", key: "" };
    const child = forkHelper("courier-run");
    await once(child, "message");
    child.send({ what: "campaign", people: 0, paced: false, ...asked, ...made, wire: url } satisfies Task);
    const [done] = (await once(child, "message")) as [Done];
    const peak = meter(child.pid!).peak();
    await stop(child);
    rmSync(made.file, { force: true });
    wire.send("how was it?");
    const [counted] = (await once(wire, "message")) as [Wire];
    await stop(wire);
    return { done, peak, wire: counted };
  }

  /** Milliseconds to claim the 200 that are due, at the median; then they are due no more. */
  async function whoIsDue(count: number): Promise<{ wall: number; cpu: number }> {
    const key = randomBytes(32);
    const storage = await openStorage(`sqlite:${home.parent}/due.sqlite`);
    try {
      // due at any second of a day
      await crowdOf(storage, count, key, "1800000000 + abs(random()) % 86400");
      const store = createTipStore(storage, () => key);
      const times: number[] = [];
      const cpus: number[] = [];
      for (let i = 0; i < 40; i++) {
        const [cpu, began] = [process.cpuUsage(), performance.now()];
        await storage.transaction(async (trx) => {
          const found = await store.claim(trx, (1_800_000_000 + 43_200) * 1000, 200);
          times.push(performance.now() - began);
          const { user, system } = process.cpuUsage(cpu);
          cpus.push((user + system) / 1000);
          await trx("subscribers")
            .whereIn(
              "id",
              found.map(({ id }) => id),
            )
            .update({ due: 1_900_000_000 });
        });
      }
      return { wall: median(times), cpu: median(cpus) };
    } finally {
      await storage.close();
    }
  }
}
