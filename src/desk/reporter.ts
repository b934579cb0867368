/** The reporter's side of the counter: to file, to write, to be told, to withdraw, and to look into the mailbox. */
import { mailboxKeys } from "../crypto/mailbox.ts";
import type { CloseOutcome, Message, Status, Visitor } from "../desk.ts";
import { fail } from "../errors.ts";
import { reasons } from "../reports/priority.ts";
import {
  coverReceipts,
  holdsReceipt,
  newReceipt,
  normalise,
  readReceipt,
  showReceipt,
  splitReceipt,
} from "../reports/receipt.ts";
import { decide } from "../reports/review.ts";
import { names } from "../reports/sight.ts";
import { blobIds, type KeptFile, type Placing, type Write } from "../reports/store.ts";
import { dayIn, deadlines } from "../reports/teams.ts";
import { summarise, type Told } from "../reports/told.ts";
import type { Carriers, Counter } from "./counter.ts";
import { floodCards } from "./floods.ts";
import { heldReport, type Paid, passed } from "./gate.ts";
import { fingerprinted, fingerprintedText } from "./trade.ts";

/** A file that was taken in with a draft: of a picture both copies, until it is known whether the original is wanted. */
export type TakenFile = KeptFile;
/** A mailbox as its reporter sees it. */
export interface Mailbox {
  status: Status;
  /** A reviewer has it in hand. */
  taken: boolean;
  day: number;
  closedDay: number | null;
  /** The last day on which it is kept. */
  keepUntil: number | null;
  hold: boolean;
  outcome: CloseOutcome | null;
  told: Told | undefined;
  messages: Message[];
  files: { kind: string; bytes: number }[];
  /** How many files the team destroyed for good. */
  shredded: number;
  notify: boolean;
}

/** What a reporter may order. */
export type ReporterCommand =
  /** Files a report. `originals`: keep pictures as they were sent, too. `notify`: tell this account when there is news. */
  | {
      kind: "file";
      receipt: string;
      told: Told;
      files: TakenFile[];
      originals: boolean;
      notify: boolean;
      /** How it was paid for, in a flood. */
      paid?: Paid;
    }
  | { kind: "write"; receipt: string; text: string; files: TakenFile[]; originals: boolean }
  | { kind: "notify"; receipt: string; on: boolean }
  | { kind: "withdraw"; receipt: string };

/** What a reporter may ask. */
export interface ReporterQueries {
  newReceipt(): string;
  showReceipt(receipt: string): string;
  splitReceipt(receipt: string): string[];
  readReceipt(typed: string): { ok: true; receipt: string } | { ok: false; why: "shape" | "typo" };
  holdsReceipt(text: string): boolean;
  /** A text with its receipts covered. */
  coverReceipts(text: string): string;
  /** A typed group of a receipt as it was meant. */
  normalise(typed: string): string;
  /** Opens a mailbox; a receipt that opens nothing is counted, and too many of them have to wait (seconds). */
  mailbox(receipt: string): Promise<Mailbox | { unknown: true } | { wait: number }>;
}

export function reporterOrders(counter: Counter): Carriers<ReporterCommand["kind"]> {
  const { reports, outbox, people, blobs, columns, taxonomy, teams, today, cards } = counter;
  const unnotice =
    (report: string): Write =>
    (trx) =>
      outbox.unnotice(trx, report);

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
      await blobs.keep(ref.id, ref.day).catch((error: unknown) => {
        throw error instanceof Error && "code" in error && error.code === "blob-missing" ? fail("files-gone") : error;
      });
    return { kept, dropped };
  }

  /** Where it belongs, by when something is due, and whom the reporter evidently meant. The locale itself is not kept. */
  async function place({ locale }: Visitor, told: Told): Promise<Placing> {
    const { sector, region, exclude = "" } = told;
    const team = teams.route({ locale, ...(sector ? { sector } : {}), ...(region ? { region } : {}) });
    const day = dayIn(teams.team(team), counter.now());
    const meant = exclude === "" ? [] : (await people.list()).filter((p) => names(exclude, p.alias));
    return {
      team,
      due: deadlines(teams.team(team), teams.law(team), day),
      excluded: meant.map((p) => people.tag(p.alias)),
    };
  }

  return {
    async file(visitor, { receipt, told, files, originals, notify, paid }) {
      if ((await heldReport(counter, visitor)) > 0) throw fail("too-many");
      const mailbox = mailboxKeys(receipt);
      const { kept, dropped } = await keep(files, originals);
      const code = reports.newCode();
      const first = summarise(told, kept.length, (urgency) => taxonomy.level(urgency));
      const prints = await fingerprinted(counter, { id: mailbox.id, told, summary: first, files: kept });
      const flood = await counter.tide.flood();
      const filed = await reports.file(mailbox, {
        flood,
        code,
        day: today(),
        told,
        summary: { ...prints.summary, why: reasons(prints.summary, taxonomy) },
        files: kept,
        ...(await place(visitor, told)),
      });
      const writes = [filed, prints.write, flood ? await floodCards(counter) : await cards(code, counter.cardDelay)];
      if (notify) writes.push(reports.setNotify(mailbox.id, reachable(visitor)));
      const after = async () => {
        await counter.limits.missed(visitor.limit, "report");
        await passed(counter, visitor, paid);
        await counter.senders.note(code, visitor.limit);
      };
      return { writes, remove: dropped, counted: "report", after };
    },
    async write(_visitor, { receipt, text, files, originals }) {
      const row = await reports.byId(mailboxKeys(receipt).id);
      if (!row || row.status === "withdrawn") throw fail("stale");
      const { kept, dropped } = await keep(files, originals);
      return {
        writes: [
          await reports.append(row, { side: "reporter", day: today(), text }, kept),
          await fingerprintedText(counter, row, text, kept),
          await counter.cardsOf(row, counter.cardDelay),
        ],
        remove: dropped,
        counted: "message",
      };
    },
    async notify(visitor, { receipt, on }) {
      const row = await reports.byId(mailboxKeys(receipt).id);
      if (!row) throw fail("stale");
      return {
        writes: [reports.setNotify(row.id, on ? reachable(visitor) : null), ...(on ? [] : [unnotice(row.id)])],
      };
    },
    async withdraw(_visitor, { receipt }) {
      const mailbox = mailboxKeys(receipt);
      const row = await reports.byId(mailbox.id);
      // under a legal hold nothing is destroyed, also not by who wrote it: the mailbox says so
      if (!row || row.hold || !decide(row, { kind: "withdraw" }).ok) throw fail("stale");
      const files = await reports.files(row.id, mailbox.identity);
      return {
        writes: [reports.destroy(row, today()), unnotice(row.id), await counter.cardsOf(row, counter.cardDelay)],
        remove: files.flatMap(blobIds),
        counted: "withdrawn",
      };
    },
  };
}

/** Opens a mailbox with its own key, never with the organisation's. A receipt that opens nothing is counted. */
export function reporterQueries(counter: Counter, visitor: Visitor): ReporterQueries {
  return {
    newReceipt,
    showReceipt,
    splitReceipt,
    readReceipt,
    holdsReceipt,
    coverReceipts,
    normalise,
    mailbox: (receipt) => openMailbox(counter, visitor, receipt),
  };
}

async function openMailbox(
  counter: Counter,
  visitor: Visitor,
  receipt: string,
): Promise<Mailbox | { unknown: true } | { wait: number }> {
  const { reports, limits } = counter;
  const wait = await limits.wait(visitor.limit, "receipt");
  if (wait > 0) return { wait };
  const mailbox = mailboxKeys(receipt);
  const row = await reports.byId(mailbox.id);
  if (!row) {
    const seconds = await limits.missed(visitor.limit, "receipt");
    return seconds > 0 ? { wait: seconds } : { unknown: true };
  }
  const [told, messages, { files, shredded }, notify] = await Promise.all([
    reports.told(row.id, mailbox.identity),
    reports.messages(row.id, mailbox.identity),
    reports.attached(row.id, mailbox.identity),
    reports.notifyOf(row.id),
  ]);
  return {
    status: row.status,
    taken: row.owner !== null,
    day: row.day,
    closedDay: row.closedDay,
    keepUntil: row.keepUntil,
    hold: row.hold,
    outcome: row.outcome,
    told,
    messages,
    files: files.map((f) => ({ kind: f.kind, bytes: f.blob.bytes })),
    shredded: shredded.length,
    notify: notify !== undefined,
  };
}
