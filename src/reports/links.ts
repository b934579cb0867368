/**
 * What in a report can link it to another: the things that traders use again and again. Pure; each thing is brought into
 * one form, so that "@Data_King", "t.me/data_king" and "data_king" are the same, and so are two ways to write a phone.
 */
import { findPhoneNumbersInText } from "libphonenumber-js";
import type { Told } from "./told.ts";

/** Kinds of things, each under a key of its own. `price` and `organisation` are shared by many honest reports, too. */
export const linkKinds = ["handle", "link", "phone", "card", "file", "price", "organisation"] as const;
export type LinkKind = (typeof linkKinds)[number];

/** Kinds that by themselves say that two cases belong together. */
export const strongKinds: readonly LinkKind[] = ["handle", "link", "phone", "card", "file"];

export interface Thing {
  kind: LinkKind;
  value: string;
}

/** Most things that one report or message is linked by; a flood of numbers is not worth more. */
const most = 200;

/** The things in a report. @param files SHA-256 of the files as they are kept */
export function thingsOf(told: Told, files: string[]): Thing[] {
  const things = [
    ...(told.handle ?? "")
      .split(/[\s,;，；、]+/)
      .map(handle)
      .filter((value) => value.length >= 3)
      .map((value): Thing => ({ kind: "handle", value })),
    ...thingsIn([told.handle, told.story, told.price, told.organisation].filter(Boolean).join("\n")),
    ...files.map((value): Thing => ({ kind: "file", value })),
  ];
  const price = priceOf(told);
  if (price) things.push({ kind: "price", value: price });
  const organisation = organisationOf(told.organisation ?? "");
  if (organisation.length >= 2) things.push({ kind: "organisation", value: organisation });
  return unique(things);
}

/** The things in a text. */
export function thingsIn(typed: string): Thing[] {
  const text = typed.normalize("NFKC").slice(0, 200_000);
  const things: Thing[] = [];
  for (const match of text.matchAll(/\b(?:https?:\/\/)?((?:[a-z0-9-]+\.)+[a-z]{2,})(\/[^\s，。；、"'<>()（）]*)?/gi)) {
    const before = text[match.index - 1];
    if (before === "@") continue; // an e-mail address
    const path = (match[2] ?? "").replace(/[?#].*$/, "").replace(/[/.,;:!]+$/, "");
    const host = match[1]!.toLowerCase().replace(/^www\./, "");
    if (/^(t|telegram)\.me$/.test(host) && path.length > 3) things.push({ kind: "handle", value: handle(path) });
    else if (path !== "" || /^https?:/i.test(match[0])) things.push({ kind: "link", value: host + path });
  }
  for (const match of text.matchAll(/(?<![\w.%+-])@([a-z0-9_]{4,32})\b(?![.@])/gi))
    things.push({ kind: "handle", value: handle(match[1]!) });
  for (const match of text.matchAll(/[\w.%+-]{2,64}@(?:[a-z0-9-]+\.)+[a-z]{2,}/gi))
    things.push({ kind: "handle", value: match[0].toLowerCase() });
  for (const match of text.matchAll(
    /(?:微信|wechat|weixin|\bwx|\bvx|\bqq|telegram|\btg|飞机|纸飞机|whatsapp)(?:号|群号?|\s*(?:id|group))?\s*(?:[:是为]|\bis\b)?\s*@?([a-z0-9][a-z0-9_-]{4,31})/gi,
  ))
    if (/\d|_/.test(match[1]!)) things.push({ kind: "handle", value: handle(match[1]!) });
  const cards = [...text.matchAll(/(?<!\d)[3-6]\d(?:[ -]?\d){11,17}(?!\d)/g)]
    .map((match) => match[0].replace(/\D/g, ""))
    .filter((digits) => digits.length <= 19 && luhn(digits));
  things.push(...cards.map((value): Thing => ({ kind: "card", value })));
  // a number without a country's code is read as a Chinese one: the trade that we follow is sold there
  for (const { number } of findPhoneNumbersInText(text, { defaultCountry: "CN", extended: true }))
    things.push({ kind: "phone", value: number.number });
  return unique(things);
}

/** A handle in one form: small letters, no sign before it, no path after it. */
export function handle(typed: string): string {
  return typed
    .normalize("NFKC")
    .toLowerCase()
    .replace(/^(?:https?:\/\/)?(?:www\.)?(?:t\.me|telegram\.me)\//, "")
    .replace(/^[@/+]+/, "")
    .replace(/\/.*$/, "")
    .trim();
}

/** An organisation's name in one form: no spaces, signs or legal forms. */
export function organisationOf(typed: string): string {
  return typed
    .normalize("NFKC")
    .toLowerCase()
    .replace(
      /股份有限公司|有限责任公司|有限公司|\b(?:co|inc|ltd|llc|plc|corp|corporation|company|limited|gmbh|ag|the)\b/g,
      "",
    )
    .replace(/[\p{P}\p{S}\s]+/gu, "");
}

/** A price with where it was asked and for what; nothing unless all three are known. */
function priceOf(told: Told): string | undefined {
  const numbers = pricesIn(told.price ?? "");
  if (numbers.length === 0 || !told.channel || !told.data) return undefined;
  return [numbers.join("-"), told.currency ?? "", told.channel, told.data.split(",").sort().join(",")].join("|");
}

/** The numbers in a price as it was typed, smallest first; at most two. */
export function pricesIn(typed: string): number[] {
  const found = [...typed.normalize("NFKC").matchAll(/\d[\d,]*(?:\.\d+)?/g)]
    .map((match) => Number(match[0].replaceAll(",", "")))
    .filter((n) => n > 0 && n < 1e9);
  return found.length > 1 ? [Math.min(...found), Math.max(...found)] : found;
}

/** The check digit of bank cards (ISO/IEC 7812-1, annex B). */
export function luhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    const double = digit * 2;
    sum += i % 2 === 0 ? digit : double > 9 ? double - 9 : double;
  }
  return sum % 10 === 0 && /[^0]/.test(digits);
}

function unique(things: Thing[]): Thing[] {
  const seen = new Map(things.map((thing) => [`${thing.kind} ${thing.value}`, thing]));
  return [...seen.values()].slice(0, most);
}
