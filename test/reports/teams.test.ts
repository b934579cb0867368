import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { ContentError } from "../../src/content.ts";
import {
  afterWorkingDays,
  dayIn,
  deadlines,
  type Jurisdiction,
  keptUntil,
  loadTeams,
  type Team,
  works,
} from "../../src/reports/teams.ts";

const day = (text: string) => Date.parse(`${text}T00:00:00Z`) / 86_400_000;
const team: Team = {
  jurisdiction: "eu",
  zone: "Europe/Berlin",
  weekend: [6, 7],
  holidays: ["2030-05-01"],
  worked: ["2030-05-04"],
};
const law = {
  personal: { "working-days": 3, source: "s" },
  ack: { days: 7, source: "s" },
  feedback: { months: 3, source: "s" },
  keep: { default: 60, substantiated: 365, source: "s" },
} as unknown as Jurisdiction;

describe("the calendar of a team", () => {
  it("leaves weekends and holidays out, and takes in a Saturday that is worked", () => {
    assert.deepEqual(
      ["2030-04-30", "2030-05-01", "2030-05-04", "2030-05-05"].map((d) => works(team, day(d))),
      [true, false, true, false],
    );
    // Tuesday: Thursday, Friday, and the Saturday that is worked
    assert.equal(afterWorkingDays(team, day("2030-04-30"), 3), day("2030-05-04"));
  });

  it("ends although nobody ever works", () => {
    assert.equal(afterWorkingDays({ ...team, weekend: [1, 2, 3, 4, 5, 6, 7], worked: [] }, 0, 3), 3660);
  });

  it("has the day of its own zone, also on the days on which clocks change", () => {
    const at = (iso: string) => dayIn(team, Date.parse(iso));
    assert.equal(at("2030-03-31T00:59:00Z"), day("2030-03-31")); // the last minute before 3 o'clock
    assert.equal(at("2030-03-31T21:59:00Z"), day("2030-03-31"));
    assert.equal(at("2030-03-31T22:00:00Z"), day("2030-04-01")); // an hour earlier by universal time than the day before
    assert.equal(at("2030-10-27T21:59:00Z"), day("2030-10-27"));
    assert.equal(at("2030-10-27T22:59:00Z"), day("2030-10-27")); // a day of 25 hours
    assert.equal(at("2030-10-27T23:00:00Z"), day("2030-10-28"));
    assert.equal(dayIn({ ...team, zone: "Asia/Shanghai" }, Date.parse("2030-05-13T16:00:00Z")), day("2030-05-14"));
  });

  it("never skips or repeats a day, hour by hour through a year, in any zone", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Shanghai", "Pacific/Apia"),
        fc.integer({ min: 0, max: 365 * 24 }),
        (zone, hour) => {
          const start = Date.parse("2030-01-01T00:00:00Z") + hour * 3_600_000;
          const [now, next] = [dayIn({ ...team, zone }, start), dayIn({ ...team, zone }, start + 3_600_000)];
          assert.ok(next === now || next === now + 1);
        },
      ),
    );
  });

  it("gives days to answer, to acknowledge and to give feedback, and days to keep, by the law of its place", () => {
    const due = deadlines(team, law, day("2030-11-24"));
    assert.deepEqual(due, { personal: day("2030-11-27"), ack: day("2030-12-01"), feedback: day("2031-03-01") });
    // three months after the last of November is the last of February
    assert.equal(deadlines(team, law, day("2030-11-23")).feedback, day("2031-02-28"));
    assert.equal(keptUntil(law, "substantiated", 100), 465);
    assert.equal(keptUntil(law, "duplicate", 100), 160);
  });
});

describe("which team a report goes to", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "quietline-teams-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  const jurisdictions = new URL("../../data/jurisdictions.yaml", import.meta.url).pathname;
  const plain = "{ jurisdiction: cn, zone: Asia/Shanghai, weekend: [6, 7], holidays: []";
  const load = (text: string) => {
    const path = join(folder, "teams.yaml");
    writeFileSync(path, text);
    return loadTeams(path, jurisdictions);
  };

  it("the first that fits by language, sector and region, else the default one", () => {
    const teams = load(
      [
        `default: ${plain} }`,
        `banks: ${plain}, sectors: [bank], languages: [zh] }`,
        `harbour: ${plain}, regions: [Harbour] }`,
      ].join("\n"),
    );
    assert.equal(teams.route({ locale: "zh-CN", sector: "bank", region: "Harbour" }), "banks");
    assert.equal(teams.route({ locale: "en", sector: "bank", region: "near HARBOUR street" }), "harbour");
    assert.equal(teams.route({ locale: "en", sector: "bank" }), "default");
    assert.equal(teams.team("dissolved"), teams.team("default"), "a team that is gone has the default's calendar");
  });

  for (const [what, text, problem] of [
    ["has no default", `other: ${plain} }`, /no team named default/],
    [
      "names a law that is not there",
      "default: { jurisdiction: XX, zone: Asia/Shanghai, weekend: [], holidays: [] }",
      /jurisdiction/,
    ],
    ["names a zone that is not there", `default: ${plain.replace("Asia/Shanghai", "Mars/Base")} }`, /time zone/],
    ["has a holiday that is no day", `default: ${plain.replace("holidays: []", "holidays: [2030-02-30]")} }`, /day/],
  ] as const)
    it(`is refused with its cure where it ${what}`, () => {
      assert.throws(
        () => load(text),
        (error: unknown) => error instanceof ContentError && problem.test(error.message),
      );
    });
});
