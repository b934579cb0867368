/** What a receipt opens: the look-up id of its report and, apart from it, the mailbox's own age identity. */
import { hkdfSync } from "node:crypto";
import { bech32 } from "@scure/base";

export interface MailboxKeys {
  /** 32 hex digits: the report's primary key. */
  id: string;
  /** `AGE-SECRET-KEY-PQ-1…`; never stored. */
  identity: string;
}

/**
 * Derives both from the receipt's 21 normal characters (HKDF-SHA256, RFC 5869, one label each). The receipt holds
 * 100 random bits, so no stretching is needed. 32 derived bytes are a hybrid identity as age writes it.
 */
export function mailboxKeys(receipt: string): MailboxKeys {
  const derive = (label: string, length: number) =>
    new Uint8Array(hkdfSync("sha256", receipt, "quietline receipt", label, length));
  return {
    id: Buffer.from(derive("look-up", 16)).toString("hex"),
    identity: bech32.encodeFromBytes("AGE-SECRET-KEY-PQ-", derive("mailbox", 32)).toUpperCase(),
  };
}
