/** The organisation's key: one age hybrid identity, from which every other lasting key derives. */
import { createHash, hkdfSync } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { Encrypter, generateHybridIdentity, identityToRecipient } from "age-encryption";
import { fail } from "../errors.ts";
import { putOnce } from "./durable.ts";

export interface Keys {
  /** The age identity, `AGE-SECRET-KEY-PQ-1…`. */
  identity: string;
  /** Its public recipient, `age1pq1…`. */
  recipient: string;
  /** A key of 32 bytes for one purpose; the same purpose always gives the same key, also after the identity was exchanged, where it is carried over. */
  derive(purpose: string): Buffer;
  /** The key for a purpose that derives from this very identity (HKDF-SHA256, RFC 5869): for what is sealed anew when that is exchanged. */
  own(purpose: string): Buffer;
  /** Keys that the audit log was chained with before, each through the entry of that number, in their order. */
  auditBefore: { until: number; key: Buffer }[];
  /** A short public name of the key, so that a database can tell whether it is the right one. */
  name: string;
}

/** Builds the keys from an identity. Throws `key-invalid`. */
export async function keysOf(identity: string): Promise<Keys> {
  const trimmed = identity.trim();
  if (!trimmed.startsWith("AGE-SECRET-KEY-PQ-1")) throw fail("key-invalid");
  let recipient: string;
  try {
    recipient = await identityToRecipient(trimmed);
  } catch {
    throw fail("key-invalid");
  }
  const own = (purpose: string) => Buffer.from(hkdfSync("sha256", trimmed, "quietline", purpose, 32));
  return {
    identity: trimmed,
    recipient,
    derive: own,
    own,
    auditBefore: [],
    name: createHash("sha256").update(recipient).digest("hex").slice(0, 16),
  };
}

/**
 * Reads the key file, or makes one (mode 0600) if there is none.
 * Throws `key-invalid`, `key-open` when others could read it.
 */
export async function keysFromFile(path: string): Promise<Keys> {
  // of two processes that start at once in a new house one makes the key, and both read it whole
  if (!existsSync(path)) await putOnce(path, `${await generateHybridIdentity()}\n`);
  if (process.platform !== "win32" && (statSync(path).mode & 0o077) !== 0) throw fail("key-open");
  return keysOf(identitiesIn(readFileSync(path, "utf8"))[0] ?? "");
}

/** The identities in a key file, as `age-keygen` writes it. */
export function identitiesIn(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line.startsWith("AGE-SECRET-KEY-"));
}

/** Is this a whole age recipient, with the right checksum? */
export function isRecipient(recipient: string): boolean {
  try {
    new Encrypter().addRecipient(recipient);
    return true;
  } catch {
    return false; // mistyped or cut off
  }
}
