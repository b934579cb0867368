import assert from "node:assert/strict";
import fc from "fast-check";
import { audiences, sectors } from "../../src/tips/content.ts";
import { choose, clockOf, fewer, fitting, nextDue, readZone, type TipSettings } from "../../src/tips/rules.ts";

const chosen = (over: Partial<TipSettings> = {}): TipSettings => ({
  frequency: "daily",
  hour: 9,
  zone: "Europe/Berlin",
  audience: "staff",
  sector: "any",
  ...over,
});
const next = (settings: TipSettings, after: string) => new Date(nextDue(settings, Date.parse(after))).toISOString();

describe("the next tip is due", () => {
  it("at the hour of the person's own clock, on both sides of a change to summer time", () => {
    assert.equal(next(chosen(), "2026-03-27T12:00:00Z"), "2026-03-28T08:00:00.000Z");
    assert.equal(next(chosen(), "2026-03-28T12:00:00Z"), "2026-03-29T07:00:00.000Z");
  });
  it("once, in an hour that does not exist or comes twice", () => {
    assert.equal(next(chosen({ hour: 2 }), "2026-03-28T12:00:00Z"), "2026-03-29T01:00:00.000Z");
    const first = next(chosen({ hour: 2 }), "2026-10-24T12:00:00Z");
    assert.equal(first, "2026-10-25T00:00:00.000Z");
    assert.equal(next(chosen({ hour: 2 }), first), "2026-10-26T01:00:00.000Z");
  });
  it("at that hour where the clock moves by half an hour, and in the south, where summer begins in October", () => {
    const howe = chosen({ zone: "Australia/Lord_Howe", hour: 2 });
    assert.equal(next(howe, "2026-10-02T12:00:00Z"), "2026-10-02T15:30:00.000Z");
    assert.equal(next(howe, "2026-10-03T14:00:00Z"), "2026-10-03T15:30:00.000Z"); // 2:00 is left out: the clock says 2:30
    const santiago = chosen({ zone: "America/Santiago", hour: 0 });
    assert.equal(next(santiago, "2026-09-05T12:00:00Z"), "2026-09-06T04:00:00.000Z"); // that day begins at 1:00
  });
  it("in any zone, however the clock moves: later than now, at the hour or in the one after a gap, and once a day", () => {
    const zones = Intl.supportedValuesOf("timeZone");
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: 0, max: 23 }),
        fc.integer({ min: Date.parse("2020-01-01"), max: Date.parse("2035-01-01") }),
        (zone, hour, from) => {
          const days = new Set<string>();
          let at = from;
          for (let i = 0; i < 4; i++) {
            const then = nextDue(chosen({ zone, hour }), at);
            assert.ok(then > at && then - at < 50 * 3_600_000);
            const [day = "", clock = ""] = clockOf(then, zone).split(" ");
            // a gap is an hour at most where people live, and a day's first hour may be left out
            const late = Number(clock.slice(0, 2)) - hour;
            assert.ok(late === 0 || late === 1, `${zone}: ${day} ${clock} for ${hour}:00`);
            assert.ok(!days.has(day), `${zone}: twice on ${day}`);
            days.add(day);
            at = then;
          }
        },
      ),
      { numRuns: 150 },
    );
  });
  it("never at the very moment of the last", () =>
    assert.equal(next(chosen(), "2026-06-01T07:00:00Z"), "2026-06-02T07:00:00.000Z"));
  it("not on a weekend, for working days", () =>
    assert.equal(next(chosen({ frequency: "weekdays" }), "2026-11-27T12:00:00Z"), "2026-11-30T08:00:00.000Z"));
  it("on Monday, weekly; on the first, monthly", () => {
    assert.equal(next(chosen({ frequency: "weekly" }), "2026-11-27T12:00:00Z"), "2026-11-30T08:00:00.000Z");
    assert.equal(next(chosen({ frequency: "monthly" }), "2026-11-27T12:00:00Z"), "2026-12-01T08:00:00.000Z");
  });
  it("after quiet hours, also over midnight", () => {
    const settings = chosen({ hour: 23, quiet: { from: 22, to: 7 } });
    assert.equal(next(settings, "2026-11-27T12:00:00Z"), "2026-11-28T06:00:00.000Z");
  });
  it("not before a pause ends", () =>
    assert.equal(next(chosen({ pausedUntil: "2026-12-24" }), "2026-11-27T12:00:00Z"), "2026-12-24T08:00:00.000Z"));
});

describe("zones", () => {
  it("that do not exist are refused", () => {
    assert.equal(readZone("Mars/Olympus"), undefined);
    assert.equal(readZone(""), undefined);
    assert.equal(readZone("europe/madrid"), "Europe/Madrid");
  });
});

describe("the tip that comes", () => {
  const tips = ["a", "b", "c"].map((id) => ({ id, audiences: ["staff"], sectors: ["any"] }));
  it("is none that came before, until all have come", () => {
    let seen: string[] = [];
    for (let i = 0; i < 9; i++) seen = choose(tips, chosen(), seen, (i * 0.37) % 1)!.seen;
    assert.equal(seen.length, 3);
    for (const start of [[], ["a"], ["b", "c"]]) {
      let had: string[] = start;
      while (had.length < 3) had = choose(tips, chosen(), had, 0.5)!.seen;
      assert.equal(new Set(had).size, 3);
    }
  });
  it("is none that came before until all that fit have come, whatever there is and however often one chooses anew", () => {
    const audience = fc.constantFrom(...audiences);
    const sector = fc.constantFrom(...sectors);
    const some = fc.uniqueArray(
      fc.record({
        id: fc.string({ minLength: 1, maxLength: 3 }),
        audiences: fc.uniqueArray(audience, { minLength: 1 }),
        sectors: fc.uniqueArray(sector, { minLength: 1 }),
      }),
      { selector: (tip) => tip.id, maxLength: 12 },
    );
    const turns = fc.array(
      fc.record({ audience, sector, random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }) }),
      {
        maxLength: 60,
      },
    );
    fc.assert(
      fc.property(some, turns, (all, chances) => {
        let seen: string[] = [];
        for (const { random, ...wish } of chances) {
          const fit = fitting(all, wish).map((tip) => tip.id);
          const made = choose(all, chosen(wish), seen, random);
          if (fit.length === 0) {
            assert.equal(made, undefined);
            continue;
          }
          assert.ok(made && fit.includes(made.tip.id));
          const over = fit.every((id) => seen.includes(id));
          assert.equal(seen.includes(made.tip.id), over, "it came before, and others have not");
          if (fit.length > 1) assert.notEqual(made.tip.id, seen.at(-1), "twice in a row");
          assert.equal(new Set(made.seen).size, made.seen.length, "what has come is known once");
          seen = made.seen;
        }
      }),
    );
  });
  it("fits audience and sector; where none fits there is none", () => {
    assert.equal(choose(tips, chosen({ audience: "reviewers" }), [], 0), undefined);
    const bank = [{ id: "x", audiences: ["staff"], sectors: ["bank"] }];
    assert.equal(choose(bank, chosen({ sector: "courier" }), [], 0), undefined);
    assert.equal(choose(bank, chosen({ sector: "bank" }), [], 0)?.tip.id, "x");
  });
  it("comes less often on request", () => assert.deepEqual([fewer("daily"), fewer("weekly")], ["weekly", "monthly"]));
});
