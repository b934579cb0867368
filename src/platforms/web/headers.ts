/**
 * What every answer of the web platform carries, whatever it is: set on the raw response before anything else runs,
 * so that no error path can forget it.
 */
import { createHash } from "node:crypto";
import { look } from "./look.css.ts";
import { work } from "./work.js.ts";

const named = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** The style sheet stands in each page and is named by its hash: no second request, nothing left in a cache, no `unsafe-*`. */
const pagePolicy = [
  "default-src 'none'",
  `style-src ${named(look)}`,
  "img-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join("; ");

/** For a page with a question of a flood: our own script may run there, and no other. */
export const workPolicy = `${pagePolicy}; script-src ${named(work)}`;

/** For a downloaded file, should a browser show it after all: no script, no form, an origin of its own. */
export const filePolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; sandbox";

/**
 * The headers of every answer.
 * @param secure the page is reached over https: browsers are told to never try http again
 */
export function baseHeaders(secure: boolean): Record<string, string> {
  return {
    "Content-Security-Policy": pagePolicy,
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-DNS-Prefetch-Control": "off",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    ...(secure ? { "Strict-Transport-Security": "max-age=63072000" } : {}),
  };
}

/**
 * A `Content-Disposition` that saves a file under `name`, whatever characters it holds: a plain ASCII name for old
 * clients, the true one percent-encoded (RFC 6266, RFC 8187). Path parts, quotes and line ends cannot get through.
 */
export function attachmentHeader(name: string): string {
  const unsafe = /[\p{Surrogate}\u0000-\u001F\u007F-\u009F/\\]+/gu;
  const flat = name.slice(0, 150).replace(unsafe, "_") || "file";
  const ascii = flat.replace(/[^A-Za-z0-9 ._-]/g, "_");
  const exact = encodeURIComponent(flat).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename="${ascii}"; filename*=UTF-8''${exact}`;
}
