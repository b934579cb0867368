/** Figures of groups: nothing of few, nothing that a spreadsheet would run, and a picture that can be read. */
import assert from "node:assert/strict";
import sharp from "sharp";
import { drawFigures } from "../../src/quiz/chart.ts";
import { csvOf, type Figures, spoken } from "../../src/quiz/figures.ts";

const team = { course: "spring", title: "春季课程", team: "north", members: 8, done: 75, firstRight: 91, missed: [] };
const figures: Figures = { teams: [team], hidden: 0, recall: [{ days: 7, right: 90, of: 60 }], known: [], mislead: [] };
const words = {
  teams: "Teams",
  done: "completed",
  first: "right at the first try",
  recall: "Remembered",
  after: { 7: "after 7 days", 30: "after 30 days", 90: "after 90 days" },
};

describe("figures of groups", () => {
  it("what staff told is counted for every 100 of them, and nothing of fewer than five", () => {
    assert.deepEqual(spoken(12, 480), { count: 12, per100: 2.5 });
    assert.equal(spoken(4, 480), undefined);
    assert.equal(spoken(12, 0), undefined);
  });

  it("a team's name is no formula in a spreadsheet", () => {
    const csv = csvOf({ ...figures, teams: [{ ...team, team: '=HYPERLINK("https://evil.example")' }] });
    assert.match(csv, /,"'=HYPERLINK\(""https/);
  });

  it("the picture grows with the teams, and is there with no team at all", async () => {
    const size = async (f: Figures) => (await sharp(await drawFigures(f, words)).metadata()).height!;
    const one = await size(figures);
    const many = await size({
      ...figures,
      teams: Array.from({ length: 9 }, (_, n) => ({ ...team, team: `team ${n}` })),
    });
    assert.ok(many > one + 500, `${one} and ${many}`);
    assert.ok((await size({ ...figures, teams: [] })) < one);
  });
});
