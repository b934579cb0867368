/**
 * Reads one Telegram update. What carries somebody's identity or voice is refused in words; what is no message of a
 * person (service notes, channels, bots, edits) is left alone; and an anonymous group account is never taken for a
 * person, because any administrator can hide behind it.
 */
import type { CallbackQuery, InlineQuery, Message, Update } from "node-telegram-bot-api";
import type { Input, Upload } from "../../bot/screen.ts";

/** Telegram hands no file larger than this to a bot. */
export const FILE_BYTES = 20 * 1024 * 1024;

/** The account that Telegram names as the sender when a group's administrator remains anonymous. */
const ANONYMOUS_ADMIN = 1087968824;

/** Keys of the `telegram` words that refuse something. */
export type Refusal = "tooBig" | "noVoice" | "noForward" | "noIdentity" | "noOther" | "anonymousAdmin";

/** One update as we understand it. Everything of one `person` happens in order. */
export interface Event {
  id: number;
  /** The account, or for an anonymous sender the group: whose queue this belongs to. */
  person: string;
  locale: string;
  /** `chat` or `chat/topic`; absent in private. */
  place?: string;
  /** Messages of the person in the private chat, which can be erased later. */
  messages: number[];
  /** The query to answer, and the message whose button was pressed. */
  pressed?: { query: string; message?: number };
  inputs: Input[];
  refusals: Refusal[];
  /** Items of one album share this. */
  album?: string;
  /** Typed after our name in any chat: answers are looked up for it, nothing else happens. */
  searched?: InlineQuery;
  /** The person blocked us or left. */
  left?: true;
  /** A group became a supergroup, which has another number. */
  moved?: { from: string; to: string };
}

export interface ReadOptions {
  /** The bot's own name, without @. */
  username: string;
  /** Opens the bytes behind a Telegram file id. */
  openFile(fileId: string): Promise<ReadableStream<Uint8Array>>;
}

/** Reads an update; `undefined` means that it is not for us. */
export function readUpdate(update: Update, options: ReadOptions): Event | undefined {
  if ("message" in update) return readMessage(update.update_id, update.message, options);
  if ("callback_query" in update) return readPress(update.update_id, update.callback_query);
  if ("inline_query" in update) {
    const { inline_query: searched } = update;
    if (searched.from.is_bot) return undefined;
    const [person, locale] = [String(searched.from.id), searched.from.language_code ?? ""];
    return { id: update.update_id, person, locale, messages: [], inputs: [], refusals: [], searched };
  }
  if ("poll_answer" in update) {
    const { poll_id: quiz, user, option_ids } = update.poll_answer;
    const [picked] = option_ids;
    if (user === undefined || user.is_bot || picked === undefined) return undefined;
    const input: Input = { kind: "quiz-picked", quiz, picked };
    const [person, locale] = [String(user.id), user.language_code ?? ""];
    return { id: update.update_id, person, locale, messages: [], inputs: [input], refusals: [] };
  }
  if ("my_chat_member" in update) {
    const { chat, new_chat_member: member } = update.my_chat_member;
    if (chat.type !== "private" || member.status !== "kicked") return undefined;
    return {
      id: update.update_id,
      person: String(chat.id),
      locale: "",
      messages: [],
      inputs: [],
      refusals: [],
      left: true,
    };
  }
  return undefined;
}

/** Adds the next item of an album to what was read of it so far. */
export function joinAlbum(whole: Event, next: Event): void {
  whole.messages.push(...next.messages);
  for (const refusal of next.refusals) if (!whole.refusals.includes(refusal)) whole.refusals.push(refusal);
  const inputs = [...whole.inputs, ...next.inputs];
  const files = inputs.flatMap((i) => (i.kind === "files" ? i.files : []));
  const text = inputs.flatMap((i) => (i.kind === "text" ? [i.text] : [])).join("\n");
  whole.inputs = [
    ...(files.length > 0 ? [{ kind: "files", files } as const] : []),
    ...(text !== "" ? [{ kind: "text", text } as const] : []),
  ];
}

function readPress(id: number, query: CallbackQuery): Event | undefined {
  const { from, message, data } = query;
  if (from.is_bot || from.id === ANONYMOUS_ADMIN || message === undefined || message.chat.type === "channel")
    return undefined;
  const shared = message.chat.type !== "private";
  return {
    id,
    person: String(from.id),
    locale: from.language_code ?? "",
    ...(shared ? { place: placeOf(message) } : {}),
    messages: [],
    pressed: { query: query.id, message: message.message_id },
    inputs: data === undefined ? [] : [{ kind: "choice", value: data }],
    refusals: [],
  };
}

function readMessage(id: number, message: Message, options: ReadOptions): Event | undefined {
  const { chat, from } = message;
  if (chat.type === "channel") return undefined;
  const shared = chat.type !== "private";
  const { migrate_to_chat_id: to, migrate_from_chat_id: source } = message;
  if (shared && (to ?? source) !== undefined) {
    const moved = { from: String(source ?? chat.id), to: String(to ?? chat.id) };
    return { id, person: moved.from, locale: "", messages: [], inputs: [], refusals: [], moved };
  }
  const command = readCommand(message.text, options.username);
  if (command === "other" || (shared && command === undefined)) return undefined;
  if (message.sender_chat !== undefined || from?.id === ANONYMOUS_ADMIN) {
    if (!shared) return undefined;
    return {
      id,
      person: String(chat.id),
      locale: "",
      place: placeOf(message),
      messages: [],
      inputs: [],
      refusals: ["anonymousAdmin"],
    };
  }
  if (from === undefined || from.is_bot) return undefined;
  const event: Event = {
    id,
    person: String(from.id),
    locale: from.language_code ?? "",
    ...(shared ? { place: placeOf(message) } : {}),
    messages: shared ? [] : [message.message_id],
    inputs: [],
    refusals: [],
    ...(message.media_group_id !== undefined ? { album: message.media_group_id } : {}),
  };
  if (message.forward_origin !== undefined) event.refusals.push("noForward");
  else if (command !== undefined) event.inputs.push(command);
  else if (message.text !== undefined) event.inputs.push({ kind: "text", text: message.text });
  else readContent(event, message, options);
  return event;
}

/** `other` is a command for another bot of the group. */
function readCommand(text: string | undefined, username: string): (Input & { kind: "command" }) | "other" | undefined {
  const match = /^\/([a-z0-9_]{1,32})(?:@([a-z0-9_]+))?(?:\s+([\s\S]*))?$/i.exec(text ?? "");
  if (match === null) return undefined;
  const [, name = "", bot, rest = ""] = match;
  if (bot !== undefined && bot.toLowerCase() !== username.toLowerCase()) return "other";
  return { kind: "command", name: name.toLowerCase(), rest: rest.trim() };
}

function readContent(event: Event, message: Message, options: ReadOptions): void {
  const file = fileOf(message);
  if (file !== undefined) {
    if ((file.bytes ?? 0) > FILE_BYTES) event.refusals.push("tooBig");
    else {
      const { id, ...upload } = file;
      event.inputs.push({ kind: "files", files: [{ ...upload, open: () => options.openFile(id) }] });
    }
    if (message.caption) event.inputs.push({ kind: "text", text: message.caption });
  } else if (message.voice !== undefined || message.video_note !== undefined) event.refusals.push("noVoice");
  else if (message.contact ?? message.location ?? message.venue) event.refusals.push("noIdentity");
  else if (
    message.poll ??
    message.dice ??
    message.sticker ??
    message.story ??
    message.checklist ??
    message.game ??
    message.paid_media ??
    message.rich_message
  )
    event.refusals.push("noOther");
  // Anything else is a service note (a timer was set, a message was pinned): nothing that a person said.
}

function fileOf(message: Message): (Omit<Upload, "open"> & { id: string }) | undefined {
  const photo = message.photo?.reduce((a, b) => (b.width * b.height > a.width * a.height ? b : a));
  if (photo !== undefined) return describe(photo.file_id, "photo.jpg", "image/jpeg", photo.file_size);
  const { document, video, audio } = message;
  const media = document ?? video ?? audio;
  if (media === undefined) return undefined;
  return describe(media.file_id, media.file_name ?? "file", media.mime_type, media.file_size);
}

function describe(id: string, name: string, type?: string, bytes?: number): Omit<Upload, "open"> & { id: string } {
  return { id, name, ...(type !== undefined ? { type } : {}), ...(bytes !== undefined ? { bytes } : {}) };
}

function placeOf(message: { chat: { id: number }; is_topic_message?: true; message_thread_id?: number }): string {
  const { chat, is_topic_message: inTopic, message_thread_id: topic } = message;
  return inTopic && topic !== undefined ? `${chat.id}/${topic}` : String(chat.id);
}
