/** One message: whether it is still wanted, how it is sent, and what follows from each answer of its network. */
import type { Screen } from "../bot/screen.ts";
import { codeOf } from "../errors.ts";
import type { Address, Platform, Sent } from "../platforms/platform.ts";
import type { CourierParts } from "./courier.ts";
import { ruleOf } from "./kinds.ts";
import type { Due } from "./rows.ts";

export interface Delivery {
  precedence(row: Due): number;
  /** Sends a row, calls `answered` when its network has answered, and notes how that ended. Throws what it did not expect; then `after` is due. */
  deliver(row: Due, to: Address, answered?: () => void): Promise<void>;
  /** A try that broke: once more, later. */
  after(row: Due): Promise<void>;
  /** Gives back what was taken and not tried. */
  giveBack(lane: string, rows: Due[]): Promise<void>;
  /** Networks that want silence, as all processes know it. */
  quiet(): Promise<string[]>;
  /** Does this network want silence, as far as this process knows? */
  silent(lane: string): boolean;
  /** Has it failed, and not worked since? */
  ailing(lane: string): boolean;
}

/** A place that is free again so soon (milliseconds) is waited for. */
const shortly = 1500;
/** Longest pause between two tries, and longest rest of a network that fails (seconds). */
const longest = { retry: 3600, silence: 300 };
/** Pause where the platform is not connected (seconds). */
const away = 60;
/** So many failures in a row, and the network is left alone for a while. */
const ill = 3;
/** For how long a drawing that many get is kept (milliseconds). */
const drawn = 5000;

interface Health {
  misses: number;
  /** How often in a row it was left alone. */
  rests: number;
  until: number;
  why: string | undefined;
  /** When it was last hushed. */
  since: number;
}

export function createDelivery(parts: CourierParts): Delivery {
  const { outbox, pacer, note } = parts;
  const now = parts.now ?? Date.now;
  const sleep = parts.sleep ?? ((ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)));
  const healths = new Map<string, Health>();
  const drawings = new Map<string, { at: number; screen: Promise<Screen> }>();

  function healthOf(lane: string): Health {
    let health = healths.get(lane);
    if (!health) {
      health = { misses: 0, rests: 0, until: 0, why: undefined, since: 0 };
      healths.set(lane, health);
    }
    return health;
  }

  async function hush(lane: string, seconds: number, code: string): Promise<void> {
    const health = healthOf(lane);
    health.until = Math.max(health.until, now() + seconds * 1000);
    if (health.why !== code) note("platform-paused", { platform: lane, code, seconds });
    health.why = code;
    health.since = now();
    await pacer?.hush(lane, seconds, code);
  }

  /** @param begun when the sending began: what left before the network wanted silence does not prove that it is over */
  async function worked(lane: string, begun: number): Promise<void> {
    const health = healthOf(lane);
    if (health.why !== undefined && begun <= health.since) return;
    health.misses = 0;
    if (health.why === undefined) return;
    note("platform-resumed", { platform: lane });
    health.why = undefined;
    health.rests = 0;
    health.until = 0;
    await pacer?.well(lane);
    await outbox.hasten();
  }

  /** A screen that many get is drawn once in a while. */
  function draw(platform: Platform, row: Due): Promise<Screen> {
    if (!ruleOf(row.kind).alike) return parts.draw(platform, row.payload);
    const key = JSON.stringify([platform.name, row.payload]);
    const kept = drawings.get(key);
    if (kept && now() - kept.at < drawn) return kept.screen;
    if (drawings.size > 200) drawings.clear();
    const screen = parts.draw(platform, row.payload);
    drawings.set(key, { at: now(), screen });
    screen.catch(() => drawings.delete(key));
    return screen;
  }

  async function giveUp(row: Due, code: string): Promise<void> {
    if (ruleOf(row.kind).end === "park") return outbox.park(row, code);
    return outbox.done(row, undefined, "failed");
  }

  async function refused(row: Due, lane: string, sent: Extract<Sent, { ok: false }>): Promise<void> {
    const rule = ruleOf(row.kind);
    if (!sent.retry) {
      note("not-delivered", { code: sent.code, kind: row.kind });
      if (row.kind === "card") note("board-unreachable", { code: sent.code });
      // where somebody has left there is nobody to tell; a board that is gone is an operator's business
      if (!sent.gone || row.kind === "card") return giveUp(row, sent.code);
      // counted before what waits for them is forgotten, or a campaign would not know that they had left
      await outbox.done(row, undefined, "gone");
      if (row.owner) await parts.gone?.(row.owner);
      return;
    }
    // told once a message, not at each try
    if (sent.shut && row.kind === "card" && row.attempts === 0) note("board-unreachable", { code: sent.code });
    if (pacer && sent.wide) {
      const wait = Math.max(1, sent.after ?? 1);
      await hush(lane, wait, sent.code);
      return outbox.later(row, wait, true);
    }
    if (pacer && sent.after === undefined) {
      const health = healthOf(lane);
      health.misses += 1;
      if (health.misses >= ill) {
        const rest = Math.min(longest.silence, 2 ** Math.min(health.rests + 1, 9));
        health.rests += 1;
        await hush(lane, jitter(rest), sent.code);
      }
    }
    if (sent.maybe && rule.lost === "never") {
      note("answer-lost", { code: sent.code, kind: row.kind });
      return outbox.done(row, undefined, "failed");
    }
    if (rule.tries !== undefined && row.attempts >= rule.tries) return giveUp(row, sent.code);
    return outbox.later(row, sent.after ?? backOff(row.attempts));
  }

  return {
    precedence: (row) => ruleOf(row.kind).precedence,

    async deliver(row, to, answered) {
      // it waited for so long that another courier may have it
      if (now() >= row.lease) return;
      const rule = ruleOf(row.kind);
      if (row.expires !== null && now() >= row.expires * 1000) return outbox.done(row, undefined, "late");
      if (row.begun && rule.lost === "never") {
        note("answer-lost", { kind: row.kind });
        return outbox.done(row, undefined, "failed");
      }
      const platform = parts.platform(to.platform);
      if (!platform) {
        // its platform is not spoken here (any more): somebody else may have it, for a while
        if (rule.tries !== undefined && row.attempts >= rule.tries) return giveUp(row, "platform-away");
        return outbox.later(row, away);
      }
      if (pacer && platform.pace) {
        let wait = await pacer.place(to, platform.pace);
        for (; wait > 0 && wait <= shortly; wait = await pacer.place(to, platform.pace)) await sleep(wait + 5);
        // to the same second for all that wait for it, so that they keep their order
        if (wait > 0) return outbox.later(row, Math.ceil((now() + wait) / 1000) - Math.floor(now() / 1000), true);
      }
      const { post } = row.payload;
      const ref = post ? await outbox.refOf(post) : undefined;
      const screen = await draw(platform, row);
      if (rule.lost === "never") await outbox.begin(row);
      const options = { locale: row.payload.locale, nonce: row.id, ...(ref ? { ref } : {}) };
      const begun = now();
      const sent = await platform.send(to, screen, options).catch((error: unknown) => {
        if (rule.lost === "again") throw error;
        return { ok: false, retry: true, maybe: true, code: "send-broke" } as const;
      });
      answered?.();
      if (!sent.ok) return refused(row, to.platform, sent);
      try {
        await outbox.done(row, post && sent.ref ? { name: post, ref: sent.ref } : undefined);
        await worked(to.platform, begun);
      } catch (error) {
        // it is with the person: the row is left as it is, and its kind says what becomes of it when its lease is over
        note("courier-failed", { kind: row.kind, code: codeOf(error) });
      }
    },

    after: (row) => outbox.later(row, backOff(row.attempts)),

    async giveBack(lane, rows) {
      // rows that name their network are passed over while it is silent; the others have to be put off
      const wait = Math.ceil((healthOf(lane).until - now()) / 1000);
      const silent = wait > 0 ? rows.filter((row) => ruleOf(row.kind).precedence === 0) : [];
      for (const row of silent) await outbox.later(row, wait, true);
      await outbox.release(rows.filter((row) => !silent.includes(row)));
    },

    async quiet() {
      if (!pacer) return [];
      const quiet = await pacer.quiet();
      for (const { lane, until, why } of quiet) {
        const health = healthOf(lane);
        health.until = Math.max(health.until, until);
        health.why ??= why;
      }
      return quiet.map((q) => q.lane);
    },
    silent: (lane) => healthOf(lane).until > now(),
    ailing: (lane) => healthOf(lane).why !== undefined,
  };
}

/** Seconds until the next try: 2, 4, 8 … an hour, each up to half longer, so that many do not come back at once. */
function backOff(attempts: number): number {
  return jitter(Math.min(longest.retry, 2 ** Math.min(attempts + 1, 12)));
}

function jitter(seconds: number): number {
  return Math.round(seconds * (1 + Math.random() / 2));
}
