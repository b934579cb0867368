import assert from "node:assert/strict";
import { findLeaks, type LeakKind } from "../../src/reports/leaks.ts";

const kinds = (text: string, aliases: string[] = []): LeakKind[] => findLeaks(text, aliases).map((l) => l.kind);

describe("leaks in an answer", () => {
  for (const [text, expected] of [
    ["Thank you. Since when, roughly? Skip it if the answer could point at you.", []],
    ["谢谢。大概从什么时候开始？如果会暴露你，可以不回答。", []],
    ["What's your name and which branch are you in?", ["asks-identity", "asks-identity"]],
    ["您的工号是多少？您在哪个部门？", ["asks-identity", "asks-identity"]],
    ["Could you export more records for us?", ["asks-look-up"]],
    ["麻烦再查询一些客户资料", ["asks-look-up"]],
    ["Call me on 138 1234 5678", ["other-channel", "contact"]],
    ["加我微信聊", ["other-channel"]],
    ["This is 100 % safe, nobody will ever know", ["promise", "promise"]],
    ["绝对安全，请放心", ["promise"]],
  ] as [string, LeakKind[]][])
    it(`${expected.join(" and ") || "nothing"}: ${text}`, () => assert.deepEqual(kinds(text), expected));

  it("an alias, but not inside a longer word", () => {
    assert.deepEqual(kinds("Heron will look into it", ["Heron"]), ["alias"]);
    assert.deepEqual(kinds("Not heronry: Heron will", ["Heron"]), ["alias"]);
    assert.deepEqual(kinds("ＨＥＲＯＮ 会处理", ["Heron"]), ["alias"]);
    assert.deepEqual(kinds("A sparrowhawk heronry", ["Heron", "ow"]), []);
    assert.deepEqual(kinds("白鹭会处理", ["白鹭 队"]), []);
  });
});
