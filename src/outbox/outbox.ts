/**
 * What is still to be sent: one row a message, written in the transaction of its cause, so that neither exists without
 * the other. Address and payload are sealed; a row goes when it has been delivered.
 */
import { randomBytes, randomInt } from "node:crypto";
import type { Knex } from "knex";
import type { Columns } from "../crypto/columns.ts";
import type { Storage, Transaction } from "../storage/storage.ts";
import { type Board, type BoardStore, createBoardStore } from "./boards.ts";
import { precedences, ruleOf } from "./kinds.ts";
import { createMarks } from "./marks.ts";
import type { Due, End, Owed, Payload, Row } from "./rows.ts";

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

export interface Outbox extends BoardStore {
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
  /**
   * Takes up to `count` due rows for `seconds`, first things first; no other courier gets them meanwhile.
   * @param held networks that want silence
   */
  claim(count: number, seconds: number, held?: string[]): Promise<Due[]>;
  /** The sending begins; noted where a second one would be wrong. */
  begin(row: Due): Promise<void>;
  /** It was delivered (or is not wanted any more), unless it was changed meanwhile. */
  done(row: Due, post?: { name: string; ref: string }, end?: End): Promise<void>;
  /** Why what was done cannot be noted at the moment; nothing is claimed until it can. */
  stuck(): string | undefined;
  /** Told with its code when that begins, and while it lasts. */
  onStuck(told: (code: string) => void): void;
  /** The process ends: what cannot be noted now is not waited for. */
  hurry(): void;
  /** Not now: again after so many seconds. `untried`: that was no attempt. */
  later(row: Due, seconds: number, untried?: boolean): Promise<void>;
  /** A network works again: what was put off while it did not may go at once. */
  hasten(): Promise<void>;
  /** Gives back rows that were taken and not tried. */
  release(rows: Due[]): Promise<void>;
  /** Never again; stays where an operator sees why. */
  park(row: Due, code: string): Promise<void>;
  /** What was given up, of all kinds. */
  parked(most: number): Promise<Parked[]>;
  /** Tries again what was given up: all, one by its id, or all with this code. The number of messages. */
  retry(trx: Transaction, which: { id?: string; code?: string }): Promise<number>;
  /** The mark of the message that stands in a place, if there is one. */
  refOf(post: string): Promise<string | undefined>;
  /** Seconds until the next row is due; nothing when there is none. */
  next(held?: string[]): Promise<number | undefined>;
  counts(): Promise<{ waiting: number; parked: number }>;
}

/** Why a row of a paused campaign waits, and a notice that goes with the next tick of the daily tip; no fault. */
export const paused = "paused";
const covered = "covered";
const waiting = [paused, covered];
/** Why a row that was damaged is given up. */
export const unreadable = "unreadable";

/** @param now milliseconds since 1970 */
export function createOutbox(storage: Storage, columns: Columns, now: () => number): Outbox {
  const rows = () => storage.read<Row>("outbox");
  const seconds = () => Math.floor(now() / 1000);
  const marks = createMarks(storage, columns);

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

  /** A parked row stays and names its case: the second it was due would tell for good when the report came. */
  const aside = (code: string) => ({
    parked: code,
    lease: 0,
    begun: 0,
    due: Math.floor(seconds() / 86_400) * 86_400,
  });

  /**
   * What rows will be drawn from; nothing where one was damaged, since it must not hold up all others. Of many that say the
   * same one after the other it is opened once.
   */
  function opened(taken: Taken[]): { row: Taken; payload: Payload | undefined }[] {
    let last: { body: Buffer; payload: Payload } | undefined;
    return taken.map((row) => {
      try {
        if (!last?.body.equals(row.payload))
          last = { body: row.payload, payload: columns.open<Payload>("outbox.payload", row.payload) };
        return { row, payload: last.payload };
      } catch {
        return { row, payload: undefined };
      }
    });
  }

  /** The precedences of which something is due and nobody's: in one question, since most looks find nothing. */
  async function waitingIn(at: number, held: string[]): Promise<number[]> {
    const { read } = storage;
    const looks = precedences.map((precedence) =>
      read.raw("EXISTS ? AS ??", [free(rows().select(read.raw("1")), precedence, at, held), String(precedence)]),
    );
    const found = (await read.select(looks).first()) as Record<string, boolean | number>;
    return precedences.filter((precedence) => found[String(precedence)]);
  }

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

    stuck: () => marks.stuck(),
    onStuck: (told) => marks.onStuck(told),
    hurry: () => marks.hurry(),
    async claim(count, forSeconds, held = []) {
      // what was sent and could not be noted would be claimed again
      if (marks.stuck()) return [];
      const at = seconds();
      // the last digits are random, so that no two leases are alike
      const lease = (at + forSeconds) * 1000 + randomInt(1000);
      // an idle house only reads
      const some = await waitingIn(at, held);
      if (some.length === 0) return [];
      return storage.transaction(async (trx) => {
        const taken: Taken[] = [];
        for (const precedence of some) {
          const wanted = count - taken.length;
          if (wanted <= 0) break;
          const more = (await trx<Row>("outbox")
            .update({ lease })
            .whereIn("id", (q) => {
              const due = free(q.select("id").from("outbox"), precedence, at, held).limit(wanted);
              // within a day nothing tells which was first: that would be the order of arrival
              if (precedence === 0) due.orderBy("day");
              due.orderBy("due");
              if (trx.client.config.client === "pg") due.forUpdate().skipLocked();
            })
            .returning(taking)) as Taken[];
          taken.push(...more.sort((a, b) => (precedence === 0 && a.day - b.day) || a.due - b.due));
        }
        const all = opened(taken);
        const damaged = all.filter((one) => !one.payload).map(({ row }) => row.id);
        if (damaged.length > 0) await trx<Row>("outbox").whereIn("id", damaged).update(aside(unreadable));
        return all.flatMap(({ row: r, payload }) =>
          payload
            ? {
                id: r.id,
                kind: r.kind,
                attempts: r.attempts,
                lease,
                expires: r.expires,
                owner: r.owner,
                group: r.campaign,
                begun: r.begun > 0,
                address: r.address,
                payload,
              }
            : [],
        );
      });
    },
    begin: (row) => marks.begin(row),
    done: (row, post, end = "sent") => marks.done(row, end, post),
    async later(row, wait, untried) {
      await storage.alone(async (writer) =>
        writer<Row>("outbox")
          .where({ id: row.id, lease: row.lease })
          .update({ due: seconds() + wait, attempts: row.attempts + (untried ? 0 : 1), lease: 0, begun: 0 }),
      );
    },
    async hasten() {
      const at = seconds();
      await storage.alone((writer) =>
        writer<Row>("outbox")
          .where({ precedence: 0, lease: 0 })
          .whereNull("parked")
          .where("attempts", ">", 0)
          .where("due", ">", at)
          .update({ due: at }),
      );
    },
    async release(given) {
      if (given.length === 0) return;
      const keys = given.map((row) => [row.id, row.lease] as const);
      await storage.alone(async (writer) =>
        writer<Row>("outbox").whereIn(["id", "lease"], keys).update({ lease: 0, begun: 0 }),
      );
    },
    async park(row, code) {
      await storage.alone(async (writer) =>
        writer<Row>("outbox").where({ id: row.id, lease: row.lease }).update(aside(code)),
      );
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
    async next(held = []) {
      const waits: number[] = [];
      for (const precedence of precedences) {
        const row = (await unheld(rows().whereNull("parked").andWhere({ precedence }), held)
          .orderBy("due")
          .first("due", "lease")) as { due: number; lease: number } | undefined;
        if (!row) continue;
        const leased = Math.floor(row.lease / 1000) + 1;
        waits.push(Math.max(0, Math.max(row.due, leased > seconds() + longestLease ? 0 : leased) - seconds()));
      }
      return waits.length > 0 ? Math.min(...waits) : undefined;
    },
    async counts() {
      const [all, parked] = await Promise.all([
        rows().count({ n: "*" }).first(),
        rows().whereNotNull("parked").whereNotIn("parked", waiting).count({ n: "*" }).first(),
      ]);
      const n = Number((all as { n: number }).n);
      return { waiting: n - Number((parked as { n: number }).n), parked: Number((parked as { n: number }).n) };
    },
    ...createBoardStore(storage, seconds),
  };
}

/** What a newer message of the same name takes with it. */
const replaced = ["attempts", "lease", "begun", "parked", "payload", "address", "expires"];
/** What a courier has to know of a row. */
const taking = [
  ...(["id", "kind", "attempts", "expires", "owner", "campaign", "begun", "due", "day", "address", "payload"] as const),
];
type Taken = Pick<Row, (typeof taking)[number]>;
/** Seconds. */
const longestLease = 3600;

/** Rows of one precedence that are due and nobody's. */
function free<Q extends Knex.QueryBuilder>(query: Q, precedence: number, at: number, held: string[]): Q {
  return unheld(
    query
      .where({ precedence })
      .where("due", "<=", at)
      // a lease of more than an hour was taken by a clock that was wrong
      .where((q) => void q.where("lease", "<", at * 1000).orWhere("lease", ">", (at + longestLease) * 1000))
      .whereNull("parked"),
    held,
  ) as Q;
}

function unheld<Q extends Knex.QueryBuilder>(query: Q, held: string[]): Q {
  if (held.length > 0) query.where((q) => void q.whereNull("lane").orWhereNotIn("lane", held));
  return query;
}
