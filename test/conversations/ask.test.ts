/** An answer as pages: what fits stays together, what does not is cut between paragraphs, and nothing is lost. */
import assert from "node:assert/strict";
import type { Context } from "../../src/bot/conversation.ts";
import { ask } from "../../src/conversations/ask.ts";

const paragraph = (name: string, length: number) => `${name} ${"x".repeat(length)}`;
const entry = (more: string[]) => ({
  id: "e",
  title: "Entry",
  answer: "The first line answers.",
  steps: ["Do this", "Then that"],
  more: more.join("\n\n"),
  asOf: "2030-01-01",
  legal: true,
  contacts: [],
  related: [],
  sources: [
    { title: "A law", article: "3" },
    { title: "A page", url: "https://a.example" },
  ],
});

const context = (more: string[], room: number) =>
  ({
    locale: "en",
    can: { text: room },
    t: (key: string, values?: object) => (key === "bot:comma" ? ", " : [key, ...Object.values(values ?? {})].join(" ")),
    desk: { entry: async () => entry(more), emergency: async () => [] },
  }) as unknown as Context;

async function pages(more: string[], room: number): Promise<string[]> {
  const ctx = context(more, room);
  const { show, next } = ask.steps.answer;
  const shown: string[] = [];
  let draft: object = { id: "e" };
  for (;;) {
    const screen = await show(draft, ctx);
    shown.push(screen.text);
    if (!screen.buttons?.some(({ value }) => value === "more")) return shown;
    const turn = await next(draft, { kind: "choice", value: "more" }, ctx);
    assert.ok("go" in turn && turn.go === "answer");
    draft = turn.draft;
  }
}

describe("conversations/ask: an answer", () => {
  it("has its long part behind one button, under the short one where both fit", async () => {
    const [short, whole, ...rest] = await pages(["Long one.", "Long two."], 2000);
    assert.match(short!, /^The first line answers\.\n\n1\. Do this\n2\. Then that\n\nask:as-of 2030-01-01\nask:legal$/);
    assert.match(whole!, /^The first line[\s\S]*Then that\n\nLong one\.\n\nLong two\.\n\nask:as-of/);
    assert.deepEqual(rest, []);
  });

  it("is cut between paragraphs where it is longer than a message, with a button at each cut", async () => {
    const long = ["One", "Two", "Three", "Four"].map((name) => paragraph(name, 600));
    const shown = await pages(long, 2000);
    assert.ok(shown.length >= 3, `${shown.length}`);
    for (const text of shown) assert.ok(text.length < 2000, `${text.length}`);
    for (const text of long)
      assert.ok(
        shown.some((page) => page.split("\n\n").includes(text)),
        text.slice(0, 9),
      );
    assert.ok(shown.every((page) => page.includes("ask:legal")));
  });

  it("says where it comes from: the article, else the address", async () => {
    const { fold } = await ask.steps.answer.show({ id: "e" }, context([], 2000));
    assert.deepEqual(fold, { title: "ask:from", text: "• ask:article A law 3\n• bot:pair A page https://a.example" });
  });
});
