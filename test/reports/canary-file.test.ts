import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { plantFile } from "../../src/cli/canary.ts";
import { ContentError } from "../../src/content.ts";
import { canaryRecords, checkCanaries } from "../../src/reports/canary-file.ts";
import { testHome } from "../support/house.ts";

describe("a file of canary records", () => {
  let folder: string;
  let path: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "quietline-canary-"));
    path = join(folder, "records.csv");
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function read(text: string | Buffer) {
    writeFileSync(path, text);
    await checkCanaries(path);
    const records = [];
    for await (const one of canaryRecords(path)) records.push(one);
    return records;
  }
  const faults = (text: string | Buffer) =>
    read(text).then(
      () => [],
      (error: unknown) => {
        assert.ok(error instanceof ContentError, String(error));
        return error.faults.map((fault) => `${fault.line}: ${fault.problem}`);
      },
    );

  it("is read with commas, semicolons or tabs, quotation marks and a byte order mark", async () => {
    for (const sign of [",", ";", "\t"]) {
      const lines = ["name,Place,phone", 'Li Ying,"Branch 4, upstairs",139 1000 2000', "赵敏,System LOAN,", ",,"].slice(
        0,
        3,
      );
      const text = lines.map((l) =>
        sign === "," ? l : l.replace('"Branch 4, upstairs"', "Branch 4").replaceAll(",", sign),
      );
      if (sign === ",") {
        const records = await read(`\ufeff${text.slice(0, 2).join("\r\n")}\r\n\r\n`);
        assert.deepEqual(records, [{ line: 2, place: "Branch 4, upstairs", values: ["Li Ying", "139 1000 2000"] }]);
      } else assert.deepEqual((await read(text.slice(0, 2).join("\n")))[0]?.place, "Branch 4");
    }
  });

  const wrong: [string, string | Buffer, RegExp[]][] = [
    ["is empty", "", [/^0: is empty/]],
    ["has a head alone", "place,phone\n", [/^1: holds no record/]],
    ["has no place", "branch,phone\nA,13910002000\n", [/^1: has no column “place”/]],
    ["has a short line", "place,phone,mail\nA,13910002000,\nB,1391\n", [/^3: has not as many columns/]],
    ["is cut off within quotation marks", 'place,phone\nA,"13910002000\n', [/quotation mark that is never closed/]],
    [
      "names no place in two lines",
      "place,phone\n,13910002000\nA,13910002001\n,13910002002\n",
      [/^2: names no/, /^4: names no/],
    ],
    ["has names only", "place,name\nA,Li Ying\n", [/^2: has nothing that would be recognised/]],
    [
      "plants one value twice",
      "place,phone\nA,139-1000-2000\nB,+86 13910002000\n",
      [/^3: holds a value that line 2 plants elsewhere/],
    ],
    [
      "is not UTF-8",
      Buffer.concat([Buffer.from("place,phone\n"), Buffer.from([0xd6, 0xd0]), Buffer.from(",13910002000\n")]),
      [/^2: is not UTF-8/],
    ],
  ];
  for (const [what, text, expected] of wrong)
    it(`that ${what} is refused with its line`, async () => {
      const found = await faults(text);
      assert.equal(found.length, expected.length, found.join("\n"));
      for (const [i, pattern] of expected.entries()) assert.match(found[i]!, pattern);
    });

  it("never has a value of it in an error, whatever it holds", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ maxLength: 12 }), { maxLength: 6 }), async (lines) => {
        const told = await faults(["place,phone", ...lines.map((l) => `${l}#secret-4711`)].join("\n"));
        assert.doesNotMatch(told.join("\n"), /secret/);
      }),
      { numRuns: 50 },
    );
  });

  it("is planted whole or not at all, and only fingerprints of it are kept", async () => {
    const home = testHome();
    const core = await home.core();
    writeFileSync(path, "place,phone\nBranch 4,13910002000\n,1\n");
    await assert.rejects(plantFile(core, path), /records\.csv:3: names no place: write where/);
    assert.deepEqual(await core.trade.links.places(), []);
    writeFileSync(path, "place,phone,mail\nBranch 4,13910002000,li@example.org\nPartner B,13910002001,\n");
    let read = 0;
    assert.deepEqual(await plantFile(core, path, (n) => (read += n)), { records: 2, fresh: 3 });
    assert.equal(read, 2 * statSync(path).size);
    assert.deepEqual(await core.trade.links.places(), [
      { place: "Branch 4", values: 2 },
      { place: "Partner B", values: 1 },
    ]);
    assert.deepEqual(await plantFile(core, path), { records: 2, fresh: 0 });
    assert.equal(await core.trade.links.unplant("Branch 4"), 2);
    const lines = (await core.storage.read("audit")).map((row) => row.action);
    assert.deepEqual(lines, ["canary add 2", "canary add 2"]);
    await core.close();
    home.remove();
  });
});
