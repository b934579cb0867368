/** What is given back to who typed a receipt where none was asked for: all but the receipt. */
import type { Context } from "./conversation.ts";

/** What fields for receipts and passphrases are called in every conversation: of a form that cannot be taken any more, only names are known. */
export const secretNames: ReadonlySet<string> = new Set(["receipt", "one", "two", "passphrase", "again", "code"]);

/** How a secret key of age begins: pasted by mistake where a public one is asked for, it is kept nowhere. */
export const secretKey = /AGE-SECRET-KEY-/i;

/** Answers to show again, without what may never be shown or kept. */
export function coverAll(values: Record<string, string>, ctx: Context): Record<string, string> {
  const open = Object.entries(values).filter(([name, text]) => !secretNames.has(name) && !secretKey.test(text));
  return Object.fromEntries(open.map(([name, text]) => [name, ctx.desk.coverReceipts(text)]));
}

/** What is said to who typed a receipt where none was asked for. @param left what is given back of it */
export function receiptTyped(left: string[], ctx: Context): string {
  return ctx.t(left.some(worthKeeping) ? "bot:receipt-covered" : "bot:receipt-typed");
}

/** More than a word. */
const worthKeeping = (text: string): boolean => /(?:[\p{L}\p{N}][^\p{L}\p{N}]*){8}/u.test(text);

/** What stands around a receipt in a text, if that is more than a word. */
export const around = (text: string, ctx: Context): string[] => [ctx.desk.coverReceipts(text)].filter(worthKeeping);
