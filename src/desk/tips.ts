/** Tips at the counter: who subscribes, what they chose, and one tip in one language. */
import type { Visitor } from "../desk.ts";
import { fail } from "../errors.ts";
import type { Owed } from "../outbox/outbox.ts";
import { audiences, sectors, type Tip } from "../tips/content.ts";
import { clockOf, fewer, frequencies, offeredZones, readZone, type TipSettings } from "../tips/rules.ts";
import type { TipStore } from "../tips/store.ts";
import type { OwedTip } from "../tips/ticker.ts";
import type { Carriers, Counter } from "./counter.ts";

/** Who put tips into a place, in the audit log, where it was nobody of ours. */
const placeManager = "(place manager)";

export type TipCommand =
  /** Subscribes this account, or changes what it chose. @param lane the network */
  | { kind: "tips-keep"; settings: TipSettings; lane: string }
  | { kind: "tips-fewer" }
  /** No more tips, and nothing kept of this account. */
  | { kind: "tips-stop" }
  /** Tips in this place, or no more of them; for who manages it. */
  | { kind: "tips-here"; on: boolean; lane: string };

export interface TipSource {
  title: string;
  article?: string;
  url?: string;
}

/** A tip in one language. */
export interface TipView {
  id: string;
  title: string;
  text: string;
  today: string;
  sources: TipSource[];
  asOf: string;
  /** It speaks of a law. */
  legal: boolean;
  quiz: boolean;
  report: boolean;
}

export interface TipQueries {
  /** All that is kept of this account: what it chose, ids of tips that came, when the next is due by its own clock. Nothing if it gets no tips. */
  tipsOf(): Promise<{ settings: TipSettings; seen: string[]; next: string } | undefined>;
  /** May this visitor say that tips are posted in this place? */
  readonly mayPostTips: boolean;
  /** What is offered to somebody new. */
  tipDefaults(locale: string): TipSettings;
  readonly tipChoices: { frequencies: readonly string[]; audiences: readonly string[]; sectors: readonly string[] };
  zones(locale: string): string[];
  readZone(typed: string): string | undefined;
  tip(id: string, locale: string): TipView | undefined;
}

export interface TipRoom {
  store: TipStore;
  all: readonly Tip[];
}

export const tipDefaults = (locale: string): TipSettings => ({
  frequency: "weekdays",
  hour: 9,
  zone: offeredZones(locale)[0]!,
  audience: "staff",
  sector: "any",
});

/** Facts whose code begins so are about law. */
const law = /^(CN|EU|WB|US|UK|OT)-/;

/** A tip in the language that is nearest to this locale. */
export function tipIn(tip: Tip, locale: string): TipView {
  const language = locale.startsWith("zh") ? "zh-CN" : "en";
  const { id, quiz, report, as_of: asOf } = tip;
  const sources = tip.sources.map(({ title, article, url }) => ({
    title: title[language],
    ...(article ? { article: language === "zh-CN" ? article.replaceAll(", ", "、") : article } : {}),
    ...(url ? { url } : {}),
  }));
  const legal = tip.sources.some(({ fact }) => law.test(fact));
  return { id, title: tip.title[language], ...tip[language], sources, asOf, legal, quiz, report };
}

/** Who manages a place, where the network says so; else an admin of ours. */
const mayPost = ({ place, actor }: Visitor): boolean =>
  place !== undefined && (place.manages ?? (actor.kind === "reviewer" && actor.role === "admin"));

/** All tips, to be read on a page. */
export const tipsShown = (all: readonly Tip[]) => ({
  audiences,
  of: (audience: string | undefined, locale: string): TipView[] =>
    all.filter((tip) => !audience || (tip.audiences as string[]).includes(audience)).map((tip) => tipIn(tip, locale)),
});

export function tipQueries({ tips }: Counter, visitor: Visitor): TipQueries {
  return {
    async tipsOf() {
      const found = await tips.store.find(visitor.tag);
      return (
        found && { settings: found.settings, seen: found.seen, next: clockOf(found.due * 1000, found.settings.zone) }
      );
    },
    mayPostTips: mayPost(visitor),
    tipDefaults,
    tipChoices: { frequencies, audiences, sectors },
    zones: offeredZones,
    readZone,
    tip(id, locale) {
      const found = tips.all.find((tip) => tip.id === id);
      return found && tipIn(found, locale);
    },
  };
}

export function tipOrders(counter: Counter): Carriers<TipCommand["kind"]> {
  const { tips, outbox, now } = counter;
  const stop = (door: string) => tips.store.erase({ door }, (trx, id) => outbox.forget(trx, id));
  const keep = (visitor: Visitor, settings: TipSettings, lane: string) =>
    tips.store.keep(visitor.tag, { settings, lane, locale: visitor.locale, address: visitor.reach() }, now());
  return {
    "tips-keep": async (visitor, { settings, lane }) => ({ writes: [keep(visitor, settings, lane)] }),
    async "tips-fewer"(visitor) {
      const found = await tips.store.find(visitor.tag);
      if (!found) return { writes: [] };
      const settings = { ...found.settings, frequency: fewer(found.settings.frequency) };
      return { writes: [keep(visitor, settings, found.lane)] };
    },
    "tips-stop": async (visitor) => ({ writes: [stop(visitor.tag)] }),
    async "tips-here"(visitor, { on, lane }) {
      const { place, locale, actor } = visitor;
      if (!place || !mayPost(visitor)) throw fail("not-allowed");
      // each is a line of the log: nobody writes that full
      if ((await counter.limits.wait(place.tag, "place")) > 0) throw fail("too-many");
      const alias = actor.kind === "reviewer" ? actor.alias : placeManager;
      const fresh = {
        settings: { ...tipDefaults(locale), place: true as const },
        lane,
        locale,
        address: place.address,
      };
      return {
        writes: [
          on ? tips.store.keep(place.tag, fresh, now()) : stop(place.tag),
          counter.record(alias, on ? "tips on" : "tips off"),
        ],
        after: () => counter.limits.missed(place.tag, "place"),
      };
    },
  };
}

/** A tip as the outbox owes it. */
export const owedTip = ({ subscriber: { id, address, locale, lane, settings }, tip, due, expires }: OwedTip): Owed => ({
  kind: "tip",
  once: `tip ${id}`,
  due,
  expires,
  address,
  owner: id,
  lane,
  payload: { step: settings.place ? "tips.post" : "tips.tip", key: tip, locale },
});
