import assert from "node:assert/strict";
import { createAuditStore } from "../../src/reports/audit-store.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { onBothDatabases } from "../support/databases.ts";

const key = Buffer.alloc(32, 7);

onBothDatabases("the audit log", (db) => {
  const add = (storage: Storage, action: string, code?: string) =>
    storage.transaction((trx) =>
      createAuditStore(storage, key).append(trx, { day: 20_000, alias: "Heron", action, ...(code ? { code } : {}) }),
    );
  const verify = async () => {
    const { head: _head, ...found } = await createAuditStore(db().storage, key).verify();
    return found;
  };
  const entry = (number: number) => db().storage.read("audit").where({ number }).first();
  /** Does something to the table behind our back, looks, and puts it back. */
  async function tampered(change: (trx: Parameters<Parameters<Storage["transaction"]>[0]>[0]) => Promise<unknown>) {
    const before = await db().storage.read("audit").orderBy("number");
    await db().storage.transaction(change);
    const found = await verify();
    await db().storage.transaction(async (trx) => {
      await trx("audit").delete();
      for (const row of before) await trx("audit").insert(row);
    });
    return found.broken;
  }

  it("holds nothing at first, and then every entry in its order", async () => {
    assert.deepEqual(await verify(), { entries: 0 });
    for (let i = 1; i <= 5; i++) await add(db().storage, "read", `CASE${i}`);
    assert.deepEqual(await verify(), { entries: 5 });
    assert.equal((await entry(1)).before, "0".repeat(64));
    assert.equal((await entry(2)).before, (await entry(1)).hash);
  });

  it("keeps one line where two processes write at once", async () => {
    await Promise.all(Array.from({ length: 20 }, (_, i) => add(i % 2 ? db().storage : db().other, `look ${i}`)));
    assert.deepEqual(await verify(), { entries: 25 });
  });

  it("has no entry of what was not done", async () => {
    const undone = db().storage.transaction(async (trx) => {
      await createAuditStore(db().storage, key).append(trx, { day: 1, alias: "Heron", action: "claim" });
      throw new Error("the act failed");
    });
    await assert.rejects(undone);
    assert.deepEqual(await verify(), { entries: 25 });
  });

  it("shows the first entry that was changed from outside, whatever was changed in it", async () => {
    for (const [column, value] of Object.entries({
      alias: "Otter",
      action: "nothing",
      code: "OTHER1",
      day: 19_999,
      hash: "f".repeat(64),
      before: "e".repeat(64),
    })) {
      assert.equal(
        await tampered((trx) =>
          trx("audit")
            .where({ number: 3 })
            .update({ [column]: value }),
        ),
        3,
        column,
      );
    }
  });

  it("finds the entry of a hash that was noted, and none once the end was cut off and written anew", async () => {
    const holds = async (noted: string) => (await createAuditStore(db().storage, key).verify(noted)).holds;
    const { hash } = await entry(24);
    assert.equal(await holds(hash), 24);
    assert.equal(await holds(hash.slice(0, 16)), 24);
    assert.equal(await holds("0".repeat(16)), undefined);
    const cut = await db().storage.read("audit").where("number", ">=", 24);
    await db().storage.transaction((trx) => trx("audit").where("number", ">=", 24).delete());
    await add(db().storage, "another");
    assert.deepEqual(await verify(), { entries: 24 }, "by itself the chain holds");
    assert.equal(await holds(hash), undefined);
    await db().storage.transaction(async (trx) => {
      await trx("audit").where({ number: 24 }).delete();
      for (const row of cut) await trx("audit").insert(row);
    });
  });

  it("shows where an entry was taken out", async () => {
    assert.equal(await tampered((trx) => trx("audit").where({ number: 3 }).delete()), 3);
    assert.equal(await tampered((trx) => trx("audit").where({ number: 1 }).delete()), 1);
  });

  it("shows where an entry was put in or two changed places", async () => {
    const made = {
      day: 20_000,
      alias: "Otter",
      action: "read",
      code: null,
      before: "0".repeat(64),
      hash: "a".repeat(64),
    };
    assert.equal(await tampered((trx) => trx("audit").insert({ ...made, number: 26 })), 26);
    assert.equal(await tampered((trx) => trx("audit").insert({ ...made, number: 0 })), 1);
    assert.equal(
      await tampered(async (trx) => {
        await trx("audit").where({ number: 4 }).update({ number: 99 });
        await trx("audit").where({ number: 5 }).update({ number: 4 });
        await trx("audit").where({ number: 99 }).update({ number: 5 });
      }),
      4,
    );
  });
});
