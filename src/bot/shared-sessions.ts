/**
 * Sessions in the memory that many machines share. A turn that orders nothing changes one value there and never touches
 * the database. A turn with orders has to be kept in two places at once, or not at all, which no server does for us:
 *
 * 1. the value is marked as begun, so that whoever reads it from now on asks the database first;
 * 2. one transaction of the database holds the orders and the whole new session, under the slot that was read: of two
 *    turns from the same session the second waits for the first and finds its row. It also looks once more whether the
 *    session is still the one that was read;
 * 3. only then the new session takes the place of the old one, and the row goes.
 *
 * Who dies before 2 is over has ordered nothing; who dies after it has left a row that the next turn finds and finishes,
 * so that a press that is repeated shows the receipt again and files nothing twice. A row that nobody comes back for is
 * sealed like every draft and goes with its day.
 */
import { randomInt } from "node:crypto";
import type { DayKeys } from "../crypto/daykeys.ts";
import { endOf } from "../crypto/shared-daykeys.ts";
import { fail } from "../errors.ts";
import type { Memory } from "../storage/memory.ts";
import type { Storage } from "../storage/storage.ts";
import type { Slot } from "./door.ts";
import { keysOfDrafts, type Mark, open, type Sessions, seal, type Talk } from "./sessions.ts";

/** What a turn with orders leaves in the database until its session is in its place. */
interface Kept {
  /** The version that it came from, if there was one, and the one that it led to. */
  from?: number;
  to: number;
  talk: Talk;
}

interface Row {
  slot: string;
  version: number;
  day: number;
  body: Buffer;
}

/** A value in memory begins with its version and a letter: whether a turn with orders was begun from it. */
const digits = 12;
const letters = { rests: "r", begun: "b" };

const spell = (version: number): string => version.toString(16).padStart(digits, "0");
const nameOf = (slot: Slot): string => `draft ${slot.name}`;
const placeOf = (slot: string): string => `turn ${slot}`;

export function createSharedSessions(storage: Storage, memory: Memory, keys: DayKeys): Sessions {
  const keyFor = keysOfDrafts(keys);
  const need = (slot: Slot | undefined): { slot: Slot; key: Buffer } => {
    const key = slot && keyFor(slot);
    if (!slot || !key) throw fail("stale"); // the day's key went with the memory: the turn is taken again under a new one
    return { slot, key };
  };

  async function look(slots: Slot[]): Promise<{ talk: Talk; mark: Mark } | undefined> {
    const values = slots.length > 0 ? await memory.get(slots.map(nameOf)) : [];
    for (const [i, value] of values.entries()) {
      const slot = slots[i]!;
      const key = keyFor(slot);
      const talk = value && key && open<Talk>(key, slot.name, value.subarray(digits + 1));
      if (!value || !talk) continue;
      const version = Number.parseInt(value.toString("latin1", 0, digits), 16);
      const begun = value.toString("latin1", digits, digits + 1) === letters.begun;
      return { talk, mark: { slot, version, ...(begun ? { begun } : {}) } };
    }
    return undefined;
  }

  /** Puts a session in its place, if what stands there is still what it came from. */
  async function place(slots: Slot[], from: Slot, began: string, to: { version: number; talk: Talk }, orNone?: true) {
    const { slot, key } = need(slots[0]);
    const value = Buffer.concat([Buffer.from(spell(to.version) + letters.rests), seal(key, slot.name, to.talk)]);
    const change = { from: nameOf(from), began, to: nameOf(slot), value, until: endOf(slot.day) };
    return memory.change({ ...change, ...(orNone ? { orNone } : {}) });
  }

  const clear = (row: Pick<Row, "slot" | "version">) =>
    storage.alone((w) => w<Row>("sessions").where({ slot: row.slot, version: row.version }).delete());

  /** Finishes a turn that a dead process left behind; false when there is none. */
  async function finish(slots: Slot[], at: Mark | undefined): Promise<boolean> {
    const names = slots.map((slot) => slot.name);
    const rows = (await storage.read<Row>("sessions").whereIn("slot", names)) as Row[];
    for (const row of rows) {
      const slot = slots.find((s) => s.name === row.slot)!;
      const key = keyFor(slot);
      const kept = key && open<Kept>(key, placeOf(row.slot), row.body);
      // where the memory was lost, what was kept last is what there is
      if (kept && (!at || kept.from === at.version)) {
        const began = at ? spell(at.version) + letters.begun : "";
        // where somebody else was faster, what is there now is looked at again
        if (await place(slots, at?.slot ?? slot, began, { version: kept.to, talk: kept.talk })) await clear(row);
        return true;
      }
      await clear(row);
    }
    return false;
  }

  return {
    async load(slots) {
      for (let tries = 0; ; tries++) {
        const found = await look(slots);
        if ((found && !found.mark.begun) || tries >= 3) return found;
        if (!(await finish(slots, found?.mark))) return found;
      }
    },

    async commit(slots, talk, mark, writes) {
      const from = mark?.slot ?? need(slots[0]).slot;
      const before = mark ? spell(mark.version) : "";
      const to = { version: randomInt(1, 2 ** 47), talk };
      if (writes.length === 0 && !mark?.begun) {
        if (!(await place(slots, from, mark ? before + letters.rests : "", to))) throw fail("stale");
        return;
      }
      if (mark && !(await memory.letter(nameOf(from), before, letters.begun))) throw fail("stale");
      const kept: Kept = { from: mark?.version, to: to.version, talk };
      const body = seal(need(from).key, placeOf(from.name), kept);
      const row: Row = { slot: from.name, version: randomInt(2 ** 31 - 1), day: from.day, body };
      await storage.transaction(async (trx) => {
        const made = await trx<Row>("sessions").insert(row).onConflict("slot").ignore().returning("slot");
        if (made.length === 0) throw fail("stale");
        const [value] = await memory.get([nameOf(from)]);
        if ((value?.toString("latin1", 0, digits) ?? "") !== before) throw fail("stale");
        for (const write of writes) await write(trx);
      });
      // kept: what fails from here on is finished by the next turn
      const placed = await place(slots, from, mark ? before + letters.begun : "", to, true).catch(() => false);
      if (placed) await clear(row).catch(() => undefined);
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
