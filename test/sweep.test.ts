/** What is forgotten once an hour. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createBlobs } from "../src/storage/blobs.ts";
import { createSweeper } from "../src/sweep.ts";

describe("the sweep", () => {
  const folder = mkdtempSync(join(tmpdir(), "quietline-sweep-"));
  const blobs = createBlobs(folder, 0);
  const now = () => Date.UTC(2030, 4, 14, 10);
  const today = Math.floor(now() / 86_400_000);
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const [who, done] of [
    ["alone in the house", undefined],
    ["one process of many", true],
  ] as const)
    it(`takes the order of arrival out again for a report that came while it was at it (${who})`, async () => {
      let times = 0;
      const sweeper = createSweeper({
        memories: [],
        platforms: () => [],
        blobs,
        kept: async () => new Set(),
        async shuffle() {
          times += 1;
          if (times === 1) sweeper.filed();
          return done;
        },
        filed: true,
        now,
      });
      for (const _ of [1, 2, 3]) await sweeper.sweep();
      assert.equal(times, 2, "once for what was there, once for what came meanwhile, and then there is nothing to do");
    });

  it("tries again where another process is to do it and has not, and after a failure", async () => {
    const answers: (() => unknown)[] = [
      () => false,
      () => {
        throw new Error("locked");
      },
      () => true,
    ];
    let times = 0;
    const last: boolean[] = [];
    const shuffle = async (closing: boolean) => {
      last.push(closing);
      return answers[times++]!();
    };
    const kept = async () => new Set<string>();
    const sweeper = createSweeper({ memories: [], platforms: () => [], blobs, kept, shuffle, filed: true, now });
    await sweeper.sweep();
    await assert.rejects(sweeper.sweep(), /locked/);
    await sweeper.sweep(true);
    await sweeper.sweep();
    assert.deepEqual(last, [false, false, true], "whoever closes says so: it cannot be put off then");
  });

  it("removes a file that is no report's when it is found a second time, never one that is", async () => {
    const keep = async (text: string) => {
      const { id } = await blobs.stage(new Blob([text]).stream(), { limit: 1000, day: today });
      await blobs.keep(id, today);
      return id;
    };
    const [mine, nobodys] = [await keep("a list"), await keep("left over")];
    const shuffle = async () => undefined;
    const kept = async () => new Set([mine]);
    const sweeper = createSweeper({ memories: [], platforms: () => [], blobs, kept, shuffle, filed: false, now });
    await sweeper.sweep();
    assert.deepEqual((await blobs.list()).sort(), [mine, nobodys].sort());
    await sweeper.sweep();
    assert.deepEqual(await blobs.list(), [mine]);
  });
});
