/** A question without an answer reaches the editors only if its writer agrees: masked, sealed, and for 30 days. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { stub } from "../../src/cli/content-editors.ts";
import type { Core } from "../../src/main.ts";
import { type TestHome, testHome } from "../support/house.ts";
import { type Talker, talker } from "../support/talker.ts";

describe("a question for the editors", function () {
  this.timeout(120_000); // the answers are learned at the first question
  let home: TestHome;
  let core: Core;
  let person: Talker;
  let now = Date.UTC(2030, 4, 14, 10);

  before(async () => {
    home = testHome();
    core = await home.core(() => now);
    person = await talker(core, "planted-asker");
  });
  after(async () => {
    await core.close();
    home.remove();
  });

  it("is not kept, but counted, while nobody agreed", async () => {
    await person.say("which pizza is best in this town tonight");
    assert.deepEqual(await core.questions.list(), []);
    assert.match((await core.tallies.list())[0]?.name ?? "", /^unknown /);
  });

  it("is kept when its writer sends it, with personal data masked, also in the echo", async () => {
    assert.match(await person.press("Let editors read my question"), /without names[\s\S]*30 days/);
    const shown = await person.say("is +86 138 1234 5678 or mia@example.org a pizza place that leaks my data");
    assert.match(shown, /kept for 30 days like this: “is .*••••/);
    assert.ok(!/1234 5678|mia@example/.test(shown), shown);
    const [kept, ...more] = await core.questions.list();
    assert.equal(more.length, 0);
    assert.match(kept?.text ?? "", /a pizza place that leaks my data$/);
    assert.ok(!/1234 5678|mia@example/.test(kept?.text ?? ""));
  });

  it("holds nothing but an id, a day and a topic in clear, and nothing of its writer", async () => {
    const [row] = await core.storage.read("questions").select("*");
    assert.deepEqual(Object.keys(row as object).sort(), ["body", "day", "id", "topic"]);
    await core.storage.shuffle();
    for (const entry of readdirSync(home.home, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const bytes = readFileSync(join(entry.parentPath, entry.name));
      for (const needle of ["pizza place", "1234 5678", "planted-asker"])
        assert.ok(!bytes.includes(needle) || entry.name.endsWith(".model"), `“${needle}” lies in ${entry.name}`);
    }
  });

  it("becomes the beginning of an entry", async () => {
    const [kept] = await core.questions.list();
    const [entry] = parse(stub(kept!, "2030-05-14")) as { as_of: string; en: { ask: string[] }; "zh-CN": object }[];
    assert.match(entry?.en.ask[0] ?? "", /pizza place/);
    assert.equal(entry?.as_of, "2030-05-14");
  });

  it("is gone after 30 days", async () => {
    now += 29 * 86_400_000;
    await core.sweep();
    assert.equal((await core.questions.list()).length, 1);
    now += 86_400_000;
    await core.sweep();
    assert.equal((await core.questions.list()).length, 0);
  });
});
