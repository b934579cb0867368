/** The line that shows how far a campaign is: it fits a terminal of 80 columns beside its bar, and says what matters now. */
import assert from "node:assert/strict";
import { lineOf } from "../../src/cli/campaign-watch.ts";
import type { Progress } from "../../src/outbox/progress.ts";

const now = 1_900_000_000;
const some: Progress = {
  id: "1a2b3c4d5e",
  state: "running",
  day: 20_000,
  begins: now - 100,
  spread: 0,
  askedBy: "Heron",
  reach: 9000,
  enqueued: 9000,
  sent: 2950,
  failed: 50,
  left: 6000,
  rate: 30,
  by: {},
  quiet: {},
};
const at = (seconds: number) => new Date(seconds * 1000).toTimeString().slice(0, 5);

describe("the line of a campaign that is watched", () => {
  it("says how far it is and when it ends", () => {
    assert.equal(lineOf(some, now), ` 33%  sent 2950  failed 50  left 6000  30.0/s  ends ${at(now + 200)}`);
  });
  it("ends no sooner than it is spread", () => {
    const spread = lineOf({ ...some, spread: 7200 }, now);
    assert.ok(spread.endsWith(`ends ${at(now - 100 + 7200)}`), spread);
  });
  it("promises no end before the first message, while it is held, or when it is over", () => {
    assert.equal(lineOf({ ...some, sent: 0, failed: 0, rate: 0, left: 9000 }, now).includes("ends"), false);
    assert.ok(lineOf({ ...some, state: "paused" }, now).endsWith("30.0/s  paused"));
    assert.ok(lineOf({ ...some, state: "done", sent: 8950, left: 0 }, now).startsWith("100%"));
  });
  it("leaves a bar its room at 80 columns, up to a million people over days", () => {
    const many = { ...some, reach: 1_000_000, sent: 449_000, failed: 1000, left: 550_000 };
    for (const state of ["running", "cancelled"] as const)
      assert.ok(lineOf({ ...many, state, spread: 400_000 }, now).length <= 70);
  });
});
