/** Answers that can still be taken back. None of them is a message yet: no receipt opens one, and no notice has gone out. */
import { randomBytes } from "node:crypto";
import type { Columns } from "../crypto/columns.ts";
import { fail } from "../errors.ts";
import type { Storage } from "../storage/storage.ts";
import type { Write } from "./thread-store.ts";

export interface PendingReply {
  id: string;
  /** The report's id. */
  report: string;
  alias: string;
  /** When it goes out: seconds since 1970. */
  due: number;
  /** Nothing where it cannot be opened. */
  text: string | undefined;
}

export interface ReplyStore {
  add(reply: Omit<PendingReply, "id" | "text"> & { text: string }): Write;
  /** What waits for a report, the next first. */
  of(report: string): Promise<PendingReply[]>;
  /** What is to go out by now. */
  due(seconds: number): Promise<PendingReply[]>;
  /** Leaves one that could not go out for later. */
  putOff(id: string, due: number): Promise<void>;
  /** Takes one away, because it goes out or is taken back; throws `stale` when that has been done. */
  take(id: string): Write;
  /** Seals anew what waits for a report, changed. */
  rewrite(report: string, change: (text: string) => string): Promise<Write>;
}

interface Row {
  id: string;
  report: string;
  alias: string;
  due: number;
  body: Buffer;
}

/** Most that go out at a time. */
const most = 50;

export function createReplyStore(storage: Storage, columns: Columns): ReplyStore {
  const rows = () => storage.read<Row>("replies");
  const seal = (text: string) => columns.seal("replies", text);
  const view = ({ body, due, ...r }: Row): PendingReply => ({
    ...r,
    due: Number(due),
    text: openOr(body),
  });
  function openOr(body: Buffer): string | undefined {
    try {
      return columns.open<string>("replies", body);
    } catch {
      return undefined; // it must not hold up the others
    }
  }
  const of = async (report: string) =>
    ((await rows().where({ report }).orderBy("due").orderBy("id")) as Row[]).map(view);
  return {
    add: ({ text, ...reply }) => {
      const row: Row = { ...reply, id: randomBytes(6).toString("hex"), body: seal(text) };
      return async (trx) => {
        await trx<Row>("replies").insert(row);
      };
    },
    of,
    async due(seconds) {
      return ((await rows().where("due", "<=", seconds).orderBy("due").limit(most)) as Row[]).map(view);
    },
    async putOff(id, due) {
      await storage.alone(async (writer) => writer<Row>("replies").where({ id }).update({ due }));
    },
    take: (id) => async (trx) => {
      if ((await trx<Row>("replies").where({ id }).delete()) !== 1) throw fail("stale");
    },
    async rewrite(report, change) {
      const changed = (await of(report)).flatMap(({ id, text }) =>
        text === undefined ? [] : [{ id, body: seal(change(text)) }],
      );
      return async (trx) => {
        for (const { id, body } of changed) await trx<Row>("replies").where({ id }).update({ body });
      };
    },
  };
}
