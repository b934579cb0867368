/** The quiz items that come with Quietline, and what editors are told about theirs. */
import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readKnowledge } from "../../src/knowledge/content.ts";
import { languages, readQuizzes } from "../../src/quiz/content.ts";

describe("the quiz items", () => {
  const known = new Set(readKnowledge("data").content.entries.map((entry) => entry.id));
  const { content, faults } = readQuizzes("data", known);
  const chosen = content.items.filter((i) => i.kind === "single" || i.kind === "next" || i.kind === "spot");

  it("have no fault", () => {
    assert.deepEqual(
      faults.map((f) => `${f.file}:${f.line}: ${f.problem}`),
      [],
    );
    assert.ok(content.items.length >= 5);
  });

  it("cannot be guessed: the right option is not always the longest", () => {
    for (const language of languages) {
      const longest = chosen.filter((item) => {
        const lengths = item.options.map((o) => [...o[language].text].length);
        const right = lengths[item.options.findIndex((o) => o.right)]!;
        return lengths.every((n) => n <= right) && lengths.filter((n) => n === right).length === 1;
      });
      assert.ok(longest.length <= chosen.length * 0.6, `${language}: ${longest.length} of ${chosen.length}`);
    }
  });

  it("cannot be guessed: the right option stands in every position", () => {
    const at = new Map<number, number>();
    for (const item of chosen) {
      const position = item.options.findIndex((o) => o.right);
      at.set(position, (at.get(position) ?? 0) + 1);
    }
    for (const n of at.values()) assert.ok(n <= Math.ceil(chosen.length * 0.6), JSON.stringify([...at]));
    assert.ok(at.size >= 2);
  });
});

describe("an editor", () => {
  function folder(change: (text: string) => string): string {
    const room = mkdtempSync(join(tmpdir(), "quietline-quiz-"));
    mkdirSync(join(room, "quizzes"));
    cpSync("test/quiz/items/quizzes/first-steps.yaml", join(room, "quizzes/first-steps.yaml"));
    const file = join(room, "quizzes/first-steps.yaml");
    writeFileSync(file, change(readFileSync(file, "utf8")));
    return room;
  }
  const told = (change: (text: string) => string, known?: Set<string>) =>
    readQuizzes(folder(change), known, "2026-11-27").faults.map((f) => `${f.line}: ${f.problem}`);

  it("is told of a second right option, with its line", () => {
    const [fault] = told((t) =>
      t.replace("  - en:\n      text: Look, but", "  - right: true\n    en:\n      text: Look, but"),
    );
    assert.match(fault!, /^\d\d: favour-for-a-friend: 2 options are right$/);
  });
  it("is told of an id that is taken, a day to come, and an entry that is not there", () => {
    const faults = told(
      (t) => t.replace("id: signs-of-a-collector", "id: favour-for-a-friend").replace("2026-11-20", "2027-01-01"),
      new Set(["friend-asks-me-to-look-someone-up"]),
    ).join("\n");
    assert.match(faults, /id is taken/);
    assert.match(faults, /day has not come/);
    assert.match(faults, /there is no entry "sent-to-wrong-person"/);
  });
  it("is told of a missing language and of an order with a right option, and keeps the good items", () => {
    const room = folder((t) => t.replace("zh-CN:\n      text: 尝试撤回邮件", "zh:\n      text: 尝试撤回邮件"));
    const { content, faults } = readQuizzes(room);
    assert.ok(faults.some((f) => /zh-CN is missing/.test(f.problem)));
    assert.equal(content.items.length, 4);
  });
});
