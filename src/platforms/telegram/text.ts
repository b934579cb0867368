/**
 * Texts as Telegram takes them. Its servers make links of addresses, names, tags, commands and numbers by themselves,
 * wherever nothing covers them; a reviewer who reads a report must not touch what a stranger wrote and be somewhere
 * else. What is covered by `code` is left alone, stays exactly as it was typed, and can be copied.
 * https://core.telegram.org/api/entities, and `find_entities` and `merge_entities` of TDLib, which drop what they find
 * where it overlaps `code`; so a stretch needs to hold a part of each, and may hold more.
 */

/** From here to there, in UTF-16 units. */
export interface Stretch {
  offset: number;
  length: number;
}

/** So many stretches of one text are told apart; Telegram takes a hundred entities of a message, and ignores the others. */
export const STRETCHES = 20;

const live = new RegExp(
  [
    /:\/\//u, // an address with its scheme
    /\S\.(?=[^\s.]*\p{L})[^\s.]{2}/u, // one without
    /\d{1,3}(?:\.\d{1,3}){3}/u,
    /@[\p{L}\p{N}_]/u, // an account, an e-mail address
    /#[\p{L}\p{N}_\u200c]/u,
    /\$[A-Z1]/u,
    /(?<![\p{L}\p{N}_])\/[a-z0-9_]/u, // a command
    /\+\d(?:[ ().-]*\d){6,}|\d(?:[ ().-]*\d){9,}/u, // a telephone, a bank card
  ]
    .map(({ source }) => source)
    .join("|"),
  "giu",
);
/** What belongs to such a thing where it touches it, so that all of it looks alike. */
const joined = /[\x21-\x7e\u200c]/;
const apart = /["'<>()[\]{},;|]/;

/** The stretches of a text that Telegram would make something of; many become one. */
export function liveStretches(text: string): Stretch[] {
  const found: Stretch[] = [];
  const belongs = (at: number): boolean => joined.test(text[at] ?? "") && !apart.test(text[at] ?? "");
  let last = 0;
  live.lastIndex = 0;
  for (let match = live.exec(text); match; match = live.exec(text)) {
    let from = match.index;
    let to = from + match[0].length;
    while (from > last && belongs(from - 1)) from--;
    while (belongs(to)) to++;
    found.push({ offset: from, length: to - from });
    last = to;
    live.lastIndex = to;
  }
  const [first] = found;
  if (!first || found.length <= STRETCHES) return found;
  return [{ offset: first.offset, length: last - first.offset }];
}

/** What is left of a stretch beside others, which are in order. */
export function beside(whole: Stretch, others: Stretch[]): Stretch[] {
  const left: Stretch[] = [];
  let from = whole.offset;
  const end = whole.offset + whole.length;
  for (const { offset, length } of others) {
    if (offset >= end) break;
    if (offset > from) left.push({ offset: from, length: offset - from });
    from = Math.max(from, offset + length);
  }
  if (from < end) left.push({ offset: from, length: end - from });
  return left;
}
