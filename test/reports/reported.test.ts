/** What people told, counted by days alone. */
import assert from "node:assert/strict";
import { reportedBetween } from "../../src/reports/reported-store.ts";
import { mondayOf, weekOf } from "../../src/reports/sightings.ts";
import { onBothDatabases } from "../support/databases.ts";

onBothDatabases("how often people spoke up", (db) => {
  const day = mondayOf(weekOf(22_000)) + 6; // a Sunday

  before(async () => {
    await db().storage.transaction(async (trx) => {
      for (const [week, n] of [
        [weekOf(day), 7],
        [weekOf(day) - 1, 5],
        [weekOf(day) - 20, 3],
      ] as const)
        await trx("sightings").insert({
          tag: Buffer.from(`t${week}`),
          kind: "phone",
          week,
          n,
          words: Buffer.from("x"),
        });
    });
  });

  it("is nothing where nobody did, and the sum of what came in those days", async () => {
    assert.deepEqual(await reportedBetween(db().storage, day - 6, day), { reports: 0, sightings: 7 });
    assert.deepEqual(await reportedBetween(db().storage, day - 13, day), { reports: 0, sightings: 12 });
    assert.deepEqual(await reportedBetween(db().storage, day + 1, day + 90), { reports: 0, sightings: 0 });
  });

  it("counts each week once, in one of two stretches that follow each other", async () => {
    for (const cut of [1, 3, 9, 13, 40]) {
      const [now, earlier] = await Promise.all([
        reportedBetween(db().storage, day - cut, day),
        reportedBetween(db().storage, day - 300, day - cut - 1),
      ]);
      assert.equal(now.sightings + earlier.sightings, 15, String(cut));
    }
  });
});
