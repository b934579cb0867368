/**
 * Campaigns: one message to many. What it says never changes once it is made, so that nobody gets another text than the
 * one that was confirmed. Its recipients are put into the outbox a handful at a time, in the order of their random ids,
 * so that a million of them need no more memory than a thousand.
 */
import { randomBytes } from "node:crypto";
import type { Columns } from "../crypto/columns.ts";
import { fail } from "../errors.ts";
import type { Storage, Transaction } from "../storage/storage.ts";
import { type Outbox, paused } from "./outbox.ts";
import { type Progress, progressCounter } from "./progress.ts";
import type { Owed } from "./rows.ts";

/** To whom: every condition that is named has to fit. */
export interface Audience {
  /** Networks by their names. */
  platforms: string[];
  audience?: string;
  sector?: string;
}

export interface CampaignBody extends Audience {
  /** The tip that its words were taken from. */
  tip?: string;
  texts: Record<string, { title: string; text: string }>;
  /** Whom to show how far it is: one message that is redrawn. The address is sealed. */
  watch?: { address: string; locale: string };
}

export type CampaignState = "waiting" | "running" | "paused" | "done" | "cancelled";

export interface Campaign {
  id: string;
  /** `waiting`: for somebody's confirmation. */
  state: CampaignState;
  day: number;
  /** Seconds since 1970. */
  begins: number;
  /** Over how many seconds it is spread. */
  spread: number;
  askedBy: string;
  /** How many it was meant for when it was made, and how many are in the outbox or through. */
  reach: number;
  enqueued: number;
  body: CampaignBody;
}

/** What a campaign would come to. */
export interface Forecast {
  reach: number;
  /** By network. */
  by: Record<string, number>;
  seconds: number;
  /** A second person has to confirm it. */
  second: boolean;
}

/** Somebody who subscribed, as far as a campaign has to know. */
export interface Recipient {
  id: string;
  /** Sealed. */
  address: Buffer;
  locale: string;
  platform: string;
}

/** Who subscribed; the room of tips keeps them. */
export interface Recipients {
  /** How many each network reaches. */
  count(who: Audience): Promise<Record<string, number>>;
  /** The next ones after this id, in the order of their ids. */
  after(id: string, who: Audience, most: number): Promise<Recipient[]>;
}

/** From so many people on somebody else has to confirm. */
export const confirmAbove = 1000;
/** How often whoever asked is shown how far it is (seconds). */
const redrawEvery = 10;
/** How many are put into the outbox at once, and below how many that wait there more are put in. */
const batch = { rows: 256, below: 768 };

interface Row {
  id: string;
  state: CampaignState;
  day: number;
  begins: number;
  spread: number;
  asked_by: string;
  reach: number;
  enqueued: number;
  place: string;
  body: Buffer;
}

export interface Made {
  id?: string;
  body: CampaignBody;
  begins: number;
  spread: number;
  askedBy: string;
  reach: number;
  day: number;
  replaces?: string;
}

export interface Campaigns {
  /** The networks that messages go out by. */
  networks(): string[];
  /** Whom it would reach, and how long that takes at the speed that networks allow. */
  forecast(who: Audience, spread: number): Promise<Forecast>;
  newId(): string;
  /**
   * Makes one: it runs at once, or waits for a second person where it reaches many. `replaces`: one that still waits
   * and is withdrawn for it; throws `stale` where that does not wait any more.
   */
  make(trx: Transaction, made: Made): Promise<{ id: string; state: CampaignState }>;
  get(id: string): Promise<Campaign | undefined>;
  list(): Promise<Campaign[]>;
  /** Somebody else than who asked for it says yes. Throws `not-allowed` for the same person, `stale` where nothing waits. */
  confirm(trx: Transaction, id: string, alias: string): Promise<void>;
  /** Throws `stale` where the campaign is not in a state for it. */
  pause(trx: Transaction, id: string, alias?: string): Promise<void>;
  resume(trx: Transaction, id: string, alias?: string): Promise<void>;
  cancel(trx: Transaction, id: string, alias?: string): Promise<void>;
  progress(id: string): Promise<Progress | undefined>;
  /** Puts more recipients of running campaigns into the outbox, where few wait. */
  feed(): Promise<void>;
}

/**
 * @param now milliseconds since 1970
 * @param speeds messages a second that each network takes
 */
export function createCampaigns(
  storage: Storage,
  columns: Columns,
  outbox: Outbox,
  recipients: Recipients,
  now: () => number,
  speeds: Record<string, number> = { telegram: 30, discord: 50 },
): Campaigns {
  const rows = () => storage.read<Row>("campaigns");
  const seconds = () => Math.floor(now() / 1000);
  const counted = progressCounter(storage, now);
  const read = ({ body, asked_by, place: _place, ...rest }: Row): Campaign => ({
    ...rest,
    askedBy: asked_by,
    body: columns.open<CampaignBody>("campaigns", body),
  });

  async function move(trx: Transaction, id: string, from: CampaignState[], to: CampaignState): Promise<void> {
    const moved = await trx<Row>("campaigns").where({ id }).whereIn("state", from).update({ state: to });
    if (moved === 0) throw fail("stale");
  }

  /** Tells whoever asked at once how far it is now. */
  async function tell(trx: Transaction, id: string): Promise<void> {
    const row = await trx<Row>("campaigns").where({ id }).first();
    if (!row) return;
    const { watch } = read(row).body;
    if (!watch) return;
    const owed = progressOf(id, watch, 0);
    // one that is on its way already shows what was
    await outbox.put(trx, owed);
    await trx("outbox").where({ once: owed.once }).update({ due: owed.due });
  }

  async function waitingOf(id: string): Promise<number> {
    const found = await storage.read("outbox").where({ campaign: id }).whereNull("parked").count({ n: "*" }).first();
    return Number((found as { n: number }).n);
  }

  async function feedOne(row: Row): Promise<void> {
    const waiting = await waitingOf(row.id);
    const body = columns.open<CampaignBody>("campaigns", row.body);
    await show(row.id, body.watch);
    if (waiting >= batch.below) return;
    const next = await recipients.after(row.place, body, batch.rows);
    const last = next.at(-1);
    if (!last) {
      if (waiting > 0) return;
      await storage.alone((w) => w<Row>("campaigns").where({ id: row.id, state: "running" }).update({ state: "done" }));
      await storage.transaction((trx) => tell(trx, row.id));
      return;
    }
    await storage.transaction(async (trx) => {
      // another process may have put the same ones in: then its place has moved on
      const moved = await trx<Row>("campaigns")
        .where({ id: row.id, state: "running", place: row.place })
        .update({ place: last.id, enqueued: row.enqueued + next.length });
      if (moved === 0) return;
      const payloads = new Map<string, Owed["payload"]>();
      for (const { locale } of next) payloads.set(locale, { step: "campaign.message", key: row.id, locale });
      await outbox.putAll(
        trx,
        next.map(({ id, address, locale, platform }, i) => ({
          kind: "campaign" as const,
          once: `campaign ${row.id} ${id}`,
          due: row.begins + Math.floor((row.spread * (row.enqueued + i)) / Math.max(row.reach, 1)),
          address,
          payload: payloads.get(locale)!,
          owner: id,
          lane: platform,
          group: row.id,
        })),
      );
    });
  }

  /** Has the message redrawn that shows whoever asked how far it is. */
  async function show(id: string, watch: CampaignBody["watch"]): Promise<void> {
    if (!watch) return;
    const owed = progressOf(id, watch, redrawEvery);
    if (await storage.read("outbox").where({ once: owed.once }).first("id")) return;
    await storage.transaction((trx) => outbox.putAll(trx, [owed]));
  }

  const progressOf = (id: string, watch: NonNullable<CampaignBody["watch"]>, wait: number): Owed => ({
    kind: "reminder",
    once: `campaign ${id} progress`,
    due: seconds() + wait,
    address: Buffer.from(watch.address, "base64"),
    payload: { step: "campaigns.progress", key: id, locale: watch.locale, post: `campaign ${id} progress` },
  });

  return {
    networks: () => Object.keys(speeds),
    async forecast(body, spread) {
      const by = await recipients.count(body);
      const reach = Object.values(by).reduce((all, n) => all + n, 0);
      const seconds = Math.max(spread, ...Object.entries(by).map(([name, n]) => n / (speeds[name] ?? 1)), 0);
      return { reach, by, seconds: Math.ceil(seconds), second: reach > confirmAbove };
    },
    newId: () => randomBytes(5).toString("hex"),
    async make(trx, { id = randomBytes(5).toString("hex"), body, askedBy, replaces, ...rest }) {
      if (replaces) await move(trx, replaces, ["waiting"], "cancelled");
      const state = rest.reach > confirmAbove ? "waiting" : "running";
      const sealed = columns.seal("campaigns", body);
      await trx<Row>("campaigns").insert({
        id,
        state,
        asked_by: askedBy,
        enqueued: 0,
        place: "",
        body: sealed,
        ...rest,
      });
      return { id, state };
    },
    async get(id) {
      const row = await rows().where({ id }).first();
      return row && read(row);
    },
    async list() {
      return (await rows().orderBy("day", "desc").orderBy("id").limit(50)).map(read);
    },
    async confirm(trx, id, alias) {
      const row = await trx<Row>("campaigns").where({ id }).first();
      if (row?.asked_by === alias) throw fail("not-allowed");
      await move(trx, id, ["waiting"], "running");
      // what was to begin while nobody had said yes begins now, so that its spread is kept
      await trx<Row>("campaigns").where({ id }).andWhere("begins", "<", seconds()).update({ begins: seconds() });
      await tell(trx, id);
    },
    async pause(trx, id) {
      await move(trx, id, ["running"], "paused");
      await trx("outbox").where({ campaign: id }).whereNull("parked").update({ parked: paused });
      await tell(trx, id);
    },
    async resume(trx, id) {
      await move(trx, id, ["paused"], "running");
      const held = { campaign: id, parked: paused };
      const first = (await trx("outbox").where(held).min({ due: "due" }).first()) as { due: number | null } | undefined;
      // what a pause held back is not poured out: all that is left moves by as much as it is late
      const late = Math.max(0, seconds() - Number(first?.due ?? seconds()));
      await trx<Row>("campaigns").where({ id }).andWhere("spread", ">", 0).increment("begins", late);
      await trx("outbox")
        .where(held)
        .update({ parked: null, due: trx.raw("due + ?", [late]) });
      await tell(trx, id);
    },
    async cancel(trx, id) {
      await move(trx, id, ["waiting", "running", "paused"], "cancelled");
      await trx("outbox").where({ campaign: id }).delete();
      await tell(trx, id);
    },
    async progress(id) {
      const row = await rows().where({ id }).first();
      return row && counted(read(row));
    },
    async feed() {
      for (const row of await rows().where({ state: "running" }).andWhere("begins", "<=", seconds()))
        await feedOne(row);
    },
  };
}
