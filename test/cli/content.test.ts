/** `content`: each kind of content is checked, counted and shown; editors meet no stack trace. */
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { useful } from "../../src/cli/content-editors.ts";
import { kinds } from "../../src/cli/content-kinds.ts";
import { questionsContent } from "../../src/cli/content-questions.ts";
import { tipsContent } from "../../src/cli/content-tips.ts";

const data = new URL("../../data", import.meta.url).pathname;

describe("content of every kind", () => {
  for (const kind of kinds) {
    it(`${kind.name}: what is in the house has no fault`, async () => {
      assert.deepEqual(await kind.check(data), []);
    });
  }

  const folders: Record<string, string> = {
    "canned answers": "canned",
    questions: "knowledge",
    quizzes: "quizzes",
    tips: "tips",
  };
  for (const kind of kinds.filter(({ name }) => folders[name])) {
    const room = folders[kind.name]!;
    const faultsWhere = async (harm: (path: string) => void) => {
      const folder = mkdtempSync(join(tmpdir(), "quietline-content-"));
      try {
        cpSync(data, folder, { recursive: true });
        harm(join(folder, room));
        return (await kind.check(folder)).join("\n");
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    };

    it(`${kind.name}: files that cannot be read are all told, by name, with line and cure`, async () => {
      const told = await faultsWhere((path) => {
        writeFileSync(join(path, "aa.yaml"), "theme: aa\ntitle: [");
        writeFileSync(join(path, "zz.yaml"), "{}");
      });
      assert.match(told, /^\S+\/aa\.yaml:2: .*\s+mend the YAML here/);
      assert.match(told, /^\S+\/zz\.yaml:1: \w+ is missing:?\s+add "\w+:"/m);
    });

    it(`${kind.name}: ${room === "tips" ? "none need be there" : "a folder that is gone is told with its cure"}`, async () => {
      const told = await faultsWhere((path) => rmSync(path, { recursive: true }));
      if (room === "tips") assert.equal(told, "");
      else assert.match(told, /\/\w+:0: cannot be read \(ENOENT\):?\s+put the folder back/);
    });
  }
});

describe("questions, for their editors", () => {
  it("are counted by topic and language", async () => {
    const lines = (await questionsContent.stats!(data)).join("\n");
    assert.match(lines, /\d+ entries in \d+ topics/);
    assert.match(lines, /^leaked +\d+ +\d+ +\d+/m);
    assert.match(lines, /entries that ask nearly the same: /);
  });

  it("are shown in every language, with their sources; what is not there is not", async () => {
    const text = await questionsContent.preview!(data, "leaked-first-steps");
    assert.match(text ?? "", /My data leaked: what to do first[\s\S]*信息泄露了[\s\S]*source CN-70/);
    assert.equal(await questionsContent.preview!(data, "no-such-entry"), undefined);
  });

  it("that are wrong are told with file, line and cure", async () => {
    const folder = mkdtempSync(join(tmpdir(), "quietline-content-"));
    try {
      cpSync(data, folder, { recursive: true });
      const file = join(folder, "knowledge", "leaked.yaml");
      const spoilt = readFileSync(file, "utf8")
        .replace("as_of: 2026-11-23", "as_of: 2999-01-01")
        .replace("related: [ bank-data-sold", "related: [ nothing-of-that-name");
      writeFileSync(file, spoilt);
      const faults = await questionsContent.check(folder);
      assert.equal(faults.length, 2, faults.join("\n"));
      assert.match(faults[0] ?? "", /leaked\.yaml:5: leaked-first-steps: as_of lies in the future\n {4}write the day/);
      assert.match(faults[1] ?? "", /leaked\.yaml:8: .*nothing-of-that-name/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe("tips, for their editors", () => {
  it("that are too long for a message are told with file, line and cure", async () => {
    const folder = mkdtempSync(join(tmpdir(), "quietline-content-"));
    try {
      cpSync(data, folder, { recursive: true });
      const file = join(folder, "tips", "offers.yaml");
      const lines = readFileSync(file, "utf8").split("\n");
      const at = lines.findIndex((line) => line.startsWith("    en: "));
      lines[at] = lines[at]!.replace('text: "', `text: "${"far too long ".repeat(60)}`);
      writeFileSync(file, lines.join("\n"));
      const [fault, ...more] = await tipsContent.check(folder);
      assert.deepEqual(more, []);
      assert.match(fault ?? "", new RegExp(`offers\\.yaml:${at + 1}: en is longer than 600 characters.*shorten it`));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("that were called useful are counted, answers are not among them", () => {
    const counts = [
      { name: "helped tip-rented-login", n: 7 },
      { name: "helped id-card-lost", n: 5 },
      { name: "missed tip-odd", n: 1 },
    ];
    assert.deepEqual(useful(counts), ["     7  rented-login"]);
    assert.deepEqual(useful([]), ["No tip has been called useful yet."]);
  });

  it("are shown in every language, with their sources", async () => {
    const text = await tipsContent.preview!(data, "rented-login");
    assert.match(
      text ?? "",
      /\[en\] When somebody wants to buy[\s\S]*CS-04[\s\S]*\[zh-CN\] 当有人来买信息[\s\S]*CS-04 快递员工/,
    );
  });
});
