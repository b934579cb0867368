/** The vault: bodies sealed as standard age files to the organisation, and to whoever else holds a key of their own. */
import { fileURLToPath } from "node:url";
import { Decrypter } from "age-encryption";
import { Piscina } from "piscina";
import { fail } from "../errors.ts";
import type { Keys } from "./keys.ts";
import { pad, unpad } from "./padding.ts";

export interface Vault {
  /** Seals a JSON value to the organisation, its recovery keys, and `others` (age1pq1… recipients); padded from 4 KiB up. */
  seal(value: unknown, others?: string[]): Promise<Buffer>;
  /** Opens with the organisation's key, or with `identity` if given. Throws `key-wrong`. */
  open<T>(sealed: Uint8Array, identity?: string): Promise<T>;
  /** The public recipient, `age1pq1…`, of an identity. */
  recipientOf(identity: string): Promise<string>;
}

/** How long the sealing thread lives on with nothing to do (milliseconds); it keeps no process from ending. */
const idle = 60_000;
/**
 * One thread seals for all vaults of a process, from the first thing to seal on. It is plain JavaScript: what the program was
 * started with (a compiler, in tests) would only be loaded again.
 */
const threads = new Piscina({
  filename: fileURLToPath(new URL("./sealing.js", import.meta.url)),
  minThreads: 0,
  maxThreads: 1,
  idleTimeout: idle,
  execArgv: [],
});

/**
 * @param keys the organisation's
 * @param recovery further hybrid recipients (an offline key) that every body is sealed to
 */
export function createVault(keys: Keys, recovery: string[] = []): Vault {
  const always = [keys.recipient, ...recovery];
  return {
    async seal(value, others = []) {
      const bytes = pad(Buffer.from(JSON.stringify(value)), 4096);
      try {
        const task = { bytes, recipients: [...always, ...others] };
        return Buffer.from((await threads.run(task, { name: "seal" })) as Uint8Array);
      } finally {
        bytes.fill(0);
      }
    },
    async open<T>(sealed: Uint8Array, identity = keys.identity): Promise<T> {
      const decrypter = new Decrypter();
      decrypter.addIdentity(identity);
      try {
        return JSON.parse(unpad(await decrypter.decrypt(sealed)).toString("utf8")) as T;
      } catch {
        throw fail("key-wrong");
      }
    },
    recipientOf: (identity) => threads.run({ identity }, { name: "recipientOf" }) as Promise<string>,
  };
}
