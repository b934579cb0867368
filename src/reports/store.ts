/** Reports in the database: clear where the README says so, sealed everywhere else. */
import { randomInt } from "node:crypto";
import type { Columns } from "../crypto/columns.ts";
import type { MailboxKeys } from "../crypto/mailbox.ts";
import type { Vault } from "../crypto/vault.ts";
import { fail } from "../errors.ts";
import type { Storage, Transaction } from "../storage/storage.ts";
import type { CaseState, CloseOutcome, Status } from "./review.ts";
import { createThreadStore, type KeptFile, type NewMessage, type ThreadStore, type Write } from "./thread-store.ts";
import type { Summary, Told } from "./told.ts";

export { type BlobRef, blobIds, type KeptFile, type Message, type Write } from "./thread-store.ts";

/** A report without its contents. */
export interface CaseRow extends CaseState {
  id: string;
  code: string;
  day: number;
  version: number;
  closedDay: number | null;
  messages: number;
  /** Messages of the reporter that no reviewer has read. */
  unread: number;
  files: number;
  summary: Summary | null;
  outcome: CloseOutcome | null;
}

interface Row {
  id: string;
  code: string;
  day: number;
  status: Status;
  owner: string | null;
  version: number;
  recipient: string | null;
  summary: Buffer | null;
  body: Buffer | null;
  closed_day: number | null;
  messages: number;
  unread: number;
  files: number;
}

/** What the summary column holds. */
interface SummaryColumn {
  summary: Summary;
  outcome?: CloseOutcome;
}

export interface ReportStore extends Pick<ThreadStore, "messages" | "files" | "blobs"> {
  newCode(): string;
  /** Seals a new report to the organisation and to its mailbox. */
  file(
    mailbox: MailboxKeys,
    report: { code: string; day: number; told: Told; summary: Summary; files: KeptFile[] },
  ): Promise<Write>;
  byId(id: string): Promise<CaseRow | undefined>;
  byCode(code: string): Promise<CaseRow | undefined>;
  /** Open cases, and closed ones that the reporter wrote to; most pressing first as far as days tell: unclaimed before claimed, older before newer. */
  queue(from: number, count: number): Promise<CaseRow[]>;
  counts(): Promise<Record<string, number>>;
  /** The report, opened with the organisation's key or the mailbox's. */
  told(id: string, identity?: string): Promise<Told | undefined>;
  /** Appends a message (and files) and sets the new state, if the case is still at `version`; else throws `stale`. */
  append(row: CaseRow, message: NewMessage, files: KeptFile[]): Promise<Write>;
  /** Sets the new state, if the case is still at `version`; else throws `stale`. */
  change(
    row: CaseRow,
    state: CaseState,
    options?: { closedDay?: number | null; outcome?: CloseOutcome; read?: true },
  ): Write;
  /** Gives every open case of a reviewer back, when they are gone. */
  releaseAll(alias: string): Write;
  /** Destroys everything sealed of a case; a tombstone stays. */
  destroy(row: CaseRow, day: number): Write;
  setNotify(id: string, sealed: Buffer | null): Write;
  notifyOf(id: string): Promise<Buffer | undefined>;
}

/** Letters and digits of case codes; none that look alike. */
const codeAlphabet = "23456789ABCDEFGHJKMNPQRSTVWXYZ";

export function createReportStore(storage: Storage, vault: Vault, columns: Columns): ReportStore {
  const db = storage.read;
  const thread = createThreadStore(storage, vault);
  const reports = () => db<Row>("reports");

  function row(r: Row): CaseRow {
    const column = r.summary ? columns.open<SummaryColumn>("reports.summary", r.summary) : undefined;
    return {
      id: r.id,
      code: r.code,
      day: r.day,
      status: r.status,
      owner: r.owner,
      version: r.version,
      closedDay: r.closed_day,
      messages: r.messages,
      unread: r.unread,
      files: r.files,
      summary: column?.summary ?? null,
      outcome: column?.outcome ?? null,
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
      const files = await thread.keep({ id: mailbox.id, recipient, first: 1 }, report.files);
      const summary = columns.seal("reports.summary", { summary: report.summary } satisfies SummaryColumn);
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
    async queue(from, count) {
      const found = await reports()
        .where((q) => q.whereIn("status", ["received", "acknowledged"]).orWhere("unread", ">", 0))
        .orderBy([{ column: "status", order: "desc" }, { column: "day" }, { column: "code" }])
        .limit(count)
        .offset(from);
      return found.map(row);
    },
    async counts() {
      const found = (await db("reports").select("status").count({ n: "*" }).groupBy("status")) as {
        status: string;
        n: number;
      }[];
      return Object.fromEntries(found.map((f) => [f.status, Number(f.n)]));
    },

    async told(id, identity) {
      const found = await reports().where({ id }).first();
      return found?.body ? vault.open<Told>(found.body, identity) : undefined;
    },
    async append(c, message, files) {
      const found = await reports().where({ id: c.id }).first();
      if (!found?.recipient) throw fail("stale");
      const { recipient } = found;
      const said = await thread.message({ id: c.id, recipient, number: c.messages + 1 }, message, files.length);
      const kept = await thread.keep({ id: c.id, recipient, first: c.files + 1 }, files);
      return async (trx) => {
        await touch(trx, c, {
          messages: c.messages + 1,
          files: c.files + files.length,
          unread: message.side === "reporter" ? c.unread + 1 : 0,
        });
        await said(trx);
        await kept(trx);
      };
    },

    change(c, state, options = {}) {
      return async (trx) => {
        const column = c.summary && { summary: c.summary, ...(options.outcome ? { outcome: options.outcome } : {}) };
        await touch(trx, c, {
          status: state.status,
          owner: state.owner,
          ...(options.closedDay !== undefined ? { closed_day: options.closedDay } : {}),
          ...(options.read ? { unread: 0 } : {}),
          ...(options.closedDay !== undefined && column ? { summary: columns.seal("reports.summary", column) } : {}),
        });
      };
    },

    releaseAll: (alias) => async (trx) => {
      await trx<Row>("reports")
        .where({ owner: alias })
        .whereIn("status", ["received", "acknowledged"])
        .update({ owner: null, version: trx.raw("version + 1") });
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
        });
        for (const table of ["messages", "files", "notify", "fingerprints", "series_members"])
          await trx(table).where({ report: c.id }).delete();
        await trx("outbox")
          .where({ once: `notice ${c.id}` })
          .delete();
      };
    },

    setNotify(id, sealed) {
      return async (trx) => {
        await trx("notify").where({ report: id }).delete();
        if (sealed) await trx("notify").insert({ report: id, address: sealed });
      };
    },
    async notifyOf(id) {
      return (await db("notify").where({ report: id }).first())?.address;
    },
    messages: thread.messages,
    files: thread.files,
    blobs: thread.blobs,
  };
}
