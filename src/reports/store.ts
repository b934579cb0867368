/** Reports in the database: clear where the README says so, sealed everywhere else. */
import { randomInt } from "node:crypto";
import type { Columns } from "../crypto/columns.ts";
import type { MailboxKeys } from "../crypto/mailbox.ts";
import type { Vault } from "../crypto/vault.ts";
import { fail } from "../errors.ts";
import type { Storage, Transaction } from "../storage/storage.ts";
import { type CountsStore, createCountsStore } from "./counts-store.ts";
import { createFloodStore, type FloodStore } from "./floods-store.ts";
import { plain, rank } from "./priority.ts";
import { createQueueStore, type QueueStore } from "./queue-store.ts";
import { type CaseState, decide, open } from "./review.ts";
import {
  type CaseRow,
  type ClockName,
  type Closing,
  caseOf,
  floodMarks,
  nearest,
  type Row,
  type SummaryColumn,
} from "./rows.ts";
import { createTendStore, forgetParts, type TendStore } from "./tend-store.ts";
import { createThreadStore, type KeptFile, type NewMessage, type ThreadStore, type Write } from "./thread-store.ts";
import type { Summary, Told } from "./told.ts";

export type { Behind, Filter } from "./queue-store.ts";
export type { CaseRow, ClockName, Closing } from "./rows.ts";
export { type BlobRef, blobIds, type KeptFile, type Message, type NumberedFile, type Write } from "./thread-store.ts";

export interface ReportStore
  extends Pick<ThreadStore, "messages" | "files" | "attached" | "lastFile" | "blobs">,
    QueueStore,
    TendStore,
    FloodStore,
    CountsStore {
  newCode(): string;
  /** Seals a new report to the organisation and to its mailbox. */
  file(
    mailbox: MailboxKeys,
    report: {
      code: string;
      day: number;
      told: Told;
      summary: Summary;
      files: KeptFile[];
      flood?: boolean;
    } & Partial<Placing>,
  ): Promise<Write>;
  byId(id: string): Promise<CaseRow | undefined>;
  byCode(code: string): Promise<CaseRow | undefined>;
  /** The report, opened with the organisation's key or the mailbox's. */
  told(id: string, identity?: string): Promise<Told | undefined>;
  /** Appends a message (and files) and sets the new state, if the case is still at `version`; else throws `stale`. */
  append(row: CaseRow, message: NewMessage, files: KeptFile[]): Promise<Write>;
  /** Sets the new state, if the case is still at `version`; else throws `stale`. */
  change(row: CaseRow, state: CaseState, options?: Change): Write;
  /** Gives every open case of a reviewer back, when they are gone. */
  releaseAll(alias: string): Write;
  /** Finds out what an earlier version did not store: who may see a case, and how pressing it is. */
  catchUp(): Promise<void>;
  /** Seals report and messages anew, changed, if the case is still at `version`; else throws `stale`. */
  rewrite(row: CaseRow, told: (told: Told) => Told, text: (text: string) => string): Promise<Write>;
  /** Forgets one file of a case, if the case is still at `version`; else throws `stale`. */
  shred(row: CaseRow, number: number): Write;
  /** Destroys everything sealed of a case; a tombstone stays. */
  destroy(row: CaseRow, day: number): Write;
  /** Notes where to send a notice, or forgets it. A link to an account is never made for a case that is over: that throws `stale`. */
  setNotify(id: string, sealed: Buffer | null): Write;
  notifyOf(id: string): Promise<Buffer | undefined>;
}

/** Where a new case belongs. */
export interface Placing {
  /** Days by which something has to be done. */
  due: Partial<Record<ClockName, number>>;
  team: string;
  /** Keyed tags of those the reporter evidently meant. */
  excluded: string[];
}

export interface Change {
  closedDay?: number | null;
  closing?: Closing;
  read?: true;
  /** What is done with this, today. */
  done?: { clocks: ClockName[]; day: number };
  guard?: number;
  excluded?: string[];
  recused?: string[];
  keepUntil?: number | null;
  /** The day on which a legal hold begins, or 0 when it ends. */
  hold?: number;
}

/** Letters and digits of case codes; none that look alike. */
const codeAlphabet = "23456789ABCDEFGHJKMNPQRSTVWXYZ";

export function createReportStore(storage: Storage, vault: Vault, columns: Columns): ReportStore {
  const db = storage.read;
  const thread = createThreadStore(storage, vault);
  const reports = () => db<Row>("reports");

  const row = (r: Row): CaseRow =>
    caseOf(r, r.summary ? columns.open<SummaryColumn>("reports.summary", r.summary) : undefined);
  const queue = createQueueStore(storage, row);

  /** What follows from the rest of a case, and is stored so that an index finds it. */
  function derived(c: Omit<CaseRow, "nextDue">): Partial<Row> {
    const live = open.includes(c.status);
    return {
      waiting: live || c.unread > 0 ? 1 : 0,
      priority: rank(c.day, c.summary?.level ?? "P3", c.summary?.why ?? [], c.owner !== null, c.flood === "plain"),
      next_due: live ? nearest(c.clocks) : null,
    };
  }

  async function touch(trx: Transaction, c: { id: string; version: number }, values: Partial<Row>): Promise<void> {
    const changed = await trx<Row>("reports")
      .where({ id: c.id, version: c.version })
      .update({ ...values, version: c.version + 1 });
    if (changed !== 1) throw fail("stale");
  }

  return {
    newCode: () => Array.from({ length: 6 }, () => codeAlphabet[randomInt(codeAlphabet.length)]).join(""),

    async file(mailbox, report) {
      const recipient = await vault.recipientOf(mailbox.identity);
      const body = await vault.seal(report.told, [recipient]);
      const files = await thread.keep({ id: mailbox.id, recipient }, report.files);
      const summary = columns.seal("reports.summary", { summary: report.summary } satisfies SummaryColumn);
      const due = report.due ?? {};
      const dueDays = Object.values(due);
      const flood = !report.flood ? null : plain(report.summary) ? "plain" : "detailed";
      return async (trx) => {
        await trx<Row>("reports").insert({
          id: mailbox.id,
          code: report.code,
          day: report.day,
          status: "received",
          owner: null,
          version: 1,
          recipient,
          summary,
          body,
          closed_day: null,
          messages: 0,
          unread: 0,
          files: report.files.length,
          guard: report.summary.excludes ? 1 : 0,
          excluded: (report.excluded ?? []).join(" "),
          team: report.team ?? "",
          due_personal: due.personal ?? null,
          due_ack: due.ack ?? null,
          due_feedback: due.feedback ?? null,
          waiting: 1,
          priority: rank(report.day, report.summary.level, report.summary.why ?? [], false, flood === "plain"),
          flood: floodMarks.indexOf(flood),
          next_due: dueDays.length > 0 ? Math.min(...dueDays) : null,
        });
        await files(trx);
      };
    },

    async byId(id) {
      const found = await reports().where({ id }).first();
      return found && row(found);
    },
    async byCode(code) {
      const found = await reports().where({ code }).first();
      return found && row(found);
    },
    ...queue,
    ...createTendStore(storage, row),
    ...createFloodStore(storage, row),
    ...createCountsStore(storage, row),

    async told(id, identity) {
      const found = await reports().where({ id }).first();
      return found?.body ? vault.open<Told>(found.body, identity) : undefined;
    },
    async append(c, message, files) {
      const found = await reports().where({ id: c.id }).first();
      if (!found?.recipient) throw fail("stale");
      const { recipient } = found;
      const said = await thread.message({ id: c.id, recipient, number: c.messages + 1 }, message, files.length);
      const kept = await thread.keep({ id: c.id, recipient }, files);
      const after = appended(c, message, files.length);
      return async (trx) => {
        await touch(trx, c, {
          messages: after.messages,
          files: after.files,
          unread: after.unread,
          status: after.status,
          done_personal: after.clocks.personal.done,
          ...derived(after),
        });
        await said(trx);
        await kept(trx);
      };
    },

    change(c, state, options = {}) {
      const clocks = structuredClone(c.clocks);
      for (const name of options.done?.clocks ?? []) clocks[name].done ??= options.done!.day;
      const after = { ...c, ...state, clocks, ...(options.read ? { unread: 0 } : {}) };
      // whoever takes it takes it out of the flood
      if (after.owner !== null) after.flood = null;
      return async (trx) => {
        const column = c.summary && { summary: c.summary, ...options.closing };
        await touch(trx, c, {
          status: after.status,
          owner: after.owner,
          flood: floodMarks.indexOf(after.flood),
          helpers: after.helpers.length > 0 ? JSON.stringify(after.helpers) : "",
          done_personal: clocks.personal.done,
          done_ack: clocks.ack.done,
          done_feedback: clocks.feedback.done,
          unread: after.unread,
          ...derived(after),
          ...(options.guard !== undefined ? { guard: options.guard } : {}),
          ...(options.excluded ? { excluded: options.excluded.join(" ") } : {}),
          ...(options.recused ? { recused: options.recused.join(" ") } : {}),
          ...(options.keepUntil !== undefined ? { keep_until: options.keepUntil } : {}),
          ...(options.hold !== undefined ? { hold: options.hold } : {}),
          ...(options.closedDay !== undefined ? { closed_day: options.closedDay } : {}),
          ...(options.closedDay !== undefined && column ? { summary: columns.seal("reports.summary", column) } : {}),
        });
      };
    },

    releaseAll: (alias) => async (trx) => {
      const held = (await trx<Row>("reports")
        .where({ owner: alias })
        .whereIn("status", [...open])) as Row[];
      const lent = (await trx<Row>("reports").where("helpers", "<>", "")) as Row[];
      const mine = new Map([...held, ...lent].map((r) => [r.id, row(r)]));
      for (const c of mine.values()) {
        const owner = c.owner === alias && open.includes(c.status) ? null : c.owner;
        const helpers = c.helpers.filter((h) => h !== alias);
        if (owner === c.owner && helpers.length === c.helpers.length) continue;
        await touch(trx, c, {
          owner,
          helpers: helpers.length > 0 ? JSON.stringify(helpers) : "",
          ...derived({ ...c, owner, helpers }),
        });
      }
    },

    async catchUp() {
      for (;;) {
        const left = (await reports().where({ guard: -1 }).limit(200)) as Row[];
        if (left.length === 0) return;
        await storage.transaction(async (trx) => {
          for (const r of left) {
            const c = row(r);
            // somebody has seen it already: that is not undone
            const guard = !c.summary?.excludes ? 0 : c.status === "received" ? 1 : 2;
            await trx<Row>("reports")
              .where({ id: c.id, version: c.version })
              .update({ guard, ...derived(c) });
          }
        });
      }
    },

    async rewrite(c, told, text) {
      const found = await reports().where({ id: c.id }).first();
      if (!found?.recipient || !found.body) throw fail("stale");
      const { recipient } = found;
      const body = await vault.seal(told(await vault.open<Told>(found.body)), [recipient]);
      const messages = await thread.rewrite({ id: c.id, recipient }, text);
      return async (trx) => {
        await touch(trx, c, { body });
        await messages(trx);
      };
    },

    shred(c, number) {
      const file = thread.shred(c.id, number);
      return async (trx) => {
        await touch(trx, c, { files: c.files - 1 });
        await file(trx);
      };
    },

    destroy(c, day) {
      return async (trx) => {
        await touch(trx, c, {
          status: "withdrawn",
          owner: null,
          recipient: null,
          summary: null,
          body: null,
          closed_day: day,
          messages: 0,
          unread: 0,
          files: 0,
          helpers: "",
          waiting: 0,
          next_due: null,
          keep_until: null,
        });
        await forgetParts(trx, c);
      };
    },

    setNotify(id, sealed) {
      return async (trx) => {
        await trx("notify").where({ report: id }).delete();
        if (!sealed) return;
        // changes nothing, but whoever closes the case at this moment waits and then finds the address, or was faster
        const live = await trx<Row>("reports")
          .where({ id })
          .whereIn("status", [...open])
          .update({ id });
        if (live !== 1) throw fail("stale");
        await trx("notify").insert({ report: id, address: sealed });
      };
    },
    async notifyOf(id) {
      return (await db("notify").where({ report: id }).first())?.address;
    },
    messages: thread.messages,
    files: thread.files,
    attached: thread.attached,
    lastFile: thread.lastFile,
    blobs: thread.blobs,
  };
}

/** A case after a message: the team's is a personal answer, the reporter's may be what a case waited for. */
function appended(c: CaseRow, { side, day }: NewMessage, files: number): CaseRow {
  const answered = side === "reporter" ? decide(c, { kind: "answered" }) : undefined;
  const personal = side === "team" ? { ...c.clocks.personal, done: c.clocks.personal.done ?? day } : c.clocks.personal;
  return {
    ...c,
    ...(answered?.ok ? answered.state : {}),
    messages: c.messages + 1,
    files: c.files + files,
    // an answer reads nothing: the reporter may have written while it was written
    unread: side === "reporter" ? c.unread + 1 : c.unread,
    clocks: { ...c.clocks, personal },
  };
}
