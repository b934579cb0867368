/**
 * What everybody is asked while a flood of reports comes in: a small sum in words, after a moment, or a number that a browser
 * finds by trying. Pure. Nobody has to have an account, a script or good eyes for it; a machine can learn the one and do the other
 * quickly, so that it slows a flood down and stops none.
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** Seconds that have to pass before an answer counts, and for which it counts. */
export const moment = { from: 8, to: 7200 };

/**
 * Zero bits that the SHA-256 of `question#number` has to begin with: 16,384 tries on the average, one time in a hundred more than
 * 75,000.
 */
export const workBits = 14;

/** A question that proves itself: when it was asked, something random, and their keyed hash. */
export function askToll(key: Uint8Array, now: number): string {
  const bare = `${Math.floor(now / 1000)}.${randomBytes(9).toString("base64url")}`;
  return `${bare}.${hash(key, bare).toString("base64url")}`;
}

/** The two numbers of a question, 2 to 9 and 11 to 19. */
export function numbersOf(toll: string): [number, number] {
  let sum = 0;
  for (const sign of toll) sum = (sum * 31 + sign.charCodeAt(0)) % 65_536;
  return [2 + (sum % 8), 11 + ((sum >> 4) % 9)];
}

/** Is this the answer, in time, and which of the two (`#number` is work)? "early" and "old" say when it was not. */
export function paysToll(
  key: Uint8Array,
  toll: string,
  answer: string,
  now: number,
): "sum" | "work" | "wrong" | "early" | "old" | "easy" {
  const [at = "", random = "", mac = ""] = toll.split(".");
  const given = Buffer.from(mac, "base64url");
  const due = hash(key, `${at}.${random}`);
  if (given.length !== due.length || !timingSafeEqual(given, due)) return "old";
  const age = Math.floor(now / 1000) - Number(at);
  if (age < 0 || age > moment.to) return "old";
  if (answer.startsWith("#"))
    return /^#\d{1,15}$/.test(answer) && zeros(`${toll}${answer}`) >= workBits ? "work" : "easy";
  const [a, b] = numbersOf(toll);
  if (answer.normalize("NFKC").replace(/\D/g, "") !== String(a + b)) return "wrong";
  return age < moment.from ? "early" : "sum";
}

/** Zero bits that the hash of a text begins with. */
function zeros(text: string): number {
  return Math.clz32(createHash("sha256").update(text).digest().readUInt32BE());
}

const hash = (key: Uint8Array, text: string) => createHmac("sha256", key).update(text).digest();
