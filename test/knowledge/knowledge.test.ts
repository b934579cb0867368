import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { stringify } from "yaml";
import { loadKnowledge } from "../../src/knowledge/content.ts";
import { createKnowledge, type Knowledge } from "../../src/knowledge/knowledge.ts";
import { files, folder } from "./folder.ts";

describe("knowledge", () => {
  const home = folder(files());
  let knowledge: Knowledge;
  before(async () => {
    knowledge = await createKnowledge(home.path, join(home.path, "cache"));
  });
  after(() => home.remove());

  it("answers a phrasing with its entry, in the language of the question", () => {
    const english = knowledge.ask("What about parcel label one three?", "zh-CN");
    assert.equal(english.kind, "answer");
    assert.equal(english.language, "en");
    assert.equal(english.entries[0]!.id, "parcel-label");
    assert.deepEqual(english.entries[0]!.related, [{ id: "bank-balance", title: "An answer about bank balance" }]);
    assert.equal(english.entries[0]!.contacts[0]!.number, "96110");
    const chinese = knowledge.ask("快递面单怎么办 one three", "en");
    assert.equal(chinese.language, "zh-CN");
    assert.equal(chinese.entries[0]!.title, "关于快递面单的回答");
    assert.deepEqual(chinese.entries[0]!.sources, [{ title: "一部法律", article: "57" }]);
    assert.deepEqual(english.entries[0]!.sources, [{ title: "A law", article: "57" }]);
  });

  it("does not know what it was never told, and says so", () => {
    assert.deepEqual(knowledge.ask("zzz qqq", "en"), { kind: "unknown", language: "en", entries: [], topics: [] });
    assert.equal(knowledge.ask("weather tomorrow", "en").kind, "unknown");
    assert.equal(knowledge.ask("", "zh-CN").language, "zh-CN");
  });

  it("says which language it has no entries in", () => {
    const { kind, foreign, language } = knowledge.ask("¿quién vendió mis datos y cómo lo denuncio?", "zh-CN");
    assert.deepEqual({ kind, foreign, language }, { kind: "unknown", foreign: "es", language: "zh-CN" });
  });

  it("notices danger and a report", () => {
    assert.equal(knowledge.ask("he threatens to kill me", "en").danger, true);
    assert.equal(knowledge.ask("我想自杀", "en").danger, true);
    assert.equal(knowledge.ask("my manager sells lists", "en").report, true);
    const plain = knowledge.ask("what about bank balance one two", "en");
    assert.equal(plain.danger, undefined);
    assert.equal(plain.report, undefined);
  });

  it("answers whatever is typed", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 300 }),
        fc.constantFrom("en", "zh-CN", "xx"),
        (text, locale) => {
          const { kind, entries } = knowledge.ask(text, locale);
          assert.ok(kind === "unknown" ? entries.length === 0 : entries.length > 0 && entries.length <= 3);
        },
      ),
    );
    assert.equal(knowledge.ask("x".repeat(10_000), "en").kind, "unknown");
  });

  it("shows topics, entries, related entries and contacts", () => {
    assert.deepEqual(knowledge.topics("zh-Hans")[0]!.entries[1], { id: "parcel-label", title: "关于快递面单的回答" });
    assert.equal(knowledge.entry("parcel-label", "en")!.asOf, "2026-01-02");
    assert.equal(knowledge.entry("nobody", "en"), undefined);
    assert.deepEqual(knowledge.related("nobody", "en"), []);
    assert.deepEqual(
      knowledge.contacts("CN", "en").map(({ key }) => key),
      ["cn-emergency", "cn-anti-fraud"],
    );
  });

  it("keeps what it learnt, uses it again, and learns again when the file is cut short", async () => {
    const file = join(home.path, "cache/knowledge-en.model");
    const kept = readFileSync(file);
    const asked = knowledge.ask("bank balance", "en");
    assert.deepEqual((await createKnowledge(home.path, join(home.path, "cache"))).ask("bank balance", "en"), asked);
    writeFileSync(file, kept.subarray(0, 100));
    assert.deepEqual((await createKnowledge(home.path, join(home.path, "cache"))).ask("bank balance", "en"), asked);
    assert.equal(readFileSync(file).length, kept.length);
  });

  it("reloads as a whole or not at all", async () => {
    const all = files();
    const path = join(home.path, "knowledge/leaked.yaml");
    all["knowledge/leaked.yaml"].entries[0]!.en.answer = "Mended.";
    all["knowledge/leaked.yaml"].entries[1]!.related = ["nobody"];
    writeFileSync(path, stringify(all["knowledge/leaked.yaml"]));
    await assert.rejects(knowledge.reload(), { code: "content-invalid" });
    assert.notEqual(knowledge.entry("bank-balance", "en")!.answer, "Mended.");
    all["knowledge/leaked.yaml"].entries[1]!.related = ["bank-balance"];
    writeFileSync(path, stringify(all["knowledge/leaked.yaml"]));
    all["knowledge/leaked.yaml"].entries[2]!.en.ask[0] = "my grandmother received strange letters";
    writeFileSync(path, stringify(all["knowledge/leaked.yaml"]));
    await knowledge.reload();
    assert.equal(knowledge.entry("bank-balance", "en")!.answer, "Mended.");
    assert.equal(knowledge.ask("my grandmother received strange letters", "en").entries[0]?.id, "newborn-photo");
  });
});

describe("knowledge: what we ship", () => {
  it("answers its own phrasings", async function () {
    this.timeout(60_000);
    const content = loadKnowledge("data");
    const knowledge = await createKnowledge(content);
    for (const language of ["en", "zh-CN"] as const) {
      const asked = content.entries.flatMap(({ id, [language]: { ask } }) => ask.map((text) => ({ id, text })));
      // every seventh is enough to see that the whole works
      const some = asked.filter((_, at) => at % 7 === 0);
      const right = some.filter(({ id, text }) =>
        knowledge.ask(text, language).entries.some((entry) => entry.id === id),
      );
      assert.ok(right.length >= 0.95 * some.length, `${right.length} of ${some.length} in ${language}`);
    }
  });
});
