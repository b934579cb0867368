import assert from "node:assert/strict";
import { hkdfSync } from "node:crypto";
import type { Transaction } from "../../src/storage/storage.ts";
import { nextDue, type TipSettings } from "../../src/tips/rules.ts";
import { createTipStore } from "../../src/tips/store.ts";
import { type OwedTip, tick } from "../../src/tips/ticker.ts";
import { onBothDatabases } from "../support/databases.ts";

const derive = (purpose: string) => Buffer.from(hkdfSync("sha256", "key", "salt", purpose, 32));
const settings: TipSettings = { frequency: "daily", hour: 9, zone: "UTC", audience: "staff", sector: "any" };
const now = Date.parse("2026-11-27T12:00:00Z");
const tips = ["a", "b", "c"].map((id) => ({ id, audiences: ["staff" as const], sectors: ["any" as const] }));
const fresh = { lane: "telegram", locale: "en", address: Buffer.from("sealed"), settings };

onBothDatabases("subscribers", (db) => {
  it("are found again, changed and erased", async () => {
    const store = createTipStore(db().storage, derive);
    await db().storage.transaction(store.keep("door", fresh, now));
    await db().storage.transaction(store.keep("door", { ...fresh, settings: { ...settings, hour: 7 } }, now));
    const found = await store.find("door");
    assert.equal(found?.settings.hour, 7);
    assert.equal(found?.due, nextDue({ ...settings, hour: 7 }, now) / 1000);
    assert.deepEqual(await store.count({ platforms: ["telegram"] }), { telegram: 1 });
    assert.deepEqual(await store.after("", { platforms: ["telegram"], audience: "public" }, 9), []);
    assert.equal((await store.after("", { platforms: ["telegram"], audience: "staff" }, 9)).length, 1);
    const forgotten: string[] = [];
    await db().storage.transaction(store.erase({ door: "door" }, async (_trx, id) => void forgotten.push(id)));
    assert.deepEqual(forgotten, [found?.id]);
    assert.equal(await store.find("door"), undefined);
  });

  it("that have another name from now on keep what they chose, once, and what is on its way goes there", async () => {
    const store = createTipStore(db().storage, derive);
    const rename = (from: string, to: string) => {
      const [owed, twice]: string[][] = [[], []];
      const address = Buffer.from("sealed anew");
      const into = (list: string[]) => async (_: unknown, id: string) => void list.push(id);
      return db().storage.transaction(async (trx) => ({
        known: await store.rename(trx, { from, to }, address, into(owed!), into(twice!)),
        owed,
        twice,
      }));
    };
    await db().storage.transaction(store.keep("old", fresh, now));
    const { id } = (await store.find("old"))!;
    assert.deepEqual(await rename("old", "new"), { known: true, owed: [id], twice: [] });
    assert.deepEqual(await rename("old", "new"), { known: true, owed: [id], twice: [] }, "twice changes nothing");
    assert.equal(await store.find("old"), undefined);
    const found = (await store.find("new"))!;
    assert.deepEqual([found.id, String(found.address), found.settings], [id, "sealed anew", fresh.settings]);
    await db().storage.transaction(store.keep("old", fresh, now));
    const other = (await store.find("old"))!.id;
    const both = { known: true, owed: [id], twice: [other] };
    assert.deepEqual(await rename("old", "new"), both, "named on both sides, it gets what is on its way once");
    assert.equal((await db().storage.read("subscribers")).length, 1);
    assert.deepEqual(await rename("nobody", "nowhere"), { known: false, owed: [], twice: [] });
    await db().storage.transaction(store.erase({ door: "new" }));
  });

  it("that are due get one tip each, however many processes tick", async () => {
    const store = createTipStore(db().storage, derive);
    for (let i = 0; i < 30; i++) await db().storage.transaction(store.keep(`d${i}`, fresh, now));
    const owed: OwedTip[] = [];
    const at = nextDue(settings, now) + 60_000;
    const ticker = (which: "storage" | "other") =>
      tick<Transaction>({
        store: createTipStore(db()[which], derive),
        all: tips,
        transaction: db()[which].transaction,
        owe: async (_trx, more) => void owed.push(...more),
        now: () => at,
      });
    await Promise.all([ticker("storage"), ticker("other"), ticker("storage")]);
    assert.equal(owed.length, 30);
    assert.equal(new Set(owed.map((o) => o.subscriber.id)).size, 30);
    assert.deepEqual((await store.find("d3"))?.seen.length, 1);
    // the clock is set back an hour: nobody gets another one
    owed.length = 0;
    await tick<Transaction>({
      store,
      all: tips,
      transaction: db().storage.transaction,
      owe: async (_trx, more) => void owed.push(...more),
      now: () => at - 3_600_000,
    });
    assert.equal(owed.length, 0);
    // a week of sleep: nothing is poured out, and the next time lies ahead
    owed.length = 0;
    await tick<Transaction>({
      store,
      all: tips,
      transaction: db().storage.transaction,
      owe: async (_trx, more) => void owed.push(...more),
      now: () => at + 7.5 * 86_400_000,
    });
    assert.equal(owed.length, 0);
    assert.ok((await store.find("d3"))!.due * 1000 > at + 7.5 * 86_400_000);
  });
});
