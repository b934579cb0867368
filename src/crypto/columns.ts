/** Values in columns: AES-256-GCM under a derived key, bound to where they stand, padded so that length tells little. */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { fail } from "../errors.ts";
import { pad, unpad } from "./padding.ts";

export interface Columns {
  /** Seals a JSON value; `place` ("reviewers.address") is bound to it, so that it opens nowhere else. */
  seal(place: string, value: unknown): Buffer;
  /** Opens what `seal` made for the same place. Throws `key-wrong`. */
  open<T>(place: string, sealed: Uint8Array): T;
}

/** @param key 32 bytes; @param smallest the least length (bytes) that a value is padded to, doubled until it fits */
export function createColumns(key: Uint8Array, smallest = 256): Columns {
  return {
    seal(place, value) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(place));
      const body = Buffer.concat([cipher.update(pad(Buffer.from(JSON.stringify(value)), smallest)), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), body]);
    },
    open<T>(place: string, sealed: Uint8Array): T {
      try {
        const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, 12)).setAAD(Buffer.from(place));
        decipher.setAuthTag(sealed.subarray(12, 28));
        const plain = Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]);
        return JSON.parse(unpad(plain).toString("utf8")) as T;
      } catch {
        throw fail("key-wrong");
      }
    },
  };
}
