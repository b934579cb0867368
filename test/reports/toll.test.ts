import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import fc from "fast-check";
import { askToll, moment, numbersOf, paysToll, workBits } from "../../src/reports/toll.ts";

describe("the toll of a flood", () => {
  const key = randomBytes(32);
  const now = Date.UTC(2030, 4, 14);
  const later = now + moment.from * 1000;
  const answer = (toll: string) => numbersOf(toll).reduce((a, b) => a + b);

  it("is paid by the sum, however its digits are typed, after a moment and for two hours", () => {
    const toll = askToll(key, now);
    assert.equal(paysToll(key, toll, String(answer(toll)), later), "sum");
    assert.equal(
      paysToll(
        key,
        toll,
        ` ${[...String(answer(toll))].map((d) => String.fromCodePoint(0xff10 + Number(d))).join("")}。`,
        later,
      ),
      "sum",
    );
    assert.equal(paysToll(key, toll, String(answer(toll)), later - 1000), "early");
    assert.equal(paysToll(key, toll, String(answer(toll)), now + (moment.to + 1) * 1000), "old");
    assert.equal(paysToll(key, toll, String(answer(toll) + 1), later), "wrong");
  });

  it("is paid by nothing else: another house's, a changed or an invented question is over", () => {
    const toll = askToll(key, now);
    assert.equal(paysToll(randomBytes(32), toll, String(answer(toll)), later), "old");
    fc.assert(
      fc.property(fc.string(), fc.string(), (forged, typed) => {
        assert.notEqual(paysToll(key, forged, typed, later), "sum");
      }),
    );
    const [at, ...rest] = toll.split(".");
    assert.equal(paysToll(key, [Number(at) - 100, ...rest].join("."), String(answer(toll)), now), "old");
  });

  it("is paid by work as well, at once; work that is too easy, of another question or too old pays nothing", () => {
    const [toll, other] = [askToll(key, now), askToll(key, now + 1000)];
    const zeros = (text: string) => Math.clz32(createHash("sha256").update(text).digest().readUInt32BE());
    const found = (bits: (n: number) => boolean) => {
      for (let n = 0; ; n++) if (bits(zeros(`${toll}#${n}`))) return `#${n}`;
    };
    const work = found((n) => n >= workBits);
    assert.equal(paysToll(key, toll, work, now), "work");
    assert.equal(
      paysToll(
        key,
        toll,
        found((n) => n === workBits - 1),
        now,
      ),
      "easy",
    );
    assert.equal(paysToll(key, other, work, now + 1000), zeros(`${other}${work}`) >= workBits ? "work" : "easy");
    assert.equal(paysToll(key, toll, work, now + (moment.to + 1) * 1000), "old");
    assert.equal(paysToll(randomBytes(32), toll, work, now), "old");
    for (const junk of ["#", "#x", `#${"9".repeat(16)}`, `${work}.`, "#-1"])
      assert.equal(paysToll(key, toll, junk, now), "easy");
  });

  it("asks numbers that have a word", () => {
    for (let i = 0; i < 500; i++) {
      const [a, b] = numbersOf(askToll(key, now));
      assert.ok(a >= 2 && a <= 9 && b >= 11 && b <= 19, `${a}, ${b}`);
    }
  });
});
