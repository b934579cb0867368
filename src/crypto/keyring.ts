/**
 * The keyring of a house whose key was exchanged: the keys that outlive the identity they were derived from, sealed under
 * the one of now. It is a row of `meta` and goes with the database. A house that never exchanged its key has none.
 */
import { createColumns } from "./columns.ts";
import type { Keys } from "./keys.ts";

export interface Keyring {
  /** Keys of keyed names, by purpose (base64). */
  carried: Record<string, string>;
  /** Keys that the audit log was chained with, each through the entry of this number (base64). */
  audit: { until: number; key: string }[];
}

/** Its name in `meta`. */
export const keyringRow = "keyring";
const place = "meta.keyring";

const box = (keys: Keys) => createColumns(keys.own("keyring"));

export function sealKeyring(keys: Keys, ring: Keyring): string {
  return box(keys).seal(place, ring).toString("base64");
}

/** Keys that answer with what was carried over, and else with what derives from the identity. Throws `key-wrong`. */
export function withKeyring(keys: Keys, sealed: string): Keys {
  const { carried, audit } = box(keys).open<Keyring>(place, Buffer.from(sealed, "base64"));
  return {
    ...keys,
    derive: (purpose) => (carried[purpose] ? Buffer.from(carried[purpose], "base64") : keys.own(purpose)),
    auditBefore: audit.map(({ until, key }) => ({ until, key: Buffer.from(key, "base64") })),
  };
}
