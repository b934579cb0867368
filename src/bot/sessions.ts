/**
 * Where a talk stands, sealed under a key that forgets. A session names nobody: its slot is a keyed hash of the account
 * whose key dies within two days, and then neither the slot can be found again nor the draft be opened.
 */
import { createHmac } from "node:crypto";
import { createColumns } from "../crypto/columns.ts";
import type { DayKeys } from "../crypto/daykeys.ts";
import { fail } from "../errors.ts";
import type { Storage, Transaction } from "../storage/storage.ts";
import type { Slot } from "./door.ts";
import type { Screen } from "./screen.ts";

/** Drafts are padded to this many bytes at least. */
const smallest = 2048;

/** What is remembered of a talk. Plain JSON. */
export interface Talk {
  /** Random for each new draft, so that yesterday's button cannot answer today's question. */
  id: string;
  conversation: string;
  step: string;
  draft: unknown;
  /** Steps that were passed, for the way back. */
  trail: string[];
  /** Short hashes of the events that were acted on, newest last. */
  events: string[];
  /** Chosen by the person; else the platform's. */
  locale?: string;
  /** The last word of a conversation that is over, to be shown again until the next input. */
  over?: Screen;
  /** A form that is spelled out: answers so far and which question is next. */
  filling?: { at: number; values: Record<string, string>; trail?: number[] };
  /** What was typed into a form that did not pass, so that nobody types it twice. */
  kept?: Record<string, string>;
  /** The native quiz that was drawn last: the network's name for it, and the values of its options. */
  quiz?: { name: string; values: string[] };
  /** Options chosen so far in a menu of many, and the page of a long menu. */
  picked?: string[];
  page?: number;
  /** Marks of messages, so that they can be erased for the person. */
  traces: string[];
  /** Those that the last event was to erase, so that this is asked for again where nobody knows whether it was. */
  erase?: string[];
  /** A question of the machine itself stands in front of the step: really leave? */
  leaving?: { move: string; notice?: string };
}

export interface Sessions {
  /** The talk of the newest slot that has one, with the version and day it was read at. */
  load(slots: Slot[]): Promise<{ talk: Talk; mark: Mark } | undefined>;
  /**
   * Stores the talk in today's slot if nothing changed since `mark` (or if there was none), together with `writes`: all of
   * it is kept when this resolves, or none of it. Throws `stale` when another turn was faster, and what `writes` throw.
   */
  commit(slots: Slot[], talk: Talk, mark: Mark | undefined, writes: Write[]): Promise<void>;
  /** Removes the sessions of days whose keys are dead. */
  sweep(today: number): Promise<void>;
}

/** Something to be written in the turn's transaction. */
export type Write = (trx: Transaction) => Promise<unknown>;

/** Which version was read. */
export interface Mark {
  slot: Slot;
  version: number;
  /** A turn with orders was begun from it: only the database knows whether that was kept. */
  begun?: true;
}

interface Row {
  slot: string;
  version: number;
  day: number;
  body: Buffer;
}

/** Sessions in the database: one transaction holds a turn's session and its orders. */
export function createSessions(storage: Storage, keys: DayKeys): Sessions {
  const keyFor = keysOfDrafts(keys);

  /** False when another turn was faster; the transaction must then be given up. */
  async function save(trx: Transaction, slots: Slot[], talk: Talk, mark: Mark | undefined): Promise<boolean> {
    const slot = slots[0];
    const key = slot && keyFor(slot);
    if (!slot || !key) throw new Error("no key for today");
    const body = seal(key, slot.name, talk);
    if (mark && mark.slot.name === slot.name) {
      const changed = await trx<Row>("sessions")
        .where({ slot: slot.name, version: mark.version })
        .update({ version: mark.version + 1, body });
      return changed === 1;
    }
    const made = await trx<Row>("sessions")
      .insert({ slot: slot.name, version: 1, day: slot.day, body })
      .onConflict("slot")
      .ignore()
      .returning("slot");
    if (made.length === 0 && !(await replaceDead(trx, slot, key, body))) return false;
    if (mark) return (await trx<Row>("sessions").where({ slot: mark.slot.name, version: mark.version }).delete()) === 1;
    return true;
  }

  return {
    async load(slots) {
      for (const slot of slots) {
        const row = (await storage.read<Row>("sessions").where({ slot: slot.name }).first()) as Row | undefined;
        const key = row && keyFor(slot);
        const talk = row && key && open<Talk>(key, slot.name, row.body);
        if (talk) return { talk, mark: { slot, version: row.version } };
      }
      return undefined;
    },

    async commit(slots, talk, mark, writes) {
      // a turn that orders nothing changes one row: no transaction is needed around that
      const single = writes.length === 0 && mark !== undefined && mark.slot.name === slots[0]?.name;
      await (single ? storage.alone : storage.transaction)(async (trx) => {
        if (!(await save(trx, slots, talk, mark))) throw fail("stale");
        for (const write of writes) await write(trx);
      });
    },

    async sweep(today) {
      await storage.transaction(async (trx) =>
        trx("sessions")
          .whereNotIn("day", [...keys.alive(today), today + 1])
          .delete(),
      );
    },
  };
}

/** A row that no longer opens (its key died with a reboot) is nobody's: it is written over. */
async function replaceDead(trx: Transaction, slot: Slot, key: Buffer, body: Buffer): Promise<boolean> {
  const row = (await trx<Row>("sessions").where({ slot: slot.name }).first()) as Row | undefined;
  if (row && open(key, slot.name, row.body)) return false;
  await trx<Row>("sessions").where({ slot: slot.name }).delete();
  await trx<Row>("sessions").insert({ slot: slot.name, version: 1, day: slot.day, body });
  return true;
}

/** The key under which the drafts of a slot's day lie. */
export function keysOfDrafts(keys: DayKeys): (slot: Slot) => Buffer | undefined {
  return (slot) => {
    const key = keys.at(slot.day);
    return key && createHmac("sha256", key).update("draft").digest();
  };
}

/** Seals a draft, or what holds one. @param place bound to it, so that it opens nowhere else */
export const seal = (key: Buffer, place: string, value: unknown): Buffer =>
  createColumns(key, smallest).seal(place, value);

/** What was sealed for this place; nothing where its key is gone: that draft is lost on purpose. */
export function open<T>(key: Buffer, place: string, body: Buffer): T | undefined {
  try {
    return createColumns(key).open<T>(place, body);
  } catch {
    return undefined;
  }
}
