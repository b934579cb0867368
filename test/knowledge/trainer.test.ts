import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readOnce } from "../../src/knowledge/trainer.ts";

describe("knowledge/trainer: what was read before", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "quietline-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("is used until a byte of the files changes, and never where reading failed", () => {
    const [file, cache] = [join(folder, "a.yaml"), join(folder, "kept")];
    let reads = 0;
    const read = () => readOnce([file], cache, () => ({ reads: ++reads }));
    writeFileSync(file, "one");
    assert.deepEqual([read(), read()], [{ reads: 1 }, { reads: 1 }]);
    writeFileSync(file, "two");
    assert.deepEqual(read(), { reads: 2 });
    writeFileSync(file, "bad");
    assert.throws(() =>
      readOnce([file], cache, () => {
        throw new Error("a fault");
      }),
    );
    assert.deepEqual(read(), { reads: 3 });
  });

  it("is made again when the kept file was cut short", () => {
    const [file, cache] = [join(folder, "a.yaml"), join(folder, "kept")];
    writeFileSync(file, "one");
    readOnce([file], cache, () => 1);
    writeFileSync(cache, "cut");
    assert.equal(
      readOnce([file], cache, () => 2),
      2,
    );
  });
});
