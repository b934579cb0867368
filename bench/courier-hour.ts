/**
 * A campaign that would take an hour, on a counted clock: a second passes only when the courier waits for it. The courier,
 * the outbox, the campaign, the budget, Telegram's library and its HTTP are the real ones; the stand-in keeps the limits
 * by the same clock.
 */
import { createColumns } from "../src/crypto/columns.ts";
import { createCampaigns } from "../src/outbox/campaigns.ts";
import { createCourier } from "../src/outbox/courier.ts";
import { createOutbox } from "../src/outbox/outbox.ts";
import { createPacer } from "../src/outbox/pace.ts";
import type { Address } from "../src/platforms/platform.ts";
import { telegram } from "../src/platforms/telegram/index.ts";
import { openStorage } from "../src/storage/storage.ts";
import { createTipStore } from "../src/tips/store.ts";
import { openWire, type Wire } from "./courier-wire.ts";

/** @param file an SQLite file with so many subscribers */
export async function hour(file: string, key: Buffer, people: number): Promise<Wire> {
  let clock = 1_900_000_000_000;
  const now = () => clock;
  const columns = createColumns(key);
  const storage = await openStorage(`sqlite:${file}`);
  const outbox = createOutbox(storage, columns, now);
  const campaigns = createCampaigns(
    storage,
    columns,
    outbox,
    createTipStore(storage, () => key),
    now,
  );
  const wire = await openWire(true, now);
  const token = "123456789:AAE-stand-in-for-a-bot-token-000000";
  const platform = telegram({ token, apiRoot: wire.url, mode: "polling" });
  const courier = createCourier({
    outbox,
    pacer: createPacer({ storage, now, tick: now, name: (to) => to.id }),
    now,
    async sleep(ms) {
      const at = clock + ms;
      // what was asked of the database and of the wire before takes less than this moment
      for (let i = 0; i < 4; i++) await storage.read("lanes").first();
      clock = Math.max(clock, at);
    },
    platform: () => platform,
    open: (sealed) => columns.open<Address>("address", sealed),
    draw: async () => ({ title: "Somebody calls in our name.", text: "We never ask for a code by telephone." }),
    feed: () => campaigns.feed(),
    note: () => {},
  });
  const body = { platforms: ["telegram"], texts: {} };
  const made = { body, begins: Math.floor(clock / 1000), spread: 0, askedBy: "Heron", reach: people, day: 1 };
  const { id } = await storage.transaction((trx) => campaigns.make(trx, made));
  if (people > 1000) await storage.transaction((trx) => campaigns.confirm(trx, id, "Teal"));
  while ((await campaigns.progress(id))?.state === "running") await courier.idle();
  await courier.stop();
  await storage.close();
  wire.close();
  return wire.wire();
}
