/** What is promised of every delivery, with a clock that the tests turn: pace, silence, storms, lost answers, deaths. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { createColumns } from "../../src/crypto/columns.ts";
import { type Courier, createCourier } from "../../src/outbox/courier.ts";
import type { Kind } from "../../src/outbox/kinds.ts";
import { createOutbox, type Outbox } from "../../src/outbox/outbox.ts";
import { createPacer } from "../../src/outbox/pace.ts";
import { consoleCan } from "../../src/platforms/console.ts";
import type { Address, Platform, Sent } from "../../src/platforms/platform.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { onBothDatabases } from "../support/databases.ts";
import { Window } from "../support/window.ts";

const columns = createColumns(randomBytes(32));
const delivered: Sent = { ok: true };
const lost: Sent = { ok: false, retry: true, maybe: true, code: "lost" };

onBothDatabases("a delivery", (db) => {
  /** Milliseconds. */
  let clock: number;
  let outbox: Outbox;
  let courier: Courier;
  let sent: { id: string; key: string; at: number }[];
  let notes: string[];
  let gone: string[];
  let answer: (id: string, at: number) => Sent | Promise<Sent>;

  const noting = new Set<Promise<void>>();
  const noted = (outbox: Outbox): Outbox => ({
    ...outbox,
    begin(row) {
      const begun = outbox.begin(row).finally(() => noting.delete(begun));
      noting.add(begun);
      return begun;
    },
  });

  const now = () => clock;
  const sleep = async (ms: number) => {
    const at = clock + ms;
    // a moment is longer than what the database was asked for before it, however long its disk takes for that
    await Promise.all(noting);
    for (let i = 0; i < 4; i++) await db().storage.alone((w) => w("lanes").first());
    clock = Math.max(clock, at);
  };
  const platform = (name: string): Platform => ({
    name,
    can: consoleCan,
    pace: { perSecond: 30, place: () => [] },
    async open() {},
    async send(to, screen) {
      const result = await answer(to.id, clock);
      sent.push({ id: to.id, key: screen.text, at: clock });
      return result;
    },
    async close() {},
  });
  const courierOn = (storage: Storage): Courier =>
    createCourier({
      outbox: noted(createOutbox(storage, columns, now)),
      pacer: createPacer({ storage, now, tick: now, name: (to) => to.id }),
      now,
      sleep,
      platform: (name) => platform(name),
      open: (sealed) => columns.open<Address>("address", sealed),
      draw: async (_platform, payload) => ({ text: payload.key }),
      gone: async (owner) => void gone.push(owner),
      note: (code, values) => void notes.push([code, ...Object.values(values ?? {})].join(" ")),
    });

  beforeEach(async () => {
    clock = 1_000_000_000;
    [sent, notes, gone] = [[], [], []];
    answer = () => delivered;
    await db().storage.transaction(async (trx) => {
      for (const table of ["outbox", "posts", "lanes", "campaign_counts"]) await trx(table).delete();
    });
    outbox = createOutbox(db().storage, columns, now);
    courier = courierOn(db().storage);
  });
  afterEach(() => courier.stop());

  const owe = (kind: Kind, count: number, more: { lane?: string; expires?: number } = {}) =>
    db().storage.transaction((trx) =>
      outbox.putAll(
        trx,
        Array.from({ length: count }, (_, i) => ({
          kind,
          once: `${kind} ${i}`,
          due: Math.floor(clock / 1000),
          address: columns.seal("address", { platform: more.lane ?? "net", id: `${kind}-${i}` }),
          payload: { step: "a.b", key: kind, locale: "en" },
          owner: `owner-${i}`,
          ...(kind === "card" ? {} : { lane: more.lane ?? "net", group: "c1" }),
          ...(more.expires ? { expires: more.expires } : {}),
        })),
      ),
    );
  const ids = () => sent.map((s) => s.id);
  /** Lets time go by until nothing waits, for at most so many hours. */
  async function untilEmpty(hours: number): Promise<void> {
    const end = clock + hours * 3_600_000;
    await courier.idle();
    while (clock < end) {
      const next = await outbox.next();
      if (next === undefined) return;
      const quiet = await db().storage.read("lanes").max({ until: "quiet" }).first();
      clock = Math.max(clock + 1000, clock + next * 1000, next === 0 ? Number(quiet?.until ?? 0) : 0);
      await courier.idle();
    }
  }
  const countsOf = async () =>
    Object.fromEntries((await db().storage.read("campaign_counts")).map((r) => [`${r.lane} ${r.what}`, Number(r.n)]));

  it("uses a network's budget to the full and is refused nothing", async () => {
    const window = new Window(30);
    answer = (_id, at) => (window.take(at) ? delivered : { ok: false, retry: true, after: 1, wide: true, code: "429" });
    await owe("campaign", 300);
    await courier.idle();
    assert.equal(new Set(ids()).size, 300, notes.join());
    assert.equal(window.refused, 0);
    const seconds = (sent.at(-1)!.at - sent[0]!.at) / 1000;
    assert.ok(299 / seconds / 30 >= 0.99, `${299 / seconds} a second`);
    assert.deepEqual(await countsOf(), { "net sent": 300 });
  });

  it("makes up for moments at which the machine stood still, and never sends more in any second than may be", async () => {
    const window = new Window(30);
    answer = (_id, at) => {
      const taken = window.take(at);
      if (window.taken % 40 === 20) clock += 100;
      return taken ? delivered : { ok: false, retry: true, after: 1, wide: true, code: "429" };
    };
    await owe("campaign", 300);
    await courier.idle();
    assert.equal(sent.length, 300);
    assert.equal(window.refused, 0);
    const seconds = (sent.at(-1)!.at - sent[0]!.at) / 1000;
    assert.ok(299 / seconds / 30 >= 0.96, `${299 / seconds} a second`);
  });

  it("shares one budget between two processes", async () => {
    const window = new Window(30);
    answer = (_id, at) => (window.take(at) ? delivered : { ok: false, retry: true, after: 1, wide: true, code: "429" });
    const twin = courierOn(db().other);
    await owe("campaign", 200);
    await Promise.all([courier.idle(), twin.idle()]);
    await Promise.all([courier.idle(), twin.idle()]);
    await twin.stop();
    assert.equal(sent.length, 200);
    assert.equal(window.refused, 0);
    assert.equal(new Set(ids()).size, 200);
  });

  it("gives no moment to two processes, and leaves none out", async () => {
    const pacers = [db().storage, db().other].map((storage) =>
      createPacer({ storage, now, tick: now, name: (to) => to.id }),
    );
    const pace = { perSecond: 30, place: () => [] };
    const rounds = await Promise.all(Array.from({ length: 20 }, (_, i) => pacers[i % 2]!.reserve("net", pace, 7)));
    const moments = rounds
      .flat()
      .map((moment) => moment.at)
      .sort((a, b) => a - b);
    const gaps = moments.slice(1).map((at, i) => at - moments[i]!);
    // where the second one joined, the first may still make up for what it missed
    const [pause = 0] = gaps.sort((a, b) => b - a);
    assert.ok(pause > 1000 && pause < 1300, String(pause));
    assert.ok(
      // and where they take turns there is a little time for being late
      gaps.slice(1).every((gap) => Math.abs(gap - 33.5) < 0.2 || Math.abs(gap - 63.5) < 0.2),
      String(gaps),
    );
  });

  it("lets a card overtake a campaign", async () => {
    await owe("campaign", 200);
    let asked = 0;
    answer = async () => {
      asked += 1;
      if (asked === 5) {
        await owe("card", 1);
        courier.wake();
      }
      return delivered;
    };
    await courier.idle();
    const place = ids().indexOf("card-0");
    assert.ok(place > 0 && place < 100, `it went as number ${place}`);
  });

  it("is silent for an hour when the network says so, and then loses none and doubles none", async () => {
    const until = clock + 3_600_000;
    let asked = 0;
    answer = (_id, at) => {
      if (at >= until) return delivered;
      asked += 1;
      return { ok: false, retry: true, after: Math.ceil((until - at) / 1000), wide: true, code: "429" };
    };
    await owe("campaign", 100);
    await owe("tip", 20, { lane: "other" });
    answer = (
      (wide) => (id: string, at: number) =>
        id.startsWith("tip") ? delivered : wide(id, at)
    )(answer);
    await courier.idle();
    assert.ok(asked <= 32, `asked ${asked} times`);
    assert.equal(ids().filter((id) => id.startsWith("tip")).length, 20, "another network goes on");
    await untilEmpty(2);
    const through = sent.filter((s) => s.at >= until && s.id.startsWith("campaign")).map((s) => s.id);
    assert.deepEqual([through.length, new Set(through).size], [100, 100]);
    assert.deepEqual(
      notes.filter((n) => n.startsWith("platform")),
      ["platform-paused net 429 3600", "platform-resumed net"],
    );
  });

  it("gets through a storm of failing servers: a campaign whole, of tips few lost and none twice", async () => {
    const until = clock + 600_000;
    answer = (_id, at) => (at < until ? lost : delivered);
    await owe("campaign", 50);
    await owe("tip", 50);
    await untilEmpty(6);
    const after = sent.filter((s) => s.at >= until).map((s) => s.id);
    assert.equal(new Set(after.filter((id) => id.startsWith("campaign"))).size, 50);
    const tips = ids().filter((id) => id.startsWith("tip"));
    assert.equal(new Set(tips).size, tips.length, "no tip is tried twice");
    assert.equal(tips.length, 50, "each is tried");
    assert.ok(after.filter((id) => id.startsWith("tip")).length >= 25, `${after.length} came after the storm`);
    assert.ok(sent.length < 260, `the network was left alone: ${sent.length} tries`);
  });

  it("sends again what may have arrived, or never, as its kind says", async () => {
    const answers = new Map<string, number>();
    answer = (id) => {
      answers.set(id, (answers.get(id) ?? 0) + 1);
      return answers.get(id) === 1 ? lost : delivered;
    };
    for (const kind of ["card", "notice", "deadline", "reminder", "nudge", "tip", "campaign"] as const)
      await owe(kind, 1);
    await untilEmpty(2);
    assert.deepEqual(Object.fromEntries([...answers].sort()), {
      "campaign-0": 2,
      "card-0": 2,
      "deadline-0": 2,
      "notice-0": 2,
      "nudge-0": 1,
      "reminder-0": 2,
      "tip-0": 1,
    });
  });

  it("after a death between sending and noting sends a campaign again, and a tip not", async () => {
    for (const kind of ["tip", "campaign"] as const) await owe(kind, 1);
    // what a courier that was killed has left behind
    for (const row of await outbox.claim(5, 120)) if (row.kind === "tip") await outbox.begin(row);
    await courier.idle();
    assert.deepEqual(ids(), []);
    clock += 122_000;
    await courier.idle();
    assert.deepEqual(ids(), ["campaign-0"]);
    assert.deepEqual(notes, ["answer-lost tip"]);
    assert.deepEqual(await outbox.counts(), { waiting: 0, parked: 0 });
  });

  it("after a death before sending sends everything", async () => {
    for (const kind of ["tip", "campaign"] as const) await owe(kind, 1);
    await outbox.claim(5, 120);
    clock += 122_000;
    await courier.idle();
    assert.deepEqual(ids().sort(), ["campaign-0", "tip-0"]);
  });

  it("skips what is too late after a week's sleep", async () => {
    await owe("tip", 30, { expires: Math.floor(clock / 1000) + 7200 });
    clock += 7 * 86_400_000;
    await courier.idle();
    assert.deepEqual(
      [sent.length, await outbox.counts(), await countsOf()],
      [0, { waiting: 0, parked: 0 }, { "net late": 30 }],
    );
  });

  it("waits for a new token, tells the operator once, and goes on", async () => {
    let revoked = true;
    answer = () => (revoked ? { ok: false, retry: true, after: 60, wide: true, code: "net-token-refused" } : delivered);
    await owe("campaign", 40);
    for (let minute = 0; minute < 12; minute++) {
      await courier.idle();
      clock += 61_000;
    }
    const tries = sent.length;
    assert.ok(tries <= 32, `${tries} tries in twelve minutes`);
    revoked = false;
    await untilEmpty(1);
    assert.equal(new Set(ids().slice(tries)).size, 40);
    assert.deepEqual(
      notes.filter((n) => n.startsWith("platform")),
      ["platform-paused net net-token-refused 60", "platform-resumed net"],
    );
  });

  it("drops the subscription of somebody who blocked us, and says what became of a campaign", async () => {
    answer = (id) => {
      if (id === "campaign-1") return { ok: false, retry: false, gone: true, code: "blocked" };
      if (id === "campaign-2") return { ok: false, retry: false, gone: false, code: "refused" };
      return delivered;
    };
    await owe("campaign", 4);
    await courier.idle();
    assert.deepEqual(gone, ["owner-1"]);
    assert.deepEqual(await countsOf(), { "net gone": 1, "net sent": 2 });
    assert.deepEqual(
      (await outbox.parked(10)).map(({ kind, code, campaign }) => ({ kind, code, campaign })),
      [{ kind: "campaign", code: "refused", campaign: "c1" }],
    );
    answer = () => delivered;
    assert.equal(await db().storage.transaction((trx) => outbox.retry(trx, {})), 1);
    await courier.idle();
    assert.equal(ids().at(-1), "campaign-2");
    assert.deepEqual(await outbox.counts(), { waiting: 0, parked: 0 });
  });

  it("gives a place no more than it takes", async () => {
    const pace = { perSecond: 1000, place: () => [{ points: 2, seconds: 60 }] };
    const pacer = createPacer({ storage: db().storage, now, tick: now, name: (to) => to.id });
    const here = { platform: "net", id: "a" };
    assert.deepEqual([await pacer.place(here, pace), await pacer.place(here, pace)], [0, 0]);
    const wait = await pacer.place(here, pace);
    assert.ok(wait > 50_000 && wait <= 60_000, String(wait));
    assert.equal(await pacer.place({ ...here, id: "b" }, pace), 0);
  });

  it("is not stopped by a clock that was wrong", async () => {
    await db().storage.transaction((trx) =>
      trx("lanes").insert({ name: "net", free: (clock + 9e10) * 1000, quiet: clock + 9e10, why: "x" }),
    );
    await owe("campaign", 3);
    await db().storage.transaction((trx) =>
      trx("outbox")
        .limit(1)
        .update({ lease: clock + 9e10 }),
    );
    await courier.idle();
    assert.equal(sent.length, 3);
  });
});
