/** Second factors: time-based codes (RFC 6238) of an authenticator app, each good once. */
import { Secret, TOTP } from "otpauth";
import type { Columns } from "../crypto/columns.ts";
import type { Storage, Transaction } from "../storage/storage.ts";
import type { Write } from "./store.ts";

export interface FactorStore {
  /** A new secret, in the letters that authenticator apps take (base32, 160 bits). */
  newSecret(): string;
  /** The address as a QR code (PNG), to be read by an app. */
  qr(secret: string, alias: string): Promise<Uint8Array>;
  /** Is this the code of a secret that is being set up? @param now milliseconds since 1970 */
  fits(secret: string, code: string, now: number): boolean;
  has(alias: string): Promise<boolean>;
  set(alias: string, secret: string): Write;
  drop(alias: string): Write;
  /**
   * Checks a code and uses it up: the same code, or an older one, is good no more. True where the reviewer has no second
   * factor. @param now milliseconds since 1970
   */
  use(alias: string, code: string, now: number): Promise<boolean>;
}

/** A clock may be wrong by one step of 30 seconds, either way. */
const window = 1;
const period = 30;

interface Factor {
  secret: string;
  /** The last step that a code was used of; 0 for none. */
  last: number;
}

export function createFactorStore(storage: Storage, columns: Columns): FactorStore {
  const open = (body: Uint8Array) => columns.open<Factor>("factors", body);

  /** The step (of 30 seconds since 1970) that a code is of, or none. */
  function stepOf(secret: string, code: string, now: number): number | undefined {
    const token = code.replace(/\s/g, "");
    if (!/^\d{6}$/.test(token)) return undefined;
    const delta = new TOTP({ secret: Secret.fromBase32(secret), period }).validate({ token, window, timestamp: now });
    return delta === null ? undefined : Math.floor(now / 1000 / period) + delta;
  }

  async function put(trx: Transaction, alias: string, factor: Factor): Promise<void> {
    const body = columns.seal("factors", factor);
    await trx("factors").insert({ alias, body }).onConflict("alias").merge();
  }

  /** What an app reads from a QR code. It names the line and the alias, nothing else. */
  const uri = (secret: string, alias: string): string =>
    new TOTP({ issuer: "Quietline", label: alias, secret: Secret.fromBase32(secret), period }).toString();

  return {
    newSecret: () => new Secret({ size: 20 }).base32,
    qr: async (secret, alias) => (await import("qrcode")).toBuffer(uri(secret, alias), { margin: 2, scale: 6 }),
    fits: (secret, code, now) => stepOf(secret, code, now) !== undefined,
    has: async (alias) => (await storage.read("factors").where({ alias }).first("alias")) !== undefined,
    set: (alias, secret) => (trx) => put(trx, alias, { secret, last: 0 }),
    drop: (alias) => async (trx) => {
      await trx("factors").where({ alias }).delete();
    },
    use: (alias, code, now) =>
      storage.transaction(async (trx) => {
        await storage.oneByOne(trx, "factors"); // two visits must not use one code
        const row = (await trx("factors").where({ alias }).first()) as { body: Buffer } | undefined;
        if (!row) return true;
        const factor = open(row.body);
        const step = stepOf(factor.secret, code, now);
        if (step === undefined || step <= factor.last) return false;
        await put(trx, alias, { ...factor, last: step });
        return true;
      }),
  };
}
