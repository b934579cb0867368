import assert from "node:assert/strict";
import { createFigures } from "../src/log.ts";

describe("the figures", () => {
  const lines = async (figures: ReturnType<typeof createFigures>, name: string): Promise<string[]> =>
    (await figures.registry.metrics()).split("\n").filter((line) => line.startsWith(name));

  it("show turns in hundreds: one person's way through a report moves nothing", async () => {
    const figures = createFigures();
    const turns = async (n: number) => {
      for (let i = 0; i < n; i++) figures.turn("web");
      return lines(figures, "quietline_turns_total{");
    };
    assert.deepEqual(await turns(99), []);
    assert.deepEqual(await turns(1), ['quietline_turns_total{platform="web"} 100']);
    assert.deepEqual(await turns(99), ['quietline_turns_total{platform="web"} 100']);
    assert.deepEqual(await turns(1), ['quietline_turns_total{platform="web"} 200']);
  });

  it("show reports in tens, and not even that there was a first one", async () => {
    const figures = createFigures();
    const count = async (n: number) => {
      for (let i = 0; i < n; i++) figures.count("report");
      return lines(figures, "quietline_events_tens{");
    };
    assert.deepEqual(await count(9), []);
    assert.deepEqual(await count(10), ['quietline_events_tens{what="report"} 10']);
    assert.deepEqual(await count(1), ['quietline_events_tens{what="report"} 20']);
  });

  it("show what waits in tens, and what was given up exactly", async () => {
    const figures = createFigures();
    let waiting = 0;
    figures.watchOutbox(async () => ({ waiting, parked: 3 }));
    for (const [now, shown] of [
      [0, 0],
      [1, 0],
      [9, 0],
      [10, 10],
      [29, 20],
    ] as const) {
      waiting = now;
      assert.deepEqual(await lines(figures, "quietline_outbox{"), [
        `quietline_outbox{state="waiting"} ${shown}`,
        'quietline_outbox{state="parked"} 3',
      ]);
    }
  });

  it("say in their help how they are rounded", async () => {
    const figures = createFigures();
    figures.watchOutbox(async () => ({ waiting: 0, parked: 0 }));
    const help = await lines(figures, "# HELP quietline_");
    for (const [name, words] of [
      ["turns_total", /hundreds/],
      ["events_tens", /tens/],
      ["outbox", /tens/],
    ] as const)
      assert.match(help.find((line) => line.includes(`quietline_${name} `))!, words);
  });
});
