/** What the Bot API refuses, with the descriptions that the real server gives where they are known. */

export type Params = Record<string, unknown>;

/** An answer `{ ok: false }`. */
export class Refusal extends Error {
  readonly status: number;
  readonly parameters: Params | undefined;

  constructor(status: number, description: string, parameters?: Params) {
    super(description);
    this.status = status;
    this.parameters = parameters;
  }
}

export interface Button {
  text: string;
  style?: string;
  url?: string;
  callback_data?: string;
  copy_text?: { text: string };
}

export interface Entity {
  type: string;
  offset: number;
  length: number;
}

function refuse(description: string): never {
  throw new Refusal(400, `Bad Request: ${description}`);
}
const ENTITIES = [
  "bold",
  "italic",
  "underline",
  "strikethrough",
  "spoiler",
  "blockquote",
  "expandable_blockquote",
  "code",
  "pre",
  "text_link",
];
const ACTIONS = [
  "url",
  "callback_data",
  "copy_text",
  "web_app",
  "login_url",
  "switch_inline_query",
  "callback_game",
  "pay",
  "disabled",
];

/** Text of a message: 1–4096 UTF-16 units, and entities inside of it. */
export function checkText(text: unknown, entities: unknown): void {
  if (typeof text !== "string" || text.trim() === "") refuse("message text is empty");
  if (text.length > 4096) refuse("message is too long");
  for (const { type, offset, length } of (entities ?? []) as Entity[]) {
    if (!ENTITIES.includes(type)) refuse(`Unsupported entity type "${type}"`);
    if (offset < 0 || length < 1 || offset + length > text.length)
      refuse(
        `entity beginning at UTF-16 offset ${offset} ends after the end of the text at UTF-16 offset ${offset + length}`,
      );
  }
}

const word = String.raw`[\p{L}\p{N}_]`;
/** What comes after a dot and makes a name an address by itself; Telegram knows them all, these are some. */
const tld = "com|net|org|info|gg|me|io|cn|ru|onion|example|xyz|рф|中国|公司|co";
/** Rules of TDLib's `find_entities`, in its order; a match has to be what it looks for, too. */
const detections: [type: string, rule: RegExp, is?: (found: string) => boolean][] = [
  ["mention", new RegExp(`(?<!${word})@[A-Za-z0-9_]{2,32}(?!${word})`, "gu")],
  ["bot_command", new RegExp(`(?<!${word}|[/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?!${word}|[/<>])`, "gu")],
  [
    "hashtag",
    /(?<![\p{L}\p{N}_\u200c])#[\p{L}\p{N}_\u200c]{1,256}(?![\p{L}\p{N}_\u200c]*#)/gu,
    (f) => /\p{L}/u.test(f),
  ],
  ["cashtag", /(?<![$\p{L}\p{N}_\u200c])\$(?:1INCH|[A-Z]{1,8})(?![$\p{L}\p{N}_\u200c])/gu],
  ["bank_card", /(?<![+_\p{L}\d.,-])[\d -]{13,}(?![_\p{L}\d-])/gu, (f) => /^(?:\D*\d){13,19}\D*$/.test(f)],
  ["phone_number", /(?<!\d)\+\d(?:[ ().-]?\d){6,14}(?!\d)/gu],
  ["url", /(?:tg|ton|tonsite):\/\/[a-z0-9_-]{1,253}(?:[/?#][^\s<>«»"]*)?/giu],
  ["email", /[\p{L}\p{N}._%+-]+@(?:[\p{L}\p{N}_-]+\.)+\p{L}{2,}/gu],
  ["url", /(?:https?|ftp):\/\/[^\s.<>«»"]+(?:\.[^\s.<>«»"]+)+/giu],
  [
    "url",
    new RegExp(String.raw`[^\s./@<>«»"]+(?:\.[^\s./@<>«»"]+)*\.(?:${tld})(?!${word})(?:[/?#:][^\s<>«»"]*)?`, "giu"),
  ],
  ["url", /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])(?:[:/?#][^\s<>«»"]*)?/gu],
];

/** What the server finds in a text by itself, beside what is set: nothing that touches `code`, `pre` or a link. */
export function detect(text: string, entities: Entity[]): Entity[] {
  // more than a hundred are not looked at
  const set = entities.slice(0, 100).filter((e) => ["code", "pre", "text_link"].includes(e.type));
  const found: Entity[] = [];
  for (const [type, rule, is = () => true] of detections)
    for (const match of text.matchAll(rule)) {
      const entity = { type, offset: match.index, length: match[0].length };
      const touches = (e: Entity): boolean =>
        e.offset < entity.offset + entity.length && entity.offset < e.offset + e.length;
      if (is(match[0]) && !set.some(touches) && !found.some(touches)) found.push(entity);
    }
  return found.sort((a, b) => a.offset - b.offset);
}

/** An inline keyboard: every button one action, its value 1–64 bytes, its link one that Telegram opens. */
export function checkKeyboard(markup: unknown): void {
  if (markup === undefined) return;
  const rows = (markup as { inline_keyboard?: Button[][] }).inline_keyboard;
  if (!Array.isArray(rows)) refuse("object expected as reply markup");
  const buttons = rows.flat();
  if (buttons.length > 100 || rows.some((row) => row.length > 8)) refuse("reply markup is too long");
  for (const button of buttons) {
    if (typeof button.text !== "string" || button.text.trim() === "")
      refuse("inline keyboard button text must be non-empty");
    const actions = Object.keys(button).filter((key) => ACTIONS.includes(key));
    if (actions.length !== 1) refuse("text buttons are unallowed in the inline keyboard");
    if (button.style !== undefined && !["primary", "success", "danger"].includes(button.style))
      refuse("invalid button style specified");
    const { callback_data: data, url, copy_text: copy } = button;
    if (data !== undefined && (data === "" || Buffer.byteLength(data) > 64)) refuse("BUTTON_DATA_INVALID");
    if (copy !== undefined && (copy.text.length < 1 || copy.text.length > 256)) refuse("BUTTON_COPY_TEXT_INVALID");
    if (url !== undefined && !(/^(https?|tg):/.test(url) && URL.canParse(url) && /[.:]/.test(new URL(url).hostname)))
      refuse(`inline keyboard button URL '${url}' is invalid: Wrong HTTP URL`);
  }
}

/** A poll: 1–300 characters to ask, 2–12 options of 1–100, and of a quiz a right one and 0–200 characters of reasons. */
export function checkPoll(params: Params): void {
  const { question, options, type, explanation, description } = params;
  if (typeof question !== "string" || question.trim() === "") refuse("poll question must be non-empty");
  if (question.length > 300) refuse("poll question length must not exceed 300");
  const texts = ((options ?? []) as { text: string }[]).map((o) => o.text);
  if (texts.length < 2) refuse("poll must have at least 2 option");
  if (texts.length > 12) refuse("poll can't have more than 12 options");
  if (texts.some((text) => text.trim() === "")) refuse("poll options must be non-empty");
  if (texts.some((text) => text.length > 100)) refuse("poll options length must not exceed 100");
  if (new Set(texts).size < texts.length) refuse("POLL_OPTION_DUPLICATE");
  const right = (params.correct_option_ids ?? []) as number[];
  if (type === "quiz" && (right.length < 1 || right.some((id) => !(id in texts))))
    refuse("wrong correct option ID specified");
  if (String(explanation ?? "").length > 200) refuse("message is too long");
  if (String(explanation ?? "").split("\n").length > 3) refuse("explanation has too many line feeds");
  if (String(description ?? "").length > 1024) refuse("message is too long");
  checkKeyboard(params.reply_markup);
}

/** Commands of one scope and language. */
export function checkCommands({ commands, scope, language_code }: Params): void {
  const list = commands as { command: string; description: string }[];
  if (!Array.isArray(list) || list.length > 100) refuse("commands list is too long");
  for (const { command, description } of list) {
    if (!/^[a-z0-9_]{1,32}$/.test(command)) refuse("BOT_COMMAND_INVALID");
    if (description.length < 1 || description.length > 256) refuse("BOT_COMMAND_DESCRIPTION_INVALID");
  }
  const kind = (scope as { type?: string } | undefined)?.type ?? "default";
  if (!["default", "all_private_chats", "all_group_chats", "all_chat_administrators", "chat"].includes(kind))
    refuse("unsupported type specified");
  checkLanguage(language_code);
}

export function checkLanguage(language: unknown): void {
  if (language !== undefined && !/^[a-z]{2}$/.test(String(language))) refuse("LANGUAGE_CODE_INVALID");
}

/** What the server refuses of an answer to an inline query. */
export function checkInline(params: Params): void {
  const results = (params.results ?? []) as Params[];
  if (results.length > 50) throw new Refusal(400, "Bad Request: RESULTS_TOO_MUCH");
  if (new Set(results.map((r) => r.id)).size < results.length)
    throw new Refusal(400, "Bad Request: RESULT_ID_DUPLICATE");
  for (const { id, type, title, input_message_content: content } of results) {
    const bytes = Buffer.byteLength(String(id ?? ""), "utf8");
    if (bytes < 1 || bytes > 64) throw new Refusal(400, "Bad Request: RESULT_ID_INVALID");
    if (type !== "article" || !title) throw new Refusal(400, "Bad Request: can't parse inline query result");
    const { message_text: text, entities } = (content ?? {}) as Params;
    checkText(text, entities);
  }
}
