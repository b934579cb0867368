import assert from "node:assert/strict";
import fc from "fast-check";
import { maskTexts } from "../../src/reports/masking.ts";
import { findPersonal } from "../../src/reports/personal.ts";

const kinds = (text: string) => findPersonal(text).map((p) => `${p.kind}: ${text.slice(p.from, p.to)}`);

describe("personal data in a text", () => {
  const cases: [string, string, string[]][] = [
    ["a Chinese identity number", "身份证11010519491231002X被卖", ["identity-number: 11010519491231002X"]],
    ["a wrong check digit is left", "单号110105194912310021的件", []],
    ["a card by Luhn", "card 4111 1111 1111 1111 please", ["bank-card: 4111 1111 1111 1111"]],
    ["a card of a Chinese bank", "卡号6222021234567890128给他", ["bank-card: 6222021234567890128"]],
    ["an IBAN", "to DE89 3704 0044 0532 0130 00 today", ["iban: DE89 3704 0044 0532 0130 00"]],
    [
      "phones with and without a country code",
      "+44 20 7946 0958 or 13812345678",
      ["phone: +44 20 7946 0958", "phone: 13812345678"],
    ],
    ["an American number as written at home", "call (415) 555-2671 now", ["phone: (415) 555-2671"]],
    ["plates", "京A12345 和 粤BD12345，also B-AB 1234", ["plate: 京A12345", "plate: 粤BD12345", "plate: B-AB 1234"]],
    ["mail", "write li.lei@example.com.", ["email: li.lei@example.com"]],
    ["an Indian Aadhaar number", "Aadhaar 2341 2341 2346 leaked", ["identity-number: 2341 2341 2346"]],
    ["a Chinese address", "住在杭州市西湖区文三路90号东部软件园", ["address: 住在杭州市西湖区文三路90号"]],
    ["a street address", "lives at 221 Baker Street, London", ["address: 221 Baker Street"]],
    [
      "prices, counts, years and times are no personal data",
      "5000 records for 0.5 yuan each in 2024, at 18:30, 60-90元",
      [],
    ],
  ];
  for (const [name, text, expected] of cases) it(name, () => assert.deepEqual(kinds(text), expected));

  it("finds the same far inside of a long text, however near two of them stand", () => {
    const values = cases.flatMap(([, text]) => text).filter((text) => kinds(text).length > 0);
    const gap = fc
      .tuple(fc.constantFrom("。", "没有。", ". ", "𠮷。"), fc.nat(300))
      .map(([filler, times]) => filler.repeat(times));
    const piece = fc.tuple(gap, fc.constantFrom(...values));
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 5 }), (pieces) => {
        const text = pieces.map(([filler, value]) => `${filler}。\n${value}\n。`).join("");
        assert.deepEqual(
          kinds(text),
          pieces.flatMap(([, value]) => kinds(value)),
        );
      }),
    );
    const longest = `${"𠀀".repeat(64)}@${"a".repeat(60)}.${"bc.".repeat(7)}de`;
    assert.deepEqual(kinds(`${"𠀀".repeat(500)}${longest}。`), [`email: ${longest}`]);
  });

  it("leaves no number readable in a list of thousands, and tells them apart as long as a case could be about them", () => {
    const lists = [
      Array.from({ length: 7000 }, (_, i) => `13${800_138_000 + i}`),
      Array.from({ length: 7000 }, (_, i) => `(415) 555-${1000 + i}`),
      Array.from({ length: 7000 }, (_, i) => `+44 20 7946 ${1000 + i}`),
    ];
    for (const list of lists)
      for (const between of ["\n", " and ", " / "]) {
        const text = list.join(between);
        const { texts, values } = maskTexts([text]);
        assert.doesNotMatch(texts[0]!.replaceAll(/\[\d+\]/g, ""), /\d[ ()-]{0,2}(?:\d[ ()-]{0,2}){5}\d/);
        const found = values.map((v) => v.value);
        assert.deepEqual(
          list.slice(0, 40).filter((phone) => !found.includes(phone)),
          [],
        );
      }
  });

  it("sees a phone whole wherever a long text is cut for looking", () => {
    for (let at = 1880; at < 2010; at++) {
      const text = `${"a".repeat(at)} +44 20 7946 0958 ${"b".repeat(3000)}`;
      assert.deepEqual(kinds(text), ["phone: +44 20 7946 0958"], `at ${at}`);
    }
  });

  it("takes any text, keeps its places apart, and takes a long one quickly", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
        let last = 0;
        for (const { from, to } of findPersonal(text)) {
          assert.ok(from >= last && to > from && to <= text.length);
          last = to;
        }
      }),
      { numRuns: 300 },
    );
    for (const filler of ["1", "a@", "1 ", "市", "A1-", "路1"]) findPersonal(filler.repeat(100_000 / filler.length));
  });
});

describe("masking", () => {
  it("hides the value, numbers it once, and keeps every other word", () => {
    const { texts, values } = maskTexts(["Li, 13812345678, sells.", "Again 138 1234 5678 and li@example.com"]);
    assert.deepEqual(texts, ["Li, 138••••78[1], sells.", "Again 138••••78[1] and l••••[2]"]);
    assert.deepEqual(
      values.map((v) => [v.number, v.kind, v.value]),
      [
        [1, "phone", "13812345678"],
        [2, "email", "li@example.com"],
      ],
    );
  });

  it("never leaves a checked number readable, whatever stands around it", () => {
    const secrets = [
      "11010519491231002X",
      "4111111111111111",
      "13812345678",
      "DE89370400440532013000",
      "a.b@example.org",
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...secrets),
        fc.constantFrom("", " ", "，", "：", "\n", "“"),
        fc.constantFrom("", " ", "。", "\n", "”", ", 卖"),
        (secret, before, after) => {
          const { texts } = maskTexts([`号码${before}${secret}${after}`]);
          assert.ok(!texts[0]!.includes(secret), texts[0]);
        },
      ),
    );
  });
});
