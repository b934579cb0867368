/**
 * Draws a screen as Telegram messages: plain text with entities that we set ourselves, never a parse mode, so that
 * a stranger's characters stay characters and become no link; and one inline keyboard under the last of them.
 */
import type { InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity, SendPollParams } from "node-telegram-bot-api";
import type { Choice, Screen } from "../../bot/screen.ts";
import { cutText, plain } from "../platform.ts";
import { Fault } from "./faults.ts";
import { beside, liveStretches, STRETCHES } from "./text.ts";

/** Telegram's limits: UTF-16 units of one text, its entities, bytes of a button's value, characters that a button can copy. */
export const LIMITS = { text: 4096, entities: 100, caption: 1024, value: 64, copy: 256 };

/** `pieces` are messages in order; the keyboard belongs to the last. */
export interface Drawing {
  pieces: { text: string; entities: MessageEntity[] }[];
  keyboard?: InlineKeyboardMarkup;
  /** A quiz of Telegram's own in place of all that, and the values of its options. */
  quiz?: { params: Omit<SendPollParams, "chat_id">; values: string[]; notice: string };
}

interface Block {
  text: string;
  style?: "bold" | "italic" | "code" | "blockquote" | "expandable_blockquote";
  /** So many characters at the start are bold. */
  lead?: number;
  /** Addresses in it may be opened. */
  ours?: boolean;
}

/** Most entities of one block: its stretches, what its bold is divided into by them, and its style. */
const MOST_OF_BLOCK = 2 * STRETCHES + 2;

/**
 * Draws a screen; `copy` labels the button that copies its secret.
 * @throws Fault `telegram-button-invalid` for a value that Telegram would refuse, before anything is sent
 */
export function drawScreen(screen: Screen, copy: string): Drawing {
  const choices = [...(screen.menu?.options ?? []), ...(screen.buttons ?? [])];
  const { ours = false } = screen;
  const blocks: Block[] = [
    { text: screen.notice ?? "" },
    { text: screen.progress?.text ?? "", style: "italic" },
    { text: screen.title ?? "", style: "bold" },
    { text: screen.text, ours },
    ...(screen.quotes ?? []).map((q) => headed(q.by, q.text, "blockquote")),
    ...(screen.fold ? [{ ...headed(screen.fold.title, screen.fold.text, "expandable_blockquote"), ours }] : []),
    { text: screen.secret ?? "", style: "code" },
    {
      text: choices
        .filter((c) => c.hint)
        .map((c) => `${c.label}: ${c.hint}`)
        .join("\n"),
    },
    {
      text: choices
        .filter((c) => c.url && !linkable(c.url))
        .map((c) => `${c.label}: ${c.url}`)
        .join("\n"),
    },
    { text: screen.menu?.hint ?? "" },
    { text: screen.files?.pick ?? "" },
  ];
  const keyboard = drawKeyboard(screen, copy);
  return {
    pieces: packBlocks(blocks),
    ...(keyboard.length > 0 ? { keyboard: { inline_keyboard: keyboard } } : {}),
    ...drawQuiz(screen),
  };
}

/**
 * A quiz poll. It is not anonymous, because only then does Telegram say which account answered; it is protected, so that
 * it cannot be forwarded and bring us the accounts of strangers.
 */
function drawQuiz({ quiz, menu, progress, title, notice, buttons = [] }: Screen): Pick<Drawing, "quiz"> {
  if (!quiz || !menu) return {};
  const rows = drawRows(buttons);
  const params: Omit<SendPollParams, "chat_id"> = {
    question: plain(quiz.ask),
    description: [progress?.text, title].filter(Boolean).join(" · "),
    options: menu.options.map(({ label }) => ({ text: plain(label) })),
    type: "quiz",
    correct_option_ids: [quiz.right],
    is_anonymous: false,
    protect_content: true,
    ...(quiz.why === "" ? {} : { explanation: plain(quiz.why) }),
    ...(rows.length > 0 ? { reply_markup: { inline_keyboard: rows } } : {}),
  };
  return { quiz: { params, values: menu.options.map((o) => o.value), notice: plain(notice ?? "") } };
}

function headed(title: string, text: string, style: Block["style"]): Block {
  const heading = plain(title);
  return { text: `${heading}\n${text}`, style, lead: heading.length };
}

/** Fills messages with blocks; a block is cut only where it does not fit into one of its own. */
function packBlocks(blocks: Block[]): Drawing["pieces"] {
  const pieces: Drawing["pieces"] = [];
  let text = "";
  let entities: MessageEntity[] = [];
  const flush = (): void => {
    if (text !== "") pieces.push({ text, entities });
    text = "";
    entities = [];
  };
  const add = (block: Block): void => {
    if (text !== "") text += "\n\n";
    entities.push(...entitiesOf(block, text.length));
    text += block.text;
  };
  for (const block of blocks) {
    let { lead } = block;
    let rest = plain(block.text).trim();
    const whole = text.length + 2 + rest.length <= LIMITS.text;
    const more = whole ? entitiesOf({ ...block, text: rest }, 0).length : MOST_OF_BLOCK;
    if (entities.length + more > LIMITS.entities) flush();
    while (rest !== "") {
      const room = LIMITS.text - text.length - (text === "" ? 0 : 2);
      if (rest.length <= room) {
        add({ ...block, text: rest, lead });
        break;
      }
      // Little room left, or a block that fits whole into the next message: do not tear it.
      if (text !== "" && (room < LIMITS.text / 2 || (block.style && rest.length <= LIMITS.text))) {
        flush();
        continue;
      }
      const head = cutText(rest.slice(0, room + 1), room)[0] ?? "";
      add({ ...block, text: head, lead });
      lead = 0;
      rest = rest.slice(head.length).trimStart();
      flush();
    }
  }
  flush();
  return pieces.length > 0 ? pieces : [{ text: "…", entities: [] }];
}

/** How a block looks that begins at `at`: what was typed stays as it is, in the middle of whatever is bold or italic. */
function entitiesOf({ text, style, lead = 0, ours }: Block, at: number): MessageEntity[] {
  const all = { offset: at, length: text.length };
  if (style === "code") return [{ type: style, ...all }];
  const typed = ours ? [] : liveStretches(text).map(({ offset, length }) => ({ offset: offset + at, length }));
  const quoted = style === "blockquote" || style === "expandable_blockquote";
  return [
    ...(style && quoted ? [{ type: style, ...all }] : []),
    ...(style && !quoted ? beside(all, typed).map((part) => ({ type: style, ...part })) : []),
    ...(lead > 0 ? beside({ offset: at, length: Math.min(lead, text.length) }, typed) : []).map((part) => ({
      type: "bold" as const,
      ...part,
    })),
    ...typed.map((part) => ({ type: "code" as const, ...part })),
  ];
}

function drawKeyboard(screen: Screen, copy: string): InlineKeyboardButton[][] {
  const rows = drawRows(screen.menu?.options ?? []);
  if (screen.menu?.done) rows.push([drawButton({ ...screen.menu.done }, "success")]);
  if (screen.secret && screen.secret.length <= LIMITS.copy)
    rows.push([{ text: copy, copy_text: { text: screen.secret } }]);
  return [...rows, ...drawRows(screen.buttons ?? [])];
}

/** Two columns where every label is short, one column otherwise: a phone cuts long labels off. */
function drawRows(choices: Choice[]): InlineKeyboardButton[][] {
  const drawable = choices.filter((c) => c.url === undefined || linkable(c.url));
  const columns = drawable.every((c) => width(c.label) <= 14) ? 2 : 1;
  const rows: InlineKeyboardButton[][] = [];
  for (let i = 0; i < drawable.length; i += columns)
    rows.push(drawable.slice(i, i + columns).map((c) => drawButton(c)));
  return rows;
}

function drawButton(choice: Choice, style?: string): InlineKeyboardButton {
  const label = plain(choice.label).trim();
  const text = choice.on ? `✓ ${label}` : label;
  if (text === "") throw new Fault("telegram-button-invalid");
  const tone = choice.tone === "primary" || choice.tone === "danger" ? choice.tone : choice.tone ? undefined : style;
  const look = tone ? { text, style: tone } : { text };
  if (choice.url !== undefined) return { ...look, url: choice.url };
  const bytes = Buffer.byteLength(choice.value, "utf8");
  if (bytes < 1 || bytes > LIMITS.value) throw new Fault("telegram-button-invalid");
  return { ...look, callback_data: choice.value };
}

/** Telegram refuses the whole message for a link whose host has no dot, such as `localhost`; those become text. */
function linkable(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return (protocol === "https:" || protocol === "http:") && /[.:]/.test(hostname);
}

/** Columns that a text takes: characters of Chinese, Japanese and Korean are two wide. */
function width(text: string): number {
  let columns = 0;
  for (const character of text)
    columns += /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60]/.test(character)
      ? 2
      : 1;
  return columns;
}
