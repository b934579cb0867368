/**
 * Who is speaking, and whether it was they who pressed the button.
 *
 * A visit is a random number in a session cookie: HttpOnly, SameSite=Strict, gone with the browser. Every form carries
 * an event id (so that a double click is one event) and a token, an HMAC over holder, event and upload limits. The
 * holder is the visit; on pages drawn before there is one it is "the door", which proves only that the form is ours.
 * A visitor without a cookie has no authority that anyone could abuse, so that this is enough together with the check
 * of where the request comes from. We send `Referrer-Policy: no-referrer`, and browsers then say `Origin: null` on
 * our own forms too: `Sec-Fetch-Site` is the witness that counts.
 */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/** How many files of how many bytes a form may send; signed with the form, so that any process can enforce it. */
export interface Limits {
  max: number;
  bytes: number;
}

/** The hidden fields of one form. */
export interface Seal {
  event: string;
  limits: string;
  token: string;
}

/** The holder of forms that were drawn before there was a visit; no visit id can look like it. */
export const door = "door";

const nonce = /^[A-Za-z0-9_-]{22}$/;

/** A fresh visit or event id: 128 random bits as 22 characters. */
export function freshId(): string {
  return randomBytes(16).toString("base64url");
}

/** The value of a cookie by its name. */
export function cookieOf(header: string | undefined, name: string): string | undefined {
  for (const part of (header ?? "").split(";")) {
    const at = part.indexOf("=");
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return undefined;
}

/** The visit in a cookie header, if there is one and it looks like ours. */
export function visitOf(header: string | undefined, name: string): string | undefined {
  const value = cookieOf(header, name);
  return value !== undefined && nonce.test(value) ? value : undefined;
}

/** Seals a form for its holder. */
export function sealForm(secret: Uint8Array, holder: string, limits?: Limits): Seal {
  const event = freshId();
  const spelled = limits ? `${limits.max},${limits.bytes}` : "";
  return { event, limits: spelled, token: macOf(secret, holder, event, spelled).toString("base64url") };
}

/** The event and limits of a form that was sealed for this holder; `undefined` for any other. */
export function openSeal(
  secret: Uint8Array,
  holder: string,
  fields: URLSearchParams,
): { event: string; limits?: Limits } | undefined {
  const event = fields.get("event") ?? "";
  const spelled = fields.get("limits") ?? "";
  const given = Buffer.from(fields.get("token") ?? "", "base64url");
  const due = macOf(secret, holder, event, spelled);
  if (!nonce.test(event) || given.length !== due.length || !timingSafeEqual(given, due)) return undefined;
  if (spelled === "") return { event };
  const [max = 0, bytes = 0] = spelled.split(",").map(Number);
  return { event, limits: { max, bytes } };
}

function macOf(secret: Uint8Array, holder: string, event: string, limits: string): Buffer {
  return createHmac("sha256", secret).update(`${holder}\n${event}\n${limits}`).digest();
}

/**
 * Where a request comes from, as far as the browser tells: our own pages (or the person directly), somewhere else, or
 * not told (no `Sec-Fetch-Site`, as over plain http to another machine, and `Origin` absent or "null").
 */
export function origin(headers: IncomingHttpHeaders, publicUrl?: string): "own" | "foreign" | "unknown" {
  const site = headers["sec-fetch-site"];
  if (site === "same-origin" || site === "none") return "own";
  if (site !== undefined) return "foreign";
  const from = headers.origin;
  if (from === undefined || from === "null") return "unknown";
  if (!URL.canParse(from)) return "foreign";
  const host = new URL(from).host;
  return host === headers.host || (publicUrl !== undefined && host === new URL(publicUrl).host) ? "own" : "foreign";
}
