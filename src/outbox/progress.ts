/** How far campaigns are: what was sent and given up by network, what is left, and how fast it goes. */
import type { Storage } from "../storage/storage.ts";
import type { Campaign } from "./campaigns.ts";
import { paused } from "./outbox.ts";

/** How far a campaign is. `by`: by network, `{ telegram: { sent: 12, gone: 1 } }`. */
export interface Progress extends Omit<Campaign, "body"> {
  sent: number;
  failed: number;
  left: number;
  /** Messages a second of late, or since it began. */
  rate: number;
  by: Record<string, Record<string, number>>;
  /** Networks that want silence now, with the code they said it with: why nothing moves. */
  quiet: Record<string, string>;
}

/** Over how long the speed is measured (milliseconds). */
const lately = 60_000;

/** @param now milliseconds since 1970 */
export function progressCounter(storage: Storage, now: () => number): (campaign: Campaign) => Promise<Progress> {
  const samples = new Map<string, { at: number; n: number }[]>();

  /** Messages a second over the last minute that somebody watched, else since it began. */
  function rateOf(id: string, begins: number, n: number): number {
    const at = now();
    const known = (samples.get(id) ?? []).filter((s) => at - s.at <= lately && s.at <= at);
    if (samples.size > 100) samples.clear();
    samples.set(id, [...known, { at, n }]);
    const first = known[0];
    if (first && at - first.at >= 5000) return ((n - first.n) * 1000) / (at - first.at);
    return n / Math.max(1, at / 1000 - begins);
  }

  return async ({ body: _body, ...campaign }) => {
    const { id } = campaign;
    const by: Progress["by"] = {};
    const add = (lane: string, what: string, n: number): void => {
      const counts = by[lane] ?? {};
      by[lane] = { ...counts, [what]: (counts[what] ?? 0) + n };
    };
    for (const { lane, what, n } of await storage.read("campaign_counts").where({ campaign: id }))
      add(lane, what, Number(n));
    const parked = (await storage
      .read("outbox")
      .where({ campaign: id })
      .whereNotNull("parked")
      .andWhereNot({ parked: paused })
      .groupBy("lane")
      .select("lane")
      .count({ n: "*" })) as { lane?: string | null; n?: number | string }[];
    for (const { lane, n } of parked) add(String(lane ?? ""), "failed", Number(n));
    const sum = (...kinds: string[]) =>
      Object.values(by).reduce((all, counts) => all + kinds.reduce((n, kind) => n + (counts[kind] ?? 0), 0), 0);
    const [sent, failed] = [sum("sent"), sum("failed", "gone", "late")];
    const over = campaign.state === "done" || campaign.state === "cancelled";
    const quiet = await storage.read("lanes").where("quiet", ">", Math.floor(now())).select("name", "why");
    return {
      ...campaign,
      sent,
      failed,
      // people come and go while it runs
      left: over ? 0 : Math.max(0, Math.max(campaign.reach, campaign.enqueued) - sent - failed),
      rate: rateOf(id, campaign.begins, sent + failed),
      by,
      quiet: Object.fromEntries(quiet.map(({ name, why }) => [name, String(why)])),
    };
  };
}
