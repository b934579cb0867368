/**
 * The line at a network: whose message leaves when. One process alone knows all that left in the last second and may make
 * up for what it missed. Where several go by one line none knows what the others sent; then each keeps to its moments, and
 * has a little time left free behind them in which it may be late, so that no second holds more than it may wherever it
 * begins.
 */

/** A line as the database keeps it; all in microseconds since 1970, since rounding would add up. */
export interface Line {
  /** The next moment that is nobody's. */
  free: number;
  /** The process that joined last. */
  who: string | null;
  /** Its first moment since another one joined; 0 where it is alone. */
  since: number;
  /** Until when it may be late with what it has in hand. */
  till: number;
}

/** What one process joins a line for. */
export interface Wish {
  me: string;
  now: number;
  perSecond: number;
  /** Messages to come, and answers that went already. */
  messages: number;
  answers: number;
  /** How hard it finds it to keep to its moments: it may be later, so that a slow machine gets there as well. */
  strain: number;
}

/** When a message may leave, and until when. */
export interface Moment {
  at: number;
  until: number;
}

/** How long a second is by clocks that round (microseconds). */
const second = 1_002_000;
/** The part of a network's budget that one process uses: the rest absorbs what the line shifts together. */
export const share = 0.994;
/** Where several go by one line: how late a message may leave, and at most where that is hard to keep (microseconds). */
const late = { usual: 30_000, most: 960_000 };
/** For how long a moment that nobody used may still be used, and how long one that is alone makes up without asking. */
const [credit, respite] = [1_000_000, 250_000];
/** A moment further ahead than this was reserved by a clock that was wrong. */
const farthest = 120_000_000;

/** Joins a line; the line as it is then, and the moments of the messages. */
export function join(kept: Line, wish: Wish): { line: Line; moments: Moment[] } {
  const { me, now, messages } = wish;
  const sane = (moment: number, otherwise: number) => (moment < now + farthest ? moment : otherwise);
  const line = { ...kept, free: sane(kept.free, now), since: sane(kept.since, now), till: sane(kept.till, 0) };
  // answers alone take part in no line: they are only counted
  const mine = messages === 0 || line.who === null || line.who === me;
  const alone = mine && now > line.since + second;
  const gap = Math.round(1_000_000 / (wish.perSecond * share));
  const begins = mine ? line.free : Math.max(line.free, line.since === 0 ? line.till + second : line.till);
  const first = (begins > now - (alone ? credit : 0) ? begins : now) + gap * wish.answers;
  const free = first + gap * messages;
  if (messages === 0) return { line: { ...line, free, till: line.till + gap * wish.answers }, moments: [] };
  // what it has in hand already may be later still: nobody else comes between
  const before = mine ? line.till - line.free : 0;
  const slack = Math.min(late.most, Math.max(before, late.usual * 2 ** wish.strain));
  const till = alone ? Math.max(free, now + respite) : free + slack;
  const moments = Array.from({ length: messages }, (_, i) => {
    const at = first + gap * i;
    return { at, until: alone ? till : at + slack };
  });
  // what counts no more is not kept: it would tell for good when something was sent
  const since = alone ? 0 : mine ? line.since : first;
  return { line: { free, who: me, since, till }, moments };
}
