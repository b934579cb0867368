/** The reviewers' side of the counter: the queue, the case, each look on record, and what they decide. */
import type { Attachment } from "../bot/screen.ts";
import type { Actor, Card, Message, Visitor } from "../desk.ts";
import { fail } from "../errors.ts";
import { neutralName } from "../reports/attachments.ts";
import type { Note } from "../reports/notes-store.ts";
import type { PersonalKind } from "../reports/personal.ts";
import { type Action, type CloseOutcome, decide, type Move, moves, outcomes } from "../reports/review.ts";
import type { CaseRow } from "../reports/store.ts";
import type { Told } from "../reports/told.ts";
import { closing } from "./closing.ts";
import { type Carriers, type Counter, readers, reviewer } from "./counter.ts";
import { type HandlingQueries, handlingQueries, maskCase } from "./handling.ts";
import { cardOf } from "./queue.ts";

/** A case as a reviewer reads it. */
export interface CaseFile extends Card {
  told: Told;
  thread: Message[];
  /** What the team noted. */
  notes: Note[];
  attachments: {
    number: number;
    kind: string;
    type: string;
    extension: string;
    bytes: number;
    warn: boolean;
    original: boolean;
  }[];
  /** Numbers of the files that were destroyed for good. */
  shredded: number[];
  /** Personal data that stands masked in it, by the numbers that stand behind the masks. */
  masked: { number: number; kind: PersonalKind }[];
}

/** What a reviewer decides with words. */
export type ReviewerCommand =
  /** A note for the colleagues; the reporter never sees it. */
  | { kind: "note"; code: string; text: string }
  | { kind: "close"; code: string; outcome: CloseOutcome; cause?: string; actions?: string[]; text: string };

/** What may be asked of one case. */
export interface ReviewerQueries {
  /** Outcomes that one reviewer may close with. */
  outcomes(): readonly CloseOutcome[];
  /** Where a case can be moved. */
  moves(): readonly Move[];
  /** What an action would come to now. */
  may(
    code: string,
    kind: "claim" | "release" | "reply" | "close" | "reopen" | "move" | "hand" | "share" | "recuse",
  ): Promise<{ ok: true } | { ok: false; why: string; by: string }>;
  /** Reads a case: a look, put on record before anything is handed out. */
  read(code: string): Promise<CaseFile | undefined>;
  /** A file of a case: also a look. Pictures come without metadata unless the kept original is asked for. */
  attachment(code: string, number: number, original: boolean): Promise<Attachment | undefined>;
}

export function reviewerOrders(counter: Counter): Carriers<ReviewerCommand["kind"]> {
  const { reports, today } = counter;

  return {
    async note(visitor, { code, text }) {
      const { alias } = reviewer(visitor.actor, ...readers);
      const row = await counter.whole(visitor, code);
      if (row.status === "withdrawn") throw fail("stale");
      return {
        writes: [
          // the case moves on with it, so that a redaction that is under way meets every note
          reports.change(row, row, {}),
          await counter.notes.add(row.id, { day: today(), alias, text }),
          counter.record(alias, "note", code),
        ],
      };
    },
    async close(visitor, { code, outcome, cause, actions, text }) {
      const { alias } = reviewer(visitor.actor, ...readers);
      const row = await counter.whole(visitor, code);
      const decision = decide(row, { kind: "close", alias, outcome });
      // that a report was a lie is never one person's word
      if (!decision.ok || !outcomes.some((one) => one === outcome)) throw fail("stale");
      const end = { outcome, ...(cause ? { cause } : {}), ...(actions?.length ? { actions } : {}) };
      return {
        writes: [
          ...(await closing(counter, row, decision, end, text)),
          counter.record(alias, `close ${outcome}`, code),
        ],
      };
    },
  };
}

export function reviewerQueries(counter: Counter, visitor: Visitor): ReviewerQueries & HandlingQueries {
  const { actor } = visitor;
  const { reports, blobs, storage, cards } = counter;
  const reads = () => reviewer(actor, ...readers);

  /** Puts a look on record; nothing is handed out before that is stored. */
  async function look(by: Actor, action: string, code: string): Promise<void> {
    await counter.look(reviewer(by, ...readers).alias, action, [code]);
  }

  /** The owner has seen what is new; cards stop saying that there is something. */
  async function markRead(row: CaseRow): Promise<void> {
    const change = reports.change(row, row, { read: true });
    const redraw = await cards(row.code, 0);
    await storage
      .transaction(async (trx) => {
        await change(trx);
        await redraw(trx);
      })
      .then(counter.wake, () => undefined); // somebody was faster: the next look marks it
  }

  return {
    outcomes: () => outcomes,
    moves: () => moves,
    ...handlingQueries(counter, visitor, (action, code) => look(actor, action, code)),
    async may(code, kind) {
      const { alias, senior } = counter.viewer(actor);
      const row = await counter.known(visitor, code);
      if (!row) return { ok: false, why: "gone", by: "" };
      const decision = decide(row, actionOf(kind, alias, senior));
      return decision.ok ? { ok: true } : { ok: false, why: decision.why, by: decision.by ?? "" };
    },
    async read(code) {
      const row = await counter.known({ actor }, code);
      if (!row || row.status === "withdrawn") return void reads();
      await look(actor, "read", code);
      const [told, thread, notes, { files, shredded }] = await Promise.all([
        reports.told(row.id),
        reports.messages(row.id),
        counter.notes.list(row.id),
        reports.attached(row.id),
      ]);
      if (row.unread > 0 && actor.kind === "reviewer" && [row.owner, ...row.helpers].includes(actor.alias))
        await markRead(row);
      const masked = maskCase(told ?? {}, thread, notes);
      return {
        ...cardOf(row, counter),
        told: masked.told,
        thread: masked.thread,
        notes: masked.notes,
        masked: masked.masked,
        attachments: files.map((f) => ({
          number: f.number,
          kind: f.kind,
          type: f.type,
          extension: f.extension,
          bytes: f.blob.bytes,
          warn: f.warn,
          original: f.original !== undefined,
        })),
        shredded,
      };
    },
    async attachment(code, number, original) {
      const row = await counter.known({ actor }, code);
      if (!row) return void reads();
      const file = (await reports.files(row.id)).find((f) => f.number === number);
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
  };
}

/** An action as far as it can be judged before it is known in full. */
function actionOf(kind: Parameters<ReviewerQueries["may"]>[1], alias: string, senior: boolean): Action {
  if (kind === "close") return { kind, alias, outcome: "not-confirmed" };
  if (kind === "move") return { kind: "reply", alias };
  if (kind === "hand") return { kind, alias, to: "", senior };
  if (kind === "share") return { kind, alias, with: "" };
  return { kind, alias };
}
