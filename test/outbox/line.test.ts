/** One budget over all processes: a network that counts every second, wherever it begins, has nothing to refuse. */
import assert from "node:assert/strict";
import { join, type Line, type Moment } from "../../src/outbox/line.ts";
import { createPacer } from "../../src/outbox/pace.ts";
import { onBothDatabases } from "../support/databases.ts";
import { dice } from "../support/walk.ts";
import { Window } from "../support/window.ts";

const pace = { perSecond: 30, place: () => [] };
const seconds = (n: number) => n * 1_000_000;
const empty: Line = { free: 0, who: null, since: 0, till: 0 };
const wish = { perSecond: 30, answers: 0, strain: 0 };

describe("a network's line", () => {
  const now = seconds(1000);
  const alone = join(empty, { ...wish, me: "one", now, messages: 30 });

  it("lets a process that is alone make up for what it missed", () => {
    const { moments } = join(alone.line, { ...wish, me: "one", now: alone.line.free + seconds(0.5), messages: 15 });
    assert.equal(moments[0]!.at, alone.line.free, "what nobody used of the last second is used");
    assert.ok(moments.every(({ until }) => until >= alone.line.free + seconds(0.75)));
  });

  it("has a second process wait a second longer than the first may be late, and gives none of them time after that", () => {
    const second = join(alone.line, { ...wish, me: "two", now, messages: 30 });
    assert.ok(second.moments[0]!.at >= Math.max(...alone.moments.map((m) => m.until)) + seconds(1));
    const first = join(second.line, { ...wish, me: "one", now, messages: 30 });
    for (const { at, until } of [...second.moments, ...first.moments]) assert.equal(until - at, 30_000);
    assert.equal(first.moments[0]!.at - second.moments.at(-1)!.until, 33_535);
  });

  it("is one process's own again when the others' moments are over for a second", () => {
    const second = join(alone.line, { ...wish, me: "two", now, messages: 30 });
    const later = (at: number) => join(second.line, { ...wish, me: "two", now: at, messages: 1 }).moments[0]!;
    const soon = later(second.moments[0]!.at + seconds(1));
    assert.equal(soon.until - soon.at, 30_000);
    const then = later(second.line.free + seconds(0.1));
    assert.ok(then.until - then.at > 200_000);
  });

  it("lets a process be later that misses one moment after another, and the next one wait for it", () => {
    const second = join(alone.line, { ...wish, me: "two", now, messages: 3, strain: 4 });
    const [last] = second.moments.slice(-1);
    assert.equal(last!.until - last!.at, 480_000);
    // also once it has recovered, for what it has in hand
    const better = join(second.line, { ...wish, me: "two", now, messages: 1 });
    const first = join(better.line, { ...wish, me: "one", now, messages: 1 });
    assert.ok(first.moments[0]!.at >= better.moments[0]!.at + 480_000);
    assert.ok(first.moments[0]!.at >= last!.until);
  });

  it("keeps one moment, the last: of what went before it tells nothing", () => {
    const second = join(alone.line, { ...wish, me: "two", now: now + seconds(3600), messages: 1 });
    const { free, since, till } = second.line;
    assert.ok(Math.min(free, since, till) >= now + seconds(3600));
    const then = join(second.line, { ...wish, me: "two", now: now + seconds(7200), messages: 1 });
    assert.equal(then.line.since, 0);
    assert.ok(Math.min(then.line.free, then.line.till) >= now + seconds(7200));
  });

  it("is not held up by what a clock that was wrong has left", () => {
    const far = now + seconds(90_000);
    const { moments } = join(
      { free: far, who: "one", since: far, till: far },
      { ...wish, me: "two", now, messages: 1 },
    );
    assert.ok(moments[0]!.at <= now);
  });
});

onBothDatabases("three processes at one line", (db) => {
  let clock: number;
  const roll = dice(20);
  const upTo = (most: number) => Math.floor(roll() * (most + 1));

  /**
   * One process: it sends `left` messages, late by as many milliseconds as it is told, and is asked when it wakes.
   * @param apart by how much its machine's clock is wrong (milliseconds); then all go by the server's, which takes time to tell
   */
  function worker(i: number, apart?: number) {
    const pacer = createPacer({
      storage: i % 2 ? db().other : db().storage,
      now: () => clock + (apart ?? 0),
      tick: () => clock,
      name: (to) => to.id,
      ...(apart === undefined
        ? {}
        : {
            common: async () => {
              clock += upTo(3);
              const told = clock * 1000;
              clock += upTo(3);
              return told;
            },
          }),
    });
    let moments: Moment[] = [];
    return {
      wakes: clock,
      left: 0,
      /** What the courier does between two sleeps; whether it sent one. */
      async step(stall: () => number): Promise<boolean> {
        if (moments.length === 0) moments = await pacer.reserve("net", pace, Math.min(32, this.left));
        const gone = pacer.go("net", pace, moments);
        if ("missed" in gone) {
          moments = moments.filter((moment) => !gone.missed.includes(moment));
          moments.push(...(await pacer.reserve("net", pace, gone.missed.length)));
          return false;
        }
        if ("wait" in gone) {
          this.wakes = clock + gone.wait + stall();
          return false;
        }
        moments.shift();
        gone.answered();
        this.left -= 1;
        return true;
      },
    };
  }
  const workers = (apart?: number) => [0, 1, 2].map((i) => worker(i, apart && (i - 1) * apart));

  beforeEach(async () => {
    clock = 1_000_000_000;
    await db().storage.transaction((trx) => trx("lanes").delete());
  });

  for (const [how, apart] of [
    ["stand still, pause and come back", undefined],
    ["differ in what time it is", 5000],
  ] as const)
    it(`never send more in any second than may be, however their machines ${how}`, async function () {
      this.timeout(30_000);
      const [all, window] = [workers(apart), new Window(30)];
      const stall = () => (upTo(99) < 3 ? upTo(1500) : upTo(9) < 2 ? upTo(40) : upTo(2));
      while (window.taken < 1500) {
        const next = all.reduce((a, b) => (a.wakes <= b.wakes ? a : b));
        clock = Math.max(clock, next.wakes);
        if (next.left === 0) next.left = 1 + upTo(60);
        if (!(await next.step(stall))) continue;
        assert.ok(window.take(clock), `message ${window.taken} is one too many`);
        if (next.left === 0) next.wakes = clock + upTo(5000);
      }
    });

  it("use nearly all of it together", async function () {
    this.timeout(30_000);
    const [all, window] = [workers(), new Window(30)];
    for (const one of all) one.left = 200;
    while (window.taken < 600) {
      const next = all.filter((one) => one.left > 0).reduce((a, b) => (a.wakes <= b.wakes ? a : b));
      clock = Math.max(clock, next.wakes);
      if (await next.step(() => upTo(5))) assert.ok(window.take(clock), "one too many");
    }
    const used = 600 / ((clock - 1_000_000_000) / 1000) / 30;
    assert.ok(used >= 0.9, `${used} of the budget`);
  });
});
