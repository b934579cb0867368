/**
 * What goes to a learning system: statements as xAPI 1.0.3 wants them, judged by the validator of a learning record store
 * that is conformance-tested, and held against the forms of the specification's appendices. Nobody is in any of them.
 */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readQuizzes } from "../../src/quiz/content.ts";
import { createQuiz } from "../../src/quiz/quiz.ts";
import type { Count, QuizStore } from "../../src/quiz/store.ts";
import { definitionOf, type Statement, statementsOf } from "../../src/quiz/xapi.ts";

const { default: validate } = createRequire(import.meta.url)("@learninglocker/xapi-validation") as {
  default(statement: unknown): { path: string[] }[];
};
const { content } = readQuizzes("data");
const title = { en: "Spring, safely", "zh-CN": "春季课程" };
const course = { id: "spring", title, themes: [], sectors: [], languages: ["en"], deadline: 30_000, pass: 80 };

/** A quiz of all items, that teams of these sizes have answered. */
function quizOf(teams: Record<string, number>) {
  const counts = (scope = ""): Count[] =>
    content.items.flatMap(({ id }) => [
      { scope, item: id, what: "first", n: 8 },
      { scope, item: id, what: "first-right", n: 6 },
    ]);
  const store: Partial<QuizStore> = {
    courses: async () => [course],
    teams: async () =>
      Object.entries(teams).map(([team, members]) => ({ course: "spring", team, members, done: Math.min(3, members) })),
    counts: async (scope) =>
      scope === undefined ? Object.keys(teams).flatMap((t) => counts(`spring ${t}`)) : counts(scope),
  };
  return createQuiz({ store: store as QuizStore, load: async () => content, size: 3 });
}
const problems = (statement: unknown) => validate(statement).map((warning) => warning.path.join("."));

describe("statements for a learning system", () => {
  let all: Statement[];
  before(async () => {
    all = await statementsOf(quizOf({ north: 8, 南京支行: 5, tiny: 4 }), "https://tips.example.org/", 22_000);
  });

  it("are valid, each of them, for every item there is", () => {
    assert.equal(all.length, 2 * (1 + content.items.length));
    for (const statement of all) assert.deepEqual(problems(JSON.parse(JSON.stringify(statement))), [], statement.id);
  });

  it("would not be if anything of them were wrong", () => {
    const [good] = all as [Statement];
    const { verb: _verb, ...speechless } = good;
    assert.notDeepEqual(problems(speechless), []);
    assert.notDeepEqual(problems({ ...good, id: "1" }), []);
    assert.notDeepEqual(problems({ ...good, actor: { objectType: "Group", name: "north" } }), []);
    assert.notDeepEqual(problems({ ...good, result: { score: { scaled: 1.2 } } }), []);
    assert.notDeepEqual(problems({ ...good, timestamp: "yesterday" }), []);
    assert.notDeepEqual(problems({ ...good, object: { ...good.object, definition: { name: { English: 1 } } } }), []);
  });

  it("have the same ids on the same day and no two alike, so that a second export changes nothing", async () => {
    const again = await statementsOf(quizOf({ north: 8, 南京支行: 5, tiny: 4 }), "https://tips.example.org", 22_000);
    assert.deepEqual(
      again.map((s) => s.id),
      all.map((s) => s.id),
    );
    assert.equal(new Set(all.map((s) => s.id)).size, all.length);
  });

  it("name no person: each is about an identified group without members, and none about fewer than five", () => {
    for (const { actor, context } of all) {
      assert.deepEqual(Object.keys(actor).sort(), ["account", "name", "objectType"]); // appendix B, without “member”
      assert.equal(actor.objectType, "Group");
      assert.deepEqual(
        Object.keys(context ?? {}).filter((key) => key !== "contextActivities"),
        [],
      );
    }
    const text = JSON.stringify(all);
    assert.doesNotMatch(text, /"(mbox|mbox_sha1sum|openid|member|instructor|Agent)"/);
    assert.ok(!text.includes("tiny"));
  });

  it("describe items in the forms of appendix C: true-false, choice, sequencing", () => {
    const forms: Record<string, { keys: string[]; pattern: RegExp }> = {
      "true-false": { keys: [], pattern: /^(true|false)$/ },
      choice: { keys: ["choices"], pattern: /^o\d(\[,\]o\d)*$/ },
      sequencing: { keys: ["choices"], pattern: /^o\d(\[,\]o\d)+$/ },
    };
    const seen = new Set<string>();
    for (const item of content.items) {
      const definition = definitionOf(item) as Record<string, unknown> & { choices?: { id: string }[] };
      const kind = String(definition.interactionType);
      const form = forms[kind] ?? assert.fail(`${item.id}: ${kind}`);
      seen.add(kind);
      const common = ["correctResponsesPattern", "description", "interactionType", "name", "type"];
      assert.deepEqual(Object.keys(definition).sort(), [...form.keys, ...common].sort(), item.id);
      assert.equal(definition.type, "http://adlnet.gov/expapi/activities/cmi.interaction");
      const [pattern] = definition.correctResponsesPattern as [string];
      assert.match(pattern, form.pattern, item.id);
      if (!definition.choices) continue;
      const ids = definition.choices.map((choice) => choice.id);
      assert.equal(new Set(ids).size, ids.length);
      for (const id of pattern.split("[,]")) assert.ok(ids.includes(id), `${item.id}: ${id}`);
      if (kind === "sequencing") assert.equal(pattern.split("[,]").length, ids.length, item.id);
    }
    assert.deepEqual([...seen].sort(), Object.keys(forms).sort());
  });
});
