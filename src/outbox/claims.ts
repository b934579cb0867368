/**
 * The courier's side of the outbox: rows are taken for a while, tried, and noted as sent, put off or given up. What a
 * courier that died had taken is anybody's once that while is over.
 */
import { randomInt } from "node:crypto";
import type { Knex } from "knex";
import type { Columns } from "../crypto/columns.ts";
import type { Storage } from "../storage/storage.ts";
import { precedences } from "./kinds.ts";
import { createMarks } from "./marks.ts";
import type { Due, End, Payload, Row } from "./rows.ts";

export interface Claims {
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
  /** Not now: again after so many seconds, a card perhaps some minutes later. `untried`: that was no attempt. */
  later(row: Due, seconds: number, untried?: boolean): Promise<void>;
  /** A network works again: what was put off while it did not may go at once. */
  hasten(): Promise<void>;
  /** Gives back rows that were taken and not tried. */
  release(rows: Due[]): Promise<void>;
  /** Never again; stays where an operator sees why. */
  park(row: Due, code: string): Promise<void>;
  /** Takes from cards that nobody sends (no courier is there) what they tell of the hour of their case. */
  sweep(): Promise<void>;
  /** Seconds until the next row is due; nothing when there is none. */
  next(held?: string[]): Promise<number | undefined>;
}

/** Why a row that was damaged is given up. */
export const unreadable = "unreadable";

/** @param seconds since 1970 */
export function createClaims(storage: Storage, columns: Columns, seconds: () => number): Claims {
  const rows = () => storage.read<Row>("outbox");
  const marks = createMarks(storage, columns);

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

  return {
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
              storage.takeFree(trx, due);
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
      let due = seconds() + wait;
      let attempts = row.attempts + (untried ? 0 : 1);
      if (row.kind === "card" && !untried) {
        const long = wait >= common.from;
        if (long) due = upTo(due, common.every);
        attempts = long ? common.tries : Math.min(attempts, common.tries);
      }
      await storage.alone(async (writer) =>
        writer<Row>("outbox").where({ id: row.id, lease: row.lease }).update({ due, attempts, lease: 0, begun: 0 }),
      );
    },
    async sweep() {
      const old = seconds() - common.stale;
      const left = <Q extends Knex.QueryBuilder>(query: Q) =>
        query
          .where({ kind: "card" })
          .whereNull("parked")
          .where("due", "<", old)
          .where("lease", "<", old * 1000)
          .where((q) => void q.whereNot({ lease: 0 }).orWhereRaw("due <> day * 86400")) as Q;
      // most hours find nothing, and then nothing is written
      if (!(await left(storage.read<Row>("outbox")).first("id"))) return;
      await storage.alone((writer) =>
        left(writer<Row>("outbox")).update({ due: writer.raw("day * 86400"), lease: 0, begun: 0 }),
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
  };
}

/** What a courier has to know of a row. */
const taking = [
  ...(["id", "kind", "attempts", "expires", "owner", "campaign", "begun", "due", "day", "address", "payload"] as const),
];
type Taken = Pick<Row, (typeof taking)[number]>;
/** Seconds. */
const longestLease = 3600;

/**
 * A card that waits names its case in clear, and must not tell for long when that came: what has to wait for a minute or more
 * waits until a moment that all such cards share, and its tries are counted no further; what nobody takes for `stale` seconds
 * is due since its day. Seconds, but `tries`.
 */
const common = { from: 60, every: 600, tries: 6, stale: 3600 };

/** The next whole multiple. */
const upTo = (seconds: number, step: number): number => Math.ceil(seconds / step) * step;

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
