/**
 * One campaign from the database to the wire, in a process of its own: asked with a `Task`, it does it and answers with a
 * `Done`. The courier, the outbox, the campaign, the subscribers and Telegram's library are the real ones.
 */
import { Api } from "node-telegram-bot-api";
import { createColumns } from "../src/crypto/columns.ts";
import { createCampaigns } from "../src/outbox/campaigns.ts";
import { createCourier } from "../src/outbox/courier.ts";
import { createOutbox } from "../src/outbox/outbox.ts";
import { createPacer } from "../src/outbox/pace.ts";
import type { Address, Platform } from "../src/platforms/platform.ts";
import { telegram } from "../src/platforms/telegram/index.ts";
import { openStorage } from "../src/storage/storage.ts";
import { createTipStore } from "../src/tips/store.ts";
import { chatOf } from "./crowd.ts";

export interface Task {
  /** `loop`: only the library, with as many calls at once as the courier has. */
  what: "campaign" | "loop";
  wire: string;
  /** An SQLite file with subscribers, and the key (hex) of all that is sealed there. */
  file: string;
  key: string;
  people: number;
  /** Stop after so many. */
  most: number;
  /** Keep to Telegram's limits. */
  paced: boolean;
}

export interface Done {
  sent: number;
  seconds: number;
  /** Milliseconds of processor time for each message. */
  cpu: number;
}

const token = "123456789:AAE-stand-in-for-a-bot-token-000000";
const text = "Somebody calls in our name.\n\nWe never ask for a code by telephone. Hang up.";
/** As many calls on the wire at once as serve the library best here: more made it no faster. */
const atOnce = 32;

process.once("message", async (task: Task) => {
  process.send?.(task.what === "loop" ? await loop(task) : await campaign(task));
});
process.on("disconnect", () => process.exit());
process.send?.("ready");

async function timed(work: () => Promise<number>): Promise<Done> {
  const [cpu, began] = [process.cpuUsage(), performance.now()];
  const sent = await work();
  const { user, system } = process.cpuUsage(cpu);
  return { sent, seconds: (performance.now() - began) / 1000, cpu: (user + system) / 1000 / sent };
}

async function loop({ wire, most }: Task): Promise<Done> {
  const api = new Api(token, { apiRoot: wire, maxRetries: 0 });
  return timed(async () => {
    let next = 0;
    const one = async (): Promise<void> => {
      while (next < most) await api.sendMessage({ chat_id: chatOf(next++), text });
    };
    await Promise.all(Array.from({ length: atOnce }, one));
    return most;
  });
}

async function campaign({ wire, file, key, people, most, paced }: Task): Promise<Done> {
  const columns = createColumns(Buffer.from(key, "hex"));
  const storage = await openStorage(`sqlite:${file}`);
  const store = createTipStore(storage, () => Buffer.from(key, "hex"));
  const outbox = createOutbox(storage, columns, Date.now);
  const campaigns = createCampaigns(storage, columns, outbox, store, Date.now);
  const platform = telegram({ token, apiRoot: wire, mode: "polling" });
  let [sent, enough] = [0, (): void => {}];
  const over = new Promise<void>((resolve) => (enough = resolve));
  const net: Platform = {
    ...platform,
    async send(to, screen, options) {
      const answer = await platform.send(to, screen, options);
      if (answer.ok && ++sent >= most) enough();
      return answer;
    },
  };
  const courier = createCourier({
    outbox,
    ...(paced ? { pacer: createPacer({ storage, now: Date.now, name: (to) => to.id }) } : {}),
    platform: () => net,
    open: (sealed) => columns.open<Address>("address", sealed),
    draw: async () => ({ title: text.split("\n")[0]!, text: text.split("\n").at(-1)! }),
    feed: () => campaigns.feed(),
    note: () => {},
  });
  const { id } = await storage.transaction((trx) =>
    campaigns.make(trx, {
      body: { platforms: ["telegram"], texts: {} },
      begins: Math.floor(Date.now() / 1000) - 1,
      spread: 0,
      askedBy: "Heron",
      reach: people,
      day: 1,
    }),
  );
  if (people > 1000) await storage.transaction((trx) => campaigns.confirm(trx, id, "Teal"));
  const done = await timed(async () => {
    courier.start();
    await over;
    return sent;
  });
  await courier.stop();
  await storage.close();
  return done;
}
