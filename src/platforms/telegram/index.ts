/**
 * Telegram: `open` starts listening by polling or webhook, and `send` is for the courier. Profiles, chats and members are never looked up: what an
 * update brings is more than we want to know already.
 */
import { Api } from "node-telegram-bot-api";
import type { Screen } from "../../bot/screen.ts";
import type { Can, House, Pace, Platform } from "../platform.ts";
import { announce } from "./announce.ts";
import { createDispatch, type Dispatch } from "./dispatch.ts";
import { type Drawing, drawScreen, LIMITS } from "./draw.ts";
import { Fault, faultOf, movedTo, sentOf } from "./faults.ts";
import { allowed, createHealth, createReceiver, pollUpdates } from "./listen.ts";
import { FILE_BYTES, readUpdate } from "./read.ts";
import { createTalks } from "./talks.ts";
import { TIMES, type Times, within } from "./times.ts";
import { createTurns } from "./turn.ts";
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
        createTurns(given, { api, write, talks, username: () => username, page: options.page }),
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
        const fault = faultOf(error);
        const sent = sentOf(fault);
        const id = movedTo(fault);
        // it was put down where it goes now; where that could not be, it is tried again as well
        if (id !== undefined && (await house?.moved?.(to, { ...to, id }).catch(() => true)))
          return { ok: false, retry: true, after: 1, code: fault.code };
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
}
