/** One budget for all that goes out by a network: what is sent by itself, and answers that somebody waits for. */
import assert from "node:assert/strict";
import { createPacer, type Pacer } from "../../src/outbox/pace.ts";
import { type Memory, openMemory } from "../../src/storage/memory.ts";
import { onBothDatabases } from "../support/databases.ts";
import { redis } from "../support/house.ts";
import { skipFor } from "../support/missing.ts";
import { Window } from "../support/window.ts";

const pace = { perSecond: 30, place: () => [] };
const group = { perSecond: 30, place: () => [{ points: 20, seconds: 60 }] };

onBothDatabases("a network's budget", (db) => {
  let clock: number;
  const now = () => clock;
  let pacers: [Pacer, Pacer];

  beforeEach(async () => {
    clock = 1_000_000_000;
    await db().storage.transaction((trx) => trx("lanes").delete());
    const sleep = async (ms: number) => {
      clock += ms;
    };
    const make = (storage: ReturnType<typeof db>["storage"]) =>
      createPacer({ storage, now, tick: now, sleep, name: (to) => to.id });
    pacers = [make(db().storage), make(db().other)];
  });

  // answers that are still to be written down are no matter of the next test
  afterEach(() => Promise.all(pacers.map((pacer) => pacer.settled())));

  it("gives answers their place at once, and a campaign what is left, so that nothing is refused", async () => {
    const window = new Window(30);
    const began = clock;
    let [answers, sent] = [0, 0];
    for (let round = 0; round < 20; round++) {
      for (const moment of await pacers[0].reserve("net", pace, 10)) {
        for (let gone = pacers[0].go("net", pace, [moment]); "wait" in gone; gone = pacers[0].go("net", pace, [moment]))
          clock += gone.wait;
        assert.ok(window.take(clock), `message ${sent} was refused`);
        sent += 1;
      }
      // no more than fit into one second of the counter's own clock
      for (let i = 0; i < 2 && answers < 28; i++) {
        const asked = clock;
        assert.equal(await pacers[0].answer("net", pace), 0);
        assert.ok(clock - asked <= 70, `an answer waited ${clock - asked} ms`);
        assert.ok(window.take(clock), "an answer was refused");
        answers += 1;
      }
    }
    const used = (sent + answers) / ((clock - began) / 1000) / 30;
    assert.ok(used >= 0.97 && used <= 1.02, `${used} of the budget`);
  });

  it("counts what was long under way from when it arrived", async () => {
    const slow = { perSecond: 4, place: () => [] };
    const began = clock;
    const leave = () => {
      const gone = pacers[0].go("net", slow, []);
      assert.ok("answered" in gone, JSON.stringify(gone));
      clock += 63; // no two leave at once
      return gone;
    };
    const left = Array.from({ length: 4 }, leave);
    for (const { answered } of left.slice(1)) answered();
    clock += 600;
    left[0]!.answered();
    clock = began + 1254; // all but that one arrived over a second ago
    for (let i = 0; i < 3; i++) leave();
    const gone = pacers[0].go("net", slow, []);
    assert.ok("wait" in gone && gone.wait > 50 && gone.wait < 63, JSON.stringify(gone));
  });

  it("learns from the next ones that the first was slow", async () => {
    const slow = { perSecond: 4, place: () => [] };
    const began = clock;
    const leave = (took: number) => {
      const gone = pacers[0].go("net", slow, []);
      assert.ok("answered" in gone, JSON.stringify(gone));
      clock += took;
      gone.answered();
      clock += 63;
    };
    for (const took of [40, 1, 1, 1]) leave(took);
    clock = began + 1003;
    const gone = pacers[0].go("net", slow, []);
    assert.ok("wait" in gone && gone.wait >= 37 && gone.wait <= 39, JSON.stringify(gone));
  });

  it("holds nobody up whose clock is set back, jumps ahead or stands still", async () => {
    let ticks = 5000;
    const pacer = createPacer({ storage: db().storage, now, tick: () => ticks, name: (to) => to.id });
    /** How long it takes to send as many as a second has room for, while something is done to the clock. */
    async function second(meanwhile: () => void): Promise<number> {
      const began = ticks;
      const moments = await pacer.reserve("net", pace, 30);
      meanwhile();
      while (moments.length > 0) {
        const gone = pacer.go("net", pace, moments);
        assert.ok(!("missed" in gone));
        if ("wait" in gone) ticks += gone.wait;
        else moments.shift();
      }
      return ticks - began;
    }
    const hour = 3_600_000;
    for (const set of [-hour, hour, 0]) {
      const took = await second(() => (clock += set));
      assert.ok(took < 2200, `${took} ms`);
    }
  });

  it("lets answers wait only where they alone use all of it", async () => {
    const waits: number[] = [];
    for (let i = 0; i < 31; i++) waits.push(await pacers[0].answer("net", pace));
    assert.deepEqual(waits.slice(0, 30), Array(30).fill(0));
    assert.ok(waits[30]! > 0 && waits[30]! <= 1000, String(waits[30]));
    assert.equal(await pacers[0].answer("other", pace), 0);
  });

  it("tells other processes of answers", async () => {
    const [before] = await pacers[1].reserve("net", pace, 1);
    for (let i = 0; i < 15; i++) await pacers[0].answer("net", pace);
    await pacers[0].settled();
    const [after] = await pacers[1].reserve("net", pace, 1);
    assert.equal(Math.round(((after!.at - before!.at) * 30) / 1000), 16);
  });

  it("still holds in each process while Redis cannot be reached", async () => {
    const memory = await openMemory({ url: "redis://127.0.0.1:1", house: "test", note: () => undefined });
    const pacer = createPacer({ storage: db().storage, now, tick: now, name: (to) => to.id, redis: memory.client });
    const here = { platform: "net", id: "a group" };
    for (let i = 0; i < 20; i++) assert.equal(await pacer.place(here, group), 0);
    assert.ok((await pacer.place(here, group)) > 0);
    await memory.close();
  });

  describe("through Redis", () => {
    const memories: Memory[] = [];
    before(async function () {
      const server = await redis();
      if ("missing" in server) return skipFor(this, server.missing);
      for (let i = 0; i < 2; i++)
        memories.push(await openMemory({ url: server.url, house: "test", note: () => undefined }));
    });
    after(() => Promise.all(memories.splice(0).map((memory) => memory.close())));

    it("is shared by two processes", async () => {
      const lane = `net${Math.random()}`;
      const shared = memories.map(({ client }, i) =>
        createPacer({ storage: i ? db().other : db().storage, now, tick: now, name: (to) => to.id, redis: client }),
      );
      const here = { platform: lane, id: "a group" };
      for (let i = 0; i < 20; i++) assert.equal(await shared[i % 2]!.place(here, group), 0, `message ${i}`);
      for (const pacer of shared) {
        const wait = await pacer.place(here, group);
        assert.ok(wait > 0 && wait <= 60_000, String(wait));
        assert.equal(await pacer.place({ ...here, id: `another ${Math.random()}` }, group), 0);
      }
      const waits = await Promise.all(Array.from({ length: 40 }, (_, i) => shared[i % 2]!.answer(lane, pace)));
      assert.equal(waits.filter((wait) => wait === 0).length, 30, "thirty answers a second, of both together");
    });
  });
});
