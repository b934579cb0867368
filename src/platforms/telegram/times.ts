/** How long this platform waits for what, and how to wait so that closing never has to. */

/** Waiting times in milliseconds (`poll` in seconds, as Telegram counts it). */
export interface Times {
  /** An album has no last item: this long after the latest one it counts as whole. */
  album: number;
  poll: number;
  /** How long a turn may take before the next look for other people's updates. */
  pause: number;
  /** First wait after a failure; doubles up to half a minute. */
  backoff: number;
  /** Wait between two tries of a refused token. */
  refused: number;
  /** A turn that takes longer counts as handled, so that it cannot hold up its person for ever. */
  turn: number;
  /** A webhook answers within this time; the update is delivered again meanwhile and joins its own turn. */
  acknowledge: number;
  /** One call to Telegram. */
  call: number;
  /** How long `close` waits for turns. */
  goodbye: number;
}

export const TIMES: Times = {
  album: 700,
  poll: 30,
  pause: 250,
  backoff: 1000,
  refused: 60_000,
  turn: 600_000,
  acknowledge: 50_000,
  call: 120_000,
  goodbye: 5000,
};

const MAX_BACKOFF = 30_000;

/** Resolves after so many milliseconds, or at once when the signal aborts. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener("abort", end, { once: true });
  });
}

/** The work's value, or `late` after so many milliseconds; the work goes on. */
export async function within<T, L>(work: Promise<T>, ms: number, late: L): Promise<T | L> {
  let timer: NodeJS.Timeout | undefined;
  const lateness = new Promise<L>((resolve) => {
    timer = setTimeout(() => resolve(late), ms);
  });
  try {
    return await Promise.race([work, lateness]);
  } finally {
    clearTimeout(timer);
  }
}

/** Full backoff with jitter, in milliseconds; `attempt` counts from 1. */
export function backoff(attempt: number, base: number): number {
  return Math.min(base * 2 ** (attempt - 1), MAX_BACKOFF) * (0.5 + Math.random() / 2);
}
