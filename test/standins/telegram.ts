/**
 * A Bot API server on the loopback, with people, groups and bad days. It checks what the real one checks and answers
 * with its descriptions; what a person's client would show is read from what lies on the wire. An act resolves when
 * its answer was drawn or its update was confirmed.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Seen } from "../platforms/contract.ts";
import {
  type Button,
  checkCommands,
  checkInline,
  checkKeyboard,
  checkLanguage,
  checkPoll,
  checkText,
  detect,
  type Entity,
  type Params,
  Refusal,
} from "./telegram-rules.ts";

export interface Call {
  method: string;
  params: Params;
}

/** A message as it lies in a chat now. */
export interface Lying {
  id: number;
  chat: number;
  thread?: number;
  ours: boolean;
  text?: string;
  entities: Entity[];
  /** What the server made links of by itself. */
  found: Entity[];
  keyboard: Button[][];
  document?: { name: string; bytes: Uint8Array };
  poll?: { id: string; options: string[]; right: number[]; anonymous: boolean };
  protect: boolean;
  /** The message that it answers. */
  replies?: number;
  /** Rises with each drawing, over all chats. */
  drawn: number;
}

/** A bad day for the next calls of a method. `lost`: done, but the answer never arrives; `cut`: not even done. */
export type Mishap = { status: number; description?: string; after?: number; migrate?: number } | "lost" | "cut";

export interface FileSent {
  name: string;
  type: string;
  bytes: Uint8Array;
  /** What Telegram says about its size, where that differs. */
  claims?: number;
}

/** Somebody with a client, in private or (`in`) in a group. */
export interface User {
  id: number;
  send(text: string): Promise<Seen>;
  press(label: string): Promise<Seen>;
  attach(files: FileSent[], how?: { caption?: string; as?: "document" | "photo" | "video" | "audio" }): Promise<Seen>;
  /** A message with these fields: a voice, a contact, a forward. */
  post(fields: Params): Promise<Seen>;
  /** Delivers the last update once more, as after a lost acknowledgement. */
  again(): Promise<Seen>;
  /** Picks the option with this text in the latest poll that has it. */
  vote(option: string): Promise<Seen>;
  /** The last answer in the private chat. */
  seen(): Seen;
  /** Types this after the bot's name in any chat; what can be posted from there. Needs inline mode, as in BotFather. */
  search(text: string): Promise<{ title: string; text: string }[]>;
  /** Everything that lies in the private chat now, both sides. */
  chat(): Lying[];
  /** What pressed buttons answered. */
  toasts: { text?: string; url?: string }[];
  in(group: number, thread?: number): User;
}

interface Entry {
  update: Params & { update_id: number };
  chat: number;
  done: boolean;
}

const USERS = 5_000_000_000;
const DAY = 1_790_000_000;

export type TelegramServer = Awaited<ReturnType<typeof createTelegramServer>>;

/** Starts the server. */
export async function createTelegramServer(
  token = "123456789:AAE-stand-in-for-a-bot-token-000000",
  host = "127.0.0.1",
) {
  const username = "quietline_test_bot";
  const calls: Call[] = [];
  const refusals: string[] = [];
  const messages = new Map<number, Lying>();
  const files = new Map<string, { bytes: Uint8Array; claims: number }>();
  const queries = new Map<string, number>();
  const searches = new Map<string, Params | undefined>();
  const mishaps = new Map<string, Mishap[]>();
  const toasts = new Map<number, { text?: string; url?: string }[]>();
  const acted = new Map<number, number>();
  const last = new Map<number, Entry>();
  const groups = new Map<number, { threads: Set<number>; closed: Set<number> }>();
  const migrated = new Map<number, number>();
  const started = new Set<number>();
  const blocked = new Set<number>();
  const undeletable = new Set<number>();
  const uneditable = new Set<number>();
  const delivering = new Set<number>();
  let queue: Entry[] = [];
  let repeats: Entry[] = [];
  let webhook: { url: string; secret: string } | undefined;
  let allowed: string[] = [];
  let revoked = false;
  let closed = false;
  let ids = 100;
  let updates = 700_000_000;
  let drawings = 0;
  let waiters: { ready: () => boolean; resolve: () => void }[] = [];
  let poller: (() => void) | undefined;

  const changed = (): void => {
    const met = waiters.filter((w) => w.ready());
    waiters = waiters.filter((w) => !met.includes(w));
    for (const { resolve } of met) resolve();
  };
  const until = (ready: () => boolean): Promise<void> =>
    ready() ? Promise.resolve() : new Promise((resolve) => waiters.push({ ready, resolve }));

  // -- the wire

  const server = createServer((request, response) => {
    void handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const url = `http://${host}:${(server.address() as AddressInfo).port}`;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const file = /^\/file\/bot([^/]+)\/(.+)$/.exec(request.url ?? "");
    if (file) {
      const found = file[1] === token && !revoked ? files.get(decodeURI(file[2] ?? "")) : undefined;
      return void (found ? response.end(found.bytes) : response.writeHead(404).end());
    }
    const [, given, method = ""] = /^\/bot([^/]+)\/(\w+)$/.exec(request.url ?? "") ?? [];
    const params = await readParams(request);
    const reply = (status: number, body: Params): void => {
      if (!response.destroyed)
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    calls.push({ method, params });
    const mishap = mishaps.get(method)?.shift();
    try {
      if (given !== token || revoked) throw new Refusal(401, "Unauthorized");
      if (mishap === "cut") return void response.destroy();
      if (typeof mishap === "object") throw mishapRefusal(mishap);
      const result = method === "getUpdates" ? await getUpdates(params, response) : act(method, params);
      if (mishap === "lost") response.destroy();
      else reply(200, { ok: true, result });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.status === 400) refusals.push(`${method}: ${error.message}`);
      reply(error.status, {
        ok: false,
        error_code: error.status,
        description: error.message,
        ...(error.parameters ? { parameters: error.parameters } : {}),
      });
    } finally {
      changed();
    }
  }

  async function getUpdates(params: Params, response: ServerResponse): Promise<unknown[]> {
    allowed = (params.allowed_updates as string[] | undefined) ?? allowed;
    if (webhook)
      throw new Refusal(
        409,
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
      );
    const offset = Number(params.offset ?? 0);
    for (const entry of queue) if (entry.update.update_id < offset) entry.done = true;
    queue = queue.filter((entry) => !entry.done);
    changed();
    poller?.();
    const ready = (): Entry[] => [...repeats, ...queue.filter((e) => e.update.update_id >= offset)];
    if (ready().length === 0 && Number(params.timeout ?? 0) > 0) {
      let pushedOut = false;
      const gone = new Promise<void>((resolve) => response.once("close", resolve));
      const replaced = new Promise<void>((resolve) => {
        poller = () => {
          pushedOut = true;
          resolve();
        };
      });
      const mine = poller;
      await Promise.race([until(() => closed || ready().length > 0), gone, replaced]);
      if (poller === mine) poller = undefined;
      if (pushedOut)
        throw new Refusal(
          409,
          "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
        );
      if (response.destroyed) return [];
    }
    const batch = ready().slice(0, Number(params.limit ?? 100));
    repeats = [];
    return batch.map((e) => e.update);
  }

  function act(method: string, params: Params): unknown {
    switch (method) {
      case "getMe":
        return { id: 123456789, is_bot: true, first_name: "Quietline", username };
      case "setWebhook":
        if (!/^[A-Za-z0-9_-]{0,256}$/.test(String(params.secret_token ?? "")))
          throw new Refusal(400, "Bad Request: secret token contains unallowed characters");
        allowed = (params.allowed_updates as string[] | undefined) ?? allowed;
        webhook = { url: String(params.url), secret: String(params.secret_token ?? "") };
        deliver();
        return true;
      case "deleteWebhook":
        webhook = undefined;
        return true;
      case "sendMessage":
        checkText(params.text, params.entities);
        checkKeyboard(params.reply_markup);
        return wire(draw(params, { text: String(params.text).trim() }));
      case "sendPoll": {
        checkPoll(params);
        const options = (params.options as { text: string }[]).map((o) => o.text);
        const poll = {
          id: String(++ids * 7877),
          options,
          right: (params.correct_option_ids ?? []) as number[],
          anonymous: params.is_anonymous !== false,
        };
        const text = [params.description, params.question, ...options.map((o) => `○ ${o}`)].filter(Boolean).join("\n");
        const lying = draw(params, { text, poll });
        return { ...wire(lying), poll: { id: poll.id, question: params.question, type: params.type } };
      }
      case "sendDocument": {
        const document = params.document as File | undefined;
        if (document === undefined || document.size === 0)
          throw new Refusal(400, "Bad Request: file must be non-empty");
        return wire(draw(params, { document: { name: document.name, bytes: params.documentBytes as Uint8Array } }));
      }
      case "sendPhoto": {
        const photo = params.photo as File | undefined;
        if (photo === undefined || photo.size === 0) throw new Refusal(400, "Bad Request: file must be non-empty");
        if (String(params.caption ?? "").length > 1024)
          throw new Refusal(400, "Bad Request: message caption is too long");
        const document = { name: photo.name, bytes: params.photoBytes as Uint8Array };
        const captioned = { ...params, entities: params.caption_entities };
        return wire(draw(captioned, { text: String(params.caption ?? ""), document }));
      }
      case "editMessageText": {
        checkText(params.text, params.entities);
        checkKeyboard(params.reply_markup);
        const lying = own(params, "edit");
        const text = String(params.text).trim();
        const entities = (params.entities ?? []) as Entity[];
        const keyboard = keyboardOf(params);
        if (lying.text === text && same(lying.entities, entities) && same(lying.keyboard, keyboard))
          throw new Refusal(
            400,
            "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message",
          );
        Object.assign(lying, { text, entities, found: detect(text, entities), keyboard, drawn: ++drawings });
        return wire(lying);
      }
      case "editMessageReplyMarkup": {
        checkKeyboard(params.reply_markup);
        const lying = own(params, "edit");
        lying.keyboard = keyboardOf(params);
        return wire(lying);
      }
      case "deleteMessage":
        if (undeletable.has(Number(params.message_id)))
          throw new Refusal(400, "Bad Request: message can't be deleted for everyone");
        if (!erase(Number(params.chat_id), Number(params.message_id)))
          throw new Refusal(400, "Bad Request: message to delete not found");
        return true;
      case "deleteMessages": {
        const list = params.message_ids as number[];
        if (!Array.isArray(list) || list.length < 1 || list.length > 100)
          throw new Refusal(400, "Bad Request: too many message identifiers specified");
        if (list.some((id) => undeletable.has(id))) throw new Refusal(400, "Bad Request: message can't be deleted");
        for (const id of list) erase(Number(params.chat_id), id);
        return true;
      }
      case "answerCallbackQuery": {
        const user = queries.get(String(params.callback_query_id));
        if (user === undefined)
          throw new Refusal(400, "Bad Request: query is too old and response timeout expired or query ID is invalid");
        if (String(params.text ?? "").length > 200) throw new Refusal(400, "Bad Request: MESSAGE_TOO_LONG");
        if (params.url !== undefined && !String(params.url).startsWith(`https://t.me/${username}?start=`))
          throw new Refusal(400, "Bad Request: URL_INVALID");
        queries.delete(String(params.callback_query_id));
        const toast = {
          ...(params.text !== undefined ? { text: String(params.text) } : {}),
          ...(params.url !== undefined ? { url: String(params.url) } : {}),
        };
        toastsOf(user).push(toast);
        return true;
      }
      case "answerInlineQuery": {
        const id = String(params.inline_query_id);
        if (!searches.has(id) || searches.get(id))
          throw new Refusal(400, "Bad Request: query is too old and response timeout expired or query ID is invalid");
        checkInline(params);
        searches.set(id, params);
        return true;
      }
      case "getFile": {
        const found = files.get(String(params.file_id));
        if (found === undefined)
          throw new Refusal(400, "Bad Request: wrong file_id or the file is temporarily unavailable");
        if (found.claims > 20 * 1024 * 1024) throw new Refusal(400, "Bad Request: file is too big");
        return {
          file_id: params.file_id,
          file_unique_id: "u",
          file_size: found.claims,
          file_path: String(params.file_id),
        };
      }
      case "setMyCommands":
        checkCommands(params);
        return true;
      case "setMyDescription":
      case "setMyShortDescription": {
        const [key, most] = method === "setMyDescription" ? ["description", 512] : ["short_description", 120];
        if (String(params[key as string] ?? "").length > Number(most))
          throw new Refusal(400, "Bad Request: description is too long");
        checkLanguage(params.language_code);
        return true;
      }
      default:
        throw new Refusal(404, "Not Found: method not found");
    }
  }

  function draw(params: Params, content: Pick<Lying, "text" | "document" | "poll">): Lying {
    const chat = Number(params.chat_id);
    const thread = params.message_thread_id === undefined ? undefined : Number(params.message_thread_id);
    if (blocked.has(chat)) throw new Refusal(403, "Forbidden: bot was blocked by the user");
    if (chat > USERS && !started.has(chat))
      throw new Refusal(403, "Forbidden: bot can't initiate conversation with a user");
    checkThere(chat);
    if (chat <= USERS && !groups.has(chat)) throw new Refusal(400, "Bad Request: chat not found");
    if (thread !== undefined && !groups.get(chat)?.threads.has(thread))
      throw new Refusal(400, "Bad Request: message thread not found");
    if (thread !== undefined && groups.get(chat)?.closed.has(thread))
      throw new Refusal(400, "Bad Request: TOPIC_CLOSED");
    const reply = params.reply_parameters as { message_id: number; allow_sending_without_reply?: boolean } | undefined;
    const there = reply !== undefined && messages.get(reply.message_id)?.chat === chat;
    if (reply && !there && !reply.allow_sending_without_reply)
      throw new Refusal(400, "Bad Request: message to be replied not found");
    const replies = there ? reply.message_id : undefined;
    return lay({
      chat,
      ...(thread !== undefined ? { thread } : {}),
      ...(replies !== undefined ? { replies } : {}),
      ours: true,
      ...content,
      entities: (params.entities ?? []) as Entity[],
      found: detect(content.text ?? "", (params.entities ?? []) as Entity[]),
      keyboard: keyboardOf(params),
      protect: params.protect_content === true,
    });
  }

  function checkThere(chat: number): void {
    const elsewhere = migrated.get(chat);
    if (elsewhere === undefined) return;
    const description = "Bad Request: group chat was upgraded to a supergroup chat";
    throw new Refusal(400, description, { migrate_to_chat_id: elsewhere });
  }

  function lay(what: Omit<Lying, "id" | "drawn">): Lying {
    const lying = { ...what, id: ++ids, drawn: ++drawings };
    messages.set(lying.id, lying);
    return lying;
  }

  function own(params: Params, what: string): Lying {
    checkThere(Number(params.chat_id));
    const lying = messages.get(Number(params.message_id));
    if (lying === undefined || lying.chat !== Number(params.chat_id))
      throw new Refusal(400, `Bad Request: message to ${what} not found`);
    if (!lying.ours || lying.document || lying.poll || uneditable.has(lying.id))
      throw new Refusal(400, `Bad Request: message can't be ${what}ed`);
    return lying;
  }

  function erase(chat: number, id: number): boolean {
    const lying = messages.get(id);
    if (lying?.chat !== chat || undeletable.has(id)) return false;
    return messages.delete(id);
  }

  function wire(lying: Lying): Params {
    const { id, chat, text, thread } = lying;
    return {
      message_id: id,
      date: DAY,
      chat: chatOf(chat),
      ...(text !== undefined ? { text } : {}),
      ...(thread !== undefined ? { message_thread_id: thread, is_topic_message: true } : {}),
    };
  }

  // -- updates and their delivery

  function enqueue(chat: number, fields: Params): Entry {
    const entry = { update: { update_id: ++updates, ...fields }, chat, done: false };
    queue.push(entry);
    deliver();
    changed();
    return entry;
  }

  /** One chat's updates go one after another, each when the last was acknowledged, as the real server does it. */
  function deliver(): void {
    if (!webhook || closed) return;
    for (const entry of queue) {
      if (delivering.has(entry.chat)) continue;
      delivering.add(entry.chat);
      void post(entry, webhook).then(() => {
        delivering.delete(entry.chat);
        queue = queue.filter((e) => e !== entry);
        changed();
        deliver();
      });
    }
  }

  /** Servers behind a balancer at the webhook's address, each in turn; nothing where there is none. */
  const behind: string[] = [];
  let nextBehind = 0;
  async function post(entry: Entry, to: { url: string; secret: string }): Promise<void> {
    for (let wait = 1; !closed && !entry.done; wait = Math.min(wait * 2, 100)) {
      const headers = { "content-type": "application/json", "x-telegram-bot-api-secret-token": to.secret };
      const url = behind.length > 0 ? behind[nextBehind++ % behind.length]! : to.url;
      const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(entry.update) }).catch(
        () => undefined,
      );
      await response?.arrayBuffer().catch(() => undefined);
      entry.done = response?.ok === true;
      changed();
      if (!entry.done) await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }

  // -- people

  function user(n: number, language = "en"): User {
    return client(USERS + n, language);
  }

  function client(id: number, language: string, group?: number, thread?: number): User {
    const from = {
      id,
      is_bot: false,
      first_name: `Nora${id - USERS}`,
      last_name: "Planted",
      username: `nora_planted_${id - USERS}`,
      language_code: language,
    };
    const chat = group ?? id;
    const place = { chat, ...(thread !== undefined ? { thread } : {}) };
    const say = (fields: Params, text?: string): Entry => {
      if (group === undefined) started.add(id);
      const lying = lay({
        ...place,
        ours: false,
        ...(text !== undefined ? { text } : {}),
        entities: [],
        found: [],
        keyboard: [],
        protect: false,
      });
      return enqueue(chat, { message: { ...wire(lying), from, ...fields } });
    };
    const answered = async (begin: () => Entry): Promise<Seen> => {
      acted.set(id, drawings + 1);
      const entry = begin();
      last.set(chat, entry);
      // Through a webhook an album's items are acknowledged before it is answered.
      const album = (entry.update.message as Params | undefined)?.media_group_id !== undefined;
      await until(() => (entry.done && !album) || whole(id));
      return seen(id);
    };
    return {
      id,
      toasts: toastsOf(id),
      send: (text) => answered(() => say({ text }, text)),
      post: (fields) => answered(() => say(fields)),
      attach: (sent, { caption, as = "document" } = {}) =>
        answered(() => {
          const album = sent.length > 1 ? { media_group_id: String(++ids) } : {};
          const entries = sent.map(({ name, type, bytes, claims = bytes.length }, at) => {
            const file_id = `documents/file_${++ids}`;
            files.set(file_id, { bytes, claims });
            const media = { file_id, file_unique_id: `u${ids}`, file_size: claims };
            const small = { file_id: "thumb", file_unique_id: "t", width: 90, height: 90, file_size: 1 };
            const content =
              as === "photo"
                ? { photo: [small, { ...media, width: 900, height: 900 }] }
                : { [as]: { ...media, file_name: name, mime_type: type } };
            return say({ ...content, ...album, ...(caption !== undefined && at === 0 ? { caption } : {}) });
          });
          return entries.at(-1) as Entry;
        }),
      press: (label) =>
        answered(() => {
          const below = [...messages.values()]
            .filter((m) => m.chat === chat && m.ours && m.thread === thread)
            .sort((a, b) => b.drawn - a.drawn);
          const bare = (text: string): string => text.replace(/^✓ /, "");
          const message = below.find((m) => m.keyboard.flat().some((b) => bare(b.text) === label));
          const button = message?.keyboard.flat().find((b) => bare(b.text) === label);
          if (message === undefined || button?.callback_data === undefined) throw new Error(`no such button: ${label}`);
          const query = String(++ids * 7919);
          queries.set(query, id);
          const callback_query = {
            id: query,
            from,
            chat_instance: "1",
            data: button.callback_data,
            message: { ...wire(message), reply_markup: { inline_keyboard: message.keyboard } },
          };
          return enqueue(chat, { callback_query });
        }),
      vote: (option) =>
        answered(() => {
          const polls = [...messages.values()].filter((m) => m.chat === chat && m.poll?.options.includes(option));
          const poll = polls.at(-1)?.poll;
          if (!poll) throw new Error(`no poll has the option: ${option}`);
          if (poll.anonymous || !allowed.includes("poll_answer")) throw new Error("the bot is not told of this vote");
          const picked = poll.options.indexOf(option);
          const answer = {
            poll_id: poll.id,
            user: from,
            option_ids: [picked],
            option_persistent_ids: [String(picked)],
          };
          return enqueue(chat, { poll_answer: answer });
        }),
      again: async () => {
        const first = last.get(chat);
        if (first === undefined) throw new Error("nothing to deliver again");
        await until(() => first.done);
        const entry = { ...first, done: false };
        acted.set(id, drawings + 1);
        (webhook ? queue : repeats).push(entry);
        deliver();
        changed();
        await until(() => entry.done || whole(id));
        return seen(id);
      },
      search: async (query) => {
        const key = String(++ids * 7907);
        searches.set(key, undefined);
        const entry = enqueue(id, { inline_query: { id: key, from, query, offset: "" } });
        await until(() => searches.get(key) !== undefined || entry.done);
        return ((searches.get(key)?.results ?? []) as Params[]).map((result) => ({
          title: String(result.title),
          text: String((result.input_message_content as Params).message_text),
        }));
      },
      seen: () => seen(id),
      chat: () => [...messages.values()].filter((m) => m.chat === id),
      in: (other, topic) => client(id, language, other, topic),
    };
  }

  const toastsOf = (id: number): { text?: string; url?: string }[] => {
    const list = toasts.get(id) ?? [];
    toasts.set(id, list);
    return list;
  };
  const drawnFor = (id: number): Lying[] =>
    [...messages.values()]
      .filter((m) => m.chat === id && m.ours && m.drawn >= (acted.get(id) ?? 0))
      .sort((a, b) => a.id - b.id);
  /** An answer in several messages is whole when the last is not full to the brim, or has the keyboard. */
  const whole = (id: number): boolean => {
    const last = drawnFor(id).at(-1);
    return last?.text !== undefined && !last.document && (last.keyboard.length > 0 || last.text.length < 2000);
  };
  const seen = (id: number): Seen => {
    const shown = drawnFor(id);
    const labels =
      shown
        .at(-1)
        ?.keyboard.flat()
        .map((b) => b.text) ?? [];
    return { text: shown.map((m) => m.text ?? "").join("\n"), buttons: labels, options: labels, fields: [] };
  };

  /** Makes a group (a negative id) with these topics; a bot that was added knows it. */
  function group(id: number, threads: number[] = []): void {
    groups.set(id, { threads: new Set(threads), closed: new Set() });
  }

  /** A group becomes a supergroup under another number; `told`, both sides of it say so in a service message. */
  function migrate(from: number, to: number, told: boolean): void {
    groups.delete(from);
    group(to);
    migrated.set(from, to);
    if (!told) return;
    const anybody = { from: { id: USERS + 1, is_bot: false, first_name: "Nora" }, date: DAY };
    const old = { id: from, type: "group", title: "The office" };
    enqueue(from, { message: { ...anybody, message_id: ++ids, chat: old, migrate_to_chat_id: to } });
    enqueue(to, { message: { ...anybody, message_id: ++ids, chat: chatOf(to), migrate_from_chat_id: from } });
  }

  /** Somebody closes, opens or deletes a topic by hand; what was written in a deleted one is gone. */
  function topic(id: number, thread: number, becomes: "closed" | "open" | "deleted"): void {
    const { threads, closed } = groups.get(id)!;
    if (becomes === "closed") closed.add(thread);
    else closed.delete(thread);
    if (becomes !== "deleted") return;
    threads.delete(thread);
    for (const m of messages.values()) if (m.chat === id && m.thread === thread) messages.delete(m.id);
  }

  return {
    url,
    token,
    username,
    behind,
    calls,
    /** Descriptions of every 400 that was answered without a mishap being asked for. */
    refusals,
    called: (method: string): Params[] => calls.filter((c) => c.method === method).map((c) => c.params),
    user,
    group,
    migrate,
    topic,
    /** Somebody who has pressed Start long ago: the bot may write to them. Their chat's number. */
    meet(n: number): number {
      started.add(USERS + n);
      return USERS + n;
    },
    until,
    /** Who has pressed Start, and may be written to. */
    started,
    blocked,
    undeletable,
    /** Messages that are too old to be changed. */
    uneditable,
    message: (id: number): Lying | undefined => messages.get(id),
    groupText: (): string =>
      [...messages.values()].flatMap((m) => (groups.has(m.chat) && m.ours ? [m.text ?? ""] : [])).join("\n"),
    groupMessages: (id: number): Lying[] => [...messages.values()].filter((m) => m.chat === id),
    misbehave(method: string, mishap: Mishap, times = 1): void {
      mishaps.set(method, [...(mishaps.get(method) ?? []), ...Array.from({ length: times }, () => mishap)]);
    },
    /** Bad days are over. */
    behave(): void {
      mishaps.clear();
    },
    revoke(on: boolean): void {
      revoked = on;
      poller?.();
    },
    /** The owner had BotFather make a new token: the old one is no good any more. */
    renew(fresh: string): void {
      token = fresh;
      revoked = false;
      poller?.();
    },
    get lastUpdate(): number {
      return updates;
    },
    /** Updates that the bot has not confirmed. */
    pending: (): number[] => queue.map((e) => e.update.update_id),
    /** Resolves when every update was confirmed. */
    settled: (): Promise<void> => until(() => queue.length === 0),
    /** An update of a shape that no `User` makes. */
    push: (chat: number, fields: Params): number => enqueue(chat, fields).update.update_id,
    async close(): Promise<void> {
      closed = true;
      changed();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function chatOf(id: number): Params {
  return id > 0
    ? { id, type: "private", first_name: `Nora${id - USERS}` }
    : { id, type: "supergroup", title: "The office" };
}

function keyboardOf(params: Params): Button[][] {
  return (params.reply_markup as { inline_keyboard: Button[][] } | undefined)?.inline_keyboard ?? [];
}

function mishapRefusal({ status, description, after, migrate }: Exclude<Mishap, string>): Refusal {
  const parameters = {
    ...(after !== undefined ? { retry_after: after } : {}),
    ...(migrate !== undefined ? { migrate_to_chat_id: migrate } : {}),
  };
  return new Refusal(
    status,
    description ?? (status === 429 ? `Too Many Requests: retry after ${after}` : "Internal Server Error"),
    Object.keys(parameters).length > 0 ? parameters : undefined,
  );
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Parameters of a JSON, urlencoded or multipart body; structured ones come as JSON texts. */
async function readParams(request: IncomingMessage): Promise<Params> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const type = request.headers["content-type"] ?? "";
  if (pieces.length === 0) return {};
  if (type.startsWith("application/json")) return JSON.parse(Buffer.concat(pieces).toString()) as Params;
  const form = await new Response(Buffer.concat(pieces), { headers: { "content-type": type } }).formData();
  const params: Params = {};
  for (const [key, value] of form) {
    if (typeof value === "string")
      params[key] = /^([[{]|true$|false$)/.test(value) && key !== "text" ? JSON.parse(value) : value;
    else {
      params[key] = value;
      params[`${key}Bytes`] = new Uint8Array(await value.arrayBuffer());
    }
  }
  return params;
}
