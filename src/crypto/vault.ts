/** The vault: bodies sealed as standard age files to the organisation, and to whoever else holds a key of their own. */
import { Decrypter, Encrypter } from "age-encryption";
import { fail } from "../errors.ts";
import { hybridIdentity, hybridRecipient } from "./hybrid.ts";
import type { Keys } from "./keys.ts";
import { pad, unpad } from "./padding.ts";

export interface Vault {
  /** Seals a JSON value to the organisation, its recovery keys, and `others` (age1pq1… recipients); padded from 4 KiB up. */
  seal(value: unknown, others?: string[]): Promise<Buffer>;
  /** Opens with the organisation's key, or with `identity` if given. Throws `key-wrong`. */
  open<T>(sealed: Uint8Array, identity?: string): Promise<T>;
}

/**
 * @param keys the organisation's
 * @param recovery further hybrid recipients (an offline key) that every body is sealed to
 */
export function createVault(keys: Keys, recovery: string[] = []): Vault {
  const always = [keys.recipient, ...recovery].map(hybridRecipient);
  const ours = hybridIdentity(keys.identity);
  return {
    async seal(value, others = []) {
      const encrypter = new Encrypter();
      for (const recipient of [...always, ...others.map(hybridRecipient)]) encrypter.addRecipient(recipient);
      return Buffer.from(await encrypter.encrypt(pad(Buffer.from(JSON.stringify(value)), 4096)));
    },
    async open<T>(sealed: Uint8Array, identity?: string): Promise<T> {
      const decrypter = new Decrypter();
      decrypter.addIdentity(identity === undefined ? ours : hybridIdentity(identity));
      try {
        return JSON.parse(unpad(await decrypter.decrypt(sealed)).toString("utf8")) as T;
      } catch {
        throw fail("key-wrong");
      }
    },
  };
}
