/**
 * Who gets tips: a random id, a keyed tag to find the person again, when the next tip is due, and sealed what they chose
 * and have had. Keys are this room's own, so that nothing here leads to anything elsewhere.
 */
import { randomBytes } from "node:crypto";
import { createColumns } from "../crypto/columns.ts";
import { fingerprint } from "../crypto/fingerprints.ts";
import type { Storage, Transaction } from "../storage/storage.ts";
import { nextDue, type TipSettings } from "./rules.ts";

type Write = (trx: Transaction) => Promise<void>;

export interface Subscriber {
  id: string;
  /** Seconds since 1970. */
  due: number;
  /** The network that tips go by. */
  lane: string;
  locale: string;
  /** Sealed. */
  address: Buffer;
  settings: TipSettings;
  /** Ids of tips that have come, oldest first. */
  seen: string[];
}

interface Row extends Omit<Subscriber, "settings" | "seen"> {
  tag: string;
  body: Buffer;
}

type Reached = Pick<Row, "id" | "lane" | "locale" | "address">;

/** Whom a campaign is for. */
export interface Who {
  platforms: string[];
  audience?: string;
  sector?: string;
}

export interface TipStore {
  /** @param door a keyed name of the account or place */
  find(door: string): Promise<Subscriber | undefined>;
  /** Subscribes, or changes what was chosen; what has come stays known. */
  keep(door: string, fresh: Pick<Subscriber, "lane" | "locale" | "address" | "settings">, now: number): Write;
  /** Erases all that is kept. @param owed gets the id, so that what is on its way can be stopped */
  erase(which: { door: string } | { id: string }, owed?: (trx: Transaction, id: string) => Promise<void>): Write;
  /**
   * An account or place is another one from now on, sealed in `address`. Answers false where it gets no tips; a second time
   * changes nothing. @param owed gets the id, so that what is on its way goes there
   * @param twice gets the other id where both had subscribed, so that nothing comes to the same place twice
   */
  rename(
    trx: Transaction,
    names: { from: string; to: string },
    address: Buffer,
    owed: (trx: Transaction, id: string) => Promise<void>,
    twice: (trx: Transaction, id: string) => Promise<void>,
  ): Promise<boolean>;
  /** Up to `count` subscribers that are due, for this transaction alone. */
  claim(trx: Transaction, now: number, count: number): Promise<Subscriber[]>;
  moved(trx: Transaction, subscriber: Subscriber): Promise<void>;
  /** How many a campaign reaches, by network. */
  count(who: Who): Promise<Record<string, number>>;
  /** The next ones that it reaches after this id, in the order of their random ids. */
  after(
    id: string,
    who: Who,
    most: number,
  ): Promise<(Pick<Subscriber, "id" | "address" | "locale"> & { platform: string })[]>;
}

/** How many rows a look through all of them takes at once. */
const pageSize = 500;

/** Does it ask for what somebody chose? That is sealed: only then every row has to be opened. */
const choosy = ({ audience, sector }: Who): boolean => !!audience || (!!sector && sector !== "any");

function meant(settings: TipSettings, { audience, sector }: Who): boolean {
  return (
    (!audience || settings.audience === audience) &&
    (!sector || sector === "any" || settings.sector === "any" || settings.sector === sector)
  );
}

export function createTipStore(storage: Storage, derive: (purpose: string) => Buffer): TipStore {
  const columns = createColumns(derive("tips columns"));
  const tagKey = derive("tips tags");
  const tagOf = (door: string) => fingerprint(tagKey, "subscriber", door);
  const seal = (settings: TipSettings, seen: string[]) => columns.seal("subscribers.body", { settings, seen });
  const view = ({ tag: _tag, body, ...row }: Row): Subscriber => ({
    ...row,
    ...columns.open<{ settings: TipSettings; seen: string[] }>("subscribers.body", body),
  });

  /** A page of the subscribers on its networks after this id: those whom it is for, and the id to go on from, if it goes on. */
  async function page(id: string, who: Who): Promise<{ rows: Reached[]; next: string | undefined }> {
    const found = (await storage
      .read<Row>("subscribers")
      .where("id", ">", id)
      .whereIn("lane", who.platforms)
      .orderBy("id")
      .limit(pageSize)
      .select("id", "lane", "locale", "address", ...(choosy(who) ? ["body"] : []))) as Row[];
    const next = found.length < pageSize ? undefined : found.at(-1)?.id;
    return { rows: choosy(who) ? found.filter((row) => meant(view(row).settings, who)) : found, next };
  }

  return {
    async find(door) {
      const row = await storage
        .read<Row>("subscribers")
        .where({ tag: tagOf(door) })
        .first();
      return row && view(row as Row);
    },
    keep:
      (door, { settings, ...rest }, now) =>
      async (trx) => {
        const tag = tagOf(door);
        const before = (await trx<Row>("subscribers").where({ tag }).first()) as Row | undefined;
        const due = Math.floor(nextDue(settings, now) / 1000);
        const body = seal(settings, before ? view(before).seen : []);
        await trx<Row>("subscribers")
          .insert({ id: before?.id ?? randomBytes(12).toString("hex"), tag, due, body, ...rest })
          .onConflict("tag")
          .merge(["due", "body", "lane", "locale", "address"]);
      },
    erase: (which, owed) => async (trx) => {
      const where = "id" in which ? { id: which.id } : { tag: tagOf(which.door) };
      const row = await trx<Row>("subscribers").where(where).first("id");
      if (!row) return;
      await trx<Row>("subscribers").where({ id: row.id }).delete();
      await owed?.(trx, row.id);
    },
    async rename(trx, { from, to }, address, owed, twice) {
      const named = (door: string) => trx<Row>("subscribers").where({ tag: tagOf(door) });
      const [old, fresh] = [await named(from).first("id"), await named(to).first("id")];
      if (old && fresh) {
        await named(from).delete();
        await twice(trx, old.id);
      } else await named(from).update({ tag: tagOf(to), address });
      const left = fresh ?? old;
      if (left) await owed(trx, left.id);
      return Boolean(old ?? fresh);
    },
    async claim(trx, now, count) {
      const due = trx<Row>("subscribers")
        .where("due", "<=", Math.floor(now / 1000))
        .orderBy("due")
        .limit(count);
      return ((await storage.takeFree(trx, due)) as Row[]).map(view);
    },
    async moved(trx, { id, due, settings, seen }) {
      await trx<Row>("subscribers")
        .where({ id })
        .update({ due, body: seal(settings, seen) });
    },
    async count(who) {
      const by: Record<string, number> = {};
      if (!choosy(who)) {
        const found = storage.read("subscribers").whereIn("lane", who.platforms).groupBy("lane").select("lane");
        for (const { lane, n } of (await found.count({ n: "*" })) as { lane: string; n: number | string }[])
          by[lane] = Number(n);
        return by;
      }
      for (let id: string | undefined = ""; id !== undefined; ) {
        const { rows, next } = await page(id, who);
        for (const { lane } of rows) by[lane] = (by[lane] ?? 0) + 1;
        id = next;
      }
      return by;
    },
    async after(id, who, most) {
      const chosen: Reached[] = [];
      for (let at: string | undefined = id; at !== undefined && chosen.length < most; ) {
        const { rows, next } = await page(at, who);
        chosen.push(...rows);
        at = next;
      }
      return chosen.slice(0, most).map(({ id, address, locale, lane }) => ({ id, address, locale, platform: lane }));
    },
  };
}
