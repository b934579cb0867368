/**
 * Everything that reads a stranger's words, fed with what nobody would send: it answers, with no crash and no character that
 * steers the terminal or the page. A thousand inputs each in the plain suite, a million with TEST_LONG. What reads the networks'
 * own shapes is fed in `fuzz-readers.test.ts`, content files in `fuzz-content.test.ts`.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { fill, spell } from "../../src/bot/forms.ts";
import { blankTalk } from "../../src/bot/moves.ts";
import type { Screen } from "../../src/bot/screen.ts";
import { asTyped } from "../../src/platforms/discord/text.ts";
import { plain } from "../../src/platforms/platform.ts";
import { maskTexts } from "../../src/reports/masking.ts";
import { holdsReceipt, newReceipt, normalise, readReceipt, showReceipt } from "../../src/reports/receipt.ts";
import { show } from "../standins/discord-rules.ts";
import { toyContext } from "../support/toy.ts";
import { fed, steering, wild } from "../support/wild.ts";

describe("readers of words, fed with anything", function () {
  this.timeout(3_600_000);

  it("a receipt is read or refused; a true one survives every way of writing it", () => {
    fc.assert(
      fc.property(wild, (text) => {
        const read = readReceipt(text);
        assert.ok(read.ok ? read.receipt.length === 21 : ["shape", "typo"].includes(read.why));
        assert.equal(typeof holdsReceipt(text), "boolean");
        assert.doesNotMatch(normalise(text), /[a-z\s-]/);
      }),
      fed(),
    );
    fc.assert(
      fc.property(wild, fc.constantFrom("-", " ", "_", "–"), (text, mark) => {
        const receipt = newReceipt();
        const shown = showReceipt(receipt).replaceAll("-", mark).toLowerCase();
        assert.deepEqual(readReceipt(shown), { ok: true, receipt });
        if (/\d/.test(receipt)) assert.ok(holdsReceipt(`${text} ${showReceipt(receipt)} ${text}`));
      }),
      fed(),
    );
  });

  it("a stranger's text steers neither a terminal nor the direction of a line, and Discord formats none of it", () => {
    fc.assert(
      fc.property(wild, (text) => assert.doesNotMatch(plain(text), steering)),
      fed(),
    );
    fc.assert(
      fc.property(wild, (text) => {
        const shown = show(asTyped(text));
        assert.deepEqual(shown.formats, []);
      }),
      fed(),
    );
  });

  it("the masker keeps what it must, shows no value that it found, and never fails", () => {
    const values = fc.constantFrom(
      "13812345678",
      "4111 1111 1111 1111",
      "11010519491231002X",
      "a.person@example.org",
      "DE89370400440532013000",
      "京A12345",
    );
    fc.assert(
      fc.property(fc.array(wild, { maxLength: 4 }), values, (texts, value) => {
        const { texts: masked, values: found } = maskTexts([...texts, ` ${value} `]);
        assert.equal(masked.length, texts.length + 1);
        for (const hit of found) if (hit.value.length > 8) assert.ok(!masked.at(-1)!.includes(hit.value));
        assert.ok(!masked.at(-1)!.includes(value), masked.at(-1));
      }),
      fed(),
    );
  });

  it("a form is filled, asked again or left, whatever is sent into it", () => {
    const screen: Screen = {
      text: "x",
      form: {
        title: "t",
        send: { value: "send", label: "s" },
        fields: [
          { name: "a", label: "A", kind: "line", required: true, max: 10 },
          { name: "b", label: "B", kind: "paragraph", max: 20 },
          { name: "c", label: "C", kind: "choice", options: [{ value: "x", label: "X" }] },
          { name: "d", label: "D", kind: "secret" },
        ],
      },
      buttons: [{ value: "go", label: "Go" }],
    };
    const names = fc.oneof(fc.constantFrom("a", "b", "c", "d", "__proto__", "constructor"), wild);
    const heard = fc.oneof(
      fc.record({ kind: fc.constant("text" as const), text: wild }),
      fc.record({
        kind: fc.constant("form" as const),
        value: fc.constantFrom("send", "other"),
        values: fc.dictionary(names, wild),
      }),
      fc.record({
        kind: fc.constant("choice" as const),
        value: fc.oneof(wild, fc.constantFrom("go", "!skip", "!rest", "!next")),
        values: fc.dictionary(names, wild),
      }),
      fc.record({ kind: fc.constant("choices" as const), value: wild, values: fc.array(wild, { maxLength: 3 }) }),
    );
    fc.assert(
      fc.property(heard, fc.constantFrom(0, 1, 5), fc.nat({ max: 5 }), (input, formFields, at) => {
        const ctx = toyContext({ formFields });
        const talk = { ...blankTalk(), filling: { at, values: {} } };
        const filled = fill(talk, screen, input, ctx);
        if ("answer" in filled && filled.answer.kind === "form") {
          const { values } = filled.answer;
          assert.ok(
            Object.keys(values).every((name) => ["a", "b", "c", "d"].includes(name)),
            Object.keys(values).join(),
          );
          for (const value of Object.values(values)) assert.doesNotMatch(value, /\u0000/);
        }
        spell(talk, screen, ctx);
      }),
      fed(),
    );
  });
});
