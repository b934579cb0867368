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
}

/** Why a value was shown; codes, so that the record holds nothing that was typed. */
export const unmaskReasons = ["warn-victim", "find-source", "authority", "match-case", "keep-safe"] as const;
export type UnmaskReason = (typeof unmaskReasons)[number];

/** Masks texts that belong together, in order; the same value has the same number wherever it stands. */
export function maskTexts(texts: readonly string[]): { texts: string[]; values: Masked[] } {
  const values: Masked[] = [];
  const numbers = new Map<string, Masked>();
  const masked = texts.map((text) => {
    let out = "";
    let at = 0;
    for (const { kind, from, to } of findPersonal(text)) {
      const value = text.slice(from, to);
      const key = `${kind} ${value.replace(/[\s·•-]/g, "").toUpperCase()}`;
      let entry = numbers.get(key);
      if (!entry) {
        entry = { number: values.length + 1, kind, value };
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

function maskOf(kind: PersonalKind, value: string): string {
  const characters = [...value];
  const [front, end] = kept[kind];
  // a short value keeps less: never more than half of it is shown
  const share = Math.min(1, characters.length / 2 / (front + end));
  const first = Math.floor(front * share);
  const last = Math.floor(end * share);
  // always as many dots, so that the length of what is hidden does not show
  return `${characters.slice(0, first).join("")}••••${last > 0 ? characters.slice(-last).join("") : ""}`;
}
