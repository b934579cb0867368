/**
 * What editors may do to a content file by mistake, done to the real ones: each is loaded or refused, and what is wrong is
 * told with file, line and cure. A hundred mistakes in the plain suite, twenty thousand with TEST_LONG.
 */
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ContentError } from "../../src/content.ts";
import { loadKnowledge } from "../../src/knowledge/content.ts";
import { loadQuizzes } from "../../src/quiz/content.ts";
import { loadCanned } from "../../src/reports/canned.ts";
import { loadTaxonomy } from "../../src/reports/taxonomy.ts";
import { loadTeams } from "../../src/reports/teams.ts";
import { loadThresholds } from "../../src/reports/thresholds.ts";
import { loadTips } from "../../src/tips/content.ts";
import { times } from "../support/long.ts";
import { dice } from "../support/walk.ts";

/** Signs that steer YAML, kinds of values that are rarely right, and text that harms nobody. */
const scraps = [
  ":", ": ", "- ", "{", "}", "[", "]", "&x ", "*x", "!!js/function ", "| ", "> ", '"', "'", "#", "\t", "<<: *x", "---", "%YAML 9", "\u0000",
  "null", "true", "0", "-1", "1e999", ".nan", "2999-01-01", "__proto__: { polluted: 1 }", "constructor: x", "\u202e", "a", "字", " ",
]; // biome-ignore format: a list

describe("content that was edited by mistake", function () {
  this.timeout(3_600_000);
  let folder: string;
  const random = dice(7);
  const below = (n: number) => Math.floor(random() * n);

  /** What Node was made to say aside, past our log. */
  const warnings: string[] = [];
  const note = ({ message }: Error) => void warnings.push(message);

  before(() => {
    process.on("warning", note);
    folder = mkdtempSync(join(tmpdir(), "quietline-fuzz-"));
    cpSync("data", folder, { recursive: true });
  });
  after(() => {
    process.off("warning", note);
    rmSync(folder, { recursive: true, force: true });
  });

  /** What a hand may do to a file. The first two harm nothing. */
  const mistakes: ((lines: string[], at: number) => void)[] = [
    (lines, at) => lines.splice(at, 0, "# a remark"),
    (lines, at) => lines.splice(at, 0, ""),
    (lines, at) => lines.splice(at, 1),
    (lines, at) => lines.splice(at, 0, lines[at]!),
    (lines, at) => lines.splice(at, 2, ...lines.slice(at, at + 2).reverse()),
    (lines, at) => lines.splice(at + 1),
    (lines, at) => {
      lines[at] = random() < 0.5 ? ` ${lines[at]}` : lines[at]!.replace(/^ /, "");
    },
    (lines, at) => {
      const line = lines[at]!;
      const from = below(line.length + 1);
      lines[at] = line.slice(0, from) + scraps[below(scraps.length)]! + line.slice(from + below(3));
    },
    (lines, at) => {
      lines[at] = lines[at]!.replace(/: .*$/, `: ${scraps[below(scraps.length)]}`);
    },
  ];

  const sheets = (room: string) => readdirSync(join("data", room)).map((name) => `${room}/${name}`);
  const rooms: { name: string; files: string[]; load(): unknown }[] = [
    // an entry that is gone is missed by those that name it: what is wrong then stands in their files
    { name: "knowledge", files: [...sheets("knowledge"), "contacts.yaml"], load: () => loadKnowledge(folder) },
    { name: "tips", files: sheets("tips"), load: () => loadTips(folder) },
    { name: "quizzes", files: sheets("quizzes"), load: () => loadQuizzes(folder) },
    { name: "canned answers", files: sheets("canned"), load: () => loadCanned(folder) },
    { name: "taxonomy", files: ["taxonomy.yaml"], load: () => loadTaxonomy(join(folder, "taxonomy.yaml")) },
    {
      name: "teams",
      files: ["teams.yaml", "jurisdictions.yaml"],
      load: () => loadTeams(join(folder, "teams.yaml"), join(folder, "jurisdictions.yaml")),
    },
    { name: "thresholds", files: ["thresholds.yaml"], load: () => loadThresholds(join(folder, "thresholds.yaml")) },
  ];
  /** Files whose names others use: leaving one out is a fault of those. */
  const named = (file: string) => /^(knowledge|contacts|jurisdictions)/.test(file);

  for (const { name, files, load } of rooms)
    it(`${name}: is loaded or refused with file, line and cure`, () => {
      load(); // as it is, it is right
      let [loaded, refused, told] = [0, 0, 0];
      for (let n = 0; n < times(name === "knowledge" ? 40 : 60, 3000); n++) {
        const file = files[n % files.length]!;
        const whole = readFileSync(join("data", file), "utf8");
        const lines = whole.split("\n");
        for (let left = 1 + below(2); left > 0; left--)
          mistakes[below(mistakes.length)]!(lines, below(Math.max(1, lines.length - 1)));
        writeFileSync(join(folder, file), lines.join("\n"));
        try {
          load();
          loaded += 1;
        } catch (error) {
          assert.ok(error instanceof ContentError, `${file}: ${error instanceof Error ? error.stack : error}`);
          refused += 1;
          const ours = error.faults.some((fault) => fault.file === join(folder, file));
          assert.ok(ours || named(file), `${file} is wrong, and this is told: ${error.message}`);
          if (ours) told += 1;
          for (const fault of error.faults) {
            const last = readFileSync(fault.file, "utf8").split("\n").length;
            assert.ok(fault.line >= 0 && fault.line <= last, `${fault.file}:${fault.line} of ${last}`);
            assert.ok(fault.problem.length > 5 && fault.cure.length > 5, error.message);
            assert.doesNotMatch(fault.problem + fault.cure, /undefined|\[object|NaN|TypeError/, error.message);
          }
        }
        writeFileSync(join(folder, file), whole);
        assert.equal(({} as Record<string, unknown>).polluted, undefined);
      }
      assert.ok(loaded > refused / 20 && refused > loaded / 20, `${loaded} loaded, ${refused} refused`);
      assert.ok(told >= refused * 0.8, `${told} of ${refused} named the file that was changed`);
      load(); // and what was mended is right again
    });

  it("a key that is no text is told like any other fault, and not past our log in Node's own words", async () => {
    writeFileSync(join(folder, "teams.yaml"), "? { code: x }\n: 1\n");
    assert.throws(() => loadTeams(join(folder, "teams.yaml"), join(folder, "jurisdictions.yaml")), ContentError);
    await new Promise(setImmediate);
    assert.deepEqual(warnings, []);
  });
});
