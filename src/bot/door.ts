/**
 * The door: the only place in the house that turns an account into what the rest may know of it. Behind it there is a
 * slot without a name, an actor with an alias, and a sealed way to reach somebody who asked for it.
 */
import { createHmac } from "node:crypto";
import type { Columns } from "../crypto/columns.ts";
import type { DayKeys } from "../crypto/daykeys.ts";
import { fingerprint } from "../crypto/fingerprints.ts";
import type { Address } from "../platforms/platform.ts";

declare const slotBrand: unique symbol;
/** The nameless key under which a draft lies; a keyed hash of the account, gone with the day's key. */
export type Slot = { readonly name: string; readonly day: number; readonly [slotBrand]: true };

declare const tagBrand: unique symbol;
/** A lasting keyed hash of an account, made only for reviewers who join and for boards. */
export type DoorTag = string & { readonly [tagBrand]: true };

declare const sealedBrand: unique symbol;
/** An address that only the courier opens. */
export type SealedAddress = Buffer & { readonly [sealedBrand]: true };

export interface Door {
  /** Before slots are asked for. */
  ready(today: number): Promise<void>;
  /** Today's slot first, then those of earlier days whose keys live. */
  slots(from: Address, today: number): Slot[];
  tag(address: Address): DoorTag;
  seal(address: Address): SealedAddress;
  open(sealed: Uint8Array): Address;
}

/**
 * @param tagKey the lasting key of reviewers' and boards' tags
 * @param columns seals addresses
 */
export function createDoor(dayKeys: DayKeys, tagKey: Uint8Array, columns: Columns): Door {
  return {
    ready: (today) => dayKeys.ready(today),
    slots(from, today) {
      return dayKeys.alive(today).flatMap((day) => {
        const key = dayKeys.at(day);
        if (!key) return [];
        const name = createHmac("sha256", key).update(`slot\u0000${from.platform}\u0000${from.id}`).digest("hex");
        return [{ name, day } as Slot];
      });
    },
    tag: (address) => fingerprint(tagKey, `door ${address.platform}`, address.id) as DoorTag,
    seal: (address) => columns.seal("address", address) as SealedAddress,
    open: (sealed) => columns.open<Address>("address", sealed),
  };
}
