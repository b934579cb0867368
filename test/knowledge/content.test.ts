import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkKnowledge, loadKnowledge } from "../../src/knowledge/content.ts";
import { files, folder } from "./folder.ts";

type Files = ReturnType<typeof files>;

describe("knowledge/content", () => {
  it("finds nothing wrong with a right folder, and reads it", () => {
    const { path, remove } = folder(files());
    try {
      assert.deepEqual(checkKnowledge(path), []);
      const { entries, topics, contacts } = loadKnowledge(path);
      assert.deepEqual(
        entries.map(({ id }) => id),
        ["bank-balance", "parcel-label", "newborn-photo"],
      );
      assert.equal(entries[0]!.sources[0]!.article, "57");
      assert.equal(entries[0]!.topic, "leaked");
      assert.equal(topics[0]!.title["zh-CN"], "我的信息泄露了");
      assert.equal(contacts[0]!.key, "cn-anti-fraud");
    } finally {
      remove();
    }
  });

  const broken: [what: string, problem: RegExp, line: string, damage: (files: Files) => void][] = [
    [
      "an id twice",
      /"bank-balance" is there already/,
      "id: bank-balance",
      (f) => {
        of(f, 1).id = "bank-balance";
        of(f, 0).related = ["newborn-photo"];
        of(f, 1).related = ["newborn-photo"];
      },
    ],
    [
      "a phrasing of another entry",
      /is asked already by bank-balance/,
      "What about BANK balance, one one?",
      (f) => {
        of(f, 1).en.ask[3] = "What about BANK balance, one one?";
      },
    ],
    ["too few phrasings", /ask has fewer than 20 phrasings/, "ask:", (f) => void of(f, 2)["zh-CN"].ask.pop()],
    [
      "a missing language",
      /newborn-photo: zh-CN is missing/,
      "newborn-photo",
      (f) => void delete (of(f, 2) as Partial<ReturnType<typeof of>>)["zh-CN"],
    ],
    [
      "the wrong language",
      /zh-CN\.answer is not written in Chinese/,
      "answer: Only English",
      (f) => {
        of(f, 0)["zh-CN"].answer = "Only English.";
      },
    ],
    [
      "a related entry that is not there",
      /is related to "nobody", which is not there/,
      "- nobody",
      (f) => {
        of(f, 0).related = ["nobody"];
      },
    ],
    [
      "an entry related to itself",
      /is related to itself/,
      "- bank-balance",
      (f) => {
        of(f, 0).related = ["bank-balance"];
      },
    ],
    [
      "a source without a Chinese name",
      /the source “Another law” has no name in Chinese/,
      "- fact: CN-31",
      (f) => {
        of(f, 0).sources[0]!.title = "Another law";
      },
    ],
    [
      "a contact that is not there",
      /names the contact "cn-nobody"/,
      "cn-nobody",
      (f) => {
        of(f, 0).contacts = ["cn-nobody"];
      },
    ],
    [
      "a day to come",
      /as_of lies in the future/,
      "as_of: 2999-01-01",
      (f) => {
        of(f, 0).as_of = "2999-01-01";
      },
    ],
    [
      "an answer too long",
      /en\.answer is longer than 300 characters/,
      "answer: ",
      (f) => {
        of(f, 0).en.answer = "a".repeat(301);
      },
    ],
    [
      "four steps",
      /en\.steps has more than three steps/,
      "steps:",
      (f) => {
        of(f, 0).en.steps = ["a", "b", "c", "d"];
      },
    ],
    [
      "no source",
      /sources names no source/,
      "sources",
      (f) => {
        of(f, 0).sources = [];
      },
    ],
    [
      "a phone number in a text",
      /en\.answer has the phone number 96110/,
      "answer: Call 96110",
      (f) => {
        of(f, 0).en.answer = "Call 96110 now.";
      },
    ],
    [
      "an emergency number in a text",
      /en\.steps\.0 has the phone number 110/,
      "- Call 110",
      (f) => {
        of(f, 0).en.steps = ["Call 110."];
      },
    ],
    [
      "a word that means nothing",
      /"answr" means nothing here/,
      "answr",
      (f) => {
        Object.assign(of(f, 0).en, { answr: "x" });
      },
    ],
    [
      "a topic that is not the file's name",
      /topic "leak" is not the file's name/,
      "topic: leak",
      (f) => {
        f["knowledge/leaked.yaml"].topic = "leak";
      },
    ],
    [
      "a phrasing that is not text",
      /not of the right kind/,
      "warning",
      (f) => {
        (of(f, 0).en.ask as unknown[])[2] = { warning: "x" };
      },
    ],
  ];
  for (const [what, problem, line, damage] of broken) {
    it(`names file, line and cure of ${what}`, () => {
      const all = files();
      damage(all);
      const { path, remove } = folder(all);
      try {
        const fault = checkKnowledge(path).find((each) => problem.test(each.problem));
        assert.ok(
          fault,
          checkKnowledge(path)
            .map((each) => each.problem)
            .join("\n") || "no fault",
        );
        assert.equal(fault.file, join(path, "knowledge/leaked.yaml"));
        assert.ok(fault.cure.length > 10);
        const at = readFileSync(fault.file, "utf8").split("\n")[fault.line - 1] ?? "";
        assert.ok(at.includes(line), `line ${fault.line} is "${at}"`);
        assert.throws(() => loadKnowledge(path), { code: "content-invalid" });
      } finally {
        remove();
      }
    });
  }

  it("lets an article have the number of a contact", () => {
    const all = files();
    of(all, 0).en.answer = "See Article 110, and 110 items.";
    of(all, 0)["zh-CN"].answer = "见刑诉法第110条。";
    const { path, remove } = folder(all);
    try {
      assert.deepEqual(checkKnowledge(path), []);
    } finally {
      remove();
    }
  });

  it("tells a number that nobody checked, and lets an unchecked emergency number stand", () => {
    const all = files();
    all["contacts.yaml"]["cn-anti-fraud"].checked = "K";
    all["contacts.yaml"]["cn-emergency"].checked = "K";
    const { path, remove } = folder(all);
    try {
      assert.deepEqual(
        checkKnowledge(path).map(({ problem }) => problem),
        ["cn-anti-fraud: gives a number that nobody has checked"],
      );
    } finally {
      remove();
    }
  });

  it("tells what is no YAML and what is not there, and goes on to the other files", () => {
    const all: Record<string, unknown> = { ...files(), "knowledge/work.yaml": "topic: [work\nentries: {" };
    delete all["contacts.yaml"];
    const { path, remove } = folder(all);
    try {
      const problems = checkKnowledge(path).map(({ file, problem }) => `${file.slice(path.length + 1)} ${problem}`);
      assert.ok(
        problems.some((problem) => problem === "contacts.yaml cannot be read (ENOENT)"),
        problems.join("\n"),
      );
      assert.ok(problems.some((problem) => problem.startsWith("knowledge/work.yaml ")));
      assert.ok(problems.some((problem) => /leaked\.yaml bank-balance: names the contact/.test(problem)));
    } finally {
      remove();
    }
  });

  it("finds nothing wrong with what we ship", () => {
    const faults = checkKnowledge("data").map(({ file, line, problem }) => `${file}:${line}: ${problem}`);
    assert.equal(faults.join("\n"), "");
  });
});

function of(all: Files, index: number) {
  return all["knowledge/leaked.yaml"].entries[index]!;
}
