/**
 * One clock for many machines: that of the server which all of them ask, told by the ticks of this one. How far they are
 * apart is known to half of what a question took; the surest answer of late is kept.
 */

/** How fast two clocks may drift apart (parts of the time that goes by). */
const drift = 1e-4;

interface Sample {
  /** What has to be added to this machine's ticks, and by how much that may be wrong (milliseconds). */
  offset: number;
  error: number;
  /** When it was taken, by the ticks. */
  at: number;
}

export interface SharedClock {
  /** Asks the server, at most `ask` long; nothing where it has no clock. Answers what this machine's ticks need to be its time (milliseconds). */
  offset(ask: () => Promise<number | undefined>): Promise<number | undefined>;
}

/** @param tick milliseconds that go by, whatever is done to the clock */
export function createSharedClock(tick: () => number): SharedClock {
  let best: Sample | undefined;
  return {
    async offset(ask) {
      const asked = tick();
      const told = await ask();
      if (told === undefined) return undefined;
      const at = tick();
      const sample = { offset: told / 1000 - (asked + at) / 2, error: (at - asked) / 2, at };
      const error = best ? best.error + (at - best.at) * drift : Number.POSITIVE_INFINITY;
      // further apart than either may be wrong: somebody has set the server's clock
      const set = best && Math.abs(sample.offset - best.offset) > error + sample.error + 1;
      if (!best || set || sample.error <= error) best = sample;
      return best.offset;
    },
  };
}
