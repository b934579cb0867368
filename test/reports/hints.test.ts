import assert from "node:assert/strict";
import fc from "fast-check";
import { findHints } from "../../src/reports/hints.ts";

const hints = (text: string) => Object.fromEntries(findHints(text).map((f) => [f.hint, f.samples]));

describe("gentle warnings before a report is sent", () => {
  it("see where a text points at its writer", () => {
    assert.deepEqual(hints("Hello, my name is Ann Lee. I saw it.")["self-name"], ["my name is Ann Lee"]);
    assert.ok(hints("我叫张三，我在柜台。")["self-name"]);
    assert.ok(hints("I'm the only one who has the key.")["only-one"]);
    assert.ok(hints("只有我知道这件事。")["only-one"]);
    assert.deepEqual(hints("It was at 14:32, in the yard.")["exact-time"], ["14:32"]);
    assert.ok(hints("下午3点20分他来了")["exact-time"]);
  });

  it("see other people's numbers and addresses", () => {
    assert.deepEqual(hints("Write to li.wei@example.com.cn please").email, ["li.wei@example.com.cn"]);
    assert.deepEqual(hints("他的电话是13812345678。").phone, ["13812345678"]);
    assert.ok(hints("Call +44 20 7946 0958 tonight").phone);
    assert.ok(hints("身份证 11010519491231002X")["identity-number"]);
    assert.ok(hints("card 4111 1111 1111 1111")["bank-card"]);
    assert.ok(hints("DE89 3704 0044 0532 0130 00")["bank-card"]);
  });

  it("leave ordinary stories alone", () => {
    for (const text of [
      "A clerk at the branch sells lists of subscribers for 60 to 90 yuan each since spring.",
      "客服把订单信息卖给了别人，每条大约六毛钱，去年开始。",
      "They had list no. 7 of 12.",
    ]) {
      assert.deepEqual(findHints(text), [], text);
    }
  });

  it("show at most three short samples, each once", () => {
    const found = hints(Array.from({ length: 9 }, (_, i) => `a${i % 5}@example.org`).join(" "));
    assert.deepEqual(found.email, ["a0@example.org", "a1@example.org", "a2@example.org"]);
    for (const { samples } of findHints(`my name is ${"x".repeat(500)}`))
      for (const s of samples) assert.ok(s.length <= 60);
  });

  it("never hold up the house, whatever a text of 100,000 characters is made of", function () {
    this.timeout(60_000);
    const motifs = [
      "长",
      "a",
      "1",
      "1 ",
      "a@",
      "a.",
      "a@b.",
      "12:30 ",
      "13812345678 ",
      "I'm the only ",
      "my name is ",
      " ",
      "\n",
      "(",
      "+",
      "A1",
      "A1 ",
      "6222021001122334455 ",
      "只有我",
      "@",
      "1-",
      "DE8 ",
    ];
    for (const motif of motifs) findHints(motif.repeat(Math.ceil(100_000 / motif.length)));
    fc.assert(fc.property(fc.string({ unit: "grapheme", maxLength: 2000 }), (text) => void findHints(text)));
  });
});
