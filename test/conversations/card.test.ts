/** What a card says of where its case stands. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import type { Context } from "../../src/bot/conversation.ts";
import { state } from "../../src/conversations/card.ts";
import type { Card } from "../../src/desk.ts";
import { loadWords } from "../../src/i18n/words.ts";
import { root } from "../../src/main.ts";

describe("a card", () => {
  it("names who closed a case, or nobody where nobody has it any more", async () => {
    const words = await loadWords(`${root}locales`);
    const says = (locale: string, owner: string | null) => {
      const ctx = { t: (key: string, values: object) => words.say(locale, key, { ...values }), day: String };
      const card = { status: "closed", owner, helpers: [], actions: [], day: 1 } as unknown as Card;
      return state(card, ctx as unknown as Context).split("\n")[0];
    };
    assert.deepEqual([says("en", "Owl"), says("en", null)], ["Closed by Owl.", "Closed."]);
    assert.deepEqual([says("zh-CN", "Owl"), says("zh-CN", null)], ["由 Owl 办结。", "已办结。"]);
  });

  it("has one word for an alias, as every screen in Chinese", () => {
    for (const name of readdirSync("locales/zh-CN"))
      assert.ok(!readFileSync(`locales/zh-CN/${name}`, "utf8").includes("化名"), name);
  });
});
