/**
 * Everything we put on Telegram's wire for a person or a place, and the bytes we fetch from it. A call is made `once`
 * where the courier decides about repeating it, and `insist`s where a person is waiting.
 */
import { type Api, InputFile, type MessageEntity, type SendMessageParams } from "node-telegram-bot-api";
import type { Screen } from "../../bot/screen.ts";
import { type Drawing, LIMITS } from "./draw.ts";
import { Fault, faultOf } from "./faults.ts";
import { type createTalks, idsOf } from "./talks.ts";
import { liveStretches } from "./text.ts";
import { backoff, sleep, type Times } from "./times.ts";

const TRIES = 4;
const LONGEST_WAIT = 60;
const DELETE_AT_ONCE = 100;
/** So many refusals in a row mean that all before is too old as well; one alone may be a die, which stays for its first day. */
const TOO_OLD = 10;

/** Makes a call and turns what it throws into a `Fault`. */
export type How = <T>(act: () => Promise<T>) => Promise<T>;

export interface WriterOptions {
  api: Api;
  apiRoot: string;
  token: string;
  talks: ReturnType<typeof createTalks>;
  times: Times;
  /** Aborts when the platform closes. */
  signal: AbortSignal;
  /** Resolves when an answer may go. */
  mayAnswer(): Promise<void>;
}

/** All of these throw a `Fault`, except where they say otherwise. */
export function createWriter({ api, apiRoot, token, talks, times, signal: closing, mayAnswer }: WriterOptions) {
  return { once, insist, answer, post, ask, redraw, retire, tell, erase, acknowledge, openFile };

  async function once<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      throw faultOf(error);
    }
  }

  /** A person waits for this answer: better twice than not at all, because it may hold a receipt. */
  async function insist<T>(act: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await act();
      } catch (error) {
        const fault = faultOf(error);
        const wait = fault.after ?? 0;
        if (!fault.passing || attempt >= TRIES || wait > LONGEST_WAIT || closing.aborted) throw fault;
        await sleep(wait > 0 ? wait * 1000 : backoff(attempt, times.backoff), closing);
      }
    }
  }

  /** The same for a message: answers and what goes out by itself share what Telegram takes of one bot. */
  async function answer<T>(act: () => Promise<T>): Promise<T> {
    await mayAnswer();
    return insist(act);
  }

  /** Sends a screen as new messages; the number of the last one. */
  async function post(place: string, screen: Screen, drawing: Drawing, how: How): Promise<number> {
    const to = target(place);
    let last = 0;
    const sent = (id: number): void => {
      last = id;
      if (to.chat_id > 0) talks.sent(String(to.chat_id), id);
    };
    if (screen.picture) {
      const { name, alt, png } = screen.picture;
      const photo = new InputFile(await png(), { filename: name, contentType: "image/png" });
      const caption = alt.length > LIMITS.caption ? `${alt.slice(0, LIMITS.caption - 1)}…` : alt;
      const caption_entities = liveStretches(caption).map((part) => ({ type: "code" as const, ...part }));
      const words = { caption, ...(caption_entities.length > 0 ? { caption_entities } : {}) };
      sent((await how(() => api.sendPhoto({ ...to, photo, ...words, protect_content: true }))).message_id);
    }
    for (const { name, type, open } of screen.attachments ?? []) {
      const document = new InputFile(await open(), { filename: name, contentType: type });
      // Its bytes can be read only once, so this call is never repeated.
      sent((await once(() => api.sendDocument({ ...to, document, protect_content: true }))).message_id);
    }
    for (const [at, piece] of drawing.pieces.entries()) {
      const keyboard = at === drawing.pieces.length - 1 ? drawing.keyboard : undefined;
      sent((await how(() => api.sendMessage(message(to, piece, keyboard)))).message_id);
    }
    return last;
  }

  /** Asks Telegram's own quiz; its name, or nothing where this server refuses to draw it. */
  async function ask(person: string, quiz: NonNullable<Drawing["quiz"]>): Promise<string | undefined> {
    try {
      if (quiz.notice !== "") await tell(person, quiz.notice);
      const sent = await answer(() => api.sendPoll({ chat_id: Number(person), ...quiz.params }));
      talks.sent(person, sent.message_id);
      return sent.poll?.id;
    } catch (error) {
      // a Bot API server of somebody's own may be older than what we ask for
      if (faultOf(error).code === "telegram-refused") return undefined;
      throw error;
    }
  }

  /** Redraws a message; false where that is impossible and a new one has to be sent. */
  async function redraw(place: string, messageId: number, drawing: Drawing, how: How): Promise<boolean> {
    const [piece, ...more] = drawing.pieces;
    if (piece === undefined || more.length > 0) return false;
    try {
      const { chat_id } = target(place);
      const { text, entities, link_preview_options } = message({ chat_id }, piece);
      const reply_markup = drawing.keyboard ?? { inline_keyboard: [] };
      await how(() =>
        api.editMessageText({ chat_id, message_id: messageId, text, entities, link_preview_options, reply_markup }),
      );
      return true;
    } catch (error) {
      const { code } = faultOf(error);
      if (code === "telegram-not-modified") return true;
      if (code === "telegram-message-gone") return false;
      throw error;
    }
  }

  /**
   * Takes away a message whose place a new one has taken: deleted, or without buttons; where Telegram lets us do neither,
   * an answer to it says that it is out of date. Never throws: the new one is there already.
   */
  async function retire(place: string, message_id: number, outOfDate: string): Promise<void> {
    const to = target(place);
    const { chat_id } = to;
    const code = async (act: () => Promise<unknown>) => (await act().then(() => undefined, faultOf))?.code;
    const kept = await code(() => api.deleteMessage({ chat_id, message_id }));
    if (kept !== "telegram-refused") return; // it is gone, or the network is
    const fixed = await code(() =>
      api.editMessageReplyMarkup({ chat_id, message_id, reply_markup: { inline_keyboard: [] } }),
    );
    if (fixed === "telegram-message-gone")
      await code(() =>
        api.sendMessage({ ...message(to, { text: outOfDate, entities: [] }), reply_parameters: { message_id } }),
      );
  }

  /** A few words of our own; `about` is a message of that chat that they belong to. */
  async function tell(place: string, text: string, about?: number): Promise<void> {
    const to = target(place);
    const words = message(to, { text: text.slice(0, LIMITS.text), entities: [] });
    const under =
      about === undefined ? {} : { reply_parameters: { message_id: about, allow_sending_without_reply: true } };
    const { message_id } = await answer(() => api.sendMessage({ ...words, ...under }));
    if (to.chat_id > 0) talks.sent(String(to.chat_id), message_id);
  }

  /**
   * Deletes both sides of a private chat, the newest message first, as far back as Telegram lets us (48 hours); what is
   * gone already is skipped. False where Telegram did not take the request.
   */
  async function erase(person: string, marks: string[]): Promise<boolean> {
    // numbers rise with time in a chat
    const ids = idsOf(marks).sort((a, b) => b - a);
    const chat_id = Number(person);
    /** What Telegram refuses it will refuse again; what it did not hear may work later. */
    const heard = (act: () => Promise<unknown>): Promise<"done" | "gone" | "refused" | "lost"> =>
      insist(act).then(
        () => "done",
        (error: unknown) => {
          const { passing, code } = faultOf(error);
          return passing ? "lost" : code === "telegram-message-gone" ? "gone" : "refused";
        },
      );
    let refused = 0;
    for (let at = 0; at < ids.length; at += DELETE_AT_ONCE) {
      const message_ids = ids.slice(at, at + DELETE_AT_ONCE);
      const all = await heard(() => api.deleteMessages({ chat_id, message_ids }));
      if (all === "lost") return false;
      if (all === "done") continue;
      // One message that may not be deleted refuses the whole group: try each by itself.
      for (const message_id of message_ids) {
        const one = await heard(() => api.deleteMessage({ chat_id, message_id }));
        if (one === "lost") return false;
        if (one === "done") refused = 0;
        if (one === "refused" && ++refused === TOO_OLD) return true;
      }
    }
    return true;
  }

  /** The address of a file's bytes holds the token: it is never kept, and no error that could quote it leaves here. */
  async function openFile(fileId: string): Promise<ReadableStream<Uint8Array>> {
    const { file_path: path } = await insist(() => api.getFile({ file_id: fileId }));
    if (path === undefined) throw new Fault("telegram-download-failed");
    const signal = AbortSignal.any([closing, AbortSignal.timeout(times.turn)]);
    const response = await fetch(`${apiRoot}/file/bot${token}/${encodeURI(path)}`, { signal }).catch(() => undefined);
    if (!response?.ok || response.body === null) throw new Fault("telegram-download-failed");
    const reader = response.body.getReader();
    return new ReadableStream<Uint8Array>({
      async pull(controller) {
        const next = await reader.read().catch(() => undefined);
        if (next === undefined) controller.error(new Fault("telegram-download-failed"));
        else if (next.done) controller.close();
        else controller.enqueue(next.value);
      },
      cancel: () => reader.cancel(),
    });
  }

  /** Ends the waiting mark on a pressed button. Never throws. */
  async function acknowledge(query: string, how: { text?: string; url?: string }): Promise<void> {
    // A press that is answered too late is forgotten by Telegram; that harms nobody.
    await api.answerCallbackQuery({ callback_query_id: query, ...how }).catch(faultOf);
  }
}

/** `chat` or `chat/topic`. */
function target(place: string): { chat_id: number; message_thread_id?: number } {
  const [chat, topic] = place.split("/");
  return { chat_id: Number(chat), ...(topic !== undefined ? { message_thread_id: Number(topic) } : {}) };
}

function message(
  to: ReturnType<typeof target>,
  { text, entities }: { text: string; entities: MessageEntity[] },
  keyboard?: Drawing["keyboard"],
): SendMessageParams {
  return {
    ...to,
    text,
    ...(entities.length > 0 ? { entities } : {}),
    link_preview_options: { is_disabled: true },
    protect_content: true,
    ...(keyboard ? { reply_markup: keyboard } : {}),
  };
}
