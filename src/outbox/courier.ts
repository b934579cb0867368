/** The courier: takes due rows, has them drawn, hands them to their platform, and keeps at it until each is delivered. */

import type { Screen } from "../bot/screen.ts";
import type { Address, Platform } from "../platforms/platform.ts";
import type { Due, Outbox, Payload } from "./outbox.ts";

export interface Courier {
  start(): void;
  /** Something new may be due. */
  wake(): void;
  /** Resolves when nothing is due any more. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

export interface CourierParts {
  outbox: Outbox;
  platform(name: string): Platform | undefined;
  open(sealed: Buffer): Address;
  draw(platform: Platform, payload: Payload): Promise<Screen>;
  /** A subscriber cannot be reached any more: they blocked us or left. */
  gone?(owner: string): Promise<void>;
  note(code: string, values?: Record<string, string | number>): void;
}

/** How many rows one round takes, and for how long they are ours (seconds). */
const round = { rows: 25, lease: 120 };
/** Longest pause between two tries, and between two looks at the table (seconds). */
const longest = { retry: 3600, look: 2 };
/** Pause where the platform is not connected (seconds). */
const away = 60;
/** A notice that cannot be delivered for about a day is dropped; a card never is, as long as its board exists. */
const mostAttempts = 40;

export function createCourier(parts: CourierParts): Courier {
  const { outbox, note } = parts;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let again = false;
  let stopped = true;

  async function deliver(row: Due): Promise<void> {
    const address = parts.open(row.address);
    const platform = parts.platform(address.platform);
    if (!platform) {
      // its platform is not spoken here (any more): somebody else may have it, for a while
      return row.kind === "notice" && row.attempts >= mostAttempts ? outbox.done(row) : outbox.later(row, away);
    }
    const { post } = row.payload;
    const ref = post ? await outbox.refOf(post) : undefined;
    const screen = await parts.draw(platform, row.payload);
    const sent = await platform.send(address, screen, {
      locale: row.payload.locale,
      nonce: row.id,
      ...(ref ? { ref } : {}),
    });
    if (sent.ok) return outbox.done(row, post && sent.ref ? { name: post, ref: sent.ref } : undefined);
    if (sent.retry) {
      // an address is not kept for ever for the sake of a notice
      if (row.attempts >= mostAttempts && row.kind === "notice") return outbox.done(row);
      return outbox.later(row, sent.after ?? backOff(row.attempts));
    }
    note("not-delivered", { code: sent.code, kind: row.kind });
    if (row.owner && sent.gone) await parts.gone?.(row.owner);
    if (row.kind !== "card") return outbox.done(row); // the person blocked us or left: there is nobody to notify
    note("board-unreachable", { code: sent.code });
    return outbox.park(row, sent.code);
  }

  async function work(): Promise<void> {
    do {
      again = false;
      const due = await outbox.claim(round.rows, round.lease);
      await Promise.all(
        due.map((row) =>
          deliver(row).catch((error: unknown) => {
            note("courier-failed", { kind: row.kind, error: error instanceof Error ? error.name : "unknown" });
            return outbox.later(row, backOff(row.attempts)).catch(() => note("courier-failed", { kind: row.kind }));
          }),
        ),
      );
      if (due.length > 0) again = true;
    } while (again && !stopped);
  }

  function run(): void {
    if (running) {
      again = true;
      return;
    }
    clearTimeout(timer);
    running = work()
      .catch(() => note("courier-failed"))
      .then(async () => {
        running = undefined;
        if (stopped) return;
        const wait = await outbox.next().catch(() => longest.look);
        if (!stopped && !running) timer = setTimeout(run, Math.min(wait ?? longest.look, longest.look) * 1000 + 50);
      });
  }

  return {
    start() {
      stopped = false;
      run();
    },
    wake() {
      if (!stopped) run();
    },
    async idle() {
      stopped = false;
      do {
        run();
        await running;
      } while ((await outbox.next()) === 0);
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}

/** Seconds until the next try: 2, 4, 8 … an hour, each up to half longer, so that many do not come back at once. */
function backOff(attempts: number): number {
  const base = Math.min(longest.retry, 2 ** Math.min(attempts + 1, 12));
  return Math.round(base * (1 + Math.random() / 2));
}
