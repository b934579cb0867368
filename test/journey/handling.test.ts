/** A reviewer handles a case with care: what is masked, what is shown and recorded, and what is warned of before sending. */
import assert from "node:assert/strict";
import type { Core } from "../../src/main.ts";
import { invited } from "../support/caller.ts";
import { type TestHome, testHome } from "../support/house.ts";
import { type Talker, talker } from "../support/talker.ts";

describe("handling a case", () => {
  let home: TestHome;
  let core: Core;
  let reviewer: Talker;
  const t = (key: string, values?: Record<string, string | number>): string => core.words.say("en", key, values);
  const recorded = async (): Promise<string[]> =>
    ((await core.storage.read("audit").orderBy("number")) as { action: string }[]).map((row) => row.action);

  before(async () => {
    home = testHome();
    core = await home.core();
    const reporter = await talker(core, "reporter", "zh-CN");
    const zh = (key: string): string => core.words.say("zh-CN", key);
    await reporter.press(zh("home:report"));
    await reporter.press(zh("report:facts.go-here"));
    await reporter.press(zh("taxonomy:kind.selling"));
    await reporter.say("客户电话13812345678和身份证11010519491231002X都被卖了，电话还是13812345678。");
    await reporter.press(zh("bot:continue"));
    await reporter.press(zh("report:to-preview"));
    await reporter.press(zh("report:preview.send"));
    await reporter.press(zh("report:reach.quiet"));
    await reporter.leave();
    const invite = await invited(core, "admin");
    reviewer = await talker(core, "reviewer");
    await reviewer.say(`/join ${invite}`);
    await reviewer.say("Heron");
    await reviewer.say("/queue");
    await reviewer.say("1");
    await reviewer.press(t("review:card.claim"));
    await reviewer.press(t("review:card.read"));
    await reviewer.press(t("review:conflict.clear"));
  });
  after(async () => {
    await core.close();
    home.remove();
  });

  it("personal data of others stands masked in what is read, each value under one number", () => {
    const shown = reviewer.shown();
    assert.ok(!shown.includes("13812345678") && !shown.includes("11010519491231002X"), shown);
    assert.equal(shown.match(/138••••78\[1\]/g)?.length, 2, shown);
    assert.match(shown, /11••••2X\[2\]/);
  });

  it("one value is shown for a reason, and the record has the reason and not the value", async () => {
    await reviewer.press(t("review:masks.button"));
    await reviewer.press("phone number");
    assert.ok(!(await recorded()).some((action) => action.startsWith("unmask")), "not before a reason is given");
    await reviewer.press(t("review:reason.warn-victim"));
    assert.match(reviewer.shown(), /13812345678/);
    assert.ok(!reviewer.shown().includes("11010519491231002X"));
    const actions = await recorded();
    assert.ok(actions.includes("unmask phone 1 warn-victim"), actions.join("\n"));
    assert.ok(!actions.join("\n").includes("138"));
    await reviewer.press(t("review:value.back"));
  });

  it("an answer that asks who the reporter is warns before it goes, and may be changed", async () => {
    await reviewer.press(t("review:card.reply"));
    await reviewer.say("Heron here. What is your name?");
    assert.ok(reviewer.shown().includes(t("review:leak.alias", { sample: "Heron" })), reviewer.shown());
    assert.ok(
      reviewer.shown().includes(t("review:leak.asks-identity", { sample: "What is your name" })),
      reviewer.shown(),
    );
    await reviewer.press(t("review:check.edit"));
  });

  it("a ready answer is picked in the reviewer's language and reads in the reporter's", async () => {
    await reviewer.say("谢谢。");
    await reviewer.press(t("review:check.edit"));
    await reviewer.press(t("review:canned.button"));
    await reviewer.press("Since when, how often?");
    assert.match(reviewer.shown(), /大概从什么时候开始/);
    assert.ok(!reviewer.shown().includes(t("review:leak.look")), "no warning for it");
    await reviewer.press(t("review:check.send"));
    assert.ok(reviewer.shown().includes(t("review:reply.sent")), reviewer.shown());
  });
});
