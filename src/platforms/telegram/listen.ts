/**
 * How updates come in. An update is confirmed to Telegram only after its turn was handled, so that a crash replays
 * it. The library's own long poll confirms before that and works one update at a time, so the loop here calls
 * `getUpdates` itself.
 */
import { type Api, safeEqual, type Update } from "node-telegram-bot-api";
import type { House } from "../platform.ts";
import type { Dispatch } from "./dispatch.ts";
import { type Fault, faultOf } from "./faults.ts";
import { backoff, sleep, type Times, within } from "./times.ts";

/** Most updates that Telegram shows at once. */
const SHOWN = 100;

/** The kinds of update that we ask for; edited messages are not read. */
const ALLOWED = ["message", "callback_query", "poll_answer", "my_chat_member"];

/** With searches from any chat, where there is something to be found. */
export const allowed = (house: Pick<House, "answers">): string[] => [
  ...ALLOWED,
  ...(house.answers ? ["inline_query"] : []),
];

/** Notes an outage once and its end once, and waits in between. */
export function createHealth(note: House["note"], times: Times, signal: AbortSignal) {
  let failures = 0;
  let refused = false;
  let unreachable = false;
  return {
    well(): void {
      if (refused || unreachable) note("platform-recovered", { platform: "telegram" });
      failures = 0;
      refused = unreachable = false;
    },
    async ill(fault: Fault): Promise<void> {
      failures++;
      if (fault.code === "telegram-token-refused") {
        if (!refused) note("platform-token-refused", { platform: "telegram", code: fault.code });
        refused = true;
        return sleep(times.refused, signal);
      }
      if (!unreachable && !refused) note("platform-unreachable", { platform: "telegram", code: fault.code });
      unreachable = true;
      await sleep(fault.after !== undefined ? fault.after * 1000 : backoff(failures, times.backoff), signal);
    },
  };
}

/**
 * Polls until the signal aborts. The offset is the lowest update that is not yet handled; Telegram then repeats what
 * is still running, which is skipped. Where all that it shows is known already, one slow turn would shut out everybody
 * behind it: then the next are asked for. That confirms what still runs, so that a crash of these moments does not
 * replay it, and what has to come again is taken again from here.
 */
export async function pollUpdates(
  api: Api,
  kinds: string[],
  dispatch: Dispatch,
  health: ReturnType<typeof createHealth>,
  times: Times,
  signal: AbortSignal,
): Promise<() => number> {
  const running = new Map<number, Promise<void>>();
  const unhandled = new Set<number>();
  /** What still runs and is confirmed already: Telegram does not bring it again. */
  const passed = new Set<number>();
  const handled = new Set<number>();
  let next = 0;
  const offset = (): number => (unhandled.size > 0 ? Math.min(...unhandled) : next);

  const take = (update: Update): void => {
    const id = update.update_id;
    if (!passed.has(id)) unhandled.add(id);
    const run = dispatch.take(update).then((ok) => {
      running.delete(id);
      if (ok) {
        unhandled.delete(id);
        passed.delete(id);
        handled.add(id);
      } else if (passed.has(id) && !signal.aborted) take(update);
    });
    running.set(id, run);
  };

  /** Begins the turns of those that are new; answers all that run then, if any began. */
  const begin = (updates: Update[]): Promise<void>[] => {
    // Ids start anew after a week of silence, so the latest batch decides and not the highest id ever seen.
    if (updates.length > 0) next = Math.max(...updates.map((u) => u.update_id)) + 1;
    const fresh = updates.filter((u) => !running.has(u.update_id) && !handled.has(u.update_id));
    for (const update of fresh) take(update);
    if (updates.length === SHOWN && fresh.length === 0) {
      for (const id of unhandled) passed.add(id);
      unhandled.clear();
    }
    return fresh.length > 0 ? [...running.values()] : [];
  };

  while (!signal.aborted) {
    const from = offset();
    let updates: Update[];
    try {
      updates = await api.getUpdates(
        { offset: from, limit: SHOWN, timeout: times.poll, allowed_updates: kinds },
        signal,
      );
      health.well();
    } catch (error) {
      if (signal.aborted) break;
      const fault = faultOf(error);
      await health.ill(fault);
      // A webhook set by another installation of this bot shuts polling out until it is taken away.
      if (fault.code === "telegram-conflict" && !signal.aborted) await api.deleteWebhook({}, signal).catch(faultOf);
      continue;
    }
    for (const id of handled) if (id < from) handled.delete(id);
    const turns = begin(updates);
    updates = []; // nothing of them stays in memory while the next poll waits
    if (running.size === 0) continue;
    // The next poll confirms what was handled, so it is worth a moment to wait for all of a new batch.
    await within(
      turns.length > 0 ? Promise.all(turns).then(() => {}) : Promise.race(running.values()),
      times.pause,
      undefined,
    );
  }
  return offset;
}

/** An update that was delivered: whether it is anybody's to handle, and then whether it was handled. */
interface Taking {
  /** False where nobody can say who handles it. */
  accepted: Promise<boolean>;
  handled: Promise<boolean>;
}

/**
 * Answers Telegram's deliveries: 401 for a wrong secret, 200 when the turn was handled, 503 when it should come
 * again; a turn that outlasted its delivery is joined by the next one. Telegram sends one chat's updates one after
 * another, each after the last was acknowledged; so an album's items must be acknowledged while they are collected,
 * or they would never come together. Where there are many processes one of them claims an update; the others leave it
 * to that one and say "again", so that it is taken over when the first dies. What could not be claimed was not taken by
 * anybody: it comes again, too, be it of an album or not.
 */
export function createReceiver(
  secret: string,
  dispatch: Dispatch,
  { note, claim }: Pick<House, "note" | "claim">,
  times: Times,
) {
  const late = new Map<number, Taking>();
  const again = (): Response => new Response(null, { status: 503, headers: { "retry-after": "1" } });

  function take(update: Update): Taking {
    const claimed = claim?.(String(update.update_id)).catch(() => "busy" as const) ?? Promise.resolve(undefined);
    const handle = async (): Promise<boolean> => {
      const mine = await claimed;
      if (mine === "over") return true;
      if (mine === "busy") return false;
      const handled = await dispatch.take(update);
      await (handled ? mine?.over() : mine?.free());
      return handled;
    };
    return { handled: handle(), accepted: claimed.then((mine) => mine !== "busy") };
  }

  return async (request: Request): Promise<Response> => {
    if (request.method !== "POST") return new Response(null, { status: 405 });
    if (!safeEqual(request.headers.get("x-telegram-bot-api-secret-token") ?? "", secret)) {
      note("platform-forged-webhook", { platform: "telegram" });
      return new Response(null, { status: 401 });
    }
    const update = (await request.json().catch(() => undefined)) as Update | undefined;
    const id = update?.update_id;
    if (update === undefined || typeof id !== "number") return new Response(null, { status: 400 });
    const taking = late.get(id) ?? take(update);
    const ofAlbum = "message" in update && update.message.media_group_id !== undefined;
    const end = await within(ofAlbum ? taking.accepted : taking.handled, times.acknowledge, "late" as const);
    if (end === "late") late.set(id, taking);
    else late.delete(id);
    return end === true ? new Response(null, { status: 200 }) : again();
  };
}
