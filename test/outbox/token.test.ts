/** Telegram's token is revoked in the middle of a campaign: it pauses, the operator is told, and a new token goes on where it stopped. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { createColumns } from "../../src/crypto/columns.ts";
import { createCampaigns } from "../../src/outbox/campaigns.ts";
import { createCourier } from "../../src/outbox/courier.ts";
import { createOutbox } from "../../src/outbox/outbox.ts";
import { createPacer } from "../../src/outbox/pace.ts";
import type { Address, House } from "../../src/platforms/platform.ts";
import { telegram } from "../../src/platforms/telegram/index.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { createTelegramServer, type TelegramServer } from "../standins/telegram.ts";
import { crowd } from "../support/crowd.ts";
import { onBothDatabases } from "../support/databases.ts";

const people = 50;
const first = 5_000_001_000;
const fresh = "123456789:BBE-stand-in-for-another-token-0000";

onBothDatabases("a token that is revoked in the middle of a campaign", (db) => {
  let wire: TelegramServer;
  let ahead = 0;
  const columns = createColumns(randomBytes(32));
  const now = () => Date.now() + ahead * 1000;
  before(async () => {
    wire = await createTelegramServer();
    for (let i = 0; i < people; i++) wire.started.add(first + i);
  });
  after(() => wire.close());

  /** A process with this token. */
  async function house(storage: Storage, token: string) {
    const notes: string[] = [];
    let told = (): void => {};
    const platform = telegram({ token, apiRoot: wire.url, mode: "polling" });
    const note = (code: string, values?: Record<string, string | number>) => {
      notes.push([code, values?.code].filter(Boolean).join(" "));
      told();
    };
    const silent = { hear: async () => undefined, say: () => "x", commands: [], locales: ["en"], note };
    await platform.open(silent satisfies House);
    const outbox = createOutbox(storage, columns, now);
    const campaigns = createCampaigns(storage, columns, outbox, chats, now);
    const courier = createCourier({
      outbox,
      pacer: createPacer({ storage, now, name: (to) => to.id }),
      now,
      platform: () => platform,
      open: (sealed) => columns.open<Address>("address", sealed),
      draw: async () => ({ text: "Beware" }),
      feed: () => campaigns.feed(),
      note,
    });
    return {
      courier,
      campaigns,
      notes,
      async until(what: string) {
        while (!notes.includes(what)) await new Promise<void>((resolve) => (told = resolve));
      },
      async close() {
        await platform.close();
        await courier.stop();
      },
    };
  }
  const { count, after: following } = crowd(people, columns, "telegram");
  const chats = {
    count,
    after: async (id: string, who: Parameters<typeof following>[1], most: number) =>
      (await following(id, who, most)).map((one) => ({
        ...one,
        address: columns.seal("address", { platform: "telegram", id: String(first + Number(one.id.slice(1))) }),
      })),
  };

  it("pauses it, tells the operator once, and a new token finishes it", async () => {
    ahead = 0;
    const old = await house(db().storage, wire.token);
    const { id } = await db().storage.transaction((trx) =>
      old.campaigns.make(trx, {
        body: { platforms: ["telegram"], texts: {} },
        begins: Math.floor(now() / 1000) - 1,
        spread: 0,
        askedBy: "Heron",
        reach: people,
        day: 1,
      }),
    );
    old.courier.start();
    await wire.until(() => wire.called("sendMessage").length >= 15);
    wire.revoke(true);
    await old.until("platform-paused telegram-token-refused");
    await old.close();
    const p = await old.campaigns.progress(id);
    assert.deepEqual([p?.state, p?.quiet], ["running", { telegram: "telegram-token-refused" }]);
    assert.equal(old.notes.filter((n) => n.startsWith("platform-paused")).length, 1, old.notes.join());

    wire.renew(fresh);
    const second = await house(db().other, fresh);
    await second.courier.idle();
    ahead = 61;
    await second.courier.idle();
    await second.courier.idle();
    assert.equal((await second.campaigns.progress(id))?.state, "done");
    assert.deepEqual((await second.campaigns.progress(id))?.by, { telegram: { sent: people } });
    for (let i = 0; i < people; i++) assert.equal(wire.groupMessages(first + i).length, 1, `person ${i}`);
    assert.ok(second.notes.includes("platform-resumed"), second.notes.join());
    await second.close();
  });
});
