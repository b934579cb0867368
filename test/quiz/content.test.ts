/** The quiz items that come with Quietline, and what editors are told about theirs. */
import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readKnowledge } from "../../src/knowledge/content.ts";
import { type Item, kinds, type Language, languages, readQuizzes } from "../../src/quiz/content.ts";
import { sectors } from "../../src/quiz/sectors.ts";

describe("the quiz items", () => {
  const known = new Set(readKnowledge("data").content.entries.map((entry) => entry.id));
  const { content, faults } = readQuizzes("data", known);
  const chosen = content.items.filter((i) => i.kind === "single" || i.kind === "next" || i.kind === "spot");

  it("have no fault", () => {
    assert.deepEqual(
      faults.map((f) => `${f.file}:${f.line}: ${f.problem}`),
      [],
    );
  });

  const lengthsOf = (item: Item, language: Language) => item.options.map((o) => [...o[language].text].length);
  const share = (part: unknown[], whole: unknown[]) => part.length / whole.length;

  for (const language of languages) {
    it(`cannot be guessed by length (${language}): the right option is the longest or the shortest no oftener than chance would have it`, () => {
      const open = chosen.filter((item) => item.options.length > 2);
      const extreme = (sign: 1 | -1) =>
        open.filter((item) => {
          const lengths = lengthsOf(item, language).map((n) => sign * n);
          const right = item.options.findIndex((o) => o.right);
          return lengths.every((n, at) => at === right || n < lengths[right]!);
        });
      // one in three by chance; 125 items stray from that by 13 percent at most in 997 cases of 1,000
      for (const sign of [1, -1] as const) {
        const part = share(extreme(sign), open);
        assert.ok(part < 0.46, `${sign > 0 ? "longest" : "shortest"}: ${part}`);
      }
    });

    it(`cannot be guessed by length where several are right (${language})`, () => {
      const several = content.items.filter((item) => item.kind === "several");
      const mean = (all: number[]) => all.reduce((sum, n) => sum + n, 0) / all.length;
      const longer = several.filter((item) => {
        const lengths = lengthsOf(item, language);
        const of = (right: boolean) => mean(lengths.filter((_, at) => (item.options[at]!.right === true) === right));
        return of(true) > of(false);
      });
      const part = share(longer, several);
      assert.ok(part > 0.25 && part < 0.75, `right ones are longer in ${longer.length} of ${several.length}`);
    });
  }

  it("cannot be guessed by position: the right option stands in each place about as often", () => {
    for (const size of [2, 3]) {
      const items = content.items.filter(
        (i) => i.options.length === size && i.options.filter((o) => o.right).length === 1,
      );
      const at = Array.from({ length: size }, (_, n) => items.filter((item) => item.options[n]!.right));
      for (const [n, found] of at.entries()) {
        const part = share(found, items);
        assert.ok(
          part > 0.7 / size && part < 1.3 / size,
          `place ${n + 1} of ${size}: ${found.length} of ${items.length}`,
        );
      }
    }
  });

  it("are enough: for everybody and for each sector, of every kind and difficulty, each with a goal of its own", () => {
    assert.ok(content.items.length >= 150, String(content.items.length));
    const count = (of: (item: Item) => boolean) => content.items.filter(of).length;
    for (const sector of sectors) assert.ok(count((i) => i.sectors.includes(sector)) >= 10, sector);
    assert.ok(count((i) => i.sectors.includes("any")) >= 60);
    for (const kind of kinds) assert.ok(count((i) => i.kind === kind) >= 10, kind);
    for (const difficulty of [1, 2, 3, 4, 5])
      assert.ok(count((i) => i.difficulty === difficulty) >= 12, `${difficulty}`);
    for (const sector of sectors)
      assert.ok(
        new Set(content.items.filter((i) => i.sectors.includes(sector)).map((i) => i.difficulty)).size >= 4,
        sector,
      );
    for (const language of languages) {
      const goals = content.items.map((i) => i.goal[language]);
      assert.equal(new Set(goals).size, goals.length, `two items have the same goal (${language})`);
    }
  });

  it("rest on laws, cases and guidance that can be found again: a case has an address", () => {
    for (const { id, sources } of content.items)
      for (const { fact, url } of sources) if (fact.startsWith("CS-")) assert.ok(url, `${id}: ${fact} has no address`);
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
