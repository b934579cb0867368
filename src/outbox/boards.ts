/** Where cards hang, and what becomes of those that a board could not take. */
import type { Knex } from "knex";
import type { Columns } from "../crypto/columns.ts";
import type { Storage, Transaction } from "../storage/storage.ts";
import type { Payload, Row } from "./rows.ts";

export interface Board {
  id: string;
  /** Sealed. */
  address: Buffer;
  locale: string;
}

export interface BoardStore {
  boards(): Promise<Board[]>;
  /** Hangs cards there from now on. Named again, it gets at once what was given up: the place works, or nobody could have said so there. */
  addBoard(trx: Transaction, board: Board & { day: number }): Promise<void>;
  /** Takes a board away, with all that waits for it or was given up. Answers false where there is none. */
  removeBoard(trx: Transaction, id: string): Promise<boolean>;
  /**
   * A board's place has another address from now on: what waits for it or was given up goes there, and its cards are hung
   * anew. Answers false where there is no such board; a second time changes nothing.
   */
  moveBoard(trx: Transaction, from: string, to: Pick<Board, "id" | "address">): Promise<boolean>;
  /** Every board, since when (days since 1970), and why cards for it were given up: by code, how many. */
  boardStates(): Promise<{ id: string; day: number; givenUp: Record<string, number> }[]>;
  /** Forgets cards that were given up and first owed before this day. Answers how many. */
  forgetCards(before: number): Promise<number>;
  /** Forgets where the cards of cases hung that are gone, once they were drawn for the last time. */
  forgetPosts(): Promise<void>;
}

/**
 * @param columns seals what is to be sent
 * @param seconds since 1970
 */
export function createBoardStore(storage: Storage, columns: Columns, seconds: () => number): BoardStore {
  const read = (payload: Buffer): Payload | undefined => {
    try {
      return columns.open<Payload>("outbox.payload", payload);
    } catch {
      return undefined; // damaged: whoever claims it parks it and says so
    }
  };
  const of = (query: Knex.QueryBuilder<Row>, id: string) => query.where("once", "like", `card ${id} %`);
  return {
    async boards() {
      return storage.read<Board>("boards").select("id", "address", "locale");
    },
    async addBoard(trx, board) {
      await trx("boards").insert(board).onConflict("id").merge();
      await of(trx<Row>("outbox"), board.id)
        .whereNotNull("parked")
        .update({ parked: null, attempts: 0, due: seconds(), address: board.address });
    },
    async removeBoard(trx, id) {
      await of(trx<Row>("outbox"), id).delete();
      await trx("posts").where("place", "like", `${id} %`).delete();
      return (await trx("boards").where({ id }).delete()) > 0;
    },
    async moveBoard(trx, from, to) {
      const board = await trx<Board>("boards").where({ id: from }).first();
      if (board) {
        await trx("boards")
          .insert({ ...board, ...to })
          .onConflict("id")
          .ignore();
        await trx("boards").where({ id: from }).delete();
      } else if (!(await trx("boards").where({ id: to.id }).first("id"))) return false;
      for (const { id, once, payload } of (await of(trx<Row>("outbox"), from).select(
        "id",
        "once",
        "payload",
      )) as Row[]) {
        const name = once.slice(`card ${from} `.length);
        if (
          await trx<Row>("outbox")
            .where({ once: `card ${to.id} ${name}` })
            .first("id")
        ) {
          await trx<Row>("outbox").where({ id }).delete();
          continue;
        }
        const post = `${to.id} ${name}`;
        const place = { once: `card ${post}`, address: to.address };
        const opened = read(payload);
        // what nobody can read goes along as it is, for the operator to find: it must not keep all others here
        await trx<Row>("outbox")
          .where({ id })
          .update(
            opened
              ? {
                  ...place,
                  payload: columns.seal("outbox.payload", { ...opened, post }),
                  parked: null,
                  attempts: 0,
                  due: seconds(),
                }
              : place,
          );
      }
      await trx("posts").where("place", "like", `${from} %`).delete();
      return true;
    },
    async boardStates() {
      const all = (await storage.read("boards").orderBy("id").select("id", "day")) as { id: string; day: number }[];
      return Promise.all(
        all.map(async ({ id, day }) => {
          const found = (await of(storage.read<Row>("outbox"), id)
            .whereNotNull("parked")
            .groupBy("parked")
            .select("parked")
            .count({ n: "*" })) as { parked: string; n: number | string }[];
          return { id, day, givenUp: Object.fromEntries(found.map(({ parked, n }) => [parked, Number(n)])) };
        }),
      );
    },
    async forgetCards(before) {
      const old = <Q extends Knex.QueryBuilder>(query: Q) =>
        query.where("once", "like", "card %").whereNotNull("parked").where("day", "<", before) as Q;
      // most hours find nothing, and then nothing is written
      if (!(await old(storage.read<Row>("outbox")).first("id"))) return 0;
      return storage.transaction((trx) => old(trx<Row>("outbox")).delete());
    },
    async forgetPosts() {
      // a place is a board and a case code of six signs, or a board and a longer word
      const gone = <Q extends Knex.QueryBuilder>(query: Q) =>
        query
          .whereRaw("substr(place, length(place) - 6, 1) = ' '")
          .whereRaw("NOT EXISTS (SELECT 1 FROM reports WHERE code = substr(place, length(place) - 5))")
          .whereRaw("NOT EXISTS (SELECT 1 FROM outbox WHERE once = 'card ' || place)") as Q;
      if (!(await gone(storage.read("posts")).first("place"))) return;
      await storage.alone((writer) => gone(writer("posts")).delete());
    },
  };
}
