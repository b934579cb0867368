/** Requests that wait for a second person: what exactly was asked for is sealed, and gone with the row. */
import { randomBytes } from "node:crypto";
import type { Columns } from "../crypto/columns.ts";
import { fail } from "../errors.ts";
import type { Storage, Transaction } from "../storage/storage.ts";
import { type Asked, lapse, type RequestKind } from "./requests.ts";
import type { Write } from "./thread-store.ts";

/** What exactly was asked for, beside its kind and subject. */
export interface Wish {
  /** To redact: masked values by kind and value as they are compared, and passages as they stand. */
  values?: string[];
  passage?: string;
  /** To destroy a file: which one, and why. */
  file?: number;
  reason?: string;
  /** To hand over: to whom, under which age recipient, which masked values are shown, and up to which number of each there was. */
  to?: string;
  recipient?: string;
  messages?: number;
  files?: number;
  locale?: string;
  /** The last word to the reporter. */
  text?: string;
}

export interface Request extends Asked {
  id: string;
  /** A case's code, or an alias. */
  subject: string;
  wish: Wish;
}

export interface RequestStore {
  /** Asks; while the same stands open already it throws `stale`. One that has lapsed makes room. */
  add(request: Pick<Request, "kind" | "subject" | "alias" | "minute" | "wish">): Write;
  get(id: string): Promise<Request | undefined>;
  of(kind: RequestKind, subject: string): Promise<Request | undefined>;
  /** All that are there, the newest first. */
  list(): Promise<Request[]>;
  /** Takes an ungranted request away, because it is carried out or dropped; throws `stale` when somebody was faster. */
  take(id: string): Write;
  /** Notes the second person; from now on it can be fetched for an hour. Throws `stale` when somebody was faster. */
  grant(id: string, alias: string, minute: number): Write;
  /** Takes away what was asked for about a subject, or by a person who left. */
  forget(about: { subject: string } | { alias: string }): Write;
  /** Those that are over, and how to take them away. */
  over(minute: number): Promise<Request[]>;
  /** Answers false where somebody granted or took it meanwhile. */
  drop(trx: Transaction, id: string, minute: number): Promise<boolean>;
}

interface Row {
  id: string;
  kind: RequestKind;
  subject: string;
  alias: string;
  minute: number;
  granted: string | null;
  body: Buffer;
}

export function createRequestStore(storage: Storage, columns: Columns): RequestStore {
  const rows = () => storage.read<Row>("requests");
  const view = ({ body, minute, ...r }: Row): Request => ({
    ...r,
    minute: Number(minute),
    wish: columns.open<Wish>("requests", body),
  });
  return {
    add: ({ wish, ...request }) => {
      const row: Row = {
        ...request,
        id: randomBytes(6).toString("hex"),
        granted: null,
        body: columns.seal("requests", wish),
      };
      return async (trx) => {
        const { kind, subject, minute } = row;
        await trx<Row>("requests")
          .where({ kind, subject })
          .where("minute", "<=", minute - lapse)
          .delete();
        const added = await trx<Row>("requests").insert(row).onConflict(["kind", "subject"]).ignore().returning("id");
        if (added.length !== 1) throw fail("stale");
      };
    },
    async get(id) {
      const row = (await rows().where({ id }).first()) as Row | undefined;
      return row && view(row);
    },
    async of(kind, subject) {
      const row = (await rows().where({ kind, subject }).first()) as Row | undefined;
      return row && view(row);
    },
    async list() {
      return ((await rows().orderBy("minute", "desc").orderBy("id").limit(200)) as Row[]).map(view);
    },
    take: (id) => async (trx) => {
      if ((await trx<Row>("requests").where({ id }).whereNull("granted").delete()) !== 1) throw fail("stale");
    },
    grant: (id, alias, minute) => async (trx) => {
      const granted = await trx<Row>("requests").where({ id }).whereNull("granted").update({ granted: alias, minute });
      if (granted !== 1) throw fail("stale");
    },
    forget: (about) => async (trx) => {
      await trx<Row>("requests").where(about).delete();
    },
    async over(minute) {
      return (
        (await rows()
          .where("minute", "<=", minute - lapse)
          .limit(200)) as Row[]
      ).map(view);
    },
    async drop(trx, id, minute) {
      const over = trx<Row>("requests")
        .where({ id })
        .where("minute", "<=", minute - lapse);
      return (await over.delete()) === 1;
    },
  };
}
