/** Messages and files of a report: sealed to the organisation and to the mailbox. */
import type { Vault } from "../crypto/vault.ts";
import { fail } from "../errors.ts";
import type { Storage, Transaction } from "../storage/storage.ts";

/** A change that was prepared (sealed) and is to be made in a transaction. */
export type Write = (trx: Transaction) => Promise<void>;

/** Where sealed bytes lie, and what opens them. */
export interface BlobRef {
  id: string;
  secret: string;
  bytes: number;
  sha256: string;
  /** The day it was taken in. */
  day: number;
}

/** A file as it is kept. */
export interface KeptFile {
  /** What reviewers get; of a picture a copy without metadata. */
  blob: BlobRef;
  /** The picture as it was sent, with all that is hidden in it; only if the reporter wants it kept. */
  original?: BlobRef;
  type: string;
  extension: string;
  kind: string;
  warn: boolean;
}

/** A file of a report. Numbers count from 1, and that of a file that was destroyed is not given again. */
export interface NumberedFile extends KeptFile {
  number: number;
}

export interface Message {
  number: number;
  side: "reporter" | "team";
  day: number;
  text: string;
  /** How many files came with it. */
  files: number;
}

/** Every sealed body that a file has on disk. */
export function blobIds(file: KeptFile): string[] {
  return [file.blob.id, ...(file.original ? [file.original.id] : [])];
}

export interface ThreadStore {
  messages(id: string, identity?: string): Promise<Message[]>;
  files(id: string, identity?: string): Promise<NumberedFile[]>;
  /** The highest number that a file of it was ever given; 0 if there was none. */
  lastFile(id: string): Promise<number>;
  /** The files, and the numbers of those that were destroyed for good. */
  attached(id: string, identity?: string): Promise<{ files: NumberedFile[]; shredded: number[] }>;
  /** Seals a message to the mailbox. */
  message(to: { id: string; recipient: string; number: number }, message: NewMessage, files: number): Promise<Write>;
  /** Seals files to the mailbox, numbered after those that were there before. */
  keep(to: { id: string; recipient: string }, files: KeptFile[]): Promise<Write>;
  /** Forgets a file: its key goes with it, and the mark that there was one stays. Throws `stale` where it is gone already. */
  shred(id: string, number: number): Write;
  /** Seals every message anew, changed. */
  rewrite(to: { id: string; recipient: string }, change: (text: string) => string): Promise<Write>;
  /** Ids of all kept files, to find orphans. */
  blobs(): Promise<Set<string>>;
}

export type NewMessage = Pick<Message, "side" | "day" | "text">;

export function createThreadStore(storage: Storage, vault: Vault): ThreadStore {
  const db = storage.read;
  const lastFile = async (id: string): Promise<number> => {
    const last = await db("files").where({ report: id }).max({ number: "number" }).first();
    return Number((last as { number: number | null }).number ?? 0);
  };
  const attached: ThreadStore["attached"] = async (id, identity) => {
    const rows: { number: number; body: Buffer | null }[] = await db("files")
      .where({ report: id })
      .orderBy("number")
      .select("number", "body");
    const files = rows.flatMap(({ number, body }) => (body ? [{ number, body }] : []));
    return {
      files: await Promise.all(
        files.map(async ({ number, body }) => ({ ...(await vault.open<KeptFile>(body, identity)), number })),
      ),
      shredded: rows.flatMap(({ number, body }) => (body ? [] : [number])),
    };
  };
  return {
    lastFile,
    async messages(id, identity) {
      const found = await db("messages").where({ report: id }).orderBy("number");
      return Promise.all(
        found
          .filter((m) => m.body)
          .map(async (m) => ({
            number: m.number,
            side: m.side,
            day: m.day,
            ...(await vault.open<{ text: string; files: number }>(m.body, identity)),
          })),
      );
    },
    attached,
    files: async (id, identity) => (await attached(id, identity)).files,

    async message({ id, recipient, number }, { side, day, text }, files) {
      const body = await vault.seal({ text, files }, [recipient]);
      return async (trx) => {
        await trx("messages").insert({ report: id, number, side, day, body });
      };
    },
    async keep({ id, recipient }, files) {
      if (files.length === 0) return async () => undefined;
      const first = (await lastFile(id)) + 1;
      const rows = await Promise.all(
        files.map(async (file, i) => ({
          report: id,
          number: first + i,
          blobs: blobIds(file).join(" "),
          size_class: Math.ceil(Math.log2(Math.max(file.blob.bytes, 4096))),
          body: await vault.seal(file, [recipient]),
        })),
      );
      return async (trx) => {
        for (const row of rows) await trx("files").insert(row);
      };
    },
    shred: (id, number) => async (trx) => {
      const gone = { blobs: "", size_class: 0, body: null };
      if ((await trx("files").where({ report: id, number }).whereNotNull("body").update(gone)) !== 1)
        throw fail("stale");
    },
    async rewrite({ id, recipient }, change) {
      const found = await db("messages").where({ report: id }).whereNotNull("body");
      const bodies = await Promise.all(
        found.map(async (m) => {
          const said = await vault.open<{ text: string; files: number }>(m.body);
          return { number: m.number, body: await vault.seal({ ...said, text: change(said.text) }, [recipient]) };
        }),
      );
      return async (trx) => {
        for (const { number, body } of bodies) await trx("messages").where({ report: id, number }).update({ body });
      };
    },
    async blobs() {
      const rows = await db("files").whereNot({ blobs: "" }).select("blobs");
      return new Set(rows.flatMap((f) => (f.blobs as string).split(" ")));
    },
  };
}
