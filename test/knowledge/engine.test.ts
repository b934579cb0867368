import assert from "node:assert/strict";
import fc from "fast-check";
import { type Example, engineOf, train } from "../../src/knowledge/engine.ts";
import { languageOf } from "../../src/knowledge/language.ts";
import { bagsOf, GROUPS, meaningsOf, normalise, stem, wordsOf } from "../../src/knowledge/text.ts";
import { learner, numberOf } from "../../src/knowledge/vocabulary.ts";

const TOPICS: Record<string, string[]> = {
  balance: [
    "a caller knew my balance",
    "how did they get my bank records",
    "my account total was read to me",
    "stranger knows what I have in the bank",
  ],
  parcel: [
    "someone knows about my parcel",
    "courier call about a damaged package",
    "refund link for my delivery",
    "the shipping label has my address",
  ],
  plate: [
    "somebody found me by my licence plate",
    "they looked up my car",
    "a fine by text for my vehicle",
    "who can see the owner of a plate",
  ],
  baby: [
    "photo studios ring since the birth",
    "baby shops have my number",
    "newborn and already adverts",
    "the clinic sold my due date",
  ],
  refund: ["快递说要给我退款", "包裹坏了让我点链接", "对方知道我的快递单号", "客服说要理赔"],
};
const EXAMPLES: Example[] = [
  ...Object.entries(TOPICS).flatMap(([label, texts]) => texts.map((text) => ({ text, label }))),
  ...["he will kill me", "I am being followed", "they threaten my children"].map((text) => ({
    text,
    label: "!danger",
  })),
  ...["what is the weather", "tell me a joke", "who won the match"].map((text) => ({ text })),
];
const engine = engineOf(train(EXAMPLES, meaningsOf(["parcel package delivery", "plate car vehicle"])));

/** What people paste, and what they should not. */
const wild = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 200 }),
  fc.string({ unit: "binary", maxLength: 200 }),
  fc.constantFrom(
    "",
    " ",
    "?",
    "a",
    "😀😀😀",
    "\u0000",
    "\ud800",
    "https://a.example/?q=1",
    "'; DROP TABLE reports; --",
    "SELECT * FROM x",
  ),
  fc
    .constantFrom("a ", "卖", "😀", "x".repeat(50), "\n", "العربية ", "ÄÖ")
    .map((text) => text.repeat(10_000 / text.length)),
);

describe("knowledge/engine", () => {
  it("answers every phrasing with its own entry", () => {
    for (const { text, label } of EXAMPLES) {
      if (label && !label.startsWith("!")) assert.equal(engine.ask(text).ranked[0]!.label, label, text);
    }
  });

  it("answers what it has not read, misspelt or shouted", () => {
    assert.equal(engine.ask("MY PACKAGE???").ranked[0]!.label, "parcel");
    assert.equal(engine.ask("licnse plte").ranked[0]!.label, "plate");
    assert.equal(engine.ask("快递退款").ranked[0]!.label, "refund");
  });

  it("never throws, and always ranks every entry with a confidence from 0 to 1", () => {
    fc.assert(
      fc.property(wild, (question) => {
        const { ranked, confidence, asides } = engine.ask(question);
        assert.equal(ranked.length, 5);
        assert.ok(confidence >= 0 && confidence <= 1, `${confidence}`);
        assert.ok(ranked.every(({ score }) => Number.isFinite(score)));
        assert.deepEqual(Object.keys(asides), ["!danger"]);
      }),
    );
  });

  it("gives the same answer to the same question", () => {
    fc.assert(
      fc.property(wild, (question) => assert.deepEqual(engine.ask(question), engine.ask(question))),
      { numRuns: 30 },
    );
  });

  it("learns the same whatever the order of the examples", () => {
    const order = fc.shuffledSubarray(EXAMPLES, { minLength: EXAMPLES.length });
    fc.assert(
      fc.property(order, (shuffled) => {
        const other = engineOf(train(shuffled, meaningsOf(["parcel package delivery", "plate car vehicle"])));
        for (const question of ["my parcel", "a plate", "weather", "快递"]) {
          assert.deepEqual(other.ask(question), engine.ask(question));
        }
      }),
      { numRuns: 5 },
    );
  });

  it("is surer of what it knows than of something else", () => {
    const known = engine.ask("a caller knew my bank balance").confidence;
    assert.ok(known > 5 * engine.ask("boil an egg for the weather").confidence);
    assert.equal(engine.ask("").confidence, 0);
    assert.equal(engine.ask("зачем").confidence, 0);
  });

  it("tells asides apart from entries", () => {
    const { asides, ranked } = engine.ask("he said he will kill me");
    assert.ok(asides["!danger"]! > engine.ask("my parcel").asides["!danger"]!);
    assert.ok(ranked.every(({ label }) => !label.startsWith("!")));
  });

  it("lets an encoder have a say", () => {
    const likeness = Float32Array.from(engine.labels, (label) => (label === "baby" ? 1 : 0));
    const score = (found: ReturnType<typeof engine.ask>) => found.ranked.find(({ label }) => label === "baby")!.score;
    assert.ok(score(engine.ask("hello", likeness)) > score(engine.ask("hello")));
  });
});

describe("knowledge/text", () => {
  it("gives one spelling to what reads the same", () => {
    assert.equal(normalise("  WHO’S Ｔｈｅｒｅ?! "), "who's there");
    assert.deepEqual(wordsOf("Can't they sell's"), ["can", "not", "they", "sell"]);
    assert.deepEqual(["selling", "sells", "copies", "stopped", "pass", "his"].map(stem), [
      "sell",
      "sell",
      "copi",
      "stop",
      "pass",
      "his",
    ]);
  });

  it("cuts Chinese into words, and takes a mixed sentence", () => {
    assert.deepEqual(
      wordsOf("我的iPhone信息被卖了").filter((word) => word === "信息" || word === "iphone"),
      ["iphone", "信息"],
    );
  });

  it("makes features of anything, each text by itself", () => {
    const apart = (texts: string[]) => bagsOf(texts, new Map(), (hash) => hash);
    fc.assert(
      fc.property(wild, wild, (one, other) => {
        const { ids, starts } = apart([one, other]);
        assert.equal(starts.length, 2 * GROUPS.length + 1);
        assert.deepEqual(ids.subarray(starts[GROUPS.length]), apart([other]).ids);
      }),
    );
  });

  it("takes words that mean the same as one", () => {
    const meanings = meaningsOf(["boss manager"]);
    const { ids, starts } = bagsOf(["boss", "managers"], meanings, (hash) => hash);
    const meant = (text: number) => ids.subarray(starts[5 * text + 3], starts[5 * text + 4]);
    assert.equal(meant(0).length, 1);
    assert.deepEqual(meant(0), meant(1));
  });
});

describe("knowledge/language", () => {
  const told: [string, string, string, boolean][] = [
    ["someone sold my data", "zh-CN", "en", true],
    ["我的信息被卖了", "en", "zh-CN", true],
    ["我的 iPhone 信息被 leak 了", "en", "zh-CN", true],
    ["my 身份证 was leaked what do I do", "zh-CN", "en", true],
    ["¿quién vendió mis datos y cómo lo denuncio?", "en", "es", true],
    ["comment savoir qui a vendu mes données", "en", "fr", true],
    ["wer hat meine daten verkauft und was kann ich tun", "en", "de", true],
    ["誰が私の情報を売ったのですか", "en", "ja", true],
    ["누가 내 정보를 팔았나요", "en", "ko", true],
    ["кто продал мои данные", "en", "ru", true],
    ["من باع بياناتي", "en", "ar", true],
    ["PIPL", "zh-CN", "zh-CN", false],
    ["12345", "en", "en", false],
    ["😀", "zh-CN", "zh-CN", false],
    ["", "en", "en", false],
  ];
  for (const [text, setting, language, sure] of told) {
    it(`takes "${text}" for ${language}${sure ? "" : ", as a guess"}`, () => {
      assert.deepEqual(languageOf(text, setting), { language, sure });
    });
  }

  it("never throws", () => {
    fc.assert(fc.property(wild, (text) => assert.equal(typeof languageOf(text, "en").language, "string")));
  });
});

describe("knowledge/vocabulary", () => {
  it("gives every hash one number, in the order they are met, and none to what it never met", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), { minLength: 2 }), (hashes) => {
        const [strange, ...met] = hashes;
        const { number, taken } = learner();
        assert.deepEqual([...met, ...met].map(number), [...met.keys(), ...met.keys()]);
        const vocabulary = taken();
        assert.deepEqual(
          met.map((hash) => numberOf(vocabulary, hash)),
          [...met.keys()],
        );
        assert.equal(numberOf(vocabulary, strange!), -1);
      }),
    );
  });

  it("has room for more than it began with", () => {
    const { number, taken } = learner();
    for (let hash = 0; hash < 50_000; hash += 1) number(hash);
    const vocabulary = taken();
    for (let hash = 0; hash < 50_000; hash += 1) assert.equal(numberOf(vocabulary, hash), hash);
  });
});
