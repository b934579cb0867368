/**
 * Sightings in the database: one row for an organisation, a kind of data and a week. A single sighting is nowhere; the
 * organisation is a keyed tag, its name as it was typed lies sealed.
 */
import { randomInt } from "node:crypto";
import type { Columns } from "../crypto/columns.ts";
import { fail } from "../errors.ts";
import type { Storage, Transaction } from "../storage/storage.ts";
import { before, keptWeeks, surges, weekOf } from "./sightings.ts";

/** What is sealed of a week: spellings of the organisation, what happened how often, where canaries were planted. */
interface Sealed {
  names: string[];
  how: Record<string, number>;
  planted: string[];
}

/** Sightings of one kind of data of one organisation. `ref` names them in buttons and in the audit log. */
export interface Gathered {
  ref: string;
  kind: string;
  weeks: { week: number; n: number }[];
}

export interface GatheredWords extends Gathered, Sealed {}

/** Why a card was posted: a surge, or a canary record. */
export type Why = "surge" | "canary";

export interface Surge {
  id: string;
  ref: string;
  kind: string;
  week: number;
  why: Why;
  n: number;
}

export interface SightingStore {
  /**
   * Counts one. Answers the ids of what has to be told now: nothing that was told before.
   * @param planted where the canaries that it holds were planted
   */
  add(
    trx: Transaction,
    one: { tag: Buffer; kind: string; week: number; name: string; how: string; planted: string[] },
  ): Promise<string[]>;
  /** All that there are; the latest week first, and in it the most. */
  list(): Promise<Gathered[]>;
  /** The same of one, with what is sealed of it. */
  one(ref: string): Promise<GatheredWords | undefined>;
  surge(id: string): Promise<Surge | undefined>;
  /** What was told of these weeks. */
  surges(from: number): Promise<Surge[]>;
  /** Forgets what is older than half a year. */
  sweep(today: number): Promise<void>;
}

interface Row {
  tag: Buffer;
  kind: string;
  week: number;
  n: number;
  words: Buffer;
}

interface SurgeRow {
  id: string;
  tag: Buffer;
  kind: string;
  week: number;
  why: Why;
}

const digits = "23456789ABCDEFGHJKMNPQRSTVWXYZ";
/** Spellings of an organisation that are kept of a week. */
const spellings = 3;

export function createSightingStore(storage: Storage, columns: Columns): SightingStore {
  const db = storage.read;
  const refOf = ({ tag, kind }: { tag: Buffer; kind: string }) => `${tag.toString("hex").slice(0, 12)}-${kind}`;
  const newId = () => `W${Array.from({ length: 7 }, () => digits[randomInt(digits.length)]).join("")}`;
  const merged = (list: string[], more: string[], most: number) => [...new Set([...list, ...more])].slice(0, most);

  function gather(rows: Row[]): Gathered[] {
    const found = new Map<string, Gathered>();
    for (const row of rows) {
      const ref = refOf(row);
      const one = found.get(ref) ?? { ref, kind: row.kind, weeks: [] };
      one.weeks.push({ week: row.week, n: row.n });
      found.set(ref, one);
    }
    for (const one of found.values()) one.weeks.sort((a, b) => b.week - a.week);
    const first = ({ weeks: [w] }: Gathered) => [w?.week ?? 0, w?.n ?? 0] as const;
    return [...found.values()].sort((a, b) => {
      const [[weekA, a1], [weekB, b1]] = [first(a), first(b)];
      return weekB - weekA || b1 - a1 || (a.ref < b.ref ? -1 : 1);
    });
  }

  async function told(row: SurgeRow): Promise<Surge> {
    const { id, tag, kind, week, why } = row;
    const found = await db<Row>("sightings").where({ tag, kind, week }).first();
    return { id, ref: refOf(row), kind, week, why, n: found?.n ?? 0 };
  }

  return {
    async add(trx, { tag, kind, week, name, how, planted }) {
      const key = { tag, kind, week };
      const row = (await trx<Row>("sightings").where(key).first()) as Row | undefined;
      const old: Sealed = row
        ? columns.open<Sealed>("sightings.words", row.words)
        : { names: [], how: {}, planted: [] };
      const words = columns.seal("sightings.words", {
        names: merged(old.names, [name], spellings),
        how: { ...old.how, [how]: (old.how[how] ?? 0) + 1 },
        planted: merged(old.planted, planted, 20),
      } satisfies Sealed);
      const n = (row?.n ?? 0) + 1;
      const written = row
        ? await trx<Row>("sightings")
            .where({ ...key, n: row.n })
            .update({ n, words })
        : (
            await trx<Row>("sightings")
              .insert({ ...key, n, words })
              .onConflict(["tag", "week", "kind"])
              .ignore()
              .returning("n")
          ).length;
      if (written !== 1) throw fail("stale"); // somebody was faster: counted again

      const why: Why[] = planted.length > 0 ? ["canary"] : [];
      const earlier = (await trx<Row>("sightings")
        .where({ tag, kind })
        .whereBetween("week", [week - before, week - 1])) as Row[];
      if (
        surges(
          n,
          earlier.map((r) => r.n),
        )
      )
        why.push("surge");
      const fresh: string[] = [];
      for (const reason of why) {
        const id = newId();
        const made = await trx<SurgeRow>("surges")
          .insert({ id, ...key, why: reason })
          .onConflict(["tag", "kind", "week", "why"])
          .ignore()
          .returning("id");
        if (made.length > 0) fresh.push(id);
      }
      return fresh;
    },
    list: async () => gather((await db<Row>("sightings").select("tag", "kind", "week", "n")) as Row[]),
    async one(ref) {
      const [hex = "", ...rest] = ref.split("-");
      if (!/^[0-9a-f]{12}$/.test(hex)) return undefined;
      const from = Buffer.from(hex, "hex");
      // tags are compared as bytes: those that begin so
      const to = Buffer.concat([from, Buffer.alloc(11, 0xff)]);
      const rows = (
        (await db<Row>("sightings")
          .where({ kind: rest.join("-") })
          .whereBetween("tag", [from, to])) as Row[]
      ).filter((row) => refOf(row) === ref);
      const [found] = gather(rows);
      if (!found) return undefined;
      const all = rows.map((row) => columns.open<Sealed>("sightings.words", row.words));
      const how: Record<string, number> = {};
      for (const words of all) for (const [name, n] of Object.entries(words.how)) how[name] = (how[name] ?? 0) + n;
      return {
        ...found,
        names: merged(
          [],
          all.flatMap((w) => w.names),
          spellings * 2,
        ),
        how,
        planted: merged(
          [],
          all.flatMap((w) => w.planted),
          20,
        ).sort(),
      };
    },
    async surge(id) {
      const row = (await db<SurgeRow>("surges").where({ id }).first()) as SurgeRow | undefined;
      return row && told(row);
    },
    async surges(from) {
      const rows = (await db<SurgeRow>("surges").where("week", ">=", from).limit(200)) as SurgeRow[];
      return Promise.all(rows.map(told));
    },
    async sweep(today) {
      const week = weekOf(today);
      // an idle house only reads
      if (
        !(await db("sightings")
          .where("week", "<", week - keptWeeks)
          .first("week"))
      )
        return;
      await storage.transaction(async (trx) => {
        await trx("sightings")
          .where("week", "<", week - keptWeeks)
          .delete();
        await trx("surges")
          .where("week", "<", week - keptWeeks)
          .delete();
      });
    },
  };
}
