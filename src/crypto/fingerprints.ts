/** Fingerprints: the same thing always gives the same tag under one key, and the tag tells nothing without the key. */
import { createHmac } from "node:crypto";

/** @returns 32 hex digits of HMAC-SHA256 over the kind and the value */
export function fingerprint(key: Uint8Array, kind: string, value: string): string {
  return createHmac("sha256", key).update(`${kind}\u0000${value}`).digest("hex").slice(0, 32);
}
