/** Texts as Discord takes them: nobody's typing formats, mentions, links or invites, and each piece fits. */
import { cutText, plain } from "../platform.ts";

/**
 * Shows a text exactly as it was typed. Discord drops a backslash before any punctuation, so everything that could
 * format, mention, link or invite gets one. A bare web address would become a link that a reviewer may touch.
 */
export function asTyped(text: string): string {
  return plain(text)
    .replace(/[\\*_~`|<[\]@]/g, "\\$&")
    .replace(/:(?=\/\/)/g, "\\:")
    .replace(/(discord(?:app)?)\.(?=gg|com)/gi, "$1\\.")
    .replace(/^(\s*)([#>+-])/gm, "$1\\$2")
    .replace(/^(\s*\d+)([.)])/gm, "$1\\$2");
}

/** Cuts with "…" so that at most `max` characters remain; never inside a surrogate pair. */
export function cut(text: string, max: number): string {
  const clean = plain(text);
  if (clean.length <= max) return clean;
  return `${clean.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** Pieces of a raw text that are each at most `max` characters after `shape` has escaped them. */
export function fit(raw: string, max: number, shape: (piece: string) => string, room = max): string[] {
  return cutText(raw, room).flatMap((piece) => {
    const shaped = shape(piece);
    return shaped.length <= max ? [shaped] : fit(piece, max, shape, Math.ceil(piece.length / 2));
  });
}

/** A text as a quote, line by line. */
export const quoted = (text: string): string =>
  asTyped(text)
    .split("\n")
    .map((line) => `> ${line}`)
    .join("\n");

/** Small print, line by line: Discord folds nothing, and a spoiler would hide it from who reads by ear. */
export const small = (text: string): string =>
  asTyped(text)
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => `-# ${line}`)
    .join("\n");
