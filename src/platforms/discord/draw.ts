/**
 * Screens as Discord shows them: pure functions from a `Screen` to message bodies, nothing sent.
 * Classic content and components; whoever typed a text, it appears as typed.
 */
import { createHash } from "node:crypto";
import {
  type APIButtonComponent,
  type APIComponentInMessageActionRow,
  type APIMessageTopLevelComponent,
  ButtonStyle,
  ComponentType,
} from "discord.js";
import type { Choice, Menu, Quote, Screen } from "../../bot/screen.ts";
import { cutText, plain } from "../platform.ts";
import { asTyped, cut, fit, quoted, small } from "./text.ts";

/** One message without its flags; only the last of a screen has components. */
export interface Drawn {
  content: string;
  components: APIMessageTopLevelComponent[];
  /** A text that did not fit into the messages, to be attached as a file. */
  whole?: string;
}

/** What a drawing needs besides the screen. */
export interface Words {
  /** Labels of the buttons that open a form or the file picker. */
  fillIn: string;
  addFiles: string;
  /** Said where the rest of a text lies in an attached file. */
  restInFile: string;
}

/** Most characters in one message. */
const content = 2000;
const rows = 5;
const perRow = 5;
/** An empty content is refused; a zero-width space shows nothing. */
const nothing = "\u200B";

const drawQuote = (quote: Quote): string[] =>
  [`**${asTyped(cut(quote.by, 200))}**`, ...fit(plain(quote.text), content, quoted)].map((part, i) =>
    i === 0 ? `> ${part}` : part,
  );

/** A code stands apart and can be copied; one that would break out of its frame is shown as plain text. */
const drawSecret = (secret: string): string => (/[`\n]/.test(secret) ? asTyped(secret) : `\`${plain(secret)}\``);

function drawText(screen: Screen): string[] {
  const blocks: string[] = [];
  if (screen.notice) blocks.push(...fit(plain(screen.notice), content, asTyped));
  if (screen.progress) blocks.push(`-# ${asTyped(cut(screen.progress.text, 200))}`);
  if (screen.title) blocks.push(`**${asTyped(cut(screen.title, 500))}**`);
  if (screen.text) blocks.push(...fit(plain(screen.text), content, asTyped));
  for (const quote of screen.quotes ?? []) {
    const [by, first, ...more] = drawQuote(quote);
    if (first !== undefined && by!.length + first.length < content) blocks.push(`${by}\n${first}`, ...more);
    else blocks.push(by!, ...(first === undefined ? [] : [first]), ...more);
  }
  if (screen.fold) blocks.push(...fit(`${screen.fold.title}\n${screen.fold.text}`, content, small));
  if (screen.secret) blocks.push(drawSecret(screen.secret));
  const messages: string[] = [];
  for (const block of blocks) {
    const last = messages.at(-1);
    if (last !== undefined && last.length + 2 + block.length <= content)
      messages[messages.length - 1] += `\n\n${block}`;
    else messages.push(block);
  }
  return messages.length ? messages : [nothing];
}

/** All words of a screen without any markup, for the file that holds what the messages could not. */
const wholeText = (screen: Screen): string =>
  [
    screen.notice,
    screen.progress?.text,
    screen.title,
    screen.text,
    ...(screen.quotes ?? []).map((q) => `${q.by}\n${q.text}`),
    screen.fold && `${screen.fold.title}\n${screen.fold.text}`,
    screen.secret,
  ]
    .filter((part) => part)
    .map((part) => plain(part!))
    .join("\n\n");

/**
 * Draws a screen as messages, buttons on the last.
 * @param key marks the form or the files of this screen, see `readOpening`
 * @param most how many messages there may be; what does not fit goes into `whole`
 */
export function drawScreen(screen: Screen, words: Words, key: string, most: number): Drawn[] {
  let texts = drawText(screen);
  let whole: string | undefined;
  if (texts.length > most) {
    whole = wholeText(screen);
    texts = texts.slice(0, most);
    const note = asTyped(cut(words.restInFile, 200));
    texts[most - 1] = `${cutText(texts[most - 1]!, content - note.length - 2)[0]}\n\n${note}`;
  }
  const drawn: Drawn[] = texts.map((text) => ({ content: text, components: [] }));
  drawn.at(-1)!.components = drawComponents(screen, words, key);
  if (whole !== undefined) drawn.at(-1)!.whole = whole;
  return drawn;
}

function drawComponents(screen: Screen, words: Words, key: string): APIMessageTopLevelComponent[] {
  const buttons: APIButtonComponent[] = [];
  if (screen.form) buttons.push(button(`o:form:${key}`, words.fillIn, ButtonStyle.Primary));
  if (screen.files) buttons.push(button(`o:files:${key}`, words.addFiles, ButtonStyle.Primary));
  if (screen.menu?.many && screen.menu.done)
    buttons.push(button(`d:${screen.menu.done.value}`, screen.menu.done.label, ButtonStyle.Primary));
  for (const choice of screen.buttons ?? []) buttons.push(drawButton(choice));

  const drawn: APIMessageTopLevelComponent[] = [];
  if (screen.menu?.options.length) drawn.push(row([drawMenu(screen.menu)]));
  for (let at = 0; at < buttons.length && drawn.length < rows; at += perRow)
    drawn.push(row(buttons.slice(at, at + perRow)));
  return drawn;
}

const row = (components: APIComponentInMessageActionRow[]): APIMessageTopLevelComponent => ({
  type: ComponentType.ActionRow,
  components,
});

const button = (
  custom_id: string,
  label: string,
  style: ButtonStyle.Primary | ButtonStyle.Secondary | ButtonStyle.Success | ButtonStyle.Danger,
): APIButtonComponent => ({ type: ComponentType.Button, style, label: cut(label, 80) || "…", custom_id });

function drawButton(choice: Choice): APIButtonComponent {
  if (choice.url)
    return {
      type: ComponentType.Button,
      style: ButtonStyle.Link,
      label: cut(choice.label, 80) || "…",
      url: choice.url,
    };
  const style = choice.on
    ? ButtonStyle.Success
    : choice.tone === "danger"
      ? ButtonStyle.Danger
      : choice.tone === "primary"
        ? ButtonStyle.Primary
        : ButtonStyle.Secondary;
  return button(`c:${choice.value}`, choice.label, style);
}

/** One link button under a sentence. */
export const drawLink = (text: string, label: string, url: string): Drawn => ({
  content: asTyped(text),
  components: [row([drawButton({ value: "", label, url })])],
});

/** An option of a menu or of a field. */
export const drawOption = (choice: Choice, on: boolean) => ({
  value: choice.value,
  label: cut(choice.label, 100) || "…",
  ...(choice.hint ? { description: cut(choice.hint, 100) } : {}),
  ...(on ? { default: true } : {}),
});

function drawMenu(menu: Menu): APIComponentInMessageActionRow {
  const options = menu.options.slice(0, 25).map((option) => drawOption(option, Boolean(menu.many && option.on)));
  return {
    type: ComponentType.StringSelect,
    custom_id: menu.many ? `M:${menu.done?.value ?? ""}` : "m",
    ...(menu.hint ? { placeholder: cut(menu.hint, 150) } : {}),
    ...(menu.many ? { min_values: 0, max_values: options.length } : {}),
    options,
  };
}

/** A nonce may have 25 characters; a longer one is condensed, so that the same one stays the same. */
export const drawNonce = (nonce: string): string =>
  nonce.length <= 25 ? nonce : createHash("sha256").update(nonce).digest("base64url").slice(0, 25);
