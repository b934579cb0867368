/** Our own web address can be opened from the screens that send a person there. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Context } from "../../src/bot/conversation.ts";
import { courseSteps } from "../../src/conversations/quiz-courses.ts";
import { caseSteps } from "../../src/conversations/review/case.ts";
import { blank } from "../../src/conversations/review/draft.ts";
import { referSteps } from "../../src/conversations/review/refer.ts";
import { drawScreen } from "../../src/platforms/telegram/draw.ts";
import { detect } from "../standins/telegram-rules.ts";

const page = "https://tips.example.org";
const file = { name: "a.pdf", type: "application/pdf", bytes: 5, open: async () => new Blob([]).stream() };

/** What these screens ask of the house on a network that takes no files. */
const contextOf = (locale: string): Context =>
  ({
    locale,
    page,
    can: { anonymous: false, fileBytes: 0 },
    desk: { attachment: async () => file, certificate: async () => file },
    t: (key: string, values: Record<string, unknown> = {}) => {
      const [name = "", path = ""] = key.split(":");
      let found: unknown = JSON.parse(readFileSync(`locales/${locale}/${name}.json`, "utf8"));
      for (const part of path.split(".")) found = (found as Record<string, unknown>)[part];
      return String(found).replace(/\{\{(\w+)\}\}/g, (_, value: string) => String(values[value]));
    },
  }) as unknown as Context;

describe("our own web address on telegram", () => {
  const screens = {
    "a package that is fetched on the web page alone": (ctx: Context) => referSteps.fetch.show(blank, ctx),
    "a file that is too large": (ctx: Context) =>
      caseSteps.file.show({ ...blank, code: "ABC234", file: { number: 1, original: false } }, ctx),
    "a certificate where no files are sent": (ctx: Context) => courseSteps.paper.show({ certificate: "C" }, ctx),
  };
  for (const locale of ["en", "zh-CN"])
    for (const [name, show] of Object.entries(screens))
      it(`can be opened from ${name} (${locale})`, async () => {
        const { pieces } = drawScreen(await show(contextOf(locale)), "Copy");
        const links = pieces.flatMap(({ text, entities }) =>
          detect(text, entities).map((e) => text.slice(e.offset, e.offset + e.length)),
        );
        assert.ok(
          links.some((link) => link.startsWith(page)),
          JSON.stringify(pieces),
        );
      });

  it("is a button, too, under a file that is too large", async () => {
    const { keyboard } = drawScreen(await screens["a file that is too large"](contextOf("en")), "Copy");
    assert.deepEqual(keyboard?.inline_keyboard.flat(), [{ text: "Use the web page instead", url: page }]);
  });
});
