/** Nobody who asks something harmless is told whom to call or to report it; nobody in danger is told that we do not know. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LANGUAGES } from "../../src/knowledge/content.ts";
import { createKnowledge, type Knowledge } from "../../src/knowledge/knowledge.ts";
import { asides } from "./asides.ts";

describe("knowledge: danger and reports among questions", function () {
  this.timeout(120_000); // our own content is learnt
  let knowledge: Knowledge;
  let cache: string;

  before(async () => {
    cache = mkdtempSync(join(tmpdir(), "quietline-asides-"));
    knowledge = await createKnowledge("data", cache);
  });
  after(() => rmSync(cache, { recursive: true, force: true }));

  for (const language of LANGUAGES) {
    const answers = (questions: string[]) => questions.map((text) => ({ text, ...knowledge.ask(text, language) }));
    const texts = (found: { text: string }[]) => found.map(({ text }) => text);

    it(`are not seen in harmless questions (${language})`, () => {
      const found = answers(asides[language].harmless);
      assert.deepEqual(texts(found.filter(({ danger }) => danger)), [], "danger");
      assert.deepEqual(texts(found.filter(({ report }) => report)), [], "report");
    });

    it(`danger is seen, and what helps is offered (${language})`, () => {
      const found = answers(asides[language].danger);
      assert.deepEqual(texts(found.filter(({ danger }) => !danger)), []);
      assert.deepEqual(texts(found.filter(({ entries }) => entries.length === 0)), []);
    });

    it(`a report is seen where one is told, or its entry offers it (${language})`, () => {
      const found = answers(asides[language].report);
      const offered = ({ report, kind, entries }: (typeof found)[number]) =>
        report || (kind === "answer" && entries[0]?.report);
      assert.deepEqual(texts(found.filter((each) => !offered(each))), []);
    });
  }
});
