/**
 * Telegram: `open` starts listening by polling or webhook, `send` is for the courier, and a turn is read, heard and
 * drawn into the person's private chat, never into a group. Profiles, chats and members are never looked up: what an
 * update brings is more than we want to know already.
 */
import { Api } from "node-telegram-bot-api";
import type { Screen } from "../../bot/screen.ts";
import type { Can, House, Pace, Platform } from "../platform.ts";
import { announce } from "./announce.ts";
import { createDispatch, type Dispatch } from "./dispatch.ts";
import { type Drawing, drawScreen, LIMITS } from "./draw.ts";
import { Fault, faultOf, sentOf } from "./faults.ts";
import { answerInline } from "./inline.ts";
import { allowed, createHealth, createReceiver, pollUpdates } from "./listen.ts";
import { type Event, FILE_BYTES, readUpdate } from "./read.ts";
import { createTalks } from "./talks.ts";
import { TIMES, type Times, within } from "./times.ts";
import { createWriter } from "./write.ts";

export interface TelegramOptions {
  token: string;
  /** Where the Bot API answers; Telegram's own by default. */
  apiRoot?: string;
  mode: "polling" | "webhook";
  /** For `webhook`: the public address of the route, and 1–256 of A–Z, a–z, 0–9, _ and -. */
  webhook?: { url: string; secret: string };
  /** The report page's address, named where a file is too large for Telegram. */
  page?: string;
  times?: Partial<Times>;
}

export const can: Can = {
  formFields: 0,
  menuOptions: 24,
  menuMany: false,
  label: 40,
  value: LIMITS.value,
  typed: 4096,
  text: LIMITS.text,
  fileBytes: FILE_BYTES,
  freeText: true,
  push: true,
  edit: true,
  erase: true,
  quiz: { ask: 300, option: 100, why: 200 },
  anonymous: false,
};

/** Groups have negative numbers. https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this */
const isGroup = (id: string): boolean => id.startsWith("-");
const pace: Pace = {
  perSecond: 30,
  place: (id) => [{ points: 1, seconds: 1 }, ...(isGroup(id) ? [{ points: 20, seconds: 60 }] : [])],
};

/**
 * Speaks Telegram. `webhook` answers Telegram's deliveries, where the mode asks for it.
 * @throws Fault `telegram-webhook-invalid` where webhook mode lacks an address or a usable secret
 */
export function telegram(options: TelegramOptions): Platform & { webhook?: (request: Request) => Promise<Response> } {
  const { token, mode, webhook } = options;
  if (mode === "webhook" && !/^[A-Za-z0-9_-]{1,256}$/.test(webhook?.secret ?? ""))
    throw new Fault("telegram-webhook-invalid");
  const times = { ...TIMES, ...options.times };
  const apiRoot = (options.apiRoot ?? "https://api.telegram.org").replace(/\/+$/, "");
  // The library would send again after a lost answer; who may send twice is decided here, call by call.
  const api = new Api(token, { apiRoot, maxRetries: 0, timeoutMs: times.call });
  const closing = new AbortController();
  const talks = createTalks();
  const write = createWriter({
    api,
    apiRoot,
    token,
    talks,
    times,
    signal: closing.signal,
    mayAnswer: async () => house?.mayAnswer?.(),
  });
  let house: House | undefined;
  let dispatch: Dispatch | undefined;
  let receive: ReturnType<typeof createReceiver> | undefined;
  let listening: Promise<unknown> = Promise.resolve();
  let username = "";
  let introduced = (): void => {};
  const known = new Promise<void>((resolve) => {
    introduced = resolve;
  });
  let confirm = (): number => 0;
  const drawn = new WeakMap<Screen, Drawing>();

  return {
    name: "telegram",
    can,
    pace,

    async open(given, silent) {
      house = given;
      if (silent) return;
      dispatch = createDispatch(
        async (update) => {
          await known;
          return readUpdate(update, { username, openFile: write.openFile });
        },
        (event) => turn(given, event),
        given.note,
        times,
      );
      if (webhook) receive = createReceiver(webhook.secret, dispatch, given, times);
      listening = listen(given, dispatch);
    },

    async send(to, screen, { ref, locale }) {
      try {
        // what goes to many is the same screen for all
        const drawing = drawn.get(screen) ?? drawScreen(screen, house?.say(locale, "telegram:copy") ?? "");
        drawn.set(screen, drawing);
        if (ref !== undefined && (await write.redraw(to.id, Number(ref), drawing, write.once)))
          return { ok: true, ref };
        const last = await write.post(to.id, screen, drawing, write.once);
        if (ref !== undefined) await write.retire(to.id, Number(ref), house?.say(locale, "telegram:outOfDate") ?? "");
        return { ok: true, ref: String(last) };
      } catch (error) {
        const sent = sentOf(faultOf(error));
        // A group has a limit of its own; one person is met once a second at most, so that it is all of us who are too fast.
        if (sent.ok || !sent.retry || sent.code !== "telegram-busy" || isGroup(to.id)) return sent;
        return { ...sent, wide: true };
      }
    },

    sweep: () => talks.sweep(),

    async close() {
      closing.abort();
      introduced();
      await listening;
      if (dispatch) await within(dispatch.idle(), times.goodbye, undefined);
      const offset = confirm();
      // Confirms what was handled since the last poll, so that the next start does not answer it again.
      if (offset > 0)
        await within(api.getUpdates({ offset, limit: 1, timeout: 0 }).catch(faultOf), times.goodbye, undefined);
    },

    ...(mode === "webhook" && webhook
      ? {
          webhook: async (request: Request) => {
            if (!receive || closing.signal.aborted) return new Response(null, { status: 503 });
            return receive(request);
          },
        }
      : {}),
  };

  // -- listening

  async function listen({ note, ...given }: House, dispatch: Dispatch): Promise<void> {
    const { signal } = closing;
    const health = createHealth(note, times, signal);
    const untilWell = async <T>(act: () => Promise<T>): Promise<T | undefined> => {
      while (!signal.aborted) {
        try {
          const result = await act();
          health.well();
          return result;
        } catch (error) {
          if (!signal.aborted) await health.ill(faultOf(error));
        }
      }
      return undefined;
    };
    const me = await untilWell(() => api.getMe(signal));
    username = me?.username ?? "";
    introduced();
    if (mode === "webhook" && webhook)
      await untilWell(() =>
        api.setWebhook({ url: webhook.url, secret_token: webhook.secret, allowed_updates: allowed(given) }, signal),
      );
    else await untilWell(() => api.deleteWebhook({}, signal));
    if (signal.aborted) return;
    note("platform-ready", { platform: "telegram" });
    void announce(api, given, write.insist, signal).catch((error: unknown) => {
      if (!signal.aborted) note("platform-turn-failed", { platform: "telegram", code: faultOf(error).code });
    });
    if (mode === "polling") confirm = await pollUpdates(api, allowed(given), dispatch, health, times, signal);
  }

  // -- one turn

  async function turn(house: House, event: Event): Promise<boolean> {
    if (event.left) {
      talks.forget(event.person);
      return true;
    }
    try {
      if (event.searched) {
        if (house.answers)
          await answerInline(api, event.searched, house.answers, house.say(event.locale, "telegram:askInPrivate"));
        return true;
      }
      if (!event.place) for (const message of event.messages) talks.wrote(event.person, message);
      if (event.pressed?.message !== undefined && !event.place) talks.pressed(event.person, event.pressed.message);
      for (const refusal of event.refusals) await refuse(house, event, refusal);
      if (event.inputs.length === 0 && event.pressed) await write.acknowledge(event.pressed.query, {});
      for (const [at, input] of event.inputs.entries()) {
        const traces = event.place ? [] : talks.take(event.person);
        const screen = await house.hear({
          // A caption comes in the same update as its files, but is an event of its own.
          id: at === 0 ? String(event.id) : `${event.id}/caption`,
          from: { platform: "telegram", id: event.person },
          ...(event.place ? { place: { platform: "telegram", id: event.place } } : {}),
          locale: event.locale,
          input,
          ...(traces.length > 0 ? { traces } : {}),
        });
        await answer(house, event, screen, traces);
      }
      return true;
    } catch (error) {
      const fault = faultOf(error);
      // who types on asks anew; an answer to what was typed before comes too late
      if (event.searched) return true;
      if (fault.passing) return false;
      if (fault.code === "telegram-blocked") return true;
      house.note("platform-turn-failed", { platform: "telegram", code: fault.code });
      if (event.pressed) await write.acknowledge(event.pressed.query, {});
      if (!event.place) await write.tell(event.person, house.say(event.locale, "telegram:failed")).catch(faultOf);
      return true;
    }
  }

  async function refuse(house: House, event: Event, refusal: Event["refusals"][number]): Promise<void> {
    if (refusal === "anonymousAdmin") house.note("platform-stranger-in-group", { platform: "telegram" });
    const key = refusal === "tooBig" && options.page ? "tooBigPage" : refusal;
    const words = house.say(event.locale, `telegram:${key}`, {
      mb: FILE_BYTES / 1024 / 1024,
      page: options.page ?? "",
    });
    await write.tell(event.place ?? event.person, words);
  }

  async function answer(house: House, event: Event, screen: Screen | undefined, traces: string[]): Promise<void> {
    const { person, place, pressed, locale } = event;
    if (screen === undefined) {
      if (pressed) await write.acknowledge(pressed.query, {});
      return;
    }
    // Before the acknowledgement, so that a screen that cannot be drawn fails before anything is sent.
    const drawing = drawScreen(screen, house.say(locale, "telegram:copy"));
    if (place) return answerInPrivate(house, event, screen, drawing);
    const acknowledged = pressed ? write.acknowledge(pressed.query, {}) : undefined;
    const earlier = screen.erase ? [...screen.erase, ...traces, ...talks.take(person)] : [];
    const edits =
      pressed?.message !== undefined &&
      talks.isLast(person, pressed.message) &&
      !screen.erase &&
      !drawing.quiz &&
      !screen.picture &&
      !screen.attachments?.length;
    const quiz = drawing.quiz && (await write.ask(person, drawing.quiz));
    if (drawing.quiz && quiz !== undefined) {
      // noted with the talk, so that an answer is understood after a restart, too
      const input = { kind: "quiz-drawn", quiz, values: drawing.quiz.values } as const;
      await house.hear({ id: `${event.id}/quiz`, from: { platform: "telegram", id: person }, locale, input });
    } else if (!edits || !(await write.redraw(person, pressed?.message ?? 0, drawing, write.answer)))
      await write.post(person, screen, drawing, write.answer);
    await write.erase(person, earlier);
    await acknowledged;
  }

  /** Nothing that is meant for one person is ever written where others read. */
  async function answerInPrivate(house: House, event: Event, screen: Screen, drawing: Drawing): Promise<void> {
    const { person, place = "", pressed, locale } = event;
    try {
      await write.post(person, screen, drawing, write.answer);
      if (pressed)
        await write.acknowledge(pressed.query, { text: house.say(locale, "telegram:inPrivate").slice(0, 200) });
    } catch (error) {
      const { code } = faultOf(error);
      if (code !== "telegram-blocked" && code !== "telegram-chat-gone") throw error;
      const link = `https://t.me/${username}?start=hello`;
      if (pressed) await write.acknowledge(pressed.query, { url: link });
      else await write.tell(place, house.say(locale, "telegram:writeFirst", { link }));
    }
  }
}
