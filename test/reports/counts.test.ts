import assert from "node:assert/strict";
import fc from "fast-check";
import { facetsOf, fewest, tableOf } from "../../src/reports/counts.ts";

const counts = fc.dictionary(fc.constantFrom(..."abcdefghij"), fc.nat(40), { maxKeys: 10 });
const table = (of: Record<string, number>, possible = Object.keys(of).length) =>
  tableOf(new Map(Object.entries(of)), possible);

describe("counts that may be told", () => {
  it("put small cells together, with a larger one where that is not enough", () => {
    assert.deepEqual(table({ a: 20, b: 3, c: 2 }), { cells: [{ code: "a", n: 20 }], others: 5, total: 25 });
    assert.deepEqual(table({ a: 20, b: 6, c: 1 }), { cells: [{ code: "a", n: 20 }], others: 7, total: 27 });
    assert.deepEqual(table({ a: 9, b: 4 }), { cells: [], others: 13, total: 13 });
    assert.deepEqual(table({ a: 9, b: 4, c: 4 }), { cells: [], others: 17, total: 17 });
    assert.equal(table({ a: 9, b: 4, c: 4 }, 4).cells.length, 1, "there might be four of which one is none");
    assert.deepEqual(table({ a: 4 }), { cells: [], others: 0, total: 0 });
    assert.deepEqual(table({ a: 5, b: 5 }).cells.length, 2);
  });

  it("tell no number under five, and sum up", () => {
    fc.assert(
      fc.property(counts, (of) => {
        const { cells, others, total } = table(of);
        for (const { code, n } of cells) {
          assert.ok(n >= fewest);
          assert.equal(n, of[code]);
        }
        assert.ok(others === 0 || others >= fewest);
        assert.equal(total, others + cells.reduce((sum, cell) => sum + cell.n, 0));
        const real = Object.values(of).reduce((sum, n) => sum + n, 0);
        assert.ok(total === real || (total === 0 && real < fewest));
      }),
    );
  });

  /** What is told of every way in which so many cases may be spread over three codes. */
  const worlds = new Map<string, number[][]>();
  for (let a = 0; a <= 14; a++)
    for (let b = 0; b <= 14; b++)
      for (let c = 0; c <= 14; c++) {
        const told = JSON.stringify(table({ a, b, c }));
        worlds.set(told, [...(worlds.get(told) ?? []), [a, b, c]]);
      }

  it("never give a small number away, by subtraction either", () => {
    for (const [told, ways] of worlds)
      for (const at of [0, 1, 2]) {
        const possible = new Set(ways.map((way) => way[at]!));
        if (possible.size > 1) continue;
        // what can be worked out is what stands there, or that there is none of it
        const [n = 0] = possible;
        assert.ok(n === 0 || n >= fewest, `${n} can be worked out from ${told}`);
      }
  });

  it("of a case are its codes, and nothing of a withdrawn one but that it was", () => {
    const day = Date.UTC(2030, 1, 28) / 86_400_000;
    const summary = { kind: "selling", data: ["a", "b"], urgency: [], level: "P3", files: 0, excludes: false };
    assert.deepEqual(facetsOf({ day, status: "investigating", summary, outcome: null }), {
      month: ["2030-02"],
      sector: ["unknown"],
      kind: ["selling"],
      data: ["a", "b"],
      role: ["unknown"],
      outcome: ["open"],
    });
    assert.deepEqual(facetsOf({ day, status: "withdrawn", summary: null, outcome: null }).sector, []);
  });
});
