/** Campaigns at the counter: admins make, confirm, watch and stop them; whoever gets one may say whether it was useful. */
import type { Actor, Visitor } from "../desk.ts";
import { fail } from "../errors.ts";
import type { CampaignBody, Campaigns, Forecast } from "../outbox/campaigns.ts";
import { addCounts } from "../outbox/marks.ts";
import { momentIn, writeMoment } from "../outbox/moments.ts";
import type { Progress } from "../outbox/progress.ts";
import type { Write } from "../reports/store.ts";
import { audiences, sectors, type Tip } from "../tips/content.ts";
import { readZone } from "../tips/rules.ts";
import { type Carriers, type Counter, reviewer } from "./counter.ts";
import { atDoors } from "./nudge.ts";
import { tipIn } from "./tips.ts";

type Texts = CampaignBody["texts"];

/** What an admin plans: the same message in every language that is spoken, to whom, and when. */
export interface CampaignPlan {
  /** The tip that the words were taken from. */
  tip?: string;
  texts: Texts;
  /** Absent: all of them. */
  audience?: string;
  sector?: string;
  platforms?: string[];
  /** Seconds since 1970; absent: at once. */
  begins?: number;
  /** Seconds. */
  spread: number;
  /** A campaign that still waits for its second admin, and is withdrawn for this one. */
  replaces?: string;
}

/** What is ordered of messages to everybody who subscribed. */
export type CampaignCommand =
  /** `watch`: shows whoever asks how far it is, in one message that is redrawn. */
  | { kind: "campaign-make"; id: string; plan: CampaignPlan; watch: boolean }
  | { kind: "campaign-confirm" | "campaign-pause" | "campaign-resume" | "campaign-cancel"; id: string }
  /** Whether a message was useful; counted, and counted only. */
  | { kind: "campaign-felt"; id: string; useful: boolean };

/** What a plan would come to, and how networks would draw it: those that draw alike stand together. */
export interface CampaignPreview extends Forecast {
  /** Seconds since 1970. */
  ends: number;
  /** Nobody else could confirm it. */
  alone: boolean;
  drawn: { platforms: string[]; locale: string; text: string }[];
}

/** What is asked of campaigns. */
export interface CampaignQueries {
  /** The latest campaigns and how far each is. */
  campaigns(): Promise<Progress[]>;
  campaign(id: string): Promise<Progress | undefined>;
  /** What a campaign says. */
  campaignText(id: string, locale: string): Promise<{ title: string; text: string } | undefined>;
  /** A campaign as it was planned. */
  campaignPlan(id: string): Promise<CampaignPlan | undefined>;
  campaignPreview(plan: CampaignPlan): Promise<CampaignPreview>;
  newCampaign(): string;
  readonly campaignChoices: { audiences: readonly string[]; sectors: readonly string[]; platforms: readonly string[] };
  /** Tips by their theme, in one language. */
  campaignTips(locale: string): { theme: string; title: string; tips: { id: string; text: string }[] }[];
  /** What a tip says as a campaign. */
  campaignTip(id: string): Texts | undefined;
  /** Now, in seconds since 1970. */
  seconds(): number;
  /** `2026-12-01 09:00` in a zone as seconds since 1970, if that is a moment to come. */
  readMoment(typed: string, zone: string): number | undefined;
  writeMoment(seconds: number, zone: string): string;
}

/** A tip's words as a campaign: what was looked at is what goes, also when the tip is edited meanwhile. */
export function textsOf(tip: Tip): Texts {
  const said = (locale: string) => {
    const { title, text, today } = tipIn(tip, locale);
    return { title, text: `${text}\n\n${today}` };
  };
  return { en: said("en"), "zh-CN": said("zh-CN") };
}

const others = async ({ people }: Pick<Counter, "people">, askedBy: string) =>
  (await people.list()).filter((p) => p.status === "active" && p.role === "admin" && p.alias !== askedBy);

/** Tells every admin but the one who asked that a campaign waits for a second one. It says so, and not what it says. */
export async function askAdmins(
  parts: Pick<Counter, "people" | "reports" | "outbox" | "now">,
  id: string,
  askedBy: string,
  locale: string,
): Promise<Write> {
  const aliases = (await others(parts, askedBy)).map(({ alias }) => alias);
  return atDoors(parts, aliases, ({ tag }) => ({
    once: `campaign ${id} asks ${tag}`,
    step: "campaigns.asks",
    key: id,
    locale,
  }));
}

const among = (value: string | undefined, list: readonly string[]): boolean =>
  value === undefined || list.includes(value);

/** The body of a campaign by its plan. Throws `not-allowed` for what no screen offers. */
function bodyOf({ texts, tip, audience, sector, platforms }: CampaignPlan, networks: string[]): CampaignBody {
  if (!among(audience, audiences) || !among(sector, sectors)) throw fail("not-allowed");
  if (Object.keys(texts).length === 0 || platforms?.some((name) => !networks.includes(name))) throw fail("not-allowed");
  return {
    texts,
    platforms: platforms ?? networks,
    ...(tip ? { tip } : {}),
    ...(audience ? { audience } : {}),
    ...(sector ? { sector } : {}),
  };
}

export function campaignOrders(counter: Counter): Carriers<CampaignCommand["kind"]> {
  const { campaigns, today, now } = counter;

  const change =
    (what: "confirm" | "pause" | "resume" | "cancel") =>
    async (visitor: Visitor, { id }: { id: string }) => {
      const { alias } = reviewer(visitor.actor, "admin");
      const write: Write = (trx) => campaigns[what](trx, id, alias);
      return { writes: [write, counter.record(alias, `campaign ${what} ${id}`)] };
    };

  return {
    async "campaign-make"(visitor, { id, plan, watch }) {
      const { alias } = reviewer(visitor.actor, "admin");
      const body = bodyOf(plan, campaigns.networks());
      const { reach, second } = await campaigns.forecast(body, plan.spread);
      const made: Parameters<Campaigns["make"]>[1] = {
        id,
        body: watch
          ? { ...body, watch: { address: visitor.reach().toString("base64"), locale: visitor.locale } }
          : body,
        begins: Math.max(plan.begins ?? 0, Math.floor(now() / 1000)),
        spread: plan.spread,
        askedBy: alias,
        reach,
        day: today(),
        ...(plan.replaces ? { replaces: plan.replaces } : {}),
      };
      return {
        writes: [
          async (trx) => void (await campaigns.make(trx, made)),
          counter.record(alias, `campaign make ${id}`),
          ...(second ? [await askAdmins(counter, id, alias, visitor.locale)] : []),
        ],
      };
    },
    "campaign-confirm": change("confirm"),
    "campaign-pause": change("pause"),
    "campaign-resume": change("resume"),
    "campaign-cancel": change("cancel"),
    async "campaign-felt"({ limit }, { id, useful }) {
      const who = `${limit} ${id}`;
      // one press counts; who presses on is thanked as well
      if (!(await campaigns.get(id)) || (await counter.limits.wait(who, "felt")) > 0) return { writes: [] };
      return {
        writes: [(trx) => addCounts(trx, [{ campaign: id, lane: "", what: useful ? "useful" : "useless", n: 1 }])],
        after: () => counter.limits.missed(who, "felt"),
      };
    },
  };
}

export function campaignQueries(counter: Counter, visitor: Visitor): CampaignQueries {
  const { campaigns, tips, sketch, now } = counter;
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
    async campaignPlan(id) {
      admin(visitor.actor);
      const found = await campaigns.get(id);
      if (!found) return undefined;
      const { watch: _watch, ...body } = found.body;
      return { ...body, begins: found.begins, spread: found.spread };
    },
    async campaignPreview(plan) {
      admin(visitor.actor);
      const body = bodyOf(plan, campaigns.networks());
      const forecast = await campaigns.forecast(body, plan.spread);
      const drawn: CampaignPreview["drawn"] = [];
      for (const [locale, words] of Object.entries(body.texts))
        for (const platform of body.platforms) {
          const text = await sketch(platform, words, locale);
          const alike = drawn.find((d) => d.locale === locale && d.text === text);
          if (alike) alike.platforms.push(platform);
          else drawn.push({ platforms: [platform], locale, text });
        }
      const { actor } = visitor;
      const alone =
        forecast.second && (await others(counter, actor.kind === "reviewer" ? actor.alias : "")).length === 0;
      return { ...forecast, alone, drawn, ends: (plan.begins ?? Math.floor(now() / 1000)) + forecast.seconds };
    },
    newCampaign: () => campaigns.newId(),
    campaignChoices: { audiences, sectors, platforms: campaigns.networks() },
    campaignTips(locale) {
      const themes = [...new Set(tips.all.map((tip) => tip.theme))];
      return themes.map((theme) => {
        const all = tips.all.filter((tip) => tip.theme === theme).map((tip) => tipIn(tip, locale));
        return { theme, title: all[0]!.title, tips: all.map(({ id, text }) => ({ id, text })) };
      });
    },
    campaignTip(id) {
      const found = tips.all.find((tip) => tip.id === id);
      return found && textsOf(found);
    },
    seconds: () => Math.floor(now() / 1000),
    readMoment(typed, zone) {
      const at = momentIn(typed, readZone(zone) ?? "UTC");
      return at !== undefined && at > now() ? Math.floor(at / 1000) : undefined;
    },
    writeMoment: (seconds, zone) => writeMoment(seconds * 1000, readZone(zone) ?? "UTC"),
  };
}
