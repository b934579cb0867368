/** Campaigns at the counter: admins make, confirm, watch and stop them; whoever gets one may say whether it was useful. */
import type { Actor, Visitor } from "../desk.ts";
import { fail } from "../errors.ts";
import type { Campaigns, Forecast, Progress } from "../outbox/campaigns.ts";
import { addCounts } from "../outbox/marks.ts";
import { type Carriers, type Counter, reviewer } from "./counter.ts";

/** What an admin writes: the same message in every language that is spoken. */
export interface CampaignDraft {
  texts: Record<string, { title: string; text: string }>;
}

/** What is ordered of messages to everybody who subscribed. */
export type CampaignCommand =
  /** A message to everybody who subscribed. */
  | { kind: "campaign-make"; draft: CampaignDraft }
  | { kind: "campaign-confirm" | "campaign-pause" | "campaign-resume" | "campaign-cancel"; id: string }
  /** Whether a message was useful; counted, and counted only. */
  | { kind: "campaign-felt"; id: string; useful: boolean };

/** What is asked of campaigns. */
export interface CampaignQueries {
  /** The latest campaigns and how far each is. */
  campaigns(): Promise<Progress[]>;
  campaign(id: string): Promise<Progress | undefined>;
  /** What a campaign says. */
  campaignText(id: string, locale: string): Promise<{ title: string; text: string } | undefined>;
  /** What a campaign to everybody would come to. */
  campaignForecast(): Promise<Forecast>;
}

export function campaignOrders(counter: Counter): Carriers<CampaignCommand["kind"]> {
  const { campaigns, audit, today, now } = counter;

  const change =
    (what: "confirm" | "pause" | "resume" | "cancel") =>
    async (visitor: Visitor, { id }: { id: string }) => {
      const { alias } = reviewer(visitor.actor, "admin");
      return {
        writes: [
          (trx: Parameters<Campaigns["pause"]>[0]) => campaigns[what](trx, id, alias),
          (trx: Parameters<Campaigns["pause"]>[0]) =>
            audit.append(trx, { day: today(), alias, action: `campaign ${what} ${id}` }),
        ],
      };
    };

  return {
    async "campaign-make"(visitor, { draft }) {
      const { alias } = reviewer(visitor.actor, "admin");
      const body = { platforms: campaigns.networks(), texts: draft.texts };
      const { reach } = await campaigns.forecast(body, 0);
      if (reach === 0) throw fail("stale");
      const watch = { address: visitor.reach().toString("base64"), locale: visitor.locale };
      const begins = Math.floor(now() / 1000);
      return {
        writes: [
          async (trx) => {
            const { id } = await campaigns.make(trx, {
              body: { ...body, watch },
              begins,
              spread: 0,
              askedBy: alias,
              reach,
              day: today(),
            });
            await audit.append(trx, { day: today(), alias, action: `campaign make ${id}` });
          },
        ],
      };
    },
    "campaign-confirm": change("confirm"),
    "campaign-pause": change("pause"),
    "campaign-resume": change("resume"),
    "campaign-cancel": change("cancel"),
    "campaign-felt": async (_visitor, { id, useful }) => ({
      writes: [
        async (trx) => {
          if (await campaigns.get(id))
            await addCounts(trx, [{ campaign: id, lane: "", what: useful ? "useful" : "useless", n: 1 }]);
        },
      ],
    }),
  };
}

export function campaignQueries({ campaigns }: Counter, visitor: Visitor): CampaignQueries {
  const admin = (actor: Actor) => {
    if (actor.kind !== "house") reviewer(actor, "admin");
  };
  return {
    async campaigns() {
      admin(visitor.actor);
      const all = await campaigns.list();
      const found = await Promise.all(all.slice(0, 10).map(({ id }) => campaigns.progress(id)));
      return found.filter((p): p is Progress => p !== undefined);
    },
    async campaign(id) {
      admin(visitor.actor);
      return campaigns.progress(id);
    },
    async campaignText(id, locale) {
      const found = await campaigns.get(id);
      const texts = found?.body.texts ?? {};
      return texts[locale] ?? texts.en ?? Object.values(texts)[0];
    },
    async campaignForecast() {
      admin(visitor.actor);
      return campaigns.forecast({ platforms: campaigns.networks(), texts: {} }, 0);
    },
  };
}
