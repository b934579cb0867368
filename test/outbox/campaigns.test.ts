import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { createColumns } from "../../src/crypto/columns.ts";
import { type CampaignBody, type Campaigns, createCampaigns, type Recipient } from "../../src/outbox/campaigns.ts";
import { type Courier, createCourier } from "../../src/outbox/courier.ts";
import { createOutbox, type Outbox } from "../../src/outbox/outbox.ts";
import { consoleCan } from "../../src/platforms/console.ts";
import type { Address, Sent } from "../../src/platforms/platform.ts";
import { onBothDatabases } from "../support/databases.ts";

const columns = createColumns(randomBytes(32));
const body: CampaignBody = {
  platforms: ["net"],
  texts: { en: { title: "Beware", text: "Somebody calls in our name." } },
};

/** So many subscribers, made as they are asked for. */
const crowd = (size: number) => ({
  count: async () => ({ net: size }),
  async after(id: string, _who: unknown, most: number): Promise<Recipient[]> {
    const from = id === "" ? 0 : Number(id.slice(1)) + 1;
    return Array.from({ length: Math.max(0, Math.min(most, size - from)) }, (_, i) => ({
      id: `s${String(from + i).padStart(7, "0")}`,
      address: columns.seal("address", { platform: "net", id: `person-${from + i}` }),
      locale: "en",
      platform: "net",
    }));
  },
});

onBothDatabases("a campaign", (db) => {
  let clock: number;
  let outbox: Outbox;
  let campaigns: Campaigns;
  let courier: Courier;
  let sent: string[];
  let answer: (id: string) => Sent;
  let most: number;

  const house = (size: number) => {
    campaigns = createCampaigns(db().storage, columns, outbox, crowd(size), () => clock * 1000);
    courier = createCourier({
      outbox,
      now: () => clock * 1000,
      platform: () => ({
        name: "net",
        can: consoleCan,
        async open() {},
        async send(to) {
          sent.push(to.id);
          return answer(to.id);
        },
        async close() {},
      }),
      open: (sealed) => columns.open<Address>("address", sealed),
      draw: async (_platform, payload) => ({ text: payload.key }),
      // as the house does it: nothing that waits for who has left is sent any more
      gone: (owner) => db().storage.transaction((trx) => outbox.forget(trx, owner)),
      async feed() {
        await campaigns.feed();
        most = Math.max(most, (await outbox.counts()).waiting);
      },
      note: () => {},
    });
  };
  beforeEach(async () => {
    clock = 1_000_000;
    [sent, most] = [[], 0];
    answer = () => ({ ok: true });
    outbox = createOutbox(db().storage, columns, () => clock * 1000);
    await db().storage.transaction(async (trx) => {
      for (const table of ["outbox", "campaigns", "campaign_counts", "lanes"]) await trx(table).delete();
    });
  });
  afterEach(() => courier.stop());

  const make = (reach: number, more: { spread?: number; begins?: number; replaces?: string } = {}) =>
    db().storage.transaction((trx) =>
      campaigns.make(trx, { body, begins: clock, spread: 0, askedBy: "Heron", reach, day: 1, ...more }),
    );
  const write = db;

  it("reaches everybody once, a handful at a time, and says so", async () => {
    house(1700);
    const { id, state } = await make(1700);
    assert.equal(state, "waiting");
    await courier.idle();
    assert.equal(sent.length, 0, "nothing goes before a second person has said yes");
    await assert.rejects(
      write().storage.transaction((trx) => campaigns.confirm(trx, id, "Heron")),
      {
        code: "not-allowed",
      },
    );
    await write().storage.transaction((trx) => campaigns.confirm(trx, id, "Teal"));
    await courier.idle();
    await courier.idle();
    assert.equal(new Set(sent).size, 1700);
    assert.equal(sent.length, 1700);
    assert.ok(most <= 1500, `${most} waited at once`);
    const progress = await campaigns.progress(id);
    assert.deepEqual(
      [progress?.state, progress?.sent, progress?.failed, progress?.left, progress?.by],
      ["done", 1700, 0, 0, { net: { sent: 1700 } }],
    );
  });

  it("is put in by two processes, and nobody gets it twice", async () => {
    house(600);
    await make(600);
    const twin = createCampaigns(
      db().other,
      columns,
      createOutbox(db().other, columns, () => clock * 1000),
      crowd(600),
      () => clock * 1000,
    );
    await Promise.all([campaigns.feed(), twin.feed(), campaigns.feed(), twin.feed()]);
    await courier.idle();
    assert.deepEqual([sent.length, new Set(sent).size], [600, 600]);
  });

  it("is paused, resumed and cancelled", async () => {
    house(700);
    const { id } = await make(700);
    const change = (what: "pause" | "resume" | "cancel") =>
      write().storage.transaction((trx) => campaigns[what](trx, id));
    await campaigns.feed();
    await change("pause");
    await courier.idle();
    assert.equal(sent.length, 0);
    assert.equal((await campaigns.progress(id))?.left, 700);
    assert.deepEqual(await outbox.parked(5), [], "a paused message is no failed one");
    await assert.rejects(change("pause"), { code: "stale" });
    await change("resume");
    answer = (who) => (who === "person-3" ? { ok: false, retry: false, gone: true, code: "blocked" } : { ok: true });
    await courier.idle();
    const progress = await campaigns.progress(id);
    assert.deepEqual([progress?.sent, progress?.failed, progress?.by], [699, 1, { net: { sent: 699, gone: 1 } }]);
    const { id: other } = await make(700);
    await campaigns.feed();
    await write().storage.transaction((trx) => campaigns.cancel(trx, other));
    await courier.idle();
    assert.equal(sent.length, 700);
    assert.deepEqual(await outbox.counts(), { waiting: 0, parked: 0 });
  });

  it("begins when it should and is spread as it should", async () => {
    house(100);
    await make(100, { begins: clock + 600, spread: 1000 });
    await courier.idle();
    assert.equal(sent.length, 0);
    clock += 600 + 499;
    await courier.idle();
    assert.equal(sent.length, 50);
    clock += 501;
    await courier.idle();
    assert.equal(sent.length, 100);
  });

  it("is spread from the moment it is confirmed, however late that is", async () => {
    house(1100);
    const { id } = await make(1100, { spread: 1100 });
    clock += 5000;
    await write().storage.transaction((trx) => campaigns.confirm(trx, id, "Teal"));
    await courier.idle();
    assert.equal(sent.length, 1);
    clock += 99;
    await courier.idle();
    assert.equal(sent.length, 100);
  });

  it("is not poured out after a pause", async () => {
    house(100);
    const { id } = await make(100, { spread: 1000 });
    clock += 95;
    await courier.idle();
    assert.equal(sent.length, 10);
    await write().storage.transaction((trx) => campaigns.pause(trx, id));
    clock += 10_000;
    await write().storage.transaction((trx) => campaigns.resume(trx, id));
    await courier.idle();
    assert.equal(sent.length, 11);
    clock += 500;
    await courier.idle();
    assert.equal(sent.length, 61);
  });

  it("replaces one that waits, and none that somebody confirmed meanwhile", async () => {
    house(1100);
    const first = await make(1100);
    const second = await make(1100, { replaces: first.id });
    assert.deepEqual(
      [(await campaigns.get(first.id))?.state, (await campaigns.get(second.id))?.state],
      ["cancelled", "waiting"],
    );
    await write().storage.transaction((trx) => campaigns.confirm(trx, second.id, "Teal"));
    await assert.rejects(make(1100, { replaces: second.id }), { code: "stale" });
    assert.equal((await campaigns.list()).length, 2);
  });

  it("redraws one message for whoever asked, at each change and at the end", async () => {
    house(3);
    const watch = {
      address: columns.seal("address", { platform: "net", id: "the admin" }).toString("base64"),
      locale: "en",
    };
    const { id } = await db().storage.transaction((trx) =>
      campaigns.make(trx, {
        body: { ...body, watch },
        begins: clock + 60,
        spread: 0,
        askedBy: "Heron",
        reach: 3,
        day: 1,
      }),
    );
    const told = () => sent.filter((who) => who === "the admin").length;
    for (const what of ["pause", "resume"] as const) {
      await write().storage.transaction((trx) => campaigns[what](trx, id));
      await courier.idle();
    }
    assert.equal(told(), 2);
    clock += 60;
    await courier.idle();
    await courier.idle();
    assert.deepEqual([told(), sent.length], [3, 6]);
    const posts = await db().storage.read("outbox");
    assert.deepEqual(posts, []);
  });

  it("holds nothing that can be read", async () => {
    house(10);
    await make(10);
    await campaigns.feed();
    const rows = [...(await db().storage.read("campaigns")), ...(await db().storage.read("outbox"))];
    assert.ok(
      !JSON.stringify(
        rows.map((r) => ({
          ...r,
          body: r.body?.toString("latin1"),
          payload: r.payload?.toString("latin1"),
          address: r.address?.toString("latin1"),
        })),
      ).match(/Somebody calls|person-/),
    );
  });
});
