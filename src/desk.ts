/**
 * The counter: what a conversation may ask (`Queries`), what it may order (`Command`), and who carries it out. Roles are
 * checked here, not on the screen, and every look at a report is put on record here.
 */
import type { DoorTag, SealedAddress } from "./bot/door.ts";
import type { Attachment, Upload } from "./bot/screen.ts";
import type { Columns } from "./crypto/columns.ts";
import { mailboxKeys } from "./crypto/mailbox.ts";
import { fail } from "./errors.ts";
import type { Limits } from "./limits.ts";
import type { Outbox } from "./outbox/outbox.ts";
import { cleanImage, inspect, neutralName } from "./reports/attachments.ts";
import type { AuditStore } from "./reports/audit-store.ts";
import { type Found, findHints } from "./reports/hints.ts";
import type { Invitation, PeopleStore, Reviewer, Role } from "./reports/people-store.ts";
import { holdsReceipt, newReceipt, normalise, readReceipt, showReceipt, splitReceipt } from "./reports/receipt.ts";
import { type Action, type CloseOutcome, decide, outcomes, type Status } from "./reports/review.ts";
import {
  type BlobRef,
  blobIds,
  type CaseRow,
  type KeptFile,
  type Message,
  type ReportStore,
  type Write,
} from "./reports/store.ts";
import type { Taxonomy } from "./reports/taxonomy.ts";
import { type Summary, summarise, type Told } from "./reports/told.ts";
import type { Blobs } from "./storage/blobs.ts";
import type { Storage } from "./storage/storage.ts";

export type { Found } from "./reports/hints.ts";
export type { Role } from "./reports/people-store.ts";
export type { CloseOutcome } from "./reports/review.ts";
export type { Message } from "./reports/store.ts";
export type { Question, Summary, Told } from "./reports/told.ts";

/** Who orders: anyone at all, a reviewer under an alias, or the house itself (drawing what goes out). */
export type Actor = { kind: "anyone" } | { kind: "house" } | { kind: "reviewer"; alias: string; role: Role };

/** The visitor at the counter, as the bot brings them: no account, only what the door makes of one. */
export interface Visitor {
  actor: Actor;
  tag: DoorTag;
  /** The name that limits are counted under; dies with the day. */
  limit: string;
  locale: string;
  /** A sealed way to reach this visitor; called only for orders by which the visitor asks for it. */
  reach(): SealedAddress;
  /** The shared place where the order was given. */
  place?: { tag: DoorTag; address: SealedAddress };
}

/** A file that was taken in with a draft. */
export interface TakenFile {
  /** Of a picture: the copy without metadata. */
  blob: BlobRef;
  /** Of a picture: as it was sent. */
  original?: BlobRef;
  type: string;
  extension: string;
  kind: string;
  warn: boolean;
}

export type Command =
  /** Files a report. `originals`: keep pictures as they were sent, too. `notify`: tell this account when there is news. */
  | { kind: "file"; receipt: string; told: Told; files: TakenFile[]; originals: boolean; notify: boolean }
  | { kind: "write"; receipt: string; text: string; files: TakenFile[]; originals: boolean }
  | { kind: "notify"; receipt: string; on: boolean }
  | { kind: "withdraw"; receipt: string }
  | { kind: "claim"; code: string }
  | { kind: "release"; code: string }
  | { kind: "reopen"; code: string }
  | { kind: "reply"; code: string; text: string }
  | { kind: "close"; code: string; outcome: CloseOutcome; text: string }
  | { kind: "join"; invite: string; alias: string; passphrase?: string }
  /** Lets a reviewer come in by a further account: `code` is to be entered there. */
  | { kind: "door-code"; code: string }
  | { kind: "enter"; code: string }
  | { kind: "sign-in"; alias: string }
  | { kind: "sign-out" }
  | { kind: "board"; on: boolean }
  /** Somebody pressed what does not exist for them; counted. */
  | { kind: "refused" };

/** A mailbox as its reporter sees it. */
export interface Mailbox {
  status: Status;
  /** A reviewer has it in hand. */
  taken: boolean;
  day: number;
  closedDay: number | null;
  outcome: CloseOutcome | null;
  told: Told | undefined;
  messages: Message[];
  files: { kind: string; bytes: number }[];
  notify: boolean;
}

/** A case as its card shows it: nothing that was typed. */
export interface Card {
  code: string;
  day: number;
  status: Status;
  owner: string | null;
  messages: number;
  unread: number;
  files: number;
  summary: Summary | null;
  outcome: CloseOutcome | null;
}

/** A case as a reviewer reads it. */
export interface CaseFile extends Card {
  told: Told;
  thread: Message[];
  attachments: {
    number: number;
    kind: string;
    type: string;
    extension: string;
    bytes: number;
    warn: boolean;
    original: boolean;
  }[];
}

export interface Queries {
  readonly actor: Actor;
  codes(list: string): readonly string[];
  /** Outcomes that one reviewer may close with. */
  outcomes(): readonly CloseOutcome[];
  newReceipt(): string;
  showReceipt(receipt: string): string;
  splitReceipt(receipt: string): string[];
  readReceipt(typed: string): { ok: true; receipt: string } | { ok: false; why: "shape" | "typo" };
  holdsReceipt(text: string): boolean;
  /** A typed group of a receipt as it was meant. */
  normalise(typed: string): string;
  /** How pressing these urgency codes are together: P0 to P3. */
  level(urgency: string[]): string;
  findHints(text: string): Found[];
  /** Opens a mailbox; a receipt that opens nothing is counted, and too many of them have to wait (seconds). */
  mailbox(receipt: string): Promise<Mailbox | { unknown: true } | { wait: number }>;
  queue(page: number): Promise<{ cards: Card[]; more: boolean }>;
  counts(): Promise<Record<string, number>>;
  card(code: string): Promise<Card | undefined>;
  /** What an action would come to now. */
  may(
    code: string,
    kind: "claim" | "release" | "reply" | "close" | "reopen",
  ): Promise<{ ok: true } | { ok: false; why: string; by: string }>;
  /** Reads a case: a look, put on record before anything is handed out. */
  read(code: string): Promise<CaseFile | undefined>;
  /** A file of a case: also a look. Pictures come without metadata unless the kept original is asked for. */
  attachment(code: string, number: number, original: boolean): Promise<Attachment | undefined>;
  /** What an invitation leads to, while it is good: a new reviewer's role, or an existing reviewer's further account. */
  invited(code: string): Promise<Invitation | undefined>;
  newInvite(): string;
  aliasFree(alias: string): Promise<boolean>;
  /** Checks a passphrase; wrong ones are counted (seconds to wait). */
  knows(alias: string, passphrase: string): Promise<boolean | { wait: number }>;
}

export interface Orders {
  writes: Write[];
  /** What is left to do when it is stored: remove bytes, wake the courier. */
  after(): Promise<void>;
}

export interface Desk {
  actor(tag: DoorTag): Promise<Actor>;
  for(visitor: Visitor): Queries;
  /** Seals and checks; what it answers is written in the caller's transaction. Throws `not-allowed`, `stale`. */
  prepare(visitor: Visitor, commands: Command[]): Promise<Orders>;
  /** Seals one upload and checks it by its content. */
  takeIn(
    visitor: Visitor,
    upload: Upload,
    limit: number,
  ): Promise<{ ok: true; file: TakenFile } | { ok: false; why: string }>;
}

export interface DeskParts {
  storage: Storage;
  reports: ReportStore;
  people: PeopleStore;
  audit: AuditStore;
  outbox: Outbox;
  blobs: Blobs;
  taxonomy: Taxonomy;
  columns: Columns;
  limits: Limits;
  now(): number;
  /** Most seconds by which a card is held back, at random. */
  cardDelay: number;
  wake(): void;
  count(what: "report" | "message" | "look" | "refused" | "withdrawn"): void;
}

/** Cards on one page of the queue. */
const pageSize = 8;
/** How long a reviewer's web visit stays signed in without a new sign-in (minutes). */
const visitMinutes = 12 * 60;

export function createDesk(parts: DeskParts): Desk {
  const { reports, people, audit, outbox, blobs, taxonomy, columns, limits, now } = parts;
  const today = () => Math.floor(now() / 86_400_000);
  const minute = () => Math.floor(now() / 60_000);
  const level = (urgency: string[]) => taxonomy.level(urgency);

  function reviewer(actor: Actor, ...allowed: Role[]): { alias: string; role: Role } {
    if (actor.kind !== "reviewer" || (allowed.length > 0 && !allowed.includes(actor.role))) throw fail("not-allowed");
    return actor;
  }
  const readers: Role[] = ["reviewer", "deputy", "admin"];

  async function caseOf(code: string): Promise<CaseRow> {
    const found = await reports.byCode(code);
    if (!found) throw fail("stale");
    return found;
  }

  function card(row: CaseRow): Card {
    const { code, day, status, owner, messages, unread, files, summary, outcome } = row;
    return { code, day, status, owner, messages, unread, files, summary, outcome };
  }

  async function look(actor: Actor, action: string, code: string): Promise<void> {
    const { alias } = reviewer(actor, ...readers);
    await parts.storage.transaction((trx) => audit.append(trx, { day: today(), alias, action, code }));
    parts.count("look");
  }

  /** The cards of a case on all boards. */
  async function cards(code: string, delay: number): Promise<Write> {
    const boards = await outbox.boards();
    return async (trx) => {
      for (const board of boards) await outbox.card(trx, board, code, delay);
    };
  }

  async function noticeTo(row: CaseRow): Promise<Write[]> {
    const sealed = await reports.notifyOf(row.id);
    if (!sealed) return [];
    const { address, locale } = columns.open<{ address: string; locale: string }>("notify", sealed);
    return [(trx) => outbox.notice(trx, Buffer.from(address, "base64"), locale)];
  }

  function reachable(visitor: Visitor): Buffer {
    return columns.seal("notify", { address: visitor.reach().toString("base64"), locale: visitor.locale });
  }

  /** Files as they will be kept, and their bytes moved to where they stay. */
  async function keep(files: TakenFile[], originals: boolean): Promise<{ kept: KeptFile[]; dropped: string[] }> {
    const kept: KeptFile[] = [];
    const dropped: string[] = [];
    for (const { original, ...file } of files) {
      kept.push(original && originals ? { ...file, original } : file);
      if (original && !originals) dropped.push(original.id);
    }
    for (const ref of kept.flatMap((f) => [f.blob, ...(f.original ? [f.original] : [])]))
      await blobs.keep(ref.id, ref.day);
    return { kept, dropped };
  }

  type Made = { writes: Write[]; remove?: string[] };

  const carryOut: {
    [K in Command["kind"]]: (visitor: Visitor, command: Extract<Command, { kind: K }>) => Promise<Made>;
  } = {
    async file(visitor, { receipt, told, files, originals, notify }) {
      const mailbox = mailboxKeys(receipt);
      const { kept, dropped } = await keep(files, originals);
      const code = reports.newCode();
      const filed = await reports.file(mailbox, {
        code,
        day: today(),
        told,
        summary: summarise(told, kept.length, level),
        files: kept,
      });
      const writes = [filed, await cards(code, parts.cardDelay)];
      if (notify) writes.push(reports.setNotify(mailbox.id, reachable(visitor)));
      parts.count("report");
      return { writes, remove: dropped };
    },
    async write(_visitor, { receipt, text, files, originals }) {
      const row = await reports.byId(mailboxKeys(receipt).id);
      if (!row || row.status === "withdrawn") throw fail("stale");
      const { kept, dropped } = await keep(files, originals);
      parts.count("message");
      return {
        writes: [
          await reports.append(row, { side: "reporter", day: today(), text }, kept),
          await cards(row.code, parts.cardDelay),
        ],
        remove: dropped,
      };
    },
    async notify(visitor, { receipt, on }) {
      const row = await reports.byId(mailboxKeys(receipt).id);
      if (!row) throw fail("stale");
      return { writes: [reports.setNotify(row.id, on ? reachable(visitor) : null)] };
    },
    async withdraw(_visitor, { receipt }) {
      const mailbox = mailboxKeys(receipt);
      const row = await reports.byId(mailbox.id);
      if (!row || !decide(row, { kind: "withdraw" }).ok) throw fail("stale");
      const files = await reports.files(row.id, mailbox.identity);
      parts.count("withdrawn");
      return {
        writes: [reports.destroy(row, today()), await cards(row.code, parts.cardDelay)],
        remove: files.flatMap(blobIds),
      };
    },
    claim: (visitor, command) => act(visitor, command.code, "claim"),
    release: (visitor, command) => act(visitor, command.code, "release"),
    reopen: (visitor, command) => act(visitor, command.code, "reopen", { closedDay: null }),
    async reply(visitor, { code, text }) {
      const { alias } = reviewer(visitor.actor, ...readers);
      const row = await caseOf(code);
      if (!decide(row, { kind: "reply", alias }).ok) throw fail("stale");
      return {
        writes: [
          await reports.append(row, { side: "team", day: today(), text }, []),
          (trx) => audit.append(trx, { day: today(), alias, action: "reply", code }),
          await cards(code, 0),
          ...(await noticeTo(row)),
        ],
      };
    },
    async close(visitor, { code, outcome, text }) {
      const { alias } = reviewer(visitor.actor, ...readers);
      const row = await caseOf(code);
      const decision = decide(row, { kind: "close", alias, outcome });
      if (!decision.ok) throw fail("stale");
      const last = text === "" ? undefined : await reports.append(row, { side: "team", day: today(), text }, []);
      const after = last ? { ...row, version: row.version + 1, messages: row.messages + 1 } : row;
      return {
        writes: [
          ...(last ? [last] : []),
          reports.change(after, decision.state, { closedDay: today(), outcome }),
          (trx) => audit.append(trx, { day: today(), alias, action: `close ${outcome}`, code }),
          await cards(code, 0),
          ...(await noticeTo(row)),
          reports.setNotify(row.id, null),
        ],
      };
    },
    async join(visitor, { invite, alias, passphrase }) {
      const invitation = await people.invited(invite, today());
      if (!invitation || !("role" in invitation)) throw fail("stale");
      const { role } = invitation;
      const door = { tag: visitor.tag, address: visitor.reach(), until: passphrase ? minute() + visitMinutes : null };
      return {
        writes: [
          await people.join(invite, { alias, role, day: today(), ...(passphrase ? { passphrase } : {}) }, door),
          (trx) => audit.append(trx, { day: today(), alias, action: `join ${role}` }),
        ],
      };
    },
    async "door-code"(visitor, { code }) {
      const { alias } = reviewer(visitor.actor);
      return {
        writes: [
          people.addInvite(code, { alias }, today() + 1),
          (trx) => audit.append(trx, { day: today(), alias, action: "door-code" }),
        ],
      };
    },
    async enter(visitor, { code }) {
      const invitation = await people.invited(code, today());
      if (!invitation || !("alias" in invitation)) throw fail("stale");
      const { alias } = invitation;
      return {
        writes: [
          people.useInvite(code),
          people.addDoor(alias, { tag: visitor.tag, address: visitor.reach(), until: null }),
          (trx) => audit.append(trx, { day: today(), alias, action: "enter" }),
        ],
      };
    },
    async "sign-in"(visitor, { alias }) {
      // the conversation has checked the passphrase by `knows`, which leaves the name behind for this one order
      if (proven.get(visitor.tag) !== alias) throw fail("not-allowed");
      return {
        writes: [
          people.addDoor(alias, { tag: visitor.tag, address: visitor.reach(), until: minute() + visitMinutes }),
          (trx) => audit.append(trx, { day: today(), alias, action: "sign-in" }),
        ],
      };
    },
    async "sign-out"(visitor) {
      reviewer(visitor.actor);
      return { writes: [people.closeDoor(visitor.tag)] };
    },
    async board(visitor, { on }) {
      const { alias } = reviewer(visitor.actor, "admin");
      const { place } = visitor;
      if (!place) throw fail("not-allowed");
      return {
        writes: [
          async (trx) => {
            if (on)
              await outbox.addBoard(trx, {
                id: place.tag,
                address: place.address,
                locale: visitor.locale,
                day: today(),
              });
            else await outbox.removeBoard(trx, place.tag);
          },
          (trx) => audit.append(trx, { day: today(), alias, action: on ? "board on" : "board off" }),
        ],
      };
    },
    async refused() {
      parts.count("refused");
      return { writes: [] };
    },
  };

  /** Aliases whose passphrase was just proven at a door. */
  const proven = new Map<string, string>();

  async function act(
    visitor: Visitor,
    code: string,
    kind: "claim" | "release" | "reopen",
    options: { closedDay?: null } = {},
  ): Promise<Made> {
    const { alias } = reviewer(visitor.actor, ...readers);
    const row = await caseOf(code);
    const decision = decide(row, { kind, alias });
    if (!decision.ok) throw fail("stale");
    return {
      writes: [
        reports.change(row, decision.state, options),
        (trx) => audit.append(trx, { day: today(), alias, action: kind, code }),
        await cards(code, 0),
      ],
    };
  }

  function queries(visitor: Visitor): Queries {
    const { actor } = visitor;
    const reads = () => reviewer(actor, ...readers);
    return {
      actor,
      codes: (list) => taxonomy.codes(list as Parameters<Taxonomy["codes"]>[0]),
      outcomes: () => outcomes,
      newReceipt,
      showReceipt,
      splitReceipt,
      readReceipt,
      holdsReceipt,
      normalise,
      level,
      findHints,
      async mailbox(receipt) {
        const wait = await limits.wait(visitor.limit, "receipt");
        if (wait > 0) return { wait };
        const mailbox = mailboxKeys(receipt);
        const row = await reports.byId(mailbox.id);
        if (!row) {
          const seconds = await limits.missed(visitor.limit, "receipt");
          return seconds > 0 ? { wait: seconds } : { unknown: true };
        }
        const [told, messages, files, notify] = await Promise.all([
          reports.told(row.id, mailbox.identity),
          reports.messages(row.id, mailbox.identity),
          reports.files(row.id, mailbox.identity),
          reports.notifyOf(row.id),
        ]);
        return {
          status: row.status,
          taken: row.owner !== null,
          day: row.day,
          closedDay: row.closedDay,
          outcome: row.outcome,
          told,
          messages,
          files: files.map((f) => ({ kind: f.kind, bytes: f.blob.bytes })),
          notify: notify !== undefined,
        };
      },
      async queue(page) {
        reads();
        const rows = await reports.queue(page * pageSize, pageSize + 1);
        return { cards: rows.slice(0, pageSize).map(card), more: rows.length > pageSize };
      },
      async counts() {
        reviewer(actor);
        return reports.counts();
      },
      async card(code) {
        if (actor.kind !== "house") reads();
        const row = await reports.byCode(code);
        return row && card(row);
      },
      async may(code, kind) {
        const { alias } = reads();
        const row = await reports.byCode(code);
        if (!row) return { ok: false, why: "gone", by: "" };
        const action: Action = kind === "close" ? { kind, alias, outcome: "not-confirmed" } : { kind, alias };
        const decision = decide(row, action);
        return decision.ok ? { ok: true } : { ok: false, why: decision.why, by: decision.by ?? "" };
      },
      async read(code) {
        const row = await reports.byCode(code);
        if (!row || row.status === "withdrawn") return void reads();
        await look(actor, "read", code);
        const [told, thread, files] = await Promise.all([
          reports.told(row.id),
          reports.messages(row.id),
          reports.files(row.id),
        ]);
        if (row.unread > 0 && actor.kind === "reviewer" && row.owner === actor.alias) {
          await parts.storage.transaction(reports.change(row, row, { read: true })).catch(() => undefined); // a race: the next look clears it
        }
        return {
          ...card(row),
          told: told ?? {},
          thread,
          attachments: files.map((f, i) => ({
            number: i + 1,
            kind: f.kind,
            type: f.type,
            extension: f.extension,
            bytes: f.blob.bytes,
            warn: f.warn,
            original: f.original !== undefined,
          })),
        };
      },
      async attachment(code, number, original) {
        const row = await reports.byCode(code);
        if (!row) return void reads();
        const file = (await reports.files(row.id))[number - 1];
        await look(actor, original ? `original ${number}` : `file ${number}`, code);
        const blob = original ? file?.original : file?.blob;
        if (!file || !blob) return undefined;
        return {
          name: neutralName(number, file.extension),
          type: file.type,
          bytes: blob.bytes,
          open: () => blobs.open(blob.id, blob.secret, blob.bytes),
        };
      },
      invited: (code) => people.invited(code, today()),
      newInvite: () => people.newInvite(),
      aliasFree: async (alias) => (await people.get(alias)) === undefined,
      async knows(alias, passphrase) {
        const wait = await limits.wait(visitor.limit, "sign-in");
        if (wait > 0) return { wait };
        const right = await people.knows(alias, passphrase);
        if (right) proven.set(visitor.tag, alias);
        else await limits.missed(visitor.limit, "sign-in");
        return right;
      },
    };
  }

  return {
    async actor(tag) {
      const found: Reviewer | undefined = await people.atDoor(tag, minute());
      return found ? { kind: "reviewer", alias: found.alias, role: found.role } : { kind: "anyone" };
    },
    for: queries,
    async prepare(visitor, commands) {
      const made: Made[] = [];
      for (const command of commands)
        made.push(await (carryOut[command.kind] as (v: Visitor, c: Command) => Promise<Made>)(visitor, command));
      return {
        writes: made.flatMap((m) => m.writes),
        async after() {
          proven.delete(visitor.tag);
          for (const id of made.flatMap((m) => m.remove ?? [])) await blobs.remove(id);
          if (commands.some((c) => c.kind === "withdraw")) await parts.storage.forget();
          parts.wake();
        },
      };
    },
    async takeIn(_visitor, upload, limit) {
      const day = today();
      const staged = await blobs.stage(await upload.open(), { limit, day });
      const { head, ...bytes } = staged;
      const ref: BlobRef = { ...bytes, day };
      const verdict = await inspect(head, staged.bytes);
      const refuse = async (why: string) => {
        await blobs.remove(staged.id);
        return { ok: false as const, why };
      };
      if (!verdict.allowed) return refuse(verdict.why ?? "file-broken");
      const { type, extension, kind, warn } = verdict;
      if (kind !== "image") return { ok: true, file: { blob: ref, type, extension, kind, warn } };
      try {
        const clean = await cleanImage(await blobs.open(staged.id, staged.secret, staged.bytes));
        const { head: _head, ...copy } = await blobs.stage(
          new Blob([clean.bytes as Uint8Array<ArrayBuffer>]).stream(),
          { limit: Number.MAX_SAFE_INTEGER, day },
        );
        return {
          ok: true,
          file: { blob: { ...copy, day }, original: ref, type: clean.type, extension: clean.extension, kind, warn },
        };
      } catch {
        return refuse("image-unreadable");
      }
    },
  };
}
