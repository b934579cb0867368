/** Sealing for somebody else: a standard age file that only the owner of the pasted key opens, with the `age` tool. */
import { Encrypter } from "age-encryption";

export interface Outward {
  /** Is this a whole public key that `age` knows (`age1…` or `age1pq1…`), with the right checksum? */
  good(recipient: string): boolean;
  /** Seals as it streams. */
  seal(plain: ReadableStream<Uint8Array>, recipient: string): Promise<ReadableStream<Uint8Array>>;
}

export const outward: Outward = {
  good(recipient) {
    if (!/^age1(pq1)?[02-9ac-hj-np-z]+$/.test(recipient)) return false;
    try {
      new Encrypter().addRecipient(recipient);
      return true;
    } catch {
      return false; // mistyped or cut off
    }
  },
  async seal(plain, recipient) {
    const encrypter = new Encrypter();
    encrypter.addRecipient(recipient);
    return encrypter.encrypt(plain);
  },
};
