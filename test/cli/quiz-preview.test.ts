/** An editor sees an item as each network will draw it. */
import assert from "node:assert/strict";
import { previewItem } from "../../src/cli/quiz-preview.ts";
import { loadWords, type Words } from "../../src/i18n/words.ts";
import { languages, readQuizzes } from "../../src/quiz/content.ts";
import { quizFolder } from "../support/learner.ts";

describe("content preview of a quiz item", () => {
  const { items } = readQuizzes(quizFolder).content;
  let words: Words;
  before(async () => {
    words = await loadWords("locales");
  });
  const parts = async (kind: string, language: "en" | "zh-CN"): Promise<Record<string, string>> => {
    const item = items.find((i) => i.kind === kind) ?? assert.fail(kind);
    const text = await previewItem(item, language, words);
    const [, ...pairs] = text.split(/^── (.+?) ─+$/m);
    return Object.fromEntries(pairs.flatMap((title, n) => (n % 2 ? [] : [[title, pairs[n + 1]!.trim()]])));
  };

  for (const language of languages)
    it(`draws question and options on every network, and each reason (${language})`, async () => {
      for (const item of items) {
        const drawn = await parts(item.kind, language);
        const first = items.find((i) => i.kind === item.kind)!;
        assert.deepEqual(Object.keys(drawn).slice(0, 5), [
          "Telegram",
          "Telegram, its own quiz",
          "Discord",
          "Web page",
          "Terminal",
        ]);
        for (const name of ["Telegram", "Discord", "Web page", "Terminal"]) {
          const flat = drawn[name]!.replaceAll(/\s+/g, " ");
          for (const text of [first[language].ask, ...first.options.map((o) => o[language].text)])
            assert.ok(
              flat.includes(text.replaceAll(/\s+/g, " ")),
              `${first.id} on ${name}: “${text}” in\n${drawn[name]}`,
            );
        }
        for (const option of first.options) assert.ok(Object.values(drawn)[5]!.includes(option[language].why));
      }
    });

  it("says what fits Telegram's own quiz and what does not", async () => {
    assert.match((await parts("true-false", "en"))["Telegram, its own quiz"]!, /○ True\n○ False|○ False\n○ True/);
    assert.match((await parts("order", "en"))["Telegram, its own quiz"]!, /does not fit/);
  });

  it("marks on the web what is a tick, what is a button", async () => {
    assert.match((await parts("several", "en"))["Web page"]!, /^\[ \] [A-E] {2}/m);
    assert.match((await parts("true-false", "en"))["Web page"]!, /^\[ [AB] {2}True \]/m);
  });
});
