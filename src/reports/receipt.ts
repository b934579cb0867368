/**
 * The receipt: 20 random characters of Crockford's base32 (100 bits) and a check character, shown in groups, read back
 * in any case with the usual look-alikes. Whoever holds it is the reporter; it is stored nowhere.
 */
import { randomInt } from "node:crypto";

const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const groups = [4, 4, 4, 4, 5];

/** Multiplication in GF(32) modulo x⁵ + x² + 1. */
function times(a: number, b: number): number {
  let product = 0;
  for (let bit = 0; bit < 5; bit++) if (b & (1 << bit)) product ^= a << bit;
  for (let bit = 8; bit >= 5; bit--) if (product & (1 << bit)) product ^= 0b100101 << (bit - 5);
  return product;
}

/**
 * The check character: the sum of each character times its own power of x. It differs after any single wrong character
 * and after any two characters that changed places, because no two places have the same weight.
 */
function check(characters: string): string {
  let sum = 0;
  let weight = 2;
  for (const character of characters) {
    sum ^= times(alphabet.indexOf(character), weight);
    weight = times(weight, 2);
  }
  return alphabet[sum]!;
}

/** A new receipt in its normal form: 21 characters without spaces. */
export function newReceipt(): string {
  const characters = Array.from({ length: 20 }, () => alphabet[randomInt(32)]).join("");
  return characters + check(characters);
}

/** As it is shown: `ABCD-EFGH-JKMN-PQRS-TVWXY`. */
export function showReceipt(receipt: string): string {
  return splitReceipt(receipt).join("-");
}

/** Its five groups. */
export function splitReceipt(receipt: string): string[] {
  const ends = groups.map((_, i) => groups.slice(0, i + 1).reduce((sum, length) => sum + length, 0));
  return groups.map((length, i) => receipt.slice(ends[i]! - length, ends[i]));
}

/** The characters as Crockford reads them: upper case, no spaces or hyphens, O is 0, I and L are 1. */
export function normalise(typed: string): string {
  return typed
    .normalize("NFKC")
    .toUpperCase()
    .replace(/[\s\-‐-―_.·]/gu, "")
    .replaceAll("O", "0")
    .replace(/[IL]/g, "1");
}

/** Reads what a person typed: the receipt, or whether it has the wrong shape or a typo in it. */
export function readReceipt(typed: string): { ok: true; receipt: string } | { ok: false; why: "shape" | "typo" } {
  const characters = normalise(typed);
  if (characters.length !== 21 || [...characters].some((c) => !alphabet.includes(c)))
    return { ok: false, why: "shape" };
  if (check(characters.slice(0, 20)) !== characters[20]) return { ok: false, why: "typo" };
  return { ok: true, receipt: characters };
}

/** Runs that are written like a receipt: in groups, or in one piece. */
const written =
  /(?<![0-9A-Za-z])[0-9A-Za-z]{4}(?:[-‐-―_ .][0-9A-Za-z]{4}){3}[-‐-―_ .][0-9A-Za-z]{5}(?![0-9A-Za-z])|(?<![0-9A-Za-z])[0-9A-Za-z]{21}(?![0-9A-Za-z])/gu;

/** What stands in the place of a receipt that is not kept. */
const cover = "████";

/**
 * A text in which what is a receipt is covered: the same text where there is none. Only runs written like one count, and
 * the check character makes a chance hit one in 32 of those. Words parted by spaces are a receipt only with digits in two
 * of them ("they sold over 1016 files" is none); 99 of 100 receipts have that.
 */
export function coverReceipts(text: string): string {
  const covered = coverWritten(text);
  // in other widths as well, beside one that was found
  const plain = covered.normalize("NFKC");
  const found = coverWritten(plain);
  return found === plain ? covered : found;
}

const coverWritten = (text: string): string => text.replace(written, (run) => (isReceipt(run) ? cover : run));

function isReceipt(run: string): boolean {
  const words = run.includes(" ") ? run.split(/[^0-9A-Za-z]/) : [run];
  return words.filter((word) => /\d/.test(word)).length >= Math.min(2, words.length) && readReceipt(run).ok;
}

/** Does a text hold something that is a receipt? */
export function holdsReceipt(text: string): boolean {
  return coverReceipts(text) !== text;
}
