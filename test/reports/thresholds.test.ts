import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadTaxonomy } from "../../src/reports/taxonomy.ts";
import { type Facts, loadThresholds, weigh } from "../../src/reports/thresholds.ts";
import type { Told } from "../../src/reports/told.ts";

const taxonomy = loadTaxonomy("data/taxonomy.yaml");
const facts: Facts = {
  classOf: (code) => taxonomy.entry("data-type", code),
  band: (code) => taxonomy.entry("volume-band", code),
};
const [rule] = loadThresholds("data/thresholds.yaml");
const of = (told: Told) => weigh(rule!, told, facts);

describe("legal thresholds", () => {
  it("are 50, 500 and 5,000 items by class, and ten times that for the graver degree", () => {
    for (const [data, threshold] of [
      ["credit-report", 50],
      ["transaction-record", 500],
      ["name-phone", 5000],
    ] as const) {
      const [line] = of({ data, volume: "v-1" }).lines;
      assert.deepEqual([line?.threshold, line?.grave, line?.reach], [threshold, threshold * 10, "below"]);
    }
  });

  it("are half for those who got it in their job", () => {
    const insider = of({ data: "credit-report", volume: "v-25-49", role: "insider-source" });
    assert.deepEqual([insider.duty, insider.lines[0]?.threshold, insider.verdict], [true, 25, "reached"]);
    assert.equal(of({ data: "credit-report", volume: "v-25-49", role: "collector" }).verdict, "below");
  });

  it("are told as possible where only the upper end of a band reaches them", () => {
    assert.equal(of({ data: "transaction-record", volume: "v-500-2499" }).verdict, "reached");
    const grave = of({ data: "transaction-record", volume: "v-5000-49999" }).lines[0];
    assert.equal(grave?.graveReach, "reached");
    assert.equal(of({ data: "name-phone", volume: "v-over-1m" }).lines[0]?.graveReach, "reached");
    // with several classes nobody knows how many items are of which
    assert.equal(of({ data: "credit-report,name-phone", volume: "v-50-249" }).verdict, "possible");
  });

  it("count income as the least that was told, in the currency of the rule only", () => {
    const sold = of({ data: "name-phone", volume: "v-50-249", price: "60-90元", currency: "CNY" });
    const income = sold.lines.find((line) => line.kind === "income");
    assert.deepEqual([income?.told, income?.threshold, income?.reach], [{ from: 3000, to: 22410 }, 5000, "possible"]);
    assert.equal(sold.verdict, "possible");
    assert.equal(of({ data: "name-phone", volume: "v-50-249", price: "60", currency: "USD" }).lines.length, 1);
  });

  it("say that nothing can be said where nothing was counted", () => {
    assert.equal(of({ data: "credit-report" }).verdict, "unknown");
    assert.equal(of({ data: "credit-report", volume: "ongoing-unknown" }).verdict, "unknown");
    assert.equal(of({}).verdict, "unknown");
    assert.deepEqual(of({ data: "location-track" }).uncounted, ["location-track"]);
    assert.equal(of({ data: "parcel-order-record", volume: "v-1" }).lines[0]?.borderline, true);
  });

  it("have a source in each language and a date, and faults are told with line and cure", () => {
    assert.deepEqual(Object.keys(rule!.source), ["en", "zh-CN"]);
    const folder = mkdtempSync(join(tmpdir(), "quietline-thresholds-"));
    const path = join(folder, "thresholds.yaml");
    writeFileSync(path, readFileSync("data/thresholds.yaml", "utf8").replace("A: 50,", "A: many,"));
    assert.throws(() => loadThresholds(path), { code: "content-invalid", line: 14 });
    rmSync(folder, { recursive: true });
  });
});
