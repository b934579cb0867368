/**
 * The work of sealing to post-quantum recipients, done in a thread of its own: it takes about ten milliseconds of a
 * processor, and nobody else's turn should wait for it. Plain JavaScript, because a thread's first file is not compiled
 * on the way in tests.
 */
import { Encrypter, identityToRecipient } from "age-encryption";

/**
 * Seals bytes to recipients (`age1pq1…`), and wipes them: this thread may have nothing else to do for a while.
 * @param {{ bytes: Uint8Array; recipients: string[] }} task
 * @returns {Promise<Uint8Array>}
 */
export async function seal({ bytes, recipients }) {
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  try {
    return await encrypter.encrypt(bytes);
  } finally {
    bytes.fill(0);
  }
}

/**
 * The public recipient of an identity.
 * @param {{ identity: string }} task
 * @returns {Promise<string>}
 */
export function recipientOf({ identity }) {
  return identityToRecipient(identity);
}
