/**
 * What is still to be sent: one row a message, written in the transaction of its cause, so that neither exists without
 * the other. Address and payload are sealed; a row goes when it has been delivered.
 */
import { randomBytes, randomInt } from "node:crypto";
import type { Columns } from "../crypto/columns.ts";
import type { Storage, Transaction } from "../storage/storage.ts";
import { type Board, type BoardStore, createBoardStore } from "./boards.ts";
import { type Claims, createClaims } from "./claims.ts";
import { ruleOf } from "./kinds.ts";
import type { Owed, Payload, Row } from "./rows.ts";

export type { Board } from "./boards.ts";
export type { Kind } from "./kinds.ts";
export type { Due, End, Owed, Payload } from "./rows.ts";

/** A message that was given up, as an operator sees it: nothing of whom or what. */
export interface Parked {
  id: string;
  kind: string;
  code: string;
  attempts: number;
  campaign: string | null;
}

export interface Outbox extends Claims, BoardStore {
  /** Owes a message; one under the same `once` that still waits is replaced. */
  put(trx: Transaction, owed: Owed): Promise<void>;
  /**
   * Owes many. One whose `once` waits already is left as it is. What is owed with one and the same payload is sealed once:
   * the database shows that these rows say the same.
   */
  putAll(trx: Transaction, owed: Owed[]): Promise<void>;
  /**
   * A card on a board; while an earlier one of that name waits, the two become one. @param delay most seconds to wait, at random
   * @param drawn what it shows; the case of that code unless something else is said
   */
  card(
    trx: Transaction,
    board: Board,
    name: string,
    delay: number,
    drawn?: { step: string; key: string },
  ): Promise<void>;
  /**
   * "There is news" to a reporter who asked for it; several become one. @param cover it waits for `uncover` and is drawn as
   * this; `due` is in seconds since 1970
   */
  notice(
    trx: Transaction,
    report: string,
    address: Buffer,
    locale: string,
    cover?: { due: number; step: string; key: string },
  ): Promise<void>;
  /** A notice that waits is not wanted any more. */
  unnotice(trx: Transaction, report: string): Promise<void>;
  /** The tick has come: what waited for it may go. How many. */
  uncover(): Promise<number>;
  /** Nothing that waits for this subscriber is sent any more. */
  forget(trx: Transaction, owner: string): Promise<void>;
  /** What waits for this subscriber goes to another address (sealed). */
  redirect(trx: Transaction, owner: string, address: Buffer): Promise<void>;
  /** What was given up, of all kinds. */
  parked(most: number): Promise<Parked[]>;
  /** Tries again what was given up: all, one by its id, or all with this code. The number of messages. */
  retry(trx: Transaction, which: { id?: string; code?: string }): Promise<number>;
  /** The mark of the message that stands in a place, if there is one. */
  refOf(post: string): Promise<string | undefined>;
  counts(): Promise<{ waiting: number; parked: number }>;
}

/** Why a row of a paused campaign waits, and a notice that goes with the next tick of the daily tip; no fault. */
export const paused = "paused";
const covered = "covered";
const waiting = [paused, covered];

/** @param now milliseconds since 1970 */
export function createOutbox(storage: Storage, columns: Columns, now: () => number): Outbox {
  const rows = () => storage.read<Row>("outbox");
  const seconds = () => Math.floor(now() / 1000);
  const sealed = (payload: Payload): Buffer => columns.seal("outbox.payload", payload);

  const rowOf = (
    { payload, expires, owner, lane, group, ...rest }: Owed,
    id = randomBytes(12),
    body = sealed(payload),
  ): Row => ({
    id: id.toString("hex"),
    ...rest,
    precedence: ruleOf(rest.kind).precedence,
    expires: expires ?? null,
    owner: owner ?? null,
    lane: lane ?? null,
    campaign: group ?? null,
    attempts: 0,
    lease: 0,
    begun: 0,
    parked: null,
    day: Math.floor(seconds() / 86_400),
    payload: body,
  });

  async function put(trx: Transaction, owed: Owed, parked: string | null = null): Promise<void> {
    await trx<Row>("outbox")
      .insert({ ...rowOf(owed), parked })
      .onConflict("once")
      .merge({
        ...Object.fromEntries(replaced.map((column) => [column, trx.raw("excluded.??", [column])])),
        // what was put off after a failure does not hold up what is new; a random wait is never drawn twice
        due: trx.raw(
          "CASE WHEN outbox.attempts > 0 AND excluded.due < outbox.due THEN excluded.due ELSE outbox.due END",
        ),
      });
  }

  return {
    put: (trx, owed) => put(trx, owed),
    async putAll(trx, owed) {
      const ids = randomBytes(12 * owed.length);
      const bodies = new Map<Payload, Buffer>();
      const rows = owed.map((one, i) => {
        const body = bodies.get(one.payload) ?? sealed(one.payload);
        bodies.set(one.payload, body);
        return rowOf(one, ids.subarray(12 * i, 12 * i + 12), body);
      });
      await storage.putMany<Row>(trx, "outbox", rows, "once");
    },
    card: (trx, board, name, delay, drawn = { step: "review.card", key: name }) =>
      put(trx, {
        kind: "card",
        once: `card ${board.id} ${name}`,
        due: seconds() + (delay > 0 ? randomInt(delay + 1) : 0),
        address: board.address,
        payload: { ...drawn, locale: board.locale, post: `${board.id} ${name}` },
      }),
    notice: (trx, report, address, locale, cover) =>
      put(
        trx,
        {
          kind: "notice",
          once: `notice ${report}`,
          due: cover?.due ?? seconds(),
          address,
          payload: { step: cover?.step ?? "mailbox.notice", key: cover?.key ?? "", locale },
        },
        cover && covered,
      ),
    async unnotice(trx, report) {
      await trx<Row>("outbox")
        .where({ once: `notice ${report}` })
        .delete();
    },
    async uncover() {
      const ready = rows().where({ parked: covered }).where("due", "<=", seconds());
      // most ticks find nothing, and then nothing is written
      if (!(await ready.clone().first("id"))) return 0;
      return storage.transaction((trx) =>
        trx<Row>("outbox").where({ parked: covered }).where("due", "<=", seconds()).update({ parked: null }),
      );
    },
    async forget(trx, owner) {
      await trx<Row>("outbox").where({ owner }).delete();
    },
    async redirect(trx, owner, address) {
      await trx<Row>("outbox").where({ owner }).update({ address });
    },
    async parked(most) {
      const found = await rows().whereNotNull("parked").whereNotIn("parked", waiting).orderBy("id").limit(most);
      return found.map(({ id, kind, parked, attempts, campaign }) => ({
        id,
        kind,
        code: parked ?? "",
        attempts,
        campaign,
      }));
    },
    async retry(trx, { id, code }) {
      const given = trx<Row>("outbox").whereNotNull("parked").whereNotIn("parked", waiting);
      if (id) given.andWhere({ id });
      if (code) given.andWhere({ parked: code });
      return given.update({ parked: null, attempts: 0, due: seconds() });
    },
    async refOf(post) {
      const row = await storage.read("posts").where({ place: post }).first();
      return row && columns.open<string>("posts", row.body);
    },
    async counts() {
      const [all, parked] = await Promise.all([
        rows().count({ n: "*" }).first(),
        rows().whereNotNull("parked").whereNotIn("parked", waiting).count({ n: "*" }).first(),
      ]);
      const n = Number((all as { n: number }).n);
      return { waiting: n - Number((parked as { n: number }).n), parked: Number((parked as { n: number }).n) };
    },
    ...createClaims(storage, columns, seconds),
    ...createBoardStore(storage, columns, seconds),
  };
}

/** What a newer message of the same name takes with it. */
const replaced = ["attempts", "lease", "begun", "parked", "payload", "address", "expires"];
