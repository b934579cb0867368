/** A courier to be killed. Arguments: database, key (hex), address of the network, clock (seconds ahead), recipients, campaign. */
import { createColumns } from "../../src/crypto/columns.ts";
import { createCampaigns } from "../../src/outbox/campaigns.ts";
import { createCourier } from "../../src/outbox/courier.ts";
import { createOutbox } from "../../src/outbox/outbox.ts";
import { consoleCan } from "../../src/platforms/console.ts";
import type { Address } from "../../src/platforms/platform.ts";
import { openStorage } from "../../src/storage/storage.ts";
import { crowd } from "../support/crowd.ts";

const [, , url = "", key = "", network = "", ahead = "0", size = "0"] = process.argv;
const columns = createColumns(Buffer.from(key, "hex"));
const now = () => Date.now() + Number(ahead) * 1000;
const storage = await openStorage(url);
const outbox = createOutbox(storage, columns, now);
const campaigns = createCampaigns(storage, columns, outbox, crowd(Number(size), columns), now);
const courier = createCourier({
  outbox,
  now,
  platform: () => ({
    name: "net",
    can: consoleCan,
    async open() {},
    async send(to) {
      await fetch(network, { method: "POST", body: to.id });
      return { ok: true };
    },
    async close() {},
  }),
  open: (sealed) => columns.open<Address>("address", sealed),
  draw: async () => ({ text: "Beware" }),
  feed: () => campaigns.feed(),
  note: () => {},
});
courier.start();
process.send?.("ready");
