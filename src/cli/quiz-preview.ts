/** An item as each network will draw it, by the networks' own drawing, as text: for editors, before anybody is asked. */
import { PassThrough, Writable } from "node:stream";
import type { Choice, Screen } from "../bot/screen.ts";
import { drawQuestion, drawReasons } from "../conversations/quiz-draw.ts";
import type { Words } from "../i18n/words.ts";
import { consoleCan, terminal } from "../platforms/console.ts";
import type { Can, House } from "../platforms/platform.ts";
import type { Item, Language } from "../quiz/content.ts";
import { gradedOf, questionOf } from "../quiz/quiz.ts";
import { newMemory } from "../quiz/rules.ts";

const rule = (title: string): string => `── ${title} ${"─".repeat(Math.max(3, 60 - title.length))}`;
const keys = (choices: Choice[] = []): string => choices.map(({ label }) => `[ ${label} ]`).join("  ");

/** The question on every network, then its reasons, which read the same everywhere. */
export async function previewItem(item: Item, language: Language, words: Words): Promise<string> {
  const t = (key: string, values?: Record<string, string | number>) => words.say(language, key, values);
  const asked = (native: boolean) => questionOf(item, language, newMemory("preview", "any"), native);
  const question = (can: Can, native = false): Screen =>
    drawQuestion({ ...asked(native), at: 0, of: 3, fallback: false }, [], { t, can });
  const [{ can: telegram }, { can: discord }, { can: web }] = await Promise.all([
    import("../platforms/telegram/index.ts"),
    import("../platforms/discord/index.ts"),
    import("../platforms/web.tsx"),
  ]);
  const right = item.options.flatMap((o, n) => (o.right || item.kind === "order" ? [n] : []));
  const native = question(telegram, true);
  const shown = asked(false).options.map((o) => o.option);
  const reasons = drawReasons(gradedOf(item, language, right), shown, right, { t, can: telegram });
  return [
    rule("Telegram"),
    await onTelegram(question(telegram)),
    rule("Telegram, its own quiz"),
    native.quiz ? await asQuiz(native) : "(It does not fit: it comes with buttons.)",
    rule("Discord"),
    await onDiscord(question(discord)),
    rule("Web page"),
    await onWeb(question(web), language, words),
    rule("Terminal"),
    await atTerminal(question(consoleCan), words),
    rule(reasons.title ?? ""),
    reasons.text,
  ].join("\n\n");
}

async function onTelegram(screen: Screen): Promise<string> {
  const { drawScreen } = await import("../platforms/telegram/draw.ts");
  const { pieces, keyboard } = drawScreen(screen, "");
  const rows = (keyboard?.inline_keyboard ?? []).map((row) => row.map(({ text }) => `[ ${text} ]`).join("  "));
  return [...pieces.map(({ text }) => text), rows.join("\n")].join("\n\n");
}

async function asQuiz(screen: Screen): Promise<string> {
  const { drawScreen } = await import("../platforms/telegram/draw.ts");
  const { params } = drawScreen(screen, "").quiz!;
  const options = params.options.map(({ text }) => `○ ${text}`).join("\n");
  return [params.description, params.question, options, `(i) ${params.explanation ?? ""}`].join("\n\n");
}

async function onDiscord(screen: Screen): Promise<string> {
  const { drawScreen } = await import("../platforms/discord/draw.ts");
  const pieces = drawScreen(screen, { fillIn: "", addFiles: "", restInFile: "" }, "preview", 9);
  // marks that bold a heading, and what keeps characters from being read as marks, are not seen by people
  const texts = pieces.map(({ content }) => content.replace(/(?<!\\)\*\*|^-# /gm, "").replace(/\\([^\w\s])/g, "$1"));
  return [...texts, keys(screen.menu?.options)].join("\n\n");
}

/** The page's own markup, its tags read the way a text browser reads them. */
async function onWeb(screen: Screen, locale: string, words: Words): Promise<string> {
  const { drawScreen } = await import("../platforms/web/draw.tsx");
  const say = (key: string, values?: Record<string, string | number>) => words.say(locale, key, values);
  const html = String(await drawScreen(screen, { say, locale }, { event: "", limits: "", token: "" }));
  const signs: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
  return html
    .replace(/<button[^>]*>(.*?)<\/button>/gs, "\n[ $1 ]")
    .replace(/<input[^>]*type="radio"[^>]*>/g, "\n( ) ")
    .replace(/<input[^>]*type="checkbox"[^>]*>/g, "\n[ ] ")
    .replace(/<\/?(p|h\d|div|ul|li|fieldset|legend|figure|blockquote|br|cite|footer|dt|dd)\b[^>]*>/g, "\n")
    .replace(/<[^>]*>/g, "")
    .replace(/&(amp|lt|gt|quot|#39);/g, (_all, name: string) => signs[name] ?? "")
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean)
    .join("\n");
}

async function atTerminal(screen: Screen, words: Words): Promise<string> {
  let drawn = "";
  const output = new Writable({
    write(chunk, _encoding, done) {
      drawn += chunk.toString();
      done();
    },
  });
  const platform = terminal({ input: new PassThrough(), output, person: "preview" });
  const house: House = {
    hear: async () => screen,
    say: (locale, key, values) => words.say(locale, key, values),
    commands: [],
    locales: [],
    note: () => undefined,
  };
  await platform.open(house);
  await platform.close();
  return drawn.trim();
}
