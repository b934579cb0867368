import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { createColumns } from "../../src/crypto/columns.ts";
import { type Board, createOutbox, type Due, type Outbox } from "../../src/outbox/outbox.ts";
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
      for (const table of ["outbox", "posts"]) await trx(table).delete();
    });
  });
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
    const write = db().storage.transaction;
    await write((trx) => one.addBoard(trx, { ...board, day: 1 }));
    await write((trx) => one.addBoard(trx, { ...board, locale: "zh-CN", day: 2 }));
    assert.deepEqual(
      (await one.boards()).map((b) => [b.id, b.locale]),
      [["board", "zh-CN"]],
    );
    assert.equal(await write((trx) => one.removeBoard(trx, "board")), true);
    assert.equal(await write((trx) => one.removeBoard(trx, "board")), false);
  });
});
