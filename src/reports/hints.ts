/**
 * Gentle warnings before a report is sent: what in it may point at its writer, or is somebody else's personal data.
 * They are hints, worded as such; nothing is changed and nothing is refused.
 */
import { findPersonal, type PersonalKind } from "./personal.ts";

export type Hint = "self-name" | "only-one" | "exact-time" | "phone" | "email" | "identity-number" | "bank-card";

/** What was found, in the order of `Hint`; `samples` are the places, shortened for showing. */
export interface Found {
  hint: Hint;
  samples: string[];
}

// every repetition is bounded: a text of 100,000 letters must not take a minute to look over
const patterns: [Hint, RegExp][] = [
  [
    "self-name",
    /\bmy name is\b[^.,;\n]{0,30}|\bI(?:'| a)m (?:called|named)\b[^.,;\n]{0,30}|(?:我(?:叫|的名字(?:是|叫)|姓)|本人姓名)[^，。；\s]{0,12}/giu,
  ],
  [
    "only-one",
    /\bI(?:'| a)m the only\b[^.,;\n]{0,40}|\bonly I (?:know|knew|can|could|have|had|saw)\b[^.,;\n]{0,30}|\bnobody else (?:knows|knew|saw|has)\b[^.,;\n]{0,20}|(?:只有我|我是唯一|就我一个|除了我没)[^，。；\n]{0,20}/giu,
  ],
  [
    "exact-time",
    /\b(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?\s?(?:am|pm)?\b|(?:[01]?\d|2[0-3])\s?[点时]\s?[0-5]?\d\s?分/giu,
  ],
];

/** Looks a text over. */
export function findHints(text: string): Found[] {
  const found: Found[] = [];
  const note = (hint: Hint, samples: string[]): void => {
    if (samples.length > 0)
      found.push({ hint, samples: [...new Set(samples.map((s) => s.trim().slice(0, 60)))].slice(0, 3) });
  };
  for (const [hint, pattern] of patterns)
    note(
      hint,
      Array.from(text.matchAll(pattern), (m) => m[0]),
    );
  const places = findPersonal(text);
  const of = (...kinds: PersonalKind[]) =>
    places.filter((p) => kinds.includes(p.kind)).map((p) => text.slice(p.from, p.to));
  note("email", of("email"));
  note("phone", of("phone"));
  note("identity-number", of("identity-number"));
  note("bank-card", of("bank-card", "iban"));
  return found;
}
