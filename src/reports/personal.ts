/**
 * Where personal data stands in a text: numbers by their checksums, phones by the numbering plans, the rest by shape.
 * Names are not found: no honest rule finds them. A place that two kinds claim belongs to the surer one.
 */
import { findPhoneNumbersInText } from "libphonenumber-js/min";
import validator from "validator";

/** Surest first: what an earlier kind has claimed a later one does not get. */
export const personalKinds = ["email", "identity-number", "bank-card", "iban", "plate", "phone", "address"] as const;
export type PersonalKind = (typeof personalKinds)[number];

interface Span {
  from: number;
  to: number;
}

/** One place in a text: `text.slice(from, to)` is the value as it was typed. */
export interface Place extends Span {
  kind: PersonalKind;
}

/** Countries whose domestic phone numbers are known; numbers with a country code are known everywhere. */
const phoneHomes = ["CN", "US", "GB", "DE", "FR", "IN", "BR"] as const;
/** Fewer digits are a price or a count more often than a phone. */
const fewestPhoneDigits = 7;
/** Phones are looked for in pieces of this many characters, with this much of the one before: the search is slow on long texts. */
const piece = { size: 2000, overlap: 60 };
/**
 * How much of a text is looked up in numbering plans: digits, in each country anew, and a found phone for many of them,
 * for that is what it costs. Where a list of thousands of numbers goes on after that, every run of digits that is as long
 * as a phone's is taken for one: too much is masked rather than too little, and no list makes the house stand still.
 */
const lookedUp = { digits: 30_000, phone: 100 };
const phoneShape = /\p{Nd}(?:[ ()./-]{0,3}\p{Nd}){6,}/gu;

/** Digits and what stands around them: an extension is told within forty characters, and so is what makes a run no phone. */
const numbered = /[^\p{Nd}]{0,40}(?:\p{Nd}[^\p{Nd}]{0,40})+/gu;

/** Identity numbers with a check digit that is checked. Nine digits alone prove nothing, so countries with such are left out. */
const identityHomes = ["zh-CN", "zh-HK", "zh-TW", "ES", "FI", "IN", "IT", "PL", "NO"] as const;

/** A pattern that is looked for around what it cannot do without alone: `\p{…}` is slow where a whole text is one long word. */
interface Sought {
  pattern: RegExp;
  pivot: RegExp;
  /** How far a match reaches at most before its pivot begins and after it ends (UTF-16 units). */
  before: number;
  after: number;
}

// every repetition is bounded: a text of 100,000 letters must not take a minute to look over
const email = /[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}/giu;
const number = /[A-Z]{0,2}\d[\dA-Z]{0,40}(?:[ -]?[\dA-Z]{2,8}){0,10}\(?\d?\)?/gi;
const chinesePlate =
  /[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领][A-HJ-NP-Z][ ·•]?[A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警港澳]/gu;
const europeanPlate = /\b(?:[A-ZÄÖÜ]{1,3}-[A-Z]{1,2} ?\d{1,4}[EH]?|[A-Z]{2}\d{2} ?[A-Z]{3})\b/gu;
const chineseAddress =
  /[\p{Script=Han}]{2,12}(?:省|市|区|县|镇|乡|州)[\p{Script=Han}\d]{0,24}?(?:路|街|道|巷|弄|村|里|胡同)[\p{Script=Han}]{0,4}\d{1,5}(?:号|弄)(?:[\p{Script=Han}\d#-]{0,16}(?:室|单元|楼|栋|号))?/gu;
const streetAddress =
  /\b\d{1,5}[A-Z]? (?:[A-Z][\p{L}'’-]{1,24} ){1,4}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Square|Sq|Way)\b\.?/gu;

// a character may be two units long
const emails: Sought = { pattern: email, pivot: /@/g, before: 2 * 64, after: 2 * (63 + 8 * 64) };
const chineseAddresses: Sought = { pattern: chineseAddress, pivot: /\d(?:号|弄)/g, before: 2 * 48, after: 2 * 19 };
const numberedPassages: Sought = { pattern: numbered, pivot: /\p{Nd}/gu, before: 2 * 40, after: 2 * 40 };

/** Every place, in the order of the text; none overlaps another. */
export function findPersonal(text: string): Place[] {
  const taken: Place[] = [];
  const claimed = new Uint8Array(text.length);
  const claim = (kind: PersonalKind, from: number, to: number): void => {
    if (to <= from || claimed.subarray(from, to).includes(1)) return;
    claimed.fill(1, from, to);
    taken.push({ kind, from, to });
  };
  function* free(from: number, to: number): Generator<Span> {
    for (let at = from; at < to; at++) {
      if (claimed[at]) continue;
      const next = claimed.indexOf(1, at);
      const end = next < 0 || next > to ? to : next;
      if (/\p{Nd}/u.test(text.slice(at, end))) yield { from: at, to: end };
      at = end;
    }
  }
  const all = (kind: PersonalKind, matches: Iterable<Match>): void => {
    for (const { index, text: found } of matches) claim(kind, index, index + found.length);
  };
  const each = (pattern: RegExp) => Array.from(text.matchAll(pattern), (m) => ({ index: m.index, text: m[0] }));
  all("email", near(text, emails));
  for (const match of text.matchAll(number)) {
    const found = known(match[0]);
    if (found) claim(found.kind, match.index + found.from, match.index + found.to);
  }
  all("plate", each(chinesePlate));
  all("plate", each(europeanPlate));
  for (const { from, to, coarse } of phones(text, taken)) {
    if (!coarse) claim("phone", from, to);
    // a run goes on through several pieces, and parts of it may be known already: what is left of it
    else for (const part of free(from, to)) claim("phone", part.from, part.to);
  }
  all("address", near(text, chineseAddresses));
  all("address", each(streetAddress));
  return taken.sort((a, b) => a.from - b.from);
}

interface Match {
  index: number;
  text: string;
}

/** What a pattern matches in a text, found around its pivots. */
function* near(text: string, { pattern, pivot, before, after }: Sought): Generator<Match> {
  const passages: Span[] = [];
  for (const { index, 0: found } of text.matchAll(pivot)) {
    const from = Math.max(0, index - before);
    const to = index + found.length + after;
    const last = passages.at(-1);
    if (last && from <= last.to) last.to = to;
    else passages.push({ from, to });
  }
  for (const { from, to } of passages)
    for (const match of text.slice(from, to).matchAll(pattern)) yield { index: from + match.index, text: match[0] };
}

/** What a run of digits and letters is, if a checksum says so; the run may have words stuck to its ends. */
function known(run: string): { kind: PersonalKind; from: number; to: number } | undefined {
  const whole = run.trimEnd();
  const words = [...whole.matchAll(/[^ -]+/g)].map((m) => ({ from: m.index, to: m.index + m[0].length }));
  // the longest stretch of neighbouring groups that checks out
  for (let length = Math.min(words.length, 10); length > 0; length--) {
    for (let first = 0; first + length <= words.length; first++) {
      const from = words[first]!.from;
      const to = words[first + length - 1]!.to;
      const kind = kindOf(whole.slice(from, to).replace(/[ -]/g, ""), length);
      if (kind) return { kind, from, to };
    }
  }
  return undefined;
}

function kindOf(compact: string, groups: number): PersonalKind | undefined {
  if (compact.length < 8 || compact.length > 34) return undefined;
  if (/^[A-Z]{2}\d{2}/i.test(compact) && validator.isIBAN(compact)) return "iban";
  if (/^\d{13,19}$/.test(compact) && !isChineseIdentity(compact) && validator.isCreditCard(compact)) return "bank-card";
  // 16 to 19 digits by Luhn: bank cards outside of the great brands, such as the debit cards of Chinese banks
  if (/^\d{16,19}$/.test(compact) && !isChineseIdentity(compact) && validator.isLuhnNumber(compact)) return "bank-card";
  if (groups <= 3 && /\d{5}/.test(compact))
    for (const home of identityHomes)
      if (validator.isIdentityCard(compact.toUpperCase(), home)) return "identity-number";
  return undefined;
}

const isChineseIdentity = (compact: string): boolean =>
  /^\d{17}[\dX]$/i.test(compact) && validator.isIdentityCard(compact.toUpperCase(), "zh-CN");

/**
 * Where phones stand. Looking a number up in one country takes the better part of a millisecond, so a passage is looked at
 * once however often it comes, and no further country is asked where too few digits are left to be one.
 */
function* phones(text: string, taken: readonly Span[]): Generator<Span & { coarse?: true }> {
  const known = new Map<string, Span[]>();
  const rest = without(text, taken);
  const budget = { digits: lookedUp.digits };
  const step = piece.size - piece.overlap;
  for (let start = 0; start < text.length; start += step) {
    const part = text.slice(start, start + piece.size);
    if (!/\d{3}/.test(part)) continue;
    for (const { index, text: passage } of near(part, numberedPassages)) {
      const at = start + index;
      const left = rest.slice(at, at + passage.length);
      if (!enough(left)) continue;
      const name = passage + left;
      const found = known.get(name) ?? phonesIn(passage, left, budget);
      known.set(name, found);
      for (const { from, to } of found) {
        // what begins where the next piece begins is seen whole there
        if (index + from < step) yield { from: at + from, to: at + to };
      }
      if (budget.digits > 0) continue;
      for (const { index: from, 0: run } of without(left, found).matchAll(phoneShape))
        yield { from: at + from, to: at + from + run.length, coarse: true };
    }
  }
}

/** @param left the passage without what is claimed already */
function phonesIn(passage: string, left: string, budget: { digits: number }): Span[] {
  const found: Span[] = [];
  for (const home of phoneHomes) {
    const rest = without(left, found);
    if (!enough(rest) || budget.digits <= 0) break;
    budget.digits -= digitsOf(rest);
    for (const { startsAt: from, endsAt: to } of findPhoneNumbersInText(passage, home)) {
      budget.digits -= lookedUp.phone;
      if (passage.slice(from, to).replace(/\D/g, "").length >= fewestPhoneDigits) found.push({ from, to });
    }
  }
  return found;
}

/** Are there enough digits for a phone, in any script? */
const enough = (text: string): boolean => digitsOf(text) >= fewestPhoneDigits;
const digitsOf = (text: string): number => text.match(/\p{Nd}/gu)?.length ?? 0;

/** A text with blanks in these places, so that their digits do not count. */
function without(text: string, places: readonly Span[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { from, to } of [...places].sort((a, b) => a.from - b.from)) {
    if (to <= at) continue;
    parts.push(text.slice(at, Math.max(at, from)), " ".repeat(to - Math.max(at, from)));
    at = to;
  }
  return parts.join("") + text.slice(at);
}
