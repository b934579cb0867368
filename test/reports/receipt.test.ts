import assert from "node:assert/strict";
import { Decrypter, Encrypter, identityToRecipient } from "age-encryption";
import fc from "fast-check";
import { mailboxKeys } from "../../src/crypto/mailbox.ts";
import {
  coverReceipts,
  holdsReceipt,
  newReceipt,
  normalise,
  readReceipt,
  showReceipt,
  splitReceipt,
} from "../../src/reports/receipt.ts";

const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/** Any receipt at all: twenty characters, and the one check character that fits. */
const receipts = fc
  .array(fc.constantFrom(...alphabet), { minLength: 20, maxLength: 20 })
  .map(
    (characters) =>
      [...alphabet].map((check) => characters.join("") + check).find((receipt) => readReceipt(receipt).ok)!,
  );
/** As people write: any case, O for 0, I or l for 1, spaces and hyphens of any kind. */
const lookAlikes: Record<string, string[]> = { "0": ["0", "O", "o"], "1": ["1", "I", "i", "L", "l"] };

describe("a receipt", () => {
  it("is twenty-one characters of a hundred random bits, shown in five groups", () => {
    const receipt = newReceipt();
    assert.match(receipt, /^[0-9A-HJKMNP-TV-Z]{21}$/);
    assert.match(showReceipt(receipt), /^\w{4}-\w{4}-\w{4}-\w{4}-\w{5}$/);
    assert.equal(splitReceipt(receipt).join(""), receipt);
    assert.equal(new Set(Array.from({ length: 200 }, newReceipt)).size, 200);
  });

  it("is read back in any case and spacing, with the usual look-alikes", () => {
    const written = receipts.chain((receipt) =>
      fc
        .tuple(
          ...[...receipt].map((c) =>
            fc.constantFrom(...(lookAlikes[c] ?? [c, c.toLowerCase(), String.fromCharCode(c.charCodeAt(0) + 0xfee0)])),
          ),
          fc.array(fc.constantFrom("", "", " ", "-", "–", "\u00a0", ".", "_", "\n"), { minLength: 21, maxLength: 21 }),
        )
        .map((parts) => {
          const gaps = parts.at(-1) as string[];
          return { receipt, typed: (parts.slice(0, -1) as string[]).map((c, i) => c + gaps[i]).join("") };
        }),
    );
    fc.assert(
      fc.property(written, ({ receipt, typed }) => assert.deepEqual(readReceipt(typed), { ok: true, receipt })),
    );
  });

  it("with a single wrong character is caught, whichever it is", () => {
    const receipt = newReceipt();
    for (let place = 0; place < 21; place++) {
      for (const wrong of alphabet) {
        if (wrong === receipt[place]) continue;
        assert.deepEqual(readReceipt(receipt.slice(0, place) + wrong + receipt.slice(place + 1)), {
          ok: false,
          why: "typo",
        });
      }
    }
  });

  it("with any two different characters in each other's place is caught", () => {
    fc.assert(
      fc.property(receipts, (receipt) => {
        for (let a = 0; a < 21; a++) {
          for (let b = a + 1; b < 21; b++) {
            if (receipt[a] === receipt[b]) continue;
            const swapped = [...receipt];
            [swapped[a], swapped[b]] = [swapped[b]!, swapped[a]!];
            assert.deepEqual(readReceipt(swapped.join("")), { ok: false, why: "typo" });
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  it("of the wrong shape says so, and nothing that is typed breaks it", () => {
    for (const typed of ["", "ABCD", "ABCD-EFGH-JKMN-PQRS-TVWU0", "x".repeat(100_000)])
      assert.deepEqual(readReceipt(typed), { ok: false, why: "shape" });
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 60 }), (typed) => void readReceipt(typed)));
  });

  it("has groups that are compared as they were meant", () => {
    const receipt = newReceipt();
    for (const group of splitReceipt(receipt))
      assert.equal(normalise(` ${group.toLowerCase().replaceAll("0", "o").replaceAll("1", "l")} `), group);
  });
});

describe("a receipt in a text", () => {
  const forms = (receipt: string) => [
    showReceipt(receipt),
    showReceipt(receipt).toLowerCase(),
    splitReceipt(receipt).join(" "),
    splitReceipt(receipt).join("–"),
    receipt,
    receipt.toLowerCase(),
  ];

  it("is found wherever it stands, in groups or in one piece", () => {
    fc.assert(
      fc.property(
        receipts.filter((r) => splitReceipt(r).filter((group) => /\d/.test(group)).length >= 2),
        fc.nat(5),
        fc.lorem({ maxCount: 12 }),
        fc.constantFrom(" ", "\n", "，", "“"),
        (receipt, form, words, gap) => {
          assert.ok(holdsReceipt(`${words}${gap}${forms(receipt)[form]}${gap}${words}`));
        },
      ),
    );
  });

  it("is covered, and every word around it stays as it was", () => {
    fc.assert(
      fc.property(
        receipts.filter((r) => splitReceipt(r).filter((group) => /\d/.test(group)).length >= 2),
        fc.nat(5),
        (receipt, form) => {
          const text = coverReceipts(`①They sold ${forms(receipt)[form]}, over ½ of it.`);
          assert.match(text, /^(?:①|1)They sold ████, over (?:½|1⁄2) of it\.$/);
        },
      ),
    );
    assert.equal(coverReceipts("①no receipt"), "①no receipt");
    const wide = (text: string) => text.replace(/[0-9A-Z]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0));
    const receipt = "0123-4567-89AB-CDEF-GHJKE";
    assert.equal(coverReceipts(`${receipt} and ${wide(receipt)}`), "████ and ████", "each, however wide it is written");
  });

  it("is not seen in a sentence with one number in it", () => {
    for (let n = 1000; n < 10_000; n++)
      for (const text of [`They sold over ${n} files`, `about ${n} from that store`])
        assert.equal(holdsReceipt(`It went on. ${text} to agents.`), false, text);
  });

  it("is not seen in numbers and names that people write", () => {
    const ordinary = [
      "Call +86 138 1234 5678 or 010-6552-1234 after 18:30.",
      "Card 6222 0210 0112 2334 455 was sold for 60 yuan on 2024-05-03.",
      "ID 11010519491231002X, IBAN DE89 3704 0044 0532 0130 00",
      "https://example.org/a/b?id=550e8400-e29b-41d4-a716-446655440000",
      "The clerk sold lists to five other people since last year.",
      "他从2021年起每月卖三次，每条60到90元。",
    ];
    for (const text of ordinary) assert.equal(holdsReceipt(text), false, text);
    const fours = fc.array(fc.constantFrom("that", "they", "sell", "each", "week", "were", "sold", "from", "bank"), {
      minLength: 4,
      maxLength: 60,
    });
    fc.assert(
      fc.property(
        fours,
        (words) => holdsReceipt(words.join(" ")) === false && holdsReceipt(`${words.join(" ")} there`) === false,
      ),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.lorem({ mode: "sentences", maxCount: 8 }), (text) => holdsReceipt(text) === false),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 400 }), (text) => holdsReceipt(text) === false),
      { numRuns: 300 },
    );
  });

  it("is mistaken for one by chance in one of about 32 things that are written like one", () => {
    let mistaken = 0;
    const tries = 6400;
    for (let i = 0; i < tries; i++) {
      const like = Array.from(
        { length: 21 },
        (_, at) => alphabet[(i * 7919 + at * 104729 + ((i >> (at % 8)) & 31) * 31 + at * i) % 32],
      ).join("");
      if (holdsReceipt(showReceipt(like))) mistaken += 1;
    }
    assert.ok(mistaken > tries / 64 && mistaken < tries / 16, `${mistaken} of ${tries}`);
  });
});

describe("what a receipt opens", () => {
  const receipt = "0123456789ABCDEFGHJKE";

  it("is always the same, so that a mailbox made today opens in ten years", () => {
    const keys = mailboxKeys(receipt);
    assert.equal(keys.id, "8227f78db4a027078c5bb5e1b6517d8e");
    assert.equal(keys.identity, "AGE-SECRET-KEY-PQ-1ZGMC5TUNE4EXLW0FCFTE0J6C4XVWZ7D9C6J2ASJWKEVKQQ5DYUYSX94PV9");
  });

  it("is a look-up id and, apart from it, an identity: the one tells nothing of the other", () => {
    fc.assert(
      fc.property(receipts, receipts, (one, other) => {
        const [a, b] = [mailboxKeys(one), mailboxKeys(other)];
        assert.match(a.id, /^[0-9a-f]{32}$/);
        assert.ok(!a.identity.toLowerCase().includes(a.id) && !a.id.includes(one.toLowerCase()));
        assert.notEqual(a.id, b.id);
        assert.notEqual(a.identity, b.identity);
      }),
      { numRuns: 50 },
    );
  });

  it("opens what was sealed to its recipient, and another receipt does not", async () => {
    const encrypter = new Encrypter();
    encrypter.addRecipient(await identityToRecipient(mailboxKeys(receipt).identity));
    const sealed = await encrypter.encrypt("read me");
    const opener = (r: string) => {
      const decrypter = new Decrypter();
      decrypter.addIdentity(mailboxKeys(r).identity);
      return decrypter.decrypt(sealed, "text");
    };
    assert.equal(await opener(receipt), "read me");
    await assert.rejects(opener(newReceipt()));
  });
});
