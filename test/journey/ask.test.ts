/** Questions: a good answer, a choice, an honest "I don't know", a rescue from a report typed as a question; and nothing kept. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Core } from "../../src/main.ts";
import { type TestHome, testHome } from "../support/house.ts";
import { type Talker, talker } from "../support/talker.ts";

describe("a privacy question", function () {
  this.timeout(120_000); // the answers are learned at the first question
  let home: TestHome;
  let core: Core;
  let person: Talker;
  let chinese: Talker;

  before(async () => {
    home = testHome();
    core = await home.core();
    person = await talker(core, "asks");
    chinese = await talker(core, "asks in Chinese", "zh-CN");
  });
  after(async () => {
    await core.close();
    home.remove();
  });

  it("typed on the first screen is answered, with what to do first and where it comes from", async () => {
    const shown = await person.say("someone called me and knew my bank balance, what now?");
    assert.match(shown, /A caller knew my balance/);
    assert.match(shown, /1\. /);
    assert.match(shown, /As of 20\d\d/);
    assert.match(shown, /Where this comes from\n {2}• .+, article /);
    assert.match(await person.press("This helped"), /Only the count is kept/);
    assert.deepEqual(await core.storage.read("tallies").select("name", "n"), [
      { name: "helped caller-knew-my-balance", n: 1 },
    ]);
  });

  it("is answered in the language it is asked in", async () => {
    assert.match(await chinese.say("有人打电话知道我的银行余额怎么办"), /来电的人知道我的余额/);
  });

  it("that goes on from the last one is understood together with it", async () => {
    await person.say("how do I get a company to delete my data");
    assert.match(await person.say("what if they refuse?"), /They refuse or ignore my request/);
    await chinese.say("怎么让公司删除我的信息");
    assert.match(await chinese.say("他们不理怎么办呢"), /公司拒绝或者不理我的请求/);
  });

  it("of one word that two languages have is answered in the person's own", async () => {
    assert.match(await person.say("leak"), /[a-z]{4}/);
    assert.ok(!/\p{Script=Han}/u.test(person.shown()));
  });

  it("that nothing answers gets an honest word, and the topics", async () => {
    const shown = await person.say("which pizza is best in this town tonight");
    assert.match(shown, /I don’t know that one/);
    assert.match(await person.press("All topics"), /Everything there is an answer to/);
  });

  it("that is really a report is offered the report", async () => {
    const shown = await person.say("my colleague sells our customers' phone numbers to a loan company");
    assert.match(shown, /sounds like something to report/);
  });

  it("leaves nothing behind but counts", async () => {
    await core.close();
    const needles = ["bank balance", "银行余额", "which pizza", "loan company"];
    for (const entry of readdirSync(home.home, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const bytes = readFileSync(join(entry.parentPath, entry.name));
      for (const needle of needles) assert.ok(!bytes.includes(needle), `“${needle}” lies in ${entry.name}`);
    }
    core = await home.core();
  });
});
