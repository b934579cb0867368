/**
 * A courier to be killed. It loads its program first and opens nothing until it is told how far its clock is ahead
 * (seconds), so that the next one is ready when this one dies. Arguments: the address of `main` (to find its rooms),
 * database, key (hex), address of the network, recipients of the campaign, messages a second (0: no limit).
 */
const [, , main = "", url = "", key = "", network = "", size = "0", perSecond = "0"] = process.argv;
const ending = main.slice(-3);
/** @param {string} path */
const room = (path) => import(new URL(`${path}${ending}`, main).href);
const [
  { createColumns },
  { createCampaigns },
  { createCourier },
  { createOutbox },
  { createPacer },
  { consoleCan },
  { openStorage },
] = await Promise.all(
  [
    "crypto/columns",
    "outbox/campaigns",
    "outbox/courier",
    "outbox/outbox",
    "outbox/pace",
    "platforms/console",
    "storage/storage",
  ].map(room),
);
const columns = createColumns(Buffer.from(key, "hex"));

/** So many subscribers, made as they are asked for. */
const crowd = {
  count: async () => ({ net: Number(size) }),
  /** @param {string} id @param {unknown} _who @param {number} most */
  async after(id, _who, most) {
    const from = id === "" ? 0 : Number(id.slice(1)) + 1;
    return Array.from({ length: Math.max(0, Math.min(most, Number(size) - from)) }, (_, i) => ({
      id: `s${String(from + i).padStart(8, "0")}`,
      address: columns.seal("address", { platform: "net", id: `campaign-${from + i}` }),
      locale: "en",
      platform: "net",
    }));
  },
};

process.on("disconnect", () => process.exit());
process.once("message", async (ahead) => {
  const now = () => Date.now() + Number(ahead) * 1000;
  const storage = await openStorage(url);
  const outbox = createOutbox(storage, columns, now);
  const campaigns = createCampaigns(storage, columns, outbox, crowd, now);
  createCourier({
    outbox,
    now,
    pacer: createPacer({ storage, now, name: (/** @type {{ id: string }} */ to) => to.id }),
    platform: () => ({
      name: "net",
      can: consoleCan,
      ...(Number(perSecond) > 0 ? { pace: { perSecond: Number(perSecond), place: () => [] } } : {}),
      async open() {},
      /** @param {{ id: string }} to */
      async send(to) {
        await fetch(network, { method: "POST", body: to.id });
        return { ok: true };
      },
      async close() {},
    }),
    open: (/** @type {Buffer} */ sealed) => columns.open("address", sealed),
    draw: async () => ({ text: "Beware" }),
    feed: () => campaigns.feed(),
    note: () => {},
  }).start();
});
process.send?.("loaded");
