/** Reviewers: an alias, a role, the doors (accounts) they come in by, and the invitations that make new ones. */
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import type { Columns } from "../crypto/columns.ts";
import { fingerprint } from "../crypto/fingerprints.ts";
import { fail } from "../errors.ts";
import type { Reader, Storage, Transaction } from "../storage/storage.ts";
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
  status: "active" | "suspended" | "removed";
  day: number;
  passphrase: Buffer | null;
}

export interface PeopleStore {
  list(): Promise<Reviewer[]>;
  get(alias: string): Promise<Reviewer | undefined>;
  /** Has somebody this alias, however it is written? */
  taken(alias: string): Promise<boolean>;
  /** A keyed name for an alias, the same however it is written, so that it can be counted without being told. */
  tag(alias: string): string;
  /**
   * Who comes in by this door, if anyone, now. A door that closes by itself stays open `idle` minutes longer.
   * @param minute minutes since 1970
   */
  atDoor(tag: string, minute: number, idle: number): Promise<Reviewer | undefined>;
  /** A new code (16 characters). */
  newInvite(): string;
  /** Makes an invitation of one use, good through `lastDay`. */
  addInvite(code: string, invitation: Invitation, lastDay: number): Write;
  /**
   * Makes the invitation of the first reviewer; the one that was printed before is good no more. Answers false, and makes
   * none, where somebody has joined.
   */
  firstInvite(trx: Transaction, code: string, lastDay: number): Promise<boolean>;
  /** What an invitation leads to, while it is good. */
  invited(code: string, today: number): Promise<Invitation | undefined>;
  /** Uses it up; throws `stale` when it was used meanwhile. */
  useInvite(code: string): Write;
  /** Uses the invitation up and adds the reviewer with this door; throws `stale` when it or the alias was taken meanwhile. */
  join(
    code: string,
    reviewer: { alias: string; role: Role; day: number; passphrase?: string },
    door: NewDoor,
  ): Promise<Write>;
  /** Opens a further door; throws `stale` where the reviewer was shut out for good meanwhile. */
  addDoor(alias: string, door: NewDoor): Write;
  closeDoor(tag: string): Write;
  /** Notes the language that is spoken at a door. */
  speaks(tag: string, locale: string): Write;
  /**
   * Is this the reviewer's passphrase? Takes the same time for an alias that does not exist. Where too many wait to be
   * checked, nothing is checked and the seconds to wait are answered.
   */
  knows(alias: string, passphrase: string): Promise<boolean | { wait: number }>;
  suspend(alias: string, suspended: boolean): Write;
  /**
   * Shuts a reviewer out for good: no door, no passphrase, in no list; the alias stays taken, as the log names it.
   * Throws `stale` where there is none, and where nobody would be left who is an admin.
   */
  remove(alias: string): Write;
}

/** An invitation makes a new reviewer of this role, or opens one more door for the reviewer of this alias. */
export type Invitation = { role: Role } | { alias: string };

/** @param until the minute since 1970 at which it closes by itself, or never */
export interface NewDoor {
  /** The language spoken there; for what is sent out of the blue. */
  locale?: string;
  tag: string;
  address: Buffer;
  until: number | null;
}

/** Where the printed invitation is noted. */
const firstInvite = "first-invite";

const stretch = promisify<string, Buffer, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(scrypt);
const cost = { N: 1 << 15, r: 8, p: 1, maxmem: 64 << 20 };
/** How many may wait for their passphrase to be checked, and the seconds that others are asked to wait. */
const line = { longest: 20, wait: 5 };

/** Spellings of one alias are one alias: case and width do not tell people apart. */
const fold = (alias: string): string => alias.normalize("NFKC").toUpperCase().toLowerCase();

export function createPeopleStore(storage: Storage, columns: Columns, tagKey: Uint8Array): PeopleStore {
  const db = storage.read;
  const reviewers = () => db<ReviewerRow>("reviewers");
  const inviteTag = (code: string) => fingerprint(tagKey, "invite", code);
  const view = (r: ReviewerRow): Reviewer => ({
    alias: r.alias,
    role: r.role,
    status: r.status === "active" ? "active" : "suspended",
    day: r.day,
    hasPassphrase: r.passphrase !== null,
  });

  /** Takes the printed link back: whoever joined made it needless. */
  async function dropFirst(trx: Transaction, but?: string): Promise<void> {
    const printed = await trx("meta").where({ name: firstInvite }).first();
    if (!printed) return;
    if (printed.value !== but) await trx("invites").where({ tag: printed.value }).delete();
    await trx("meta").where({ name: firstInvite }).delete();
  }

  let inLine = 0;
  let last: Promise<unknown> = Promise.resolve();
  /** One at a time: stretching takes one of the process's few threads, which the database and the disk need as well. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    inLine += 1;
    const mine = last.then(work, work).finally(() => {
      inLine -= 1;
    });
    last = mine;
    return mine;
  }

  /** Who has an invitation waits for as long as it takes. */
  async function hash(passphrase: string): Promise<Buffer> {
    const salt = randomBytes(16);
    const stretched = await inTurn(() => stretch(passphrase, salt, 32, cost));
    return columns.seal("reviewers.passphrase", { salt: salt.toString("hex"), hash: stretched.toString("hex") });
  }

  const taken = async (from: Reader | Transaction, alias: string): Promise<boolean> =>
    (await from<ReviewerRow>("reviewers").select("alias")).some((r) => fold(r.alias) === fold(alias));

  return {
    async list() {
      return (await reviewers().whereNot({ status: "removed" }).orderBy("alias")).map(view);
    },
    async get(alias) {
      const row = await reviewers().where({ alias }).whereNot({ status: "removed" }).first();
      return row && view(row);
    },
    taken: (alias) => taken(db, alias),
    tag: (alias) => fingerprint(tagKey, "alias", fold(alias)),
    async atDoor(tag, minute, idle) {
      const row = await db("doors").join("reviewers", "reviewers.alias", "doors.alias").where({ tag }).first();
      if (row?.status !== "active" || (row.until !== null && row.until < minute)) return undefined;
      if (row.until !== null && row.until < minute + idle)
        await storage.alone(async (writer) =>
          writer("doors")
            .where({ tag })
            .where("until", ">=", minute)
            .update({ until: minute + idle }),
        );
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
    async firstInvite(trx, code, lastDay) {
      await storage.oneByOne(trx, "aliases");
      if (await trx("reviewers").whereNot({ status: "removed" }).first("alias")) return false;
      await dropFirst(trx);
      await trx("meta").insert({ name: firstInvite, value: inviteTag(code) });
      await trx("invites").insert({
        tag: inviteTag(code),
        leads_to: columns.seal("invites", { role: "admin" }),
        day: lastDay,
      });
      return true;
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
        await storage.oneByOne(trx, "aliases");
        if (await taken(trx, reviewer.alias)) throw fail("stale");
        await dropFirst(trx, inviteTag(code));
        if (
          (await trx("invites")
            .where({ tag: inviteTag(code) })
            .delete()) !== 1
        )
          throw fail("stale");
        const added = await trx("reviewers")
          .insert({
            alias: reviewer.alias,
            role: reviewer.role,
            teams: "",
            status: "active",
            day: reviewer.day,
            passphrase,
          })
          .onConflict("alias")
          .ignore()
          .returning("alias");
        if (added.length !== 1) throw fail("stale"); // a process of an earlier version stands in no line
        await trx("doors").where({ tag: door.tag }).delete();
        await trx("doors").insert({ ...door, alias: reviewer.alias });
      };
    },
    addDoor: (alias, door) => async (trx) => {
      // in one line with removals: none overlooks the door
      await storage.oneByOne(trx, "aliases");
      if (!(await trx("reviewers").where({ alias }).whereNot({ status: "removed" }).first("alias")))
        throw fail("stale");
      await trx("doors").where({ tag: door.tag }).delete();
      await trx("doors").insert({ ...door, alias });
    },
    closeDoor: (tag) => async (trx) => {
      await trx("doors").where({ tag }).delete();
    },
    speaks: (tag, locale) => async (trx) => {
      await trx("doors").where({ tag }).update({ locale });
    },
    async knows(alias, passphrase) {
      if (inLine > line.longest) return { wait: line.wait };
      return inTurn(async () => {
        const row = await reviewers().where({ alias, status: "active" }).first();
        const stored = row?.passphrase
          ? columns.open<{ salt: string; hash: string }>("reviewers.passphrase", row.passphrase)
          : { salt: "00".repeat(16), hash: "00".repeat(32) };
        const given = await stretch(passphrase, Buffer.from(stored.salt, "hex"), 32, cost);
        return timingSafeEqual(given, Buffer.from(stored.hash, "hex")) && Boolean(row?.passphrase);
      });
    },
    suspend: (alias, suspended) => async (trx) => {
      await trx("reviewers")
        .where({ alias })
        .update({ status: suspended ? "suspended" : "active" });
      if (suspended) await trx("doors").where({ alias }).whereNotNull("until").delete();
    },
    remove: (alias) => async (trx) => {
      // of two admins who are removed at the same moment one stays
      await storage.oneByOne(trx, "aliases");
      await trx("doors").where({ alias }).delete();
      const gone = await trx<ReviewerRow>("reviewers")
        .where({ alias })
        .whereNot({ status: "removed" })
        .update({ status: "removed", passphrase: null });
      const admin = await trx<ReviewerRow>("reviewers").where({ role: "admin", status: "active" }).first("alias");
      if (gone !== 1 || !admin) throw fail("stale");
    },
  };
}
