import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { generateHybridIdentity } from "age-encryption";
import { createColumns } from "../../src/crypto/columns.ts";
import { keysOf } from "../../src/crypto/keys.ts";
import { mailboxKeys } from "../../src/crypto/mailbox.ts";
import { createVault, type Vault } from "../../src/crypto/vault.ts";
import { newReceipt } from "../../src/reports/receipt.ts";
import { createSeriesStore, type SeriesStore } from "../../src/reports/series-store.ts";
import { createReportStore, type KeptFile, type ReportStore, type Write } from "../../src/reports/store.ts";
import { markOf } from "../../src/reports/tend-store.ts";
import { summarise, type Told } from "../../src/reports/told.ts";
import { lockAwaited, onBothDatabases } from "../support/databases.ts";

const told: Told = {
  kind: "selling",
  story: "A clerk sells marmalade lists.",
  data: "phone,address",
  exclude: "The branch",
};
const file: KeptFile = {
  blob: { id: "b1", secret: "s", bytes: 5000, sha256: "0", day: 1 },
  original: { id: "b2", secret: "s", bytes: 9000, sha256: "0", day: 1 },
  type: "image/jpeg",
  extension: "jpg",
  kind: "image",
  warn: false,
};

const deputy = { alias: "Owl", tag: "aa", senior: true };

onBothDatabases("reports", (db) => {
  let store: ReportStore;
  let series: SeriesStore;
  let vault: Vault;
  const write = (w: Write) => db().storage.transaction(w);
  before(async () => {
    const keys = await keysOf(await generateHybridIdentity());
    vault = createVault(keys);
    const columns = createColumns(randomBytes(32));
    store = createReportStore(db().storage, vault, columns);
    series = createSeriesStore(db().storage, columns);
  });

  /** A report that was just filed. */
  async function filed(day = 100, files: KeptFile[] = []) {
    const mailbox = mailboxKeys(newReceipt());
    const code = store.newCode();
    await write(
      await store.file(mailbox, { code, day, told, summary: summarise(told, files.length, () => "P2"), files }),
    );
    return { mailbox, code, row: async () => (await store.byId(mailbox.id))! };
  }

  it("are read by the organisation and by who holds the receipt, and by nobody else", async () => {
    const { mailbox, code } = await filed(100, [file]);
    const row = (await store.byCode(code))!;
    assert.deepEqual(
      [row.id, row.status, row.owner, row.day, row.files, row.version],
      [mailbox.id, "received", null, 100, 1, 1],
    );
    assert.deepEqual(await store.told(row.id), told);
    assert.deepEqual(await store.told(row.id, mailbox.identity), told);
    assert.deepEqual(await store.files(row.id, mailbox.identity), [{ ...file, number: 1 }]);
    await assert.rejects(store.told(row.id, mailboxKeys(newReceipt()).identity), { code: "key-wrong" });
    assert.deepEqual([...(await store.blobs())].sort(), ["b1", "b2"]);
  });

  it("lie in the database without a word of what was told", async () => {
    await filed();
    const rows = await db().storage.read("reports");
    const bytes = Buffer.concat(
      rows.flatMap((r) => [r.body, r.summary, Buffer.from(JSON.stringify({ ...r, body: 0, summary: 0 }))]),
    );
    for (const word of ["marmalade", "selling", "The branch"]) assert.ok(!bytes.includes(word), word);
    assert.equal(new Set(rows.map((r) => r.body.length)).size, 1, "long and short reports look alike");
  });

  it("hold both sides' messages in their order, and count what is unread", async () => {
    const { row, mailbox } = await filed();
    const say = async (side: "reporter" | "team", text: string) =>
      write(await store.append(await row(), { side, day: 101, text }, []));
    await say("team", "Since when?");
    await say("reporter", "Since spring.");
    await say("reporter", "And still.");
    assert.deepEqual(
      (await store.messages(mailbox.id, mailbox.identity)).map((m) => [m.number, m.side, m.text]),
      [
        [1, "team", "Since when?"],
        [2, "reporter", "Since spring."],
        [3, "reporter", "And still."],
      ],
    );
    assert.deepEqual([(await row()).messages, (await row()).unread], [3, 2]);
    await write(store.change(await row(), await row(), { read: true }));
    assert.equal((await row()).unread, 0);
  });

  it("are changed by one of two who act on what they both saw", async () => {
    const { row } = await filed();
    const seen = await row();
    const claims = ["Heron", "Otter"].map((owner, i) =>
      (i ? db().other : db().storage).transaction(store.change(seen, { status: "acknowledged", owner, helpers: [] })),
    );
    const results = await Promise.allSettled(claims);
    assert.equal(results.filter((r) => r.status === "fulfilled").length, 1);
    const lost = results.find((r) => r.status === "rejected") as PromiseRejectedResult;
    assert.equal(lost.reason.code, "stale");
    assert.equal((await row()).version, 2);
    await assert.rejects(write(await store.append(seen, { side: "team", day: 1, text: "late" }, [])), {
      code: "stale",
    });
    assert.equal((await row()).messages, 0, "a message that lost its race leaves nothing behind");
  });

  it("closed with an outcome say so, and reopened no more", async () => {
    const { row } = await filed();
    await write(
      store.change(
        await row(),
        { status: "closed", owner: "Heron", helpers: [] },
        { closedDay: 120, closing: { outcome: "substantiated" } },
      ),
    );
    assert.deepEqual(
      [(await row()).closedDay, (await row()).outcome, (await row()).summary?.kind],
      [120, "substantiated", "selling"],
    );
    await write(
      store.change(await row(), { status: "acknowledged", owner: "Otter", helpers: [] }, { closedDay: null }),
    );
    assert.deepEqual([(await row()).closedDay, (await row()).outcome], [null, null]);
  });

  it("never keep a way to an account of a case that is over, also when it is closed at the very moment", async () => {
    const { row, mailbox } = await filed();
    const seen = await row();
    const sealed = Buffer.from("sealed");
    const asked = store.setNotify(mailbox.id, sealed);
    await write(asked);
    assert.deepEqual(await store.notifyOf(mailbox.id), sealed);
    await write(store.change(seen, { status: "closed", owner: null, helpers: [] }, { closedDay: 120 }));
    await write(store.setNotify(mailbox.id, null));
    await assert.rejects(write(asked), { code: "stale" });
    assert.equal(await store.notifyOf(mailbox.id), undefined);
  });

  it("that are late by hundreds keep nobody from being reminded of the next one", async () => {
    const soon = await filed(30_000);
    await db().storage.transaction(async (trx) => {
      const row = await trx("reports").where({ id: soon.mailbox.id }).first();
      await trx("reports").where({ id: row.id }).update({ next_due: 30_001, guard: 0 });
      const late = Array.from({ length: 600 }, (_, i) => ({
        ...row,
        id: `late ${i}`,
        code: `L${i}`,
        next_due: 29_000,
        reminded: markOf(29_000, true),
        guard: 0,
      }));
      for (let at = 0; at < late.length; at += 20) await trx("reports").insert(late.slice(at, at + 20));
    });
    assert.deepEqual(
      (await store.toRemind(30_001)).map((c) => c.code),
      [soon.code],
    );
    assert.deepEqual(
      [await store.countOnBoards(30_001), (await store.dueOnBoards(30_001, 5)).map((c) => c.code)],
      [601, ["L0", "L1", "L10", "L100", "L101"]],
      "the card of deadlines counts all, and names the most pressing",
    );
    await db().storage.transaction(async (trx) => trx("reports").where({ code: "L0" }).update({ guard: 1 }));
    await db().storage.transaction(async (trx) => trx("reports").where({ code: "L1" }).update({ recused: "somebody" }));
    assert.equal(await store.countOnBoards(30_001), 599, "none that may not be named there");
    await db().storage.transaction(async (trx) => trx("reports").where("id", "like", "late %").delete());
  });

  it("withdrawn are destroyed: an empty marker stays, and nothing can be added", async () => {
    const { row, mailbox } = await filed(100, [file]);
    await write(await store.append(await row(), { side: "team", day: 101, text: "Hello" }, []));
    await write(store.setNotify(mailbox.id, Buffer.from("sealed")));
    await write(store.destroy(await row(), 130));
    assert.deepEqual(
      { ...(await row()), version: 0 },
      {
        id: mailbox.id,
        code: (await row()).code,
        day: 100,
        status: "withdrawn",
        owner: null,
        version: 0,
        closedDay: 130,
        messages: 0,
        unread: 0,
        files: 0,
        flood: null,
        summary: null,
        outcome: null,
        helpers: [],
        cause: null,
        actions: [],
        guard: 1,
        heldSince: 0,
        excluded: [],
        recused: [],
        clocks: {
          personal: { due: null, done: 101 },
          ack: { due: null, done: null },
          feedback: { due: null, done: null },
        },
        nextDue: null,
        team: "",
        keepUntil: null,
        hold: false,
      },
    );
    assert.deepEqual(
      [
        await store.told(mailbox.id),
        await store.messages(mailbox.id),
        await store.files(mailbox.id),
        await store.notifyOf(mailbox.id),
      ],
      [undefined, [], [], undefined],
    );
    await assert.rejects(store.append(await row(), { side: "reporter", day: 131, text: "wait" }, []), {
      code: "stale",
    });
  });

  it("withdrawn while somebody puts them into a series are in none, and no empty series stays", async () => {
    const [gone, stays] = [await filed(), await filed()];
    const both = [gone.mailbox.id, stays.mailbox.id];
    let joined: Promise<unknown> | undefined;
    const destroyed = store.destroy(await gone.row(), 130);
    await write(async (trx) => {
      await destroyed(trx);
      // while nobody knows yet that it is gone
      joined = db().other.transaction(series.join("SABCDE", 130, "Otter", both));
      await Promise.race([joined.catch(() => undefined), lockAwaited(db().storage)]);
    });
    await assert.rejects(joined!, { code: "stale" });
    assert.deepEqual([await series.members("SABCDE"), await series.list(10)], [[], []]);
  });

  it("put under a legal hold at the moment when their time is over keep everything", async () => {
    const { row, mailbox } = await filed(100, [file]);
    await write(store.change(await row(), { status: "closed", owner: null, helpers: [] }, { closedDay: 120 }));
    const seen = await row();
    let purged: Promise<boolean> | undefined;
    await write(async (trx) => {
      await store.change(seen, seen, { hold: 130 })(trx);
      purged = db().other.transaction((other) => store.purge(other, seen));
      await Promise.race([purged, lockAwaited(db().storage)]);
    });
    assert.equal(await purged, false);
    assert.deepEqual([(await row()).hold, (await store.files(mailbox.id)).length], [true, 1]);
  });

  it("wait in a queue: what nobody has taken first, and the oldest first", async () => {
    const { storage } = db();
    for (const table of ["notify", "messages", "files", "reports"])
      await storage.transaction((trx) => trx(table).delete());
    const made = [];
    for (const day of [103, 101, 102]) made.push(await filed(day));
    await write(store.change(await made[1]!.row(), { status: "acknowledged", owner: "Heron", helpers: [] }));
    const closed = await filed(99);
    await write(
      store.change(
        await closed.row(),
        { status: "closed", owner: "Heron", helpers: [] },
        { closedDay: 104, closing: { outcome: "duplicate" } },
      ),
    );
    assert.deepEqual(
      (await store.queue(0, 10, deputy, { by: "all" }, 104)).rows.map((c) => [c.status, c.day]),
      [
        ["received", 102],
        ["received", 103],
        ["acknowledged", 101],
      ],
    );
    assert.equal((await store.queue(1, 1, deputy, { by: "all" }, 104)).rows[0]!.day, 103);
    assert.deepEqual(await store.counts(deputy), { received: 2, acknowledged: 1, closed: 1 });
  });
});
