/** A terminal of few columns: what it shows can be read there, in both languages, and no word is cut in two. */
import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import type { Input, Screen } from "../../src/bot/screen.ts";
import { terminal } from "../../src/platforms/console.ts";

/** What a terminal with so many columns shows, and what it hears of the lines that are typed below. */
async function talk(screen: Screen, columns?: number, typed = ""): Promise<{ text: string; heard: Input[] }> {
  const [input, heard] = [new PassThrough(), [] as Input[]];
  const output = Object.assign(new PassThrough(), columns ? { columns } : {});
  const platform = terminal({ input, output });
  const say = (locale: string, key: string, values: Record<string, unknown> = {}) =>
    [...(locale ? [locale] : []), key, ...Object.values(values)].join(" ");
  const hear = async (incoming: { input: Input }) => {
    heard.push(incoming.input);
    return screen;
  };
  await platform.open({ say, commands: [], locales: ["en"], note: () => undefined, hear });
  input.end(typed);
  await platform.closed;
  return { text: output.read().toString(), heard: heard.slice(1) };
}

const shown = async (screen: Screen, columns?: number): Promise<string> => (await talk(screen, columns)).text;

const long =
  "Only reviewers of the organisation that runs this tip line read your report, and each look is put on record.";
const screen: Screen = {
  title: "Before you start, read this once, because it says what this terminal keeps",
  text: `• ${long}\n\n• 只有运行这条举报热线的机构里的审核人员会阅读您的举报，每一次查看都会记录在案，谁也不能悄悄查看。`,
  quotes: [{ by: "What happened?", text: long }],
  buttons: [{ label: "Go on here, and say nothing that only you could know", value: "on" }],
};

describe("a terminal", () => {
  /** How many columns a line takes: Chinese characters take two. */
  const width = (line: string) => [...line.trimEnd()].reduce((sum, c) => sum + (c > "\u2e7f" ? 2 : 1), 0);
  const unfolded = (text: string) => text.replaceAll(/\s+/g, " ");

  it("of 40 columns shows no longer line, and cuts no word", async () => {
    const text = await shown(screen, 40);
    for (const line of text.split("\n")) assert.ok(width(line) <= 40, line);
    assert.equal(unfolded(text).match(new RegExp(long, "g"))?.length, 2, text);
    assert.match(text, /^• 只有运行这条举报热线的机构里的审核人员$/m, "Chinese fills its lines");
    assert.match(text, /^ {6}only you could know$|^ {6}\S.* only you could know$/m, "a label goes on below itself");
  });

  it("of whatever width begins no line with the space that the one before was ended at", async () => {
    for (let columns = 40; columns < 110; columns++)
      assert.doesNotMatch(await shown({ text: long }, columns), /^ \S/m, String(columns));
  });

  it("that is a file or a pipe gets each line as it is", async () => {
    assert.ok((await shown(screen)).includes(screen.text!));
  });

  it("gives a link its address and no number: numbers count what can be chosen", async () => {
    const page = { label: "The page", value: "page", url: "http://our.page" };
    const buttons = [{ label: "Begin", value: "begin" }, page, { label: "Leave", value: "leave" }];
    const { text, heard } = await talk({ text: "Well?", buttons }, undefined, "2\n3\n");
    const choices = "   1  Begin\n      bot:pair The page http://our.page\n   2  Leave\n";
    assert.ok(text.includes(choices), text);
    assert.deepEqual(heard, [
      { kind: "choice", value: "leave" },
      { kind: "text", text: "3" },
    ]);
  });

  it("speaks of links and files in the language that was chosen meanwhile", async () => {
    const page = { label: "网页", value: "page", url: "http://our.page" };
    const files = { count: 1, bytes: 1 };
    const text = await shown({ text: "好", buttons: [page], files: files as never, locale: "zh-CN" });
    assert.match(text, /zh-CN bot:pair 网页/);
    assert.match(text, /zh-CN console:attach/);
  });
});
