/**
 * Canary records: made-up customers, each planted in one place. Whatever of one turns up in a report shows where it
 * leaked. Pure: how a planted value and a text are brought into the same form.
 */
import { findPhoneNumbersInText } from "libphonenumber-js";

/** Shortest value that is worth planting: anything shorter turns up by chance. */
export const shortestCanary = 6;

/** A planted value in one form; nothing when it is too short or a plain word, which honest texts hold as well. */
export function canaryOf(typed: string): string | undefined {
  const value = compact(typed);
  return value.length >= shortestCanary && /\d|@/.test(value) ? value : undefined;
}

/** Everything in a text that could be a planted value, in the same form. */
export function canariesIn(typed: string): string[] {
  const text = typed.normalize("NFKC").slice(0, 200_000);
  const found = new Set<string>();
  for (const match of text.matchAll(/[a-z0-9@._+-]{6,80}/gi)) {
    const value = compact(match[0].replace(/^[._+-]+|[._+-]+$/g, ""));
    found.add(value);
  }
  for (const match of text.matchAll(/\d(?:[ -]?\d){5,29}[xX]?/g)) found.add(compact(match[0]));
  for (const { number } of findPhoneNumbersInText(text, { defaultCountry: "CN", extended: true }))
    found.add(number.nationalNumber);
  return [...found].filter((value) => value.length >= shortestCanary).slice(0, 2000);
}

function compact(typed: string): string {
  const value = typed.normalize("NFKC").toLowerCase().trim();
  if (value.includes("@")) return value;
  const bare = value.replace(/[\s().-]+/g, "");
  return bare.replace(/^\+86(?=1\d{10}$)/, "").replace(/^\+/, "");
}
