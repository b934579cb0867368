import assert from "node:assert/strict";
import fc from "fast-check";
import { type Reason, rank, reasons } from "../../src/reports/priority.ts";
import { loadTaxonomy } from "../../src/reports/taxonomy.ts";
import type { Summary } from "../../src/reports/told.ts";
import { plainSummary } from "../support/straight.ts";

const taxonomy = loadTaxonomy(new URL("../../data/taxonomy.yaml", import.meta.url).pathname);
const of = (more: Partial<Summary>): Summary => ({ ...plainSummary, ...more });
const why = (more: Partial<Summary>) => reasons(of(more), taxonomy);

describe("why a case weighs more", () => {
  it("because of an insider, the most protected data, and a volume over the threshold of its class", () => {
    assert.deepEqual(why({}), []);
    assert.deepEqual(why({ insider: true }), ["insider"]);
    assert.deepEqual(why({ data: ["credit-report"], volume: "v-25-49" }), ["sensitive"]);
    assert.deepEqual(why({ data: ["credit-report"], volume: "v-50-249" }), ["sensitive", "volume"]);
    assert.deepEqual(why({ data: ["name-phone"], volume: "v-2500-4999" }), []);
    assert.deepEqual(why({ data: ["name-phone"], volume: "v-5000-49999" }), ["volume"]);
  });

  it("because an insider reaches it with half (interpretation of 2017, art. 6)", () => {
    assert.deepEqual(why({ data: ["credit-report"], volume: "v-25-49", insider: true }), [
      "insider",
      "sensitive",
      "volume",
    ]);
    assert.deepEqual(why({ data: ["name-phone"], volume: "v-2500-4999", insider: true }), ["insider", "volume"]);
  });

  it("by the strictest of several kinds; codes that are gone weigh nothing", () => {
    assert.deepEqual(why({ data: ["name-phone", "credit-report"], volume: "v-50-249" }), ["sensitive", "volume"]);
    assert.deepEqual(why({ data: ["dissolved"], volume: "dissolved" }), []);
  });
});

describe("the rank of a case", () => {
  const all: Reason[] = ["insider", "sensitive", "volume"];
  const facts = fc.record({
    day: fc.integer({ min: 0, max: 40_000 }),
    level: fc.constantFrom("P0", "P1", "P2", "P3"),
    why: fc.subarray(all),
    owned: fc.boolean(),
  });

  it("is the day by which somebody should look", () => {
    assert.equal(rank(100, "P0", [], false), 100);
    assert.equal(rank(100, "P3", [], false), 107);
    assert.equal(rank(100, "P2", ["insider", "volume"], false), 100);
  });

  it("never falls with urgency, reasons or age, and stands back once somebody has it", () => {
    fc.assert(
      fc.property(facts, (c) => {
        const now = rank(c.day, c.level, c.why, c.owned);
        assert.ok(rank(c.day, "P0", c.why, c.owned) <= now);
        assert.ok(rank(c.day, c.level, all, c.owned) <= now);
        assert.ok(rank(c.day - 1, c.level, c.why, c.owned) < now);
        assert.ok(rank(c.day, c.level, c.why, true) >= now);
        assert.equal(rank(c.day, "dissolved", c.why, c.owned), rank(c.day, "P3", c.why, c.owned));
      }),
    );
  });
});
