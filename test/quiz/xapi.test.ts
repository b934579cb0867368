/**
 * What goes to a learning system: statements as xAPI 1.0.3 wants them, judged by the validator of a learning record store
 * that is conformance-tested. The same judge takes the specification's own examples and refuses each with a rule broken;
 * every field of ours is a field of theirs. Nobody is in any of them.
 */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readQuizzes } from "../../src/quiz/content.ts";
import { createQuiz } from "../../src/quiz/quiz.ts";
import type { Count, QuizStore } from "../../src/quiz/store.ts";
import { definitionOf, type Statement, statementsOf } from "../../src/quiz/xapi.ts";
import { broken, completion, examples, group, interactions } from "./xapi-examples.ts";

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
const problems = (statement: unknown) =>
  validate(JSON.parse(JSON.stringify(statement))).map((warning) => warning.path.join("."));

/** Where each value lies and of what type it is; languages, keys of extensions and places in a list are all alike. */
function fields(value: unknown, path = ""): string[] {
  if (typeof value !== "object" || value === null) return [`${path}: ${typeof value}`];
  if (path.endsWith("extensions")) return [`${path}: any`];
  return Object.entries(value).flatMap(([key, inner]) => {
    const step = Array.isArray(value) ? "[]" : /^[a-z]{2}(-[A-Z]{2})?$/.test(key) ? "<language>" : key;
    return fields(inner, `${path}.${step}`);
  });
}

describe("statements for a learning system", () => {
  let all: Statement[];
  before(async () => {
    all = await statementsOf(quizOf({ north: 8, 南京支行: 5, tiny: 4 }), "https://tips.example.org/", 22_000);
  });

  for (const [where, example] of Object.entries(examples))
    it(`the judge takes the specification's own example: ${where}`, () => assert.deepEqual(problems(example), []));
  for (const [rule, statement] of Object.entries(broken))
    it(`the judge refuses one with a rule broken: ${rule}`, () => assert.notDeepEqual(problems(statement), []));

  it("are taken by the same judge, each of them, for every item there is", () => {
    assert.equal(all.length, 2 * (1 + content.items.length));
    for (const statement of all) assert.deepEqual(problems(statement), [], statement.id);
  });

  it("have no field that the specification's examples have not, and each of the same type", () => {
    const score = { scaled: 0.75, raw: 6, min: 0, max: 8 }; // no example has all four: the table of 2.4.5.1 has
    const theirs = [...Object.values(examples), { ...completion, result: { score } }];
    const known = new Set(theirs.flatMap((statement) => fields(statement)));
    for (const statement of all)
      assert.deepEqual(
        fields(statement).filter((field) => !known.has(field)),
        [],
        statement.id,
      );
  });

  it("say of a course how far a group is, and of an item how well it did, as numbers that agree", () => {
    const [course, item] = all as [Statement, Statement];
    // 2.4.5.1: a score is not for progress; completion and extensions are
    assert.deepEqual(course.result, {
      completion: false,
      extensions: {
        "https://tips.example.org/xapi/people": 8,
        "https://tips.example.org/xapi/completed-percent": 38,
      },
    });
    // 2.4.5.1: min <= raw <= max, min < max; the group's answers have no time of their own, so no duration is invented
    assert.deepEqual(item.result, { score: { scaled: 0.75, raw: 6, min: 0, max: 8 } });
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
    // an anonymous group has to list its members (2.4.2.2): the identified one is the form that needs nobody
    const { member: _member, ...nobody } = group;
    for (const { actor, context } of all) {
      assert.deepEqual(Object.keys(actor).sort(), Object.keys(nobody).sort());
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
    const seen = new Set<string>();
    for (const item of content.items) {
      const definition = definitionOf(item) as Record<string, unknown> & { choices?: { id: string }[] };
      const kind = String(definition.interactionType) as keyof typeof interactions;
      const form = interactions[kind] ?? assert.fail(`${item.id}: ${kind}`);
      seen.add(kind);
      assert.deepEqual(Object.keys(definition).sort(), [...Object.keys(form), "name"].sort(), item.id);
      assert.equal(definition.type, form.type);
      const [pattern] = definition.correctResponsesPattern as [string];
      if (!definition.choices) {
        assert.match(pattern, /^(true|false)$/, item.id);
        continue;
      }
      const ids = definition.choices.map((choice) => choice.id);
      // what the judge does not see: ids are distinct and have no space, and the pattern is made of them (2.4.4.1)
      assert.equal(new Set(ids).size, ids.length);
      assert.ok(ids.every((id) => /^\S+$/.test(id)));
      for (const id of pattern.split("[,]")) assert.ok(ids.includes(id), `${item.id}: ${id}`);
      if (kind === "sequencing") assert.equal(pattern.split("[,]").length, ids.length, item.id);
    }
    assert.deepEqual([...seen].sort(), Object.keys(interactions).sort());
  });
});
