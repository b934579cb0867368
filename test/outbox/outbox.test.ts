import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { createColumns } from "../../src/crypto/columns.ts";
import { type Board, createOutbox, type Due, type Outbox } from "../../src/outbox/outbox.ts";
import type { Transaction } from "../../src/storage/storage.ts";
import { onBothDatabases } from "../support/databases.ts";

const columns = createColumns(randomBytes(32));
const board: Board = { id: "board", address: Buffer.from("sealed"), locale: "en" };

onBothDatabases("the outbox", (db) => {
  let clock = 1_000_000;
  let one: Outbox;
  let two: Outbox;
  before(() => {
    const now = () => clock * 1000;
    one = createOutbox(db().storage, columns, now);
    two = createOutbox(db().other, columns, now);
  });
  beforeEach(async () => {
    await db().storage.transaction(async (trx) => {
      for (const table of ["outbox", "posts", "boards"]) await trx(table).delete();
    });
  });
  const write = <T>(work: (trx: Transaction) => Promise<T>) => db().storage.transaction(work);
  const card = (code: string, delay = 0) => db().storage.transaction((trx) => one.card(trx, board, code, delay));
  const only = (rows: Due[]): Due => {
    assert.equal(rows.length, 1);
    return rows[0]!;
  };

  it("gives a row to one courier only, however many ask at once", async () => {
    for (let i = 0; i < 60; i++) await card(`CASE${i}`);
    const rounds = await Promise.all(Array.from({ length: 12 }, (_, i) => (i % 2 ? one : two).claim(10, 100)));
    const ids = rounds.flat().map((row) => row.id);
    assert.equal(new Set(ids).size, ids.length, "none twice");
    for (let rest = await one.claim(10, 100); rest.length > 0; rest = await one.claim(10, 100))
      ids.push(...rest.map((r) => r.id));
    assert.equal(new Set(ids).size, 60, "and none left out");
  });

  it("gives a row again when its courier has died", async () => {
    await card("CASE");
    const dead = only(await one.claim(5, 100));
    clock += 100;
    assert.deepEqual(await two.claim(5, 100), []);
    clock += 1;
    const again = only(await two.claim(5, 100));
    assert.equal(again.id, dead.id);
    await one.done(dead);
    assert.equal((await one.counts()).waiting, 1, "the dead one's late word does not count");
    await two.done(again);
    assert.deepEqual(await one.counts(), { waiting: 0, parked: 0 });
  });

  it("makes one of two cards of a case that wait, and sends again what changed while it was sent", async () => {
    await card("CASE");
    await card("CASE");
    const first = only(await one.claim(5, 100));
    clock += 1;
    await card("CASE");
    await one.done(first, { name: "board CASE", ref: "message 1" });
    const second = only(await one.claim(5, 100));
    assert.equal(await one.refOf("board CASE"), "message 1", "the sent message is known all the same");
    await one.done(second, { name: "board CASE", ref: "message 2" });
    assert.equal(await one.refOf("board CASE"), "message 2");
    assert.deepEqual(await one.claim(5, 100), []);
  });

  it("waits as long as it is told, and knows how long that is", async () => {
    assert.equal(await one.next(), undefined);
    await card("CASE");
    assert.equal(await one.next(), 0);
    const row = only(await one.claim(5, 100));
    assert.equal(await one.next(), 101);
    await one.later(row, 30);
    assert.equal(await one.next(), 30);
    clock += 29;
    assert.deepEqual(await one.claim(5, 100), []);
    clock += 1;
    assert.equal(only(await one.claim(5, 100)).attempts, 1);
  });

  it("parks what can never be sent, where an operator sees it, until it changes", async () => {
    await card("CASE");
    await one.park(only(await one.claim(5, 100)), "no-rights");
    assert.deepEqual(await one.counts(), { waiting: 0, parked: 1 });
    clock += 10_000;
    assert.deepEqual([await one.claim(5, 100), await one.next()], [[], undefined]);
    await card("CASE");
    assert.equal(only(await one.claim(5, 100)).attempts, 0);
  });

  it("holds a card back at random, but a change does not hold it back again", async () => {
    for (let i = 0; i < 40; i++) await card(`D${i}`, 100);
    const dues = (await db().storage.read("outbox").select("due")).map((r) => Number(r.due) - clock);
    assert.ok(Math.min(...dues) >= 0 && Math.max(...dues) <= 100 && new Set(dues).size > 10, String(dues));
    for (let i = 0; i < 40; i++) await card(`D${i}`, 100);
    assert.deepEqual(
      (await db().storage.read("outbox").select("due")).map((r) => Number(r.due) - clock).sort(),
      dues.sort(),
    );
  });

  it("sends every notice, and holds nothing of it that can be read", async () => {
    const columnsOf = (address: string) => columns.seal("address", { platform: "telegram", id: address });
    for (let i = 0; i < 2; i++)
      await db().storage.transaction((trx) => one.notice(trx, `case ${i}`, columnsOf("4242424242"), "zh-CN"));
    const rows = await db().storage.read("outbox");
    assert.equal(rows.length, 2);
    for (const row of rows)
      assert.ok(!Buffer.concat([row.address, row.payload]).includes("4242424242") && !row.payload.includes("zh-CN"));
    assert.deepEqual(
      (await one.claim(5, 100)).map((r) => [r.kind, r.payload.step, r.payload.locale]),
      Array(2).fill(["notice", "mailbox.notice", "zh-CN"]),
    );
  });

  it("knows the boards, each once", async () => {
    await write((trx) => one.addBoard(trx, { ...board, day: 1 }));
    await write((trx) => one.addBoard(trx, { ...board, locale: "zh-CN", day: 2 }));
    assert.deepEqual(
      (await one.boards()).map((b) => [b.id, b.locale]),
      [["board", "zh-CN"]],
    );
    assert.equal(await write((trx) => one.removeBoard(trx, "board")), true);
    assert.equal(await write((trx) => one.removeBoard(trx, "board")), false);
  });

  /** A card that its board could not take. */
  async function givenUp(code: string): Promise<void> {
    await card(code);
    await one.park(only(await one.claim(5, 100)), "discord-10003");
  }

  it("tells of a board what was given up, and tries it again when the board is named anew", async () => {
    await write((trx) => one.addBoard(trx, { ...board, day: 1 }));
    await givenUp("CASE");
    assert.deepEqual(await one.boardStates(), [{ id: "board", day: 1, givenUp: { "discord-10003": 1 } }]);
    await write((trx) => one.addBoard(trx, { ...board, address: Buffer.from("sealed anew"), day: 2 }));
    const again = only(await one.claim(5, 100));
    assert.deepEqual([again.payload.key, again.attempts, String(again.address)], ["CASE", 0, "sealed anew"]);
  });

  it("a board that is taken away takes what was given up with it, and nothing of another", async () => {
    await givenUp("CASE");
    await write((trx) => one.card(trx, { ...board, id: "other" }, "CASE", 0));
    await one.park(only(await one.claim(5, 100)), "discord-10003");
    await write((trx) => one.removeBoard(trx, "board"));
    const left = await db().storage.read("outbox");
    assert.deepEqual(
      left.map((r) => r.once),
      ["card other CASE"],
    );
  });

  it("a board whose place has another address takes what waits and what was given up along, and hangs all anew", async () => {
    const to = { id: "moved", address: Buffer.from("sealed anew") };
    assert.equal(await write((trx) => one.moveBoard(trx, "board", to)), false, "none is there");
    await write((trx) => one.addBoard(trx, { ...board, day: 1 }));
    await card("HUNG");
    await one.done(only(await one.claim(5, 100)), { name: "board HUNG", ref: "7" });
    await givenUp("GIVEN");
    await card("WAITS");
    await card("BOTH");
    await card("BROKEN");
    const payload = Buffer.from("no seal");
    await write((trx) => trx("outbox").where({ once: "card board BROKEN" }).update({ payload, parked: "unreadable" }));
    await write((trx) => one.card(trx, { ...board, ...to }, "BOTH", 0));
    assert.equal(await write((trx) => one.moveBoard(trx, "board", to)), true);
    assert.equal(await write((trx) => one.moveBoard(trx, "board", to)), true, "twice changes nothing");
    assert.deepEqual(
      (await one.boards()).map((b) => [b.id, String(b.address), b.locale]),
      [["moved", "sealed anew", board.locale]],
    );
    assert.equal(await one.refOf("board HUNG"), undefined);
    assert.deepEqual(
      (await one.claim(5, 100)).map((r) => [r.payload.key, r.payload.post, String(r.address)]).sort(),
      ["BOTH", "GIVEN", "WAITS"].map((key) => [key, `moved ${key}`, "sealed anew"]),
    );
    assert.deepEqual((await one.boardStates())[0]!.givenUp, { unreadable: 1 }, "what nobody can read keeps no other");
  });

  it("a card that was given up is forgotten after its days; one that still waits is not, nor another kind", async () => {
    const day = Math.floor(clock / 86_400);
    await givenUp("GIVEN");
    await card("WAITS");
    await write((trx) =>
      one.notice(trx, "case", Buffer.from("sealed"), "en", { due: clock + 10, step: "a.b", key: "" }),
    );
    assert.equal(await one.forgetCards(day), 0, "its days are not over");
    assert.equal(await one.forgetCards(day + 1), 1);
    const left = (await db().storage.read("outbox")).map((r) => r.once as string);
    assert.deepEqual(left.sort(), ["card board WAITS", "notice case"]);
  });
});
