import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { createColumns } from "../../src/crypto/columns.ts";
import { before, keptWeeks, mondayOf, surges, weekOf, weekTold } from "../../src/reports/sightings.ts";
import { createSightingStore } from "../../src/reports/sightings-store.ts";
import { onBothDatabases } from "../support/databases.ts";

const day = (text: string) => Date.parse(text) / 86_400_000;

describe("the rule of surges", () => {
  const cases: [number, number[], boolean][] = [
    [4, [], false],
    [5, [], true],
    [5, [2, 2, 2, 2, 2, 2, 2, 2], false],
    [6, [2, 2, 2, 2, 2, 2, 2, 2], true],
    [11, [30], false],
    [12, [30], true],
    [5, [1, 1, 1, 1, 1, 1, 1, 1, 400], true],
  ];
  for (const [count, earlier, stands] of cases)
    it(`${count} after ${earlier.join(", ") || "nothing"} ${stands ? "is" : "is no"} surge`, () =>
      assert.equal(surges(count, earlier), stands));

  it("never takes a surge away because more people saw it, nor makes one because more saw it before", () => {
    const counts = fc.array(fc.nat(50), { maxLength: before });
    fc.assert(
      fc.property(fc.nat(60), counts, fc.nat(7), (count, earlier, at) => {
        if (surges(count, earlier)) assert.ok(surges(count + 1, earlier));
        const more = earlier.map((n, i) => (i === at ? n + 1 : n));
        if (!surges(count, earlier)) assert.ok(!surges(count, more));
      }),
    );
  });

  it("counts weeks from Monday to Sunday", () => {
    const monday = day("2030-05-13");
    assert.equal(mondayOf(weekOf(monday)), monday);
    assert.equal(weekOf(monday + 6), weekOf(monday));
    assert.equal(weekOf(monday - 1), weekOf(monday) - 1);
    assert.equal(weekTold("last-week", monday), weekOf(monday) - 1);
    assert.ok(weekTold("earlier", monday) < weekOf(monday) - before - 2, "beyond every comparison");
  });
});

onBothDatabases("sightings in the database", (at) => {
  const columns = createColumns(randomBytes(32));
  const tag = randomBytes(16);
  const add = (more: Partial<{ tag: Buffer; week: number; name: string; planted: string[] }> = {}) => {
    const store = createSightingStore(at().storage, columns);
    return at().storage.transaction((trx) =>
      store.add(trx, {
        tag,
        kind: "credit-report",
        week: 3000,
        name: "Harbour Bank",
        how: "call",
        planted: [],
        ...more,
      }),
    );
  };

  it("count, tell a surge once, and tell each canary record's week once", async () => {
    const told: string[][] = [];
    for (let n = 0; n < 7; n++) told.push(await add());
    assert.deepEqual(
      told.map((ids) => ids.length),
      [0, 0, 0, 0, 1, 0, 0],
    );
    const canary = [await add({ planted: ["Branch 4"] }), await add({ planted: ["Branch 4"] })];
    assert.deepEqual(
      canary.map((ids) => ids.length),
      [1, 0],
    );
    const store = createSightingStore(at().storage, columns);
    const surge = await store.surge(told[4]![0]!);
    assert.deepEqual([surge?.kind, surge?.week, surge?.n, surge?.why], ["credit-report", 3000, 9, "surge"]);
    const one = await store.one(surge!.ref);
    assert.deepEqual([one?.names, one?.how, one?.planted], [["Harbour Bank"], { call: 9 }, ["Branch 4"]]);
  });

  it("lose none when many come at once", async () => {
    const mine = randomBytes(16);
    const tries = async (): Promise<void> => {
      try {
        await add({ tag: mine, name: `Spelling ${randomBytes(2).toString("hex")}` });
      } catch (error) {
        assert.equal((error as { code?: string }).code, "stale");
        return tries();
      }
    };
    await Promise.all(Array.from({ length: 12 }, tries));
    const store = createSightingStore(at().storage, columns);
    const found = (await store.list()).find((g) => g.ref.startsWith(mine.toString("hex").slice(0, 12)));
    assert.equal(found?.weeks[0]?.n, 12);
    assert.equal((await store.one(found!.ref))?.names.length, 3, "not every spelling is kept");
  });

  it("hold no name in clear, and are gone after half a year", async () => {
    const rows = await at().storage.read("sightings");
    assert.ok(rows.length > 0);
    for (const row of rows)
      for (const value of Object.values(row))
        assert.ok(
          !Buffer.from(typeof value === "number" ? String(value) : (value as Buffer))
            .toString("latin1")
            .includes("Harbour"),
        );
    const store = createSightingStore(at().storage, columns);
    await store.sweep(mondayOf(3000 + keptWeeks));
    assert.ok((await store.list()).length > 0);
    await store.sweep(mondayOf(3001 + keptWeeks));
    assert.deepEqual([await store.list(), await store.surges(0)], [[], []]);
  });
});
