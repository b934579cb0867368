/**
 * What is still to be sent: one row a message, written in the transaction of its cause, so that neither exists without
 * the other. Address and payload are sealed; a row goes when it has been delivered.
 */
import { randomBytes, randomInt } from "node:crypto";
import type { Columns } from "../crypto/columns.ts";
import type { Storage, Transaction } from "../storage/storage.ts";

/** What a row will be drawn from, at the moment of sending: a card of a conversation, so that it is never out of date. */
export interface Payload {
  /** `conversation.step`, an `anytime` step. */
  step: string;
  key: string;
  locale: string;
  /** Where the sent message's mark is kept, so that the next one redraws it; absent for messages that stand alone. */
  post?: string;
}

export interface Due {
  id: string;
  kind: Kind;
  attempts: number;
  lease: number;
  address: Buffer;
  payload: Payload;
}

/** `card`: a case on a board; redrawn in place. `notice`: there is news in a mailbox. */
export type Kind = "card" | "notice";

interface Row {
  id: string;
  kind: Kind;
  once: string;
  due: number;
  attempts: number;
  lease: number;
  parked: string | null;
  address: Buffer;
  payload: Buffer;
}

export interface Board {
  id: string;
  address: Buffer;
  locale: string;
}

export interface Outbox {
  /** A case's card on a board; while an earlier card of it waits, the two become one. @param delay most seconds to wait, at random */
  card(trx: Transaction, board: Board, code: string, delay: number): Promise<void>;
  /** "There is news" to a reporter who asked for it; several become one. */
  notice(trx: Transaction, report: string, address: Buffer, locale: string): Promise<void>;
  /** Takes up to `count` due rows for `seconds`; no other courier gets them meanwhile. */
  claim(count: number, seconds: number): Promise<Due[]>;
  /** It was delivered (or is not wanted any more), unless it was changed meanwhile. */
  done(row: Due, post?: { name: string; ref: string }): Promise<void>;
  /** Not now: again after so many seconds. */
  later(row: Due, seconds: number): Promise<void>;
  /** Never again; stays where an operator sees why. */
  park(row: Due, code: string): Promise<void>;
  /** The mark of the message that stands in a place, if there is one. */
  refOf(post: string): Promise<string | undefined>;
  /** Seconds until the next row is due; nothing when there is none. */
  next(): Promise<number | undefined>;
  counts(): Promise<{ waiting: number; parked: number }>;
  boards(): Promise<Board[]>;
  addBoard(trx: Transaction, board: { id: string; address: Buffer; locale: string; day: number }): Promise<void>;
  removeBoard(trx: Transaction, id: string): Promise<boolean>;
}

/** @param now milliseconds since 1970 */
export function createOutbox(storage: Storage, columns: Columns, now: () => number): Outbox {
  const rows = () => storage.read<Row>("outbox");
  const seconds = () => Math.floor(now() / 1000);

  async function put(
    trx: Transaction,
    row: { kind: Kind; once: string; due: number; address: Buffer; payload: Payload },
  ): Promise<void> {
    const { payload, ...rest } = row;
    const fresh = { ...rest, attempts: 0, lease: 0, parked: null, payload: columns.seal("outbox.payload", payload) };
    await trx<Row>("outbox")
      .insert({ id: randomBytes(12).toString("hex"), ...fresh })
      .onConflict("once")
      .merge(["attempts", "lease", "parked", "payload", "address"]);
  }

  return {
    card: (trx, board, code, delay) =>
      put(trx, {
        kind: "card",
        once: `card ${board.id} ${code}`,
        due: seconds() + (delay > 0 ? randomInt(delay + 1) : 0),
        address: board.address,
        payload: { step: "review.card", key: code, locale: board.locale, post: `${board.id} ${code}` },
      }),
    notice: (trx, report, address, locale) =>
      put(trx, {
        kind: "notice",
        once: `notice ${report}`,
        due: seconds(),
        address,
        payload: { step: "mailbox.notice", key: "", locale },
      }),

    async claim(count, forSeconds) {
      const at = seconds();
      // the last digits are random, so that no two leases are alike
      const lease = (at + forSeconds) * 1000 + randomInt(1000);
      // an idle house only reads
      const due = await rows()
        .where("due", "<=", at)
        .where("lease", "<", at * 1000)
        .whereNull("parked")
        .first("id");
      if (!due) return [];
      return storage.transaction(async (trx) => {
        const taken = (await trx<Row>("outbox")
          .update({ lease })
          .whereIn("id", (q) => {
            const due = q
              .select("id")
              .from("outbox")
              .where("due", "<=", at)
              .where("lease", "<", at * 1000)
              .whereNull("parked")
              .orderBy("due")
              .limit(count);
            if (trx.client.config.client === "pg") due.forUpdate().skipLocked();
          })
          .returning("*")) as Row[];
        return taken.map((r) => ({
          id: r.id,
          kind: r.kind,
          attempts: r.attempts,
          lease,
          address: r.address,
          payload: columns.open<Payload>("outbox.payload", r.payload),
        }));
      });
    },
    async done(row, post) {
      await storage.transaction(async (trx) => {
        if (post)
          await trx("posts")
            .insert({ place: post.name, body: columns.seal("posts", post.ref) })
            .onConflict("place")
            .merge();
        await trx<Row>("outbox").where({ id: row.id, lease: row.lease }).delete();
      });
    },
    async later(row, wait) {
      await storage.transaction(async (trx) =>
        trx<Row>("outbox")
          .where({ id: row.id, lease: row.lease })
          .update({ due: seconds() + wait, attempts: row.attempts + 1, lease: 0 }),
      );
    },
    async park(row, code) {
      // A parked row stays and names its case: the second it was due would tell for good when the report came.
      const due = Math.floor(seconds() / 86_400) * 86_400;
      await storage.transaction(async (trx) =>
        trx<Row>("outbox").where({ id: row.id, lease: row.lease }).update({ parked: code, lease: 0, due }),
      );
    },
    async refOf(post) {
      const row = await storage.read("posts").where({ place: post }).first();
      return row && columns.open<string>("posts", row.body);
    },
    async next() {
      const row = (await rows().whereNull("parked").orderBy("due").first("due", "lease")) as
        | { due: number; lease: number }
        | undefined;
      return row && Math.max(0, Math.max(row.due, Math.floor(row.lease / 1000) + 1) - seconds());
    },
    async counts() {
      const [all, parked] = await Promise.all([
        rows().count({ n: "*" }).first(),
        rows().whereNotNull("parked").count({ n: "*" }).first(),
      ]);
      const n = Number((all as { n: number }).n);
      return { waiting: n - Number((parked as { n: number }).n), parked: Number((parked as { n: number }).n) };
    },
    async boards() {
      return storage.read<Board>("boards").select("id", "address", "locale");
    },
    async addBoard(trx, board) {
      await trx("boards").insert(board).onConflict("id").merge();
    },
    async removeBoard(trx, id) {
      await trx("outbox").where("once", "like", `card ${id} %`).delete();
      await trx("posts").where("place", "like", `${id} %`).delete();
      return (await trx("boards").where({ id }).delete()) > 0;
    },
  };
}
