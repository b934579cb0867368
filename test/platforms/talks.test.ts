import assert from "node:assert/strict";
import { createTalks } from "../../src/platforms/telegram/talks.ts";

describe("what Telegram's side remembers of private chats", () => {
  it("stays small in a campaign to many, and a person who wrote is not forgotten for its sake", () => {
    const talks = createTalks(() => 1_790_000_000_000);
    talks.wrote("writer", 1);
    talks.sent("writer", 2);
    for (let i = 0; i < 30_000; i++) talks.sent(`person ${i}`, 10 + i);
    assert.deepEqual(talks.take("person 0"), [], "the first of them is forgotten");
    assert.deepEqual(talks.take("person 29999"), ["m30009"]);
    assert.deepEqual(talks.take("writer"), ["m1", "m2"]);
  });

  it("is kept for two days at most, whoever it is with", () => {
    let now = 1_790_000_000_000;
    const talks = createTalks(() => now);
    talks.wrote("writer", 1);
    talks.sent("reader", 2);
    now += 48 * 60 * 60 * 1000 + 1;
    talks.sweep();
    assert.deepEqual([talks.take("writer"), talks.take("reader")], [[], []]);
  });

  it("is kept where somebody presses under what only we had sent", () => {
    const talks = createTalks(() => 1_790_000_000_000);
    talks.sent("reader", 5);
    talks.wrote("reader", 6);
    assert.equal(talks.isLast("reader", 5), false);
    assert.deepEqual(talks.take("reader"), ["m5", "m6"]);
    talks.forget("reader");
    assert.equal(talks.isLast("reader", 5), true);
  });
});
