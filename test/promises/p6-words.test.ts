/**
 * P6, attacked by words: is more promised anywhere than can be kept, and can a stranger's text pose as ours? Every text of a
 * screen is poisoned and drawn by every network as it draws.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { PassThrough, Writable } from "node:stream";
import { parse } from "yaml";
import type { Screen } from "../../src/bot/screen.ts";
import type { Core } from "../../src/main.ts";
import { terminal } from "../../src/platforms/console.ts";
import { drawScreen as drawDiscord } from "../../src/platforms/discord/draw.ts";
import { drawForm } from "../../src/platforms/discord/modal.ts";
import { quiet } from "../../src/platforms/discord/post.ts";
import type { House } from "../../src/platforms/platform.ts";
import { drawScreen as drawTelegram } from "../../src/platforms/telegram/draw.ts";
import { drawScreen as drawWeb } from "../../src/platforms/web/draw.tsx";
import { sealForm } from "../../src/platforms/web/visits.ts";
import { show } from "../standins/discord-rules.ts";
import { detect } from "../standins/telegram-rules.ts";
import { network, tables, wordsOf } from "../support/caller.ts";
import { type TestHome, testHome } from "../support/house.ts";

const poisons = [
  "\u001b]8;;http://evil.example\u0007here\u001b[2J\u009b31m",
  "\u202Etxt.exe\u2066x\u2069\u200F\u061C",
  "@everyone @here <@123> <@&4> <#5> @durov",
  "**b** __u__ ~~s~~ ||x|| `c` ```c``` # h",
  "[l](https://evil.example) <https://evil.example> discord.gg/evil",
  "<b onmouseover=alert(1)>x</b><script>alert(1)</script>&lt;\"'",
  "</p></main><form action=//evil.example>",
  "a\r\nb\u2028c\u0000d\ufff9e",
  "see evil.example/x, www.evil.com。写信给 boss@evil.com 或 @durov；tg://resolve?domain=evil 公司.中国",
  "/exit /join@evil_bot ABC #leak $TON 4111 1111 1111 1111 +86 138-1234-5678 10.0.0.1:8080",
  "@durov\n".repeat(120),
];

/** A screen with this in every text that a stranger could have written; a receipt and an own answer are nobody else's. */
const poisoned = (text: string, url = "javascript:alert(1)"): Screen => ({
  title: text,
  text,
  notice: text,
  progress: { at: 1, of: 2, text },
  quotes: [{ by: text, text }],
  fold: { title: text, text },
  secret: "7QK2-M9XD",
  buttons: [
    { value: "~a.go", label: text, hint: text },
    { value: "~a.link", label: text, url },
  ],
  menu: { hint: text, options: [{ value: "~a.one", label: text, hint: text }] },
  files: { max: 1, bytes: 10, pick: text },
  form: {
    title: text,
    send: { value: "~a.send", label: text },
    fields: [{ name: "f", label: text, hint: text, kind: "line" }],
  },
});
const steering = /[\p{Bidi_Control}\u2028\u2029\ufff9]|(?![\n\t])\p{Cc}/u;

/** Every text in a thing, however deep. */
function texts(thing: unknown): string[] {
  if (typeof thing === "string") return [thing];
  return thing && typeof thing === "object" ? Object.values(thing).flatMap(texts) : [];
}

describe("P6: words", function () {
  this.timeout(60_000);

  it("say how long a report is kept, and when it cannot be withdrawn, wherever they speak of either", () => {
    const said: [text: string, closed: RegExp | undefined, hold: RegExp][] = [];
    for (const [locale, closed, hold] of [
      ["en", /closed/, /legal hold/],
      ["zh-CN", /办结/, /依法保全/],
    ] as const) {
      const words = (name: string) => JSON.parse(readFileSync(`locales/${locale}/${name}.json`, "utf8"));
      const { entries } = parse(readFileSync("data/knowledge/bot.yaml", "utf8")) as {
        entries: (Record<string, { answer: string }> & { id: string })[];
      };
      const answer = (id: string) => entries.find((entry) => (entry.id as unknown) === id)![locale]!.answer;
      said.push([words("report").facts.all, closed, hold], [words("help").kept, closed, hold]);
      said.push([answer("how-long-is-it-kept"), closed, hold], [answer("withdraw-my-report"), undefined, hold]);
    }
    for (const [text, closed, hold] of said) {
      if (closed) assert.match(text, closed);
      assert.match(text, hold);
      assert.doesNotMatch(text, /until you withdraw|at any time|直到你?撤回|一直保存到你撤回|随时可以/i, text);
    }
  });

  for (const poison of poisons) {
    const screen = poisoned(poison);
    const name = JSON.stringify(poison).slice(0, 40);

    it(`Telegram formats, links and turns nothing of ${name}`, () => {
      const { form: _form, ...rest } = screen;
      const drawn = drawTelegram(rest, "Copy");
      for (const text of texts(drawn)) assert.doesNotMatch(text, steering);
      const kinds = new Set(drawn.pieces.flatMap((p) => p.entities.map((e) => e.type)));
      for (const kind of kinds)
        assert.ok(["bold", "italic", "code", "blockquote", "expandable_blockquote"].includes(kind), kind);
      for (const { text, entities } of drawn.pieces) {
        const found = detect(text, entities).map((e) => [e.type, text.slice(e.offset, e.offset + e.length)]);
        assert.deepEqual(found, [], "a mention, a link, a tag, a command, an address, a number to call");
      }
      assert.ok(!JSON.stringify(drawn.keyboard ?? {}).includes('"url":"javascript:'));
    });

    it(`Discord mentions, formats and links nothing of ${name}`, () => {
      const words = { fillIn: "Fill in", addFiles: "Add", restInFile: "Rest" };
      // links are ours; Discord itself takes no other kind
      const drawn = drawDiscord(poisoned(poison, "https://ours.example"), words, "key", 10);
      for (const text of texts([drawn, drawForm(screen.form!, "random")])) assert.doesNotMatch(text, steering);
      for (const { content } of drawn)
        for (const format of show(content).formats)
          assert.ok(!/link|mention|emoji|time/.test(JSON.stringify(format)), JSON.stringify(format));
      assert.deepEqual(quiet.allowed_mentions, { parse: [] });
    });

    it(`the page has no tag, handler or link of ${name}`, () => {
      const html = String(
        drawWeb(screen, { locale: "en", say: (key: string) => key }, sealForm(Buffer.alloc(32), "door")),
      );
      assert.doesNotMatch(html, steering);
      assert.doesNotMatch(
        html,
        /<script|<b onmouseover|<form [^>]*action=\/\/|href="javascript:|<form action=(?!"\/talk")/,
      );
    });

    it(`the terminal is not steered by ${name}`, async () => {
      let shown = "";
      const output = new Writable({
        write(chunk, _encoding, done) {
          shown += chunk.toString();
          done();
        },
      });
      const input = new PassThrough();
      const platform = terminal({ input, output, person: "me", locale: "en" });
      const answered = new Promise<void>((resolve) => {
        void platform.open({
          hear: async () => {
            setImmediate(() => setImmediate(resolve));
            return screen;
          },
          say: (_l, key) => key,
          commands: [],
          locales: ["en"],
          note: () => undefined,
        } satisfies House);
      });
      await answered;
      await platform.close();
      assert.ok(shown.length > 0);
      assert.doesNotMatch(shown.replaceAll("\r\n", "\n"), steering);
    });
  }

  describe("of ours", () => {
    let home: TestHome;
    let core: Core;
    before(async () => {
      home = testHome();
      core = await home.core();
    });
    after(async () => {
      await core.close();
      home.remove();
    });

    it("say anonymous on the web page alone, and confidential everywhere else, before a report begins", async () => {
      const words = {
        en: { anonymous: /anonymous/i, confidential: /confidential/i },
        "zh-CN": { anonymous: /匿名/, confidential: /保密/ },
      };
      for (const [name, can] of Object.entries(await tables())) {
        const net = await network(core, name, can);
        for (const locale of ["en", "zh-CN"] as const) {
          const who = net.as(`somebody ${locale}`, { locale });
          await who.command("start");
          const first = wordsOf(who.screen).join("\n");
          await who.command("report");
          const said = `${first}\n${wordsOf(who.screen).join("\n")}`;
          if (name === "telegram" || name === "discord") {
            assert.match(first, words[locale].confidential, `${name} ${locale}`);
            assert.match(said, new RegExp(name, "i"), "it is said who knows the account");
          }
          // who is known to a network is never told to be anonymous there: the word stands only beside the web page
          if (!can.anonymous)
            for (const sentence of said.split(/(?<=[.。！？\n])/))
              if (words[locale].anonymous.test(sentence))
                assert.match(sentence, /web|page|not|网页|不/i, `${name} ${locale}: ${sentence}`);
        }
      }
    });
  });
});
