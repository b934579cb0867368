/** Content that changes while people ask: the whole of it is used, or what was known before. */
import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { loadKnowledge } from "../../src/knowledge/content.ts";
import { createKnowledge, type Knowledge } from "../../src/knowledge/knowledge.ts";
import { pulls } from "../../src/knowledge/tryout.ts";
import { watchContent } from "../../src/watch.ts";
import { files, folder } from "./folder.ts";

describe("content that is edited while the house runs", function () {
  this.timeout(30_000);
  let room: ReturnType<typeof folder>;
  let knowledge: Knowledge;
  let told: EventEmitter;
  let unwatch: () => void;
  const noted = async () => (await once(told, "note")) as [string, Record<string, unknown>?];

  beforeEach(async () => {
    room = folder(files());
    knowledge = await createKnowledge(room.path);
    told = new EventEmitter();
    unwatch = watchContent(
      [{ folder: join(room.path, "knowledge"), reload: knowledge.reload }],
      (...what) => told.emit("note", ...what),
      5,
    );
  });
  afterEach(() => {
    unwatch();
    room.remove();
  });

  it("is used when it has come to rest", async () => {
    const all = files();
    all["knowledge/leaked.yaml"].entries[0]!.en.title = "Another title";
    const next = noted();
    writeFileSync(join(room.path, "knowledge/leaked.yaml"), stringify(all["knowledge/leaked.yaml"]));
    assert.deepEqual(await next, ["content-reloaded"]);
    assert.equal(knowledge.entry("bank-balance", "en")?.title, "Another title");
  });

  it("is left alone when anything in it is wrong, and the operator is told where, never what", async () => {
    const spoilt: [RegExp, string][] = [
      [/id: parcel-label/, "id: bank-balance"],
      [/zh-CN:\n {6}title/, "zh-TW:\n      title"],
      [/- bank-balance/, "- not-there"],
      [/as_of: 2026-01-02/, "as_of: 2999-01-01"],
      [/entries:/, "entries: ["],
    ];
    for (const [what, instead] of spoilt) {
      const all = files();
      all["knowledge/leaked.yaml"].entries[0]!.en.title = "A title that must not show";
      const next = noted();
      const text = stringify(all["knowledge/leaked.yaml"]);
      assert.match(text, what);
      writeFileSync(join(room.path, "knowledge/leaked.yaml"), text.replace(what, instead));
      const [code, where] = await next;
      assert.equal(code, "content-invalid");
      assert.deepEqual(Object.keys(where ?? {}), ["file", "line"]);
      assert.equal(where?.file, "leaked.yaml");
      assert.equal(knowledge.entry("bank-balance", "en")?.title, "An answer about bank balance");
    }
  });
});

describe("trying content out", function () {
  this.timeout(30_000);
  it("asks each phrasing of an engine that has not seen it", async () => {
    const room = folder(files());
    const { tried, wrong } = await pulls(loadKnowledge(room.path), "en");
    room.remove();
    assert.equal(tried, 60);
    assert.ok(wrong.length < 30, JSON.stringify(wrong.slice(0, 5)));
  });
});
