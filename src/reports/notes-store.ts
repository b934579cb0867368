/** What the team notes on a case: sealed to the organisation alone, so that no receipt opens it. */
import type { Vault } from "../crypto/vault.ts";
import type { Storage } from "../storage/storage.ts";
import type { Write } from "./thread-store.ts";

export interface Note {
  number: number;
  day: number;
  alias: string;
  text: string;
}

export interface NoteStore {
  /** Notes on a report by its id, oldest first. */
  list(id: string): Promise<Note[]>;
  add(id: string, note: Pick<Note, "day" | "alias" | "text">): Promise<Write>;
  /** Seals every note anew, changed. */
  rewrite(id: string, change: (text: string) => string): Promise<Write>;
}

export function createNoteStore(storage: Storage, vault: Vault): NoteStore {
  async function list(id: string): Promise<Note[]> {
    const found = await storage.read("notes").where({ report: id }).orderBy("number");
    return Promise.all(
      found.map(async (n) => ({
        number: n.number as number,
        day: n.day as number,
        ...(await vault.open<{ alias: string; text: string }>(n.body)),
      })),
    );
  }
  return {
    list,
    async add(id, { day, alias, text }) {
      const body = await vault.seal({ alias, text });
      return async (trx) => {
        await storage.oneByOne(trx, "notes");
        const last = await trx("notes").where({ report: id }).max({ n: "number" }).first();
        await trx("notes").insert({ report: id, number: Number(last?.n ?? 0) + 1, day, body });
      };
    },
    async rewrite(id, change) {
      const bodies = await Promise.all(
        (await list(id)).map(async ({ number, alias, text }) => ({
          number,
          body: await vault.seal({ alias, text: change(text) }),
        })),
      );
      return async (trx) => {
        for (const { number, body } of bodies) await trx("notes").where({ report: id, number }).update({ body });
      };
    },
  };
}
