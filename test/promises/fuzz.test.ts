/**
 * Everything that reads what a stranger sent, fed with what nobody would send: it answers, with no crash, no character of
 * the terminal or of the page, and no secret in an error. A few thousand inputs in the plain suite, a million with TEST_LONG.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { fill, spell } from "../../src/bot/forms.ts";
import { blankTalk } from "../../src/bot/moves.ts";
import type { Screen } from "../../src/bot/screen.ts";
import { asTyped } from "../../src/platforms/discord/text.ts";
import { plain } from "../../src/platforms/platform.ts";
import { readUpdate } from "../../src/platforms/telegram/read.ts";
import { readInput, typedTexts } from "../../src/platforms/web/read.ts";
import { openSeal, visitOf } from "../../src/platforms/web/visits.ts";
import { maskTexts } from "../../src/reports/masking.ts";
import { holdsReceipt, newReceipt, normalise, readReceipt, showReceipt } from "../../src/reports/receipt.ts";
import { show } from "../standins/discord-rules.ts";
import { long } from "../support/long.ts";
import { toyContext } from "../support/toy.ts";

const runs = long ? 1_000_000 : 1500;
const steering = /[\p{Bidi_Control}\u2028\u2029]|(?![\n\t])\p{Cc}/u;
const wild = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      "<",
      "*",
      "_",
      "@",
      "\u202e",
      "\u2066",
      "\u001b[2J",
      "\u0000",
      "\u009b",
      "\u2028",
      "`",
      "|",
      "[",
      "](",
      "://",
      "discord.gg/",
      "13812345678",
      "A",
      "\n",
      "#",
      "> ",
      "&",
    ),
    fc.string({ unit: "grapheme", maxLength: 3 }),
    fc.string({ unit: "binary", maxLength: 3 }),
  ),
  maxLength: 60,
});
/** So often for one reader; slower ones have fewer. */
const often = (share = 1) => ({ numRuns: Math.max(60, Math.floor(runs * share)), seed: 7, endOnFailure: true });

describe("readers fed with anything", function () {
  this.timeout(3_600_000);

  it("a receipt is read or refused; a true one survives every way of writing it", () => {
    fc.assert(
      fc.property(wild, (text) => {
        const read = readReceipt(text);
        assert.ok(read.ok ? read.receipt.length === 21 : ["shape", "typo"].includes(read.why));
        assert.equal(typeof holdsReceipt(text), "boolean");
        assert.doesNotMatch(normalise(text), /[a-z\s-]/);
      }),
      often(),
    );
    fc.assert(
      fc.property(wild, fc.constantFrom("-", " ", "_", "–"), (text, mark) => {
        const receipt = newReceipt();
        const shown = showReceipt(receipt).replaceAll("-", mark).toLowerCase();
        assert.deepEqual(readReceipt(shown), { ok: true, receipt });
        if (/\d/.test(receipt)) assert.ok(holdsReceipt(`${text} ${showReceipt(receipt)} ${text}`));
      }),
      often(0.2),
    );
  });

  it("a stranger's text steers neither a terminal nor the direction of a line, and Discord formats none of it", () => {
    fc.assert(
      fc.property(wild, (text) => assert.doesNotMatch(plain(text), steering)),
      often(),
    );
    fc.assert(
      fc.property(wild, (text) => {
        const shown = show(asTyped(text));
        assert.deepEqual(shown.formats, []);
      }),
      often(0.5),
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
      often(0.1),
    );
  });

  it("Telegram's updates of any shape are an event, nothing, or a refusal", () => {
    const options = { username: "bot", openFile: async () => new Blob([]).stream() };
    const known = fc.constantFrom(
      "message",
      "callback_query",
      "my_chat_member",
      "inline_query",
      "chat",
      "from",
      "id",
      "type",
      "private",
      "text",
      "document",
      "photo",
      "file_id",
      "data",
      "entities",
      "media_group_id",
      "message_id",
      "voice",
      "caption",
      "title",
    );
    const thing = fc.letrec((tie) => ({
      thing: fc.oneof(
        { maxDepth: 4 },
        wild,
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        known,
        fc.array(tie("thing"), { maxLength: 3 }),
        fc.dictionary(fc.oneof(known, wild), tie("thing"), { maxKeys: 6 }),
      ),
    })).thing;
    const chat = fc.record({
      id: fc.oneof(fc.integer(), wild),
      type: fc.constantFrom("private", "group", "channel", "x"),
    });
    const message = fc.tuple(chat, thing, wild).map(([at, rest, text]) => ({
      message_id: 1,
      date: 0,
      chat: at,
      from: { id: 5, is_bot: false, first_name: "x" },
      text,
      ...(typeof rest === "object" && rest && !Array.isArray(rest) ? rest : {}),
    }));
    fc.assert(
      fc.property(
        fc.oneof(
          thing,
          message.map((m) => ({ message: m })),
          message.map((m) => ({ callback_query: { id: "1", from: m.from, message: m, data: m.text } })),
        ),
        (body) => {
          const update = {
            update_id: 1,
            ...(typeof body === "object" && body && !Array.isArray(body) ? body : {}),
          } as unknown as Parameters<typeof readUpdate>[0];
          try {
            readUpdate(update, options);
          } catch (error) {
            // what is no update of Telegram's is told by a kind of error, and never by what stood in it
            assert.ok(error instanceof TypeError || error instanceof RangeError, String(error));
            assert.ok(error.message.length < 200);
          }
        },
      ),
      often(0.3),
    );
  });

  it("the web's forms are an input or nothing; no cookie and no token of a stranger's passes", () => {
    const secret = Buffer.alloc(32, 7);
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.oneof(
              wild,
              fc.constantFrom(
                "choice",
                "send",
                "f.story",
                "pick",
                "one",
                "go",
                "done",
                "event",
                "token",
                "limits",
                "__proto__",
                "f.__proto__",
                "f.constructor",
              ),
            ),
            wild,
          ),
          { maxLength: 8 },
        ),
        wild,
        (pairs, cookie) => {
          const fields = new URLSearchParams(pairs);
          const input = readInput(fields);
          if (input) assert.ok(["command", "form", "choices", "choice"].includes(input.kind));
          typedTexts(fields);
          assert.equal(openSeal(secret, "door", fields), undefined);
          const visit = visitOf(`visit=${cookie}`, "visit");
          assert.ok(visit === undefined || /^[A-Za-z0-9_-]{22}$/.test(visit));
          assert.equal(({} as Record<string, unknown>).polluted, undefined);
        },
      ),
      often(0.5),
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
      often(0.3),
    );
  });
});
