import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { createColumns } from "../../src/crypto/columns.ts";
import { type Courier, createCourier } from "../../src/outbox/courier.ts";
import { type Board, createOutbox, type Outbox } from "../../src/outbox/outbox.ts";
import { consoleCan } from "../../src/platforms/console.ts";
import type { Address, Platform, SendOptions, Sent } from "../../src/platforms/platform.ts";
import { onBothDatabases } from "../support/databases.ts";

const columns = createColumns(randomBytes(32));
const seal = (id: string, platform = "net"): Buffer => columns.seal("address", { platform, id });
const board = (id: string): Board => ({ id, address: seal(id), locale: "en" });

onBothDatabases("the courier", (db) => {
  let clock: number;
  let outbox: Outbox;
  let courier: Courier;
  let sent: { id: string; text: string; options: SendOptions }[];
  let notes: string[];
  /** What the network answers, message by message; delivered when there is nothing left. */
  let answers: (Sent | Error)[];

  beforeEach(async () => {
    clock = 1_000_000;
    [sent, notes, answers] = [[], [], []];
    await db().storage.transaction(async (trx) => {
      for (const table of ["outbox", "posts"]) await trx(table).delete();
    });
    outbox = createOutbox(db().storage, columns, () => clock * 1000);
    const platform: Platform = {
      name: "net",
      can: consoleCan,
      async open() {},
      async send(to, screen, options) {
        sent.push({ id: to.id, text: screen.text, options });
        const answer = answers.shift() ?? { ok: true, ref: `${to.id} ref ${sent.length}` };
        if (answer instanceof Error) throw answer;
        return answer;
      },
      async close() {},
    };
    courier = createCourier({
      outbox,
      now: () => clock * 1000,
      platform: (name) => (name === "net" ? platform : undefined),
      open: (sealed) => columns.open<Address>("address", sealed),
      draw: async (_platform, payload) => ({ text: `${payload.step} ${payload.key}` }),
      note: (code, values) => void notes.push([code, ...Object.values(values ?? {})].join(" ")),
    });
  });
  afterEach(() => courier.stop());

  const card = (code: string, on = "a") => db().storage.transaction((trx) => outbox.card(trx, board(on), code, 0));
  const notice = () =>
    db().storage.transaction((trx) => outbox.notice(trx, `case ${Math.random()}`, seal("person"), "en"));
  /** Lets so many seconds go by, and the courier work until nothing is due. */
  const after = async (seconds: number) => {
    clock += seconds;
    await courier.idle();
  };

  it("delivers each card to each board, and redraws it in its place", async () => {
    for (const on of ["a", "b"]) await card("K7", on);
    await after(0);
    assert.deepEqual(sent.map((s) => [s.id, s.text, s.options.ref]).sort(), [
      ["a", "review.card K7", undefined],
      ["b", "review.card K7", undefined],
    ]);
    const refs = new Map(sent.map((s, i) => [s.id, `${s.id} ref ${i + 1}`]));
    for (const on of ["a", "b"]) await card("K7", on);
    await after(0);
    for (const s of sent.slice(2)) assert.equal(s.options.ref, refs.get(s.id));
    assert.equal(sent.length, 4);
    assert.deepEqual(await outbox.counts(), { waiting: 0, parked: 0 });
  });

  it("tries again when the network says so, after as long as it says", async () => {
    answers = [{ ok: false, retry: true, after: 17, code: "429" }];
    await card("K7");
    await after(0);
    assert.equal(await outbox.next(), 17);
    await after(16);
    assert.equal(sent.length, 1);
    await after(1);
    assert.equal(sent.length, 2);
    assert.equal(await outbox.next(), undefined);
  });

  /** Fails so many times in a row; how many seconds passed before each next try. */
  async function failing(times: number): Promise<number[]> {
    const waits: number[] = [];
    for (let i = 0; i < times; i++) {
      answers = [{ ok: false, retry: true, code: "timeout" }];
      await after(waits.at(-1) ?? 0);
      waits.push((await outbox.next())!);
    }
    return waits;
  }

  it("tries ever more rarely where nobody says when", async () => {
    await notice();
    const waits = await failing(40);
    assert.ok(waits[0]! >= 2 && waits[0]! <= 3, String(waits[0]));
    assert.ok(
      waits.every((w, i) => w >= Math.min(3600, 2 ** Math.min(i + 1, 12)) && w <= 5400),
      String(waits),
    );
  });

  it("gives up no card, and tries it every ten minutes at a moment that all cards share", async () => {
    await card("K7");
    const waits = await failing(60);
    assert.ok(
      waits.slice(0, 5).every((w, i) => w >= 2 ** (i + 1) && w <= 1.5 * 2 ** (i + 1)),
      String(waits),
    );
    assert.ok(waits[5]! <= 96 + 600, String(waits));
    assert.deepEqual([...new Set(waits.slice(6))], [600]);
    await after(waits.at(-1)!);
    assert.equal(sent.length, 61);
    assert.equal(await outbox.next(), undefined);
  });

  it("sends again what may have arrived, under the same nonce, so that the network can drop the second copy", async () => {
    answers = [{ ok: false, retry: true, maybe: true, code: "lost" }];
    await card("K7");
    await after(0);
    await after(10);
    assert.equal(sent.length, 2);
    assert.equal(sent[0]!.options.nonce, sent[1]!.options.nonce);
    assert.ok(sent[0]!.options.nonce);
  });

  it("parks a card whose board is gone and says so, and lets go of a notice to somebody who left", async () => {
    answers = [{ ok: false, retry: false, gone: true, code: "kicked" }];
    await card("K7");
    await after(0);
    assert.deepEqual(await outbox.counts(), { waiting: 0, parked: 1 });
    assert.deepEqual(notes, ["not-delivered kicked card", "board-unreachable kicked"]);
    answers = [{ ok: false, retry: false, gone: true, code: "blocked" }];
    await notice();
    await after(0);
    assert.deepEqual(await outbox.counts(), { waiting: 0, parked: 1 });
  });

  it("gives up a notice after about a day of trying", async () => {
    await notice();
    for (let i = 0; i < 60 && (await outbox.counts()).waiting > 0; i++) {
      answers = [{ ok: false, retry: true, code: "timeout" }];
      await after(6000);
    }
    // the address goes too: it is not kept for ever for the sake of a notice
    assert.deepEqual([await outbox.counts(), sent.length], [{ waiting: 0, parked: 0 }, 41]);
  });

  it("goes on with the others when one breaks, and tells only its kind", async () => {
    answers = [new TypeError("secret address 4242")];
    for (const code of ["A", "B", "C"]) await card(code);
    await after(0);
    assert.equal(sent.length, 3);
    assert.deepEqual(notes, ["courier-failed card TypeError"]);
    await after(10);
    assert.equal(sent.length, 4);
  });

  it("sets aside what cannot be opened, where an operator sees it, and delivers the rest", async () => {
    for (const code of ["K7", "K8", "K9"]) await card(code);
    const rows = await db().storage.read("outbox").orderBy("once");
    for (const [i, column] of ["payload", "address"].entries())
      await db().storage.transaction((trx) =>
        trx("outbox")
          .where({ id: rows[i].id })
          .update({ [column]: Buffer.alloc(300) }),
      );
    await after(0);
    assert.deepEqual(
      sent.map((s) => s.text),
      ["review.card K9"],
    );
    const parked = await outbox.parked(10);
    assert.deepEqual(
      parked.map(({ id, code }) => [id, code]),
      rows
        .slice(0, 2)
        .map(({ id }) => [id, "unreadable"])
        .sort(),
    );
    assert.deepEqual(notes, ["not-delivered unreadable card"]);
  });

  it("keeps what is meant for a network that is not here", async () => {
    await db().storage.transaction((trx) => outbox.notice(trx, "a case", seal("person", "elsewhere"), "en"));
    await after(0);
    assert.deepEqual([sent.length, (await outbox.counts()).waiting, await outbox.next()], [0, 1, 60]);
  });

  it("sends once what two couriers could take", async () => {
    const twin = createCourier({
      outbox: createOutbox(db().other, columns, () => clock * 1000),
      now: () => clock * 1000,
      platform: () => ({
        name: "net",
        can: consoleCan,
        async open() {},
        async close() {},
        async send(to, screen, options) {
          sent.push({ id: to.id, text: screen.text, options });
          return { ok: true };
        },
      }),
      open: (sealed) => columns.open<Address>("address", sealed),
      draw: async (_platform, payload) => ({ text: payload.key }),
      note: () => {},
    });
    for (let i = 0; i < 60; i++) await card(`K${i}`);
    await Promise.all([courier.idle(), twin.idle()]);
    assert.equal(sent.length, 60);
    await twin.stop();
  });

  it("sends what comes while it works, without being asked again", async () => {
    courier.start();
    await card("K1");
    courier.wake();
    await card("K2");
    courier.wake();
    await courier.idle();
    assert.deepEqual(sent.map((s) => s.text).sort(), ["review.card K1", "review.card K2"]);
  });
});
