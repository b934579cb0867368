/**
 * Other people's personal data is masked when a case is read: enough stays to tell two values apart, not enough to use
 * one. Each masked place has a number; showing the value behind a number is a look of its own, with a reason.
 */
import { findPersonal, type PersonalKind } from "./personal.ts";

/** A value behind a mask. Numbers count through all texts of a case, from 1. */
export interface Masked {
  number: number;
  kind: PersonalKind;
  value: string;
  /** The value as it is compared. */
  key: string;
}

/** Why a value was shown; codes, so that the record holds nothing that was typed. */
export const unmaskReasons = ["warn-victim", "find-source", "authority", "match-case", "keep-safe"] as const;
export type UnmaskReason = (typeof unmaskReasons)[number];

/** Places of a text that are masked, in order, each with the value as it is compared: the same however it is spaced. */
export function masksIn(text: string): { kind: PersonalKind; from: number; to: number; key: string }[] {
  return findPersonal(text).map((place) => ({ ...place, key: keyOf(place.kind, text.slice(place.from, place.to)) }));
}

/** A value as it is compared. */
export function keyOf(kind: PersonalKind, value: string): string {
  return `${kind} ${value.replace(/[\s·•-]/g, "").toUpperCase()}`;
}

/**
 * Masks texts that belong together, in order; the same value has the same number wherever it stands.
 * @param shown values, as they are compared, that stay as they are
 */
export function maskTexts(
  texts: readonly string[],
  shown: readonly string[] = [],
): { texts: string[]; values: Masked[] } {
  const values: Masked[] = [];
  const numbers = new Map<string, Masked>();
  const masked = texts.map((text) => {
    let out = "";
    let at = 0;
    for (const { kind, from, to, key } of masksIn(text)) {
      const value = text.slice(from, to);
      if (shown.includes(key)) continue;
      let entry = numbers.get(key);
      if (!entry) {
        entry = { number: values.length + 1, kind, value, key };
        numbers.set(key, entry);
        values.push(entry);
      }
      out += `${text.slice(at, from)}${maskOf(kind, entry.value)}[${entry.number}]`;
      at = to;
    }
    return out + text.slice(at);
  });
  return { texts: masked, values };
}

/** A value that is compared, taken apart again. */
export function parseKey(key: string): { kind: PersonalKind; value: string } {
  const at = key.indexOf(" ");
  return { kind: key.slice(0, at) as PersonalKind, value: key.slice(at + 1) };
}

/** A passage as it stands, from one that was copied with its masks. */
export function expand(passage: string, values: readonly Masked[]): string {
  return values.reduce((text, v) => text.split(`${maskOf(v.kind, v.value)}[${v.number}]`).join(v.value), passage);
}

/** How many characters stay at the front and at the end. */
const kept: Record<PersonalKind, [number, number]> = {
  email: [1, 0],
  "identity-number": [2, 2],
  "bank-card": [4, 2],
  iban: [4, 2],
  plate: [2, 1],
  phone: [3, 2],
  address: [3, 0],
};

/** What is shown of a value. */
export function maskOf(kind: PersonalKind, value: string): string {
  const characters = [...value];
  const [front, end] = kept[kind];
  // a short value keeps less: never more than half of it is shown
  const share = Math.min(1, characters.length / 2 / (front + end));
  const first = Math.floor(front * share);
  const last = Math.floor(end * share);
  // always as many dots, so that the length of what is hidden does not show
  return `${characters.slice(0, first).join("")}••••${last > 0 ? characters.slice(-last).join("") : ""}`;
}
