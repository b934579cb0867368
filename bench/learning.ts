/**
 * Learning: how long a daily set takes to choose for somebody with five years behind them, how fast reminders of 100,000
 * learners leave, and what the daily set is worth against as many questions picked at random.
 */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createColumns } from "../src/crypto/columns.ts";
import { createCourier } from "../src/outbox/courier.ts";
import { createOutbox } from "../src/outbox/outbox.ts";
import type { Address, Platform } from "../src/platforms/platform.ts";
import { answer, choose, type ItemFacts, type Memory, newMemory, recallOf } from "../src/quiz/rules.ts";
import { openStorage } from "../src/storage/storage.ts";
import { dice } from "../test/support/walk.ts";
import { median, quantile, type Row } from "./table.ts";

function itemsOf(count: number): Map<string, ItemFacts> {
  const facts = (n: number): ItemFacts => {
    const id = `item-${n}`;
    return { id, difficulty: 1 + (n % 5), sectors: ["any"], theme: "t", print: "p" };
  };
  return new Map(Array.from({ length: count }, (_, n) => [`item-${n}`, facts(n)]));
}

/** Does a learner of this level know an item today? By the scheduler's own forgetting curve; a first try by difficulty. */
function knows(memory: Memory, item: ItemFacts, level: number, day: number, random: () => number): boolean {
  const trace = memory.traces[item.id];
  return random() < (trace ? recallOf(trace, day) : 1 / (1 + Math.exp(item.difficulty - level)));
}

type Policy = (
  memory: Memory,
  items: ReadonlyMap<string, ItemFacts>,
  size: number,
  day: number,
  random: () => number,
) => string[];

/** So many of these, each once, by chance. */
const some = (of: string[], count: number, random: () => number): string[] =>
  Array.from({ length: Math.min(count, of.length) }, () => of.splice(Math.floor(random() * of.length), 1)[0]!);

/** Our daily set; the same new items with what is reviewed picked at random; and any items at all. */
const policies: Record<"ours" | "review" | "any", Policy> = {
  ours: choose,
  review(memory, items, size, day, random) {
    const fresh = choose(memory, items, size, day).filter((id) => !memory.traces[id]);
    return [...fresh, ...some(Object.keys(memory.traces), size - fresh.length, random)];
  },
  any: (_memory, items, size, _day, random) => some([...items.keys()], size, random),
};

/** Learners who answer three questions on so many days: what they can still recall 30 days after the last. */
function remembered(policy: keyof typeof policies, learners: number, days: number): { items: number; share: number } {
  const items = itemsOf(180);
  let recalled = 0;
  let met = 0;
  for (let n = 0; n < learners; n++) {
    const random = dice(1000 + n);
    const level = 3 + 2 * random();
    let memory = newMemory(`learner ${n}`, "any");
    for (let day = 0; day < days; day++)
      for (const id of policies[policy](memory, items, 3, 20_000 + day, random)) {
        const item = items.get(id)!;
        memory = answer(memory, item, knows(memory, item, level, 20_000 + day, random), 20_000 + day).memory;
      }
    for (const trace of Object.values(memory.traces)) recalled += recallOf(trace, 20_000 + days + 30);
    met += Object.keys(memory.traces).length;
  }
  return { items: recalled / learners, share: (100 * recalled) / met };
}

function simulated(learners: number): Row[] {
  return [90, 365].flatMap((days): Row[] => {
    const [ours, review, any] = (["ours", "review", "any"] as const).map((p) => remembered(p, learners, days));
    const row = (what: string, peer: { items: number; share: number }): Row => ({
      what: `three questions on ${days} days: of 180 items remembered 30 days later; peer: ${what}`,
      unit: "items",
      figure: ours!.items,
      peer: peer.items,
      details: { share: ours!.share, peerShare: peer.share },
    });
    return [row("random review", review!), row("any items at random", any!)];
  });
}

/** Milliseconds of processor time: other programs on the machine do not count. */
function processor(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Processor time for one set: 5,000 items, and a learner who met most of them in five years. */
function chosen(rounds: number): Row {
  const items = itemsOf(5000);
  const random = dice(7);
  let memory = newMemory("five years", "any");
  const start = 20_000;
  for (let day = 0; day < 5 * 365; day++)
    for (const id of choose(memory, items, 3, start + day)) {
      const item = items.get(id)!;
      // the memory is written by hand: 5,475 copies of it would take minutes
      memory.traces[id] = answer(
        { ...memory, traces: { [id]: memory.traces[id]! } },
        item,
        random() < 0.85,
        start + day,
      ).memory.traces[id]!;
    }
  memory = structuredClone(memory);
  const met = Object.keys(memory.traces).length;
  const times: number[] = [];
  const naive: number[] = [];
  for (let n = 0; n < rounds; n++) {
    const today = start + 5 * 365 + (n % 60);
    times.push(processor(() => choose(memory, items, 3, today)));
    naive.push(
      processor(() =>
        [...items.keys()]
          .sort((a, b) => recallOf(memory.traces[a], today) - recallOf(memory.traces[b], today))
          .slice(0, 3),
      ),
    );
  }
  return {
    what: `a daily set, processor time: 5,000 items, ${met.toLocaleString("en")} met in 5 years; peer: all sorted by the chance of recall`,
    unit: "ms",
    figure: median(times),
    peer: median(naive),
    goal: { is: "under", value: 5, of: "figure" },
    details: { p99: quantile(times, 0.99) },
  };
}

/** Reminders a second, with so many due at once and a network that answers at once. */
async function nudged(waiting: number, sent: number): Promise<Row> {
  const folder = mkdtempSync(join(tmpdir(), "quietline-nudges-"));
  const storage = await openStorage(`sqlite:${join(folder, "nudges.sqlite")}`);
  const columns = createColumns(randomBytes(32));
  const outbox = createOutbox(storage, columns, Date.now);
  const due = Math.floor(Date.now() / 1000) - 1;
  for (let from = 0; from < waiting; from += 100)
    await storage.transaction((trx) =>
      outbox.putAll(
        trx,
        Array.from({ length: 100 }, (_, n) => ({
          kind: "nudge" as const,
          once: `nudge ${from + n} 1`,
          due,
          expires: due + 6 * 3600,
          owner: `learner-${from + n}`,
          address: columns.seal("address", { platform: "net", id: String(from + n) } satisfies Address),
          payload: { step: "quiz.nudge", key: "", locale: "en" },
        })),
      ),
    );
  let count = 0;
  let enough: (at: number) => void = () => undefined;
  const done = new Promise<number>((resolve) => (enough = resolve));
  const platform = {
    name: "net",
    async send() {
      count += 1;
      if (count === sent) enough(performance.now());
      return { ok: true as const };
    },
  } as unknown as Platform;
  const courier = createCourier({
    outbox,
    platform: () => platform,
    open: (sealed) => columns.open<Address>("address", sealed),
    draw: async () => ({ text: "A minute to learn" }),
    note: () => undefined,
  });
  const begun = performance.now();
  courier.start();
  const seconds = ((await done) - begun) / 1000;
  await courier.stop();
  await storage.close();
  rmSync(folder, { recursive: true, force: true });
  return {
    what: `reminders, ${waiting.toLocaleString("en")} learners due at once; Telegram takes 30 a second`,
    unit: "a second",
    figure: sent / seconds,
    goal: { is: "at least", value: 30, of: "figure" },
  };
}

export async function measureLearning(quick: boolean): Promise<Row[]> {
  return [
    chosen(quick ? 60 : 300),
    await nudged(quick ? 10_000 : 100_000, quick ? 500 : 3000),
    ...simulated(quick ? 20 : 60),
  ];
}
