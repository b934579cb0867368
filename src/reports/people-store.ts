/** Reviewers: an alias, a role, the doors (accounts) they come in by, and the invitations that make new ones. */
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import type { Columns } from "../crypto/columns.ts";
import { fingerprint } from "../crypto/fingerprints.ts";
import { fail } from "../errors.ts";
import type { Storage } from "../storage/storage.ts";
import type { Write } from "./store.ts";

export type Role = "reviewer" | "deputy" | "admin" | "auditor";
export const roles: readonly Role[] = ["reviewer", "deputy", "admin", "auditor"];

export interface Reviewer {
  alias: string;
  role: Role;
  status: "active" | "suspended";
  day: number;
  hasPassphrase: boolean;
}

interface ReviewerRow {
  alias: string;
  role: Role;
  teams: string;
  status: "active" | "suspended";
  day: number;
  passphrase: Buffer | null;
}

export interface PeopleStore {
  list(): Promise<Reviewer[]>;
  get(alias: string): Promise<Reviewer | undefined>;
  /** Who comes in by this door, if anyone, now. @param minute minutes since 1970 */
  atDoor(tag: string, minute: number): Promise<Reviewer | undefined>;
  /** A new code (16 characters). */
  newInvite(): string;
  /** Makes an invitation of one use, good through `lastDay`. */
  addInvite(code: string, invitation: Invitation, lastDay: number): Write;
  /** Takes back every invitation that is still open. */
  dropInvites(): Write;
  /** What an invitation leads to, while it is good. */
  invited(code: string, today: number): Promise<Invitation | undefined>;
  /** Uses it up; throws `stale` when it was used meanwhile. */
  useInvite(code: string): Write;
  /** Uses the invitation up and adds the reviewer with this door; throws `stale` when it was used meanwhile. */
  join(
    code: string,
    reviewer: { alias: string; role: Role; day: number; passphrase?: string },
    door: NewDoor,
  ): Promise<Write>;
  addDoor(alias: string, door: NewDoor): Write;
  closeDoor(tag: string): Write;
  /** Is this the reviewer's passphrase? Takes the same time for an alias that does not exist. */
  knows(alias: string, passphrase: string): Promise<boolean>;
  suspend(alias: string, suspended: boolean): Write;
}

/** An invitation makes a new reviewer of this role, or opens one more door for the reviewer of this alias. */
export type Invitation = { role: Role } | { alias: string };

/** @param until the minute since 1970 at which it closes by itself, or never */
export interface NewDoor {
  tag: string;
  address: Buffer;
  until: number | null;
}

const stretch = promisify<string, Buffer, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(scrypt);
const cost = { N: 1 << 15, r: 8, p: 1, maxmem: 64 << 20 };

export function createPeopleStore(storage: Storage, columns: Columns, tagKey: Uint8Array): PeopleStore {
  const db = storage.read;
  const reviewers = () => db<ReviewerRow>("reviewers");
  const inviteTag = (code: string) => fingerprint(tagKey, "invite", code);
  const view = (r: ReviewerRow): Reviewer => ({
    alias: r.alias,
    role: r.role,
    status: r.status,
    day: r.day,
    hasPassphrase: r.passphrase !== null,
  });

  async function hash(passphrase: string): Promise<Buffer> {
    const salt = randomBytes(16);
    return columns.seal("reviewers.passphrase", {
      salt: salt.toString("hex"),
      hash: (await stretch(passphrase, salt, 32, cost)).toString("hex"),
    });
  }

  return {
    async list() {
      return (await reviewers().orderBy("alias")).map(view);
    },
    async get(alias) {
      const row = await reviewers().where({ alias }).first();
      return row && view(row);
    },
    async atDoor(tag, minute) {
      const row = await db("doors").join("reviewers", "reviewers.alias", "doors.alias").where({ tag }).first();
      if (row?.status !== "active" || (row.until !== null && row.until < minute)) return undefined;
      return view(row as ReviewerRow);
    },
    newInvite: () => randomBytes(12).toString("base64url"),
    addInvite: (code, invitation, lastDay) => async (trx) => {
      await trx("invites").insert({
        tag: inviteTag(code),
        leads_to: columns.seal("invites", invitation),
        day: lastDay,
      });
    },
    dropInvites: () => async (trx) => {
      await trx("invites").delete();
    },
    async invited(code, today) {
      const row = await db("invites")
        .where({ tag: inviteTag(code) })
        .first();
      return row && row.day >= today ? columns.open<Invitation>("invites", row.leads_to) : undefined;
    },
    useInvite: (code) => async (trx) => {
      if (
        (await trx("invites")
          .where({ tag: inviteTag(code) })
          .delete()) !== 1
      )
        throw fail("stale");
    },
    async join(code, reviewer, door) {
      const passphrase = reviewer.passphrase ? await hash(reviewer.passphrase) : null;
      return async (trx) => {
        if (
          (await trx("invites")
            .where({ tag: inviteTag(code) })
            .delete()) !== 1
        )
          throw fail("stale");
        await trx("reviewers").insert({
          alias: reviewer.alias,
          role: reviewer.role,
          teams: "",
          status: "active",
          day: reviewer.day,
          passphrase,
        });
        await trx("doors").where({ tag: door.tag }).delete();
        await trx("doors").insert({ ...door, alias: reviewer.alias });
      };
    },
    addDoor: (alias, door) => async (trx) => {
      await trx("doors").where({ tag: door.tag }).delete();
      await trx("doors").insert({ ...door, alias });
    },
    closeDoor: (tag) => async (trx) => {
      await trx("doors").where({ tag }).delete();
    },
    async knows(alias, passphrase) {
      const row = await reviewers().where({ alias, status: "active" }).first();
      const stored = row?.passphrase
        ? columns.open<{ salt: string; hash: string }>("reviewers.passphrase", row.passphrase)
        : { salt: "00".repeat(16), hash: "00".repeat(32) };
      const given = await stretch(passphrase, Buffer.from(stored.salt, "hex"), 32, cost);
      return timingSafeEqual(given, Buffer.from(stored.hash, "hex")) && Boolean(row?.passphrase);
    },
    suspend: (alias, suspended) => async (trx) => {
      await trx("reviewers")
        .where({ alias })
        .update({ status: suspended ? "suspended" : "active" });
      if (suspended) await trx("doors").where({ alias }).whereNotNull("until").delete();
    },
  };
}
