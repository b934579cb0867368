/**
 * The line at a network: whose message leaves when. One process alone knows all that left in the last second and may make
 * up for what it missed. Where several go by one line none knows what the others sent; then each keeps to its moments, that
 * are a little further apart, so that no second holds more than it may wherever it begins.
 */

/** A line as the database keeps it; all in microseconds since 1970, since rounding would add up. */
export interface Line {
  /** The next moment that is nobody's. */
  free: number;
  /** The process that joined last. */
  who: string | null;
  /** Its first moment since another one joined. */
  since: number;
  /** Until when one that was alone may make up for what it missed. */
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
  /** How often in a row it has missed a moment: it gets more room, so that a slow machine gets there as well. */
  misses: number;
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
/** Where several go by one line: how late a message may leave (microseconds), and the part of the budget that allows for it. */
const late = 30_000;
export const shared = 1_000_000 / (second + late);
/** For how long a moment that nobody used may still be used, and how long one that is alone makes up without asking. */
const [credit, respite] = [1_000_000, 250_000];
/** A moment further ahead than this was reserved by a clock that was wrong. */
const farthest = 120_000_000;
/** Most room for one message, in usual distances. */
const widest = 32;

/** Joins a line; the line as it is then, and the moments of the messages. */
export function join(kept: Line, wish: Wish): { line: Line; moments: Moment[] } {
  const { me, now, messages } = wish;
  const sane = (moment: number, otherwise: number) => (moment < now + farthest ? moment : otherwise);
  const line = { ...kept, free: sane(kept.free, now), since: sane(kept.since, now), till: sane(kept.till, 0) };
  // answers alone take part in no line: they are only counted
  const mine = messages === 0 || line.who === null || line.who === me;
  const alone = mine && now > line.since + second + late;
  const usual = Math.round(1_000_000 / (wish.perSecond * (alone ? share : shared)));
  const gap = alone ? usual : usual * Math.min(widest, 2 ** wish.misses);
  const begins = mine ? line.free : Math.max(line.free, line.till + second);
  const first = (begins > now - (alone ? credit : 0) ? begins : now) + usual * wish.answers;
  const free = first + gap * messages;
  if (messages === 0) return { line: { ...line, free }, moments: [] };
  // what counts no more is not kept: it would tell for good when something was sent
  const before = line.till + second > now ? line.till : 0;
  const till = alone ? Math.max(free, now + respite) : before;
  const slack = late + gap - usual;
  const moments = Array.from({ length: messages }, (_, i) => {
    const at = first + gap * i;
    return { at, until: alone ? till : at + slack };
  });
  const since = alone ? 0 : mine ? line.since : first;
  return { line: { free, who: me, since, till }, moments };
}
