import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CLOSING, ContentError, type List, loadTaxonomy } from "../../src/reports/taxonomy.ts";

const FILE = "data/taxonomy.yaml";
const taxonomy = loadTaxonomy(FILE);

describe("reports/taxonomy: the lists", () => {
  const named: List[] = [
    "kind",
    "sector",
    "data-type",
    "chain-role",
    "obtained-by",
    "sale-channel",
    "payment",
    "price-unit",
    "currency",
    "volume-band",
    "time-span",
    "scope",
    "frequency",
    "evidence-type",
    "certainty",
    "urgency",
    "reporter-relation",
    "status",
    "outcome",
    "corrective-action",
    "root-cause",
  ];

  it("are all there, with codes in kebab-case", () => {
    for (const list of named) assert.ok(taxonomy.codes(list).length > 1, list);
    for (const list of taxonomy.lists) {
      for (const code of taxonomy.codes(list)) {
        if (list === "currency") assert.match(code, /^([A-Z]{3,4}|other)$/);
        else assert.match(code, /^[a-z0-9]+(-[a-z0-9]+)*$/, `${list}: ${code}`);
      }
    }
  });

  it("begin and end as people expect them", () => {
    assert.deepEqual(taxonomy.codes("kind"), ["selling", "contacted", "offered", "something-else"]);
    assert.deepEqual(taxonomy.codes("status").slice(0, 2), ["received", "acknowledged"]);
    const ends: { [list in List]?: string[] } = {
      kind: ["something-else"],
      sector: ["other", "unknown"],
      "data-type": ["other", "unknown"],
      "chain-role": ["other", "unknown"],
      "obtained-by": ["other", "unknown"],
      "sale-channel": ["other", "unknown"],
      payment: ["other", "unknown"],
      "price-unit": ["other", "unknown"],
      currency: ["other"],
      "volume-band": ["ongoing-unknown", "unknown"],
      "time-span": ["unknown"],
      scope: ["unknown"],
      frequency: ["unknown"],
      "evidence-type": ["none"],
      urgency: ["none", "unknown"],
      "reporter-relation": ["prefer-not"],
      "root-cause": ["unknown"],
    };
    for (const [list, end] of Object.entries(ends)) {
      const codes = taxonomy.codes(list as List);
      assert.deepEqual(codes.slice(-end.length), end, list);
      assert.ok(!codes.slice(0, -end.length).some((code) => (CLOSING as readonly string[]).includes(code)), list);
    }
  });

  it("know their codes and facts", () => {
    assert.equal(taxonomy.has("sector", "bank"), true);
    assert.equal(taxonomy.has("sector", "location-track"), false);
    assert.equal(taxonomy.has("sector", "toString"), false);
    assert.equal(taxonomy.entry("sector", "bank")?.group, "finance");
    assert.deepEqual(taxonomy.entry("data-type", "call-records"), { code: "call-records", class: "B" });
    assert.equal(taxonomy.entry("data-type", "id-document-image")?.review, true);
    assert.equal(taxonomy.entry("evidence-type", "sample-data")?.care, "discourage");
    assert.equal(taxonomy.entry("volume-band", "v-25-49")?.from, 25);
    assert.equal(taxonomy.entry("urgency", "nothing"), undefined);
  });

  it("cannot be changed", () => {
    assert.throws(() => (taxonomy.codes("sector") as string[]).push("x"), TypeError);
    assert.throws(() => Object.assign(taxonomy, { has: () => true }), TypeError);
    assert.throws(() => Object.assign(taxonomy.entry("sector", "bank") ?? {}, { group: "x" }), TypeError);
  });

  it("give the most urgent level", () => {
    assert.equal(taxonomy.level([]), "P3");
    assert.equal(taxonomy.level(["none"]), "P3");
    assert.equal(taxonomy.level(["media-interest", "ongoing-sale", "unknown"]), "P1");
    assert.equal(taxonomy.level(["repeat-report", "fraud-in-progress", "bulk-leak"]), "P0");
    assert.equal(taxonomy.level(["cross-border", "__proto__", "made-up"]), "P2");
  });
});

describe("reports/taxonomy: the words", () => {
  for (const locale of readdirSync("locales")) {
    it(`are complete, short and plain in ${locale}`, () => {
      const words: Record<string, Record<string, string>> = JSON.parse(
        readFileSync(join("locales", locale, "taxonomy.json"), "utf8"),
      );
      assert.deepEqual(Object.keys(words).sort(), [...taxonomy.lists].sort());
      for (const list of taxonomy.lists) {
        assert.deepEqual(Object.keys(words[list] ?? {}), taxonomy.codes(list), `${locale}: ${list}`);
        const labels = Object.values(words[list] ?? {});
        assert.equal(new Set(labels).size, labels.length, `${locale}: two entries of ${list} read alike`);
        for (const label of labels) {
          assert.ok(label.trim() === label && label.length > 0 && label.length <= 40, `${locale}: ${list}: ${label}`);
          assert.doesNotMatch(label, /[{}<>!！]|\s\s|\$t\(/, `${locale}: ${list}: ${label}`);
        }
      }
    });
  }
});

describe("reports/taxonomy: a broken file", () => {
  const good = readFileSync(FILE, "utf8");
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "taxonomy-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  const CERTAINTY = good.slice(good.indexOf("\ncertainty:") + 11, good.indexOf("\nurgency:"));

  /** Changes one line of the good file; answers the error and the number of that line. */
  function broken(find: string, replace: string): { error: ContentError; line: number } {
    const at = good.indexOf(find);
    assert.ok(at >= 0, `"${find}" is not in the file any more`);
    const file = join(folder, "taxonomy.yaml");
    writeFileSync(
      file,
      good.replace(find, () => replace),
    );
    try {
      loadTaxonomy(file);
    } catch (error) {
      assert.ok(error instanceof ContentError);
      assert.equal(error.code, "content-invalid");
      assert.equal(error.file, file);
      assert.ok(error.message.startsWith(`${file}:${error.line}: `));
      return { error, line: good.slice(0, at).split("\n").length };
    }
    return assert.fail("the broken file was accepted");
  }

  const cases: [what: string, find: string, replace: string, problem: RegExp, cure: RegExp, below?: number][] = [
    ["a bracket left open", "{ code: tax, group: public-office }", "{ code: tax, group: public-office", /./, /YAML/, 1],
    ["a list twice", "\nscope:", "\nscope: []\nscope:", /unique/i, /YAML/, 2],
    ["a list without a name", "\npayment:", "\npayments:", /"payments" means nothing/, /spelling/, 1],
    [
      "a fact misspelt",
      "{ code: police, group: public-office }",
      "{ code: police, groop: public-office }",
      /./,
      /group|spelling/,
    ],
    [
      "a code missing",
      "{ code: hearsay, care: less-certain }",
      "{ care: less-certain }",
      /code is missing/,
      /add "code:"/,
    ],
    ["a code in capitals", "{ code: cash }", "{ code: Cash }", /payment.code is not a code/, /like the other/],
    ["a code that is a number", "{ code: bribery }", "{ code: 7 }", /right kind/, /string/],
    ["a level that is none", "bulk-leak, level: P1", "bulk-leak, level: P9", /urgency.level/, /P0, P1, P2, P3/],
    ["a class that is none", "id-number, class: C", "id-number, class: D", /data-type.class/, /A, B, C/],
    [
      "a group that is not there",
      "tax, group: public-office",
      "tax, group: offices",
      /"tax" is in a group/,
      /finance, /,
    ],
    ["a code twice", "{ code: alipay }", "{ code: cash }", /payment has "cash" twice/, /take one/],
    [
      "an entry after the closing ones",
      "{ code: weekly }",
      "{ code: unknown }\n  - { code: weekly }",
      /"weekly" stands after/,
      /move/,
      1,
    ],
    ["a status taken away", "  - { code: closed }\n", "", /status lacks "closed"/, /add - \{ code: closed \}/, -10],
    ["a gap between bands", "v-25-49, from: 25", "v-25-49, from: 30", /"v-25-49" does not follow/, /from 25/],
    ["a list too many", "certainty:\n", "certain: []\ncertainty:\n", /"certain" means nothing/, /spelling/],
    ["an empty list", `certainty:${CERTAINTY}`, "certainty: []\n", /certainty is empty/, /add at least/],
    [
      "a list that is text",
      "kind:\n  - { code: selling }",
      "kind: selling\nkinds:\n  - { code: selling }",
      /kind is not/,
      /array/,
    ],
  ];
  for (const [what, find, replace, problem, cure, below = 0] of cases) {
    it(`names line and cure of ${what}`, () => {
      const { error, line } = broken(find, replace);
      const fault = error.faults.find((one) => problem.test(one.problem));
      assert.ok(fault, error.message);
      assert.match(fault.cure, cure);
      assert.equal(fault.line, line + below);
    });
  }

  it("tells every fault at once, in the order of the file", () => {
    const file = join(folder, "taxonomy.yaml");
    writeFileSync(file, good.replace("bulk-leak, level: P1", "bulk-leak").replace("{ code: cash }", "{ code: CASH }"));
    assert.throws(
      () => loadTaxonomy(file),
      (error: ContentError) => {
        assert.equal(error.faults.length, 2);
        assert.match(error.faults[0]?.problem ?? "", /payment/);
        assert.match(error.faults[1]?.problem ?? "", /urgency.level/);
        assert.ok((error.faults[0]?.line ?? 0) < (error.faults[1]?.line ?? 0));
        return true;
      },
    );
  });

  it("that is missing or empty is told apart", () => {
    assert.throws(() => loadTaxonomy(join(folder, "none.yaml")), { line: 0, problem: "cannot be read (ENOENT)" });
    writeFileSync(join(folder, "empty.yaml"), "");
    assert.throws(() => loadTaxonomy(join(folder, "empty.yaml")), { code: "content-invalid", line: 1 });
  });
});
