/**
 * All tips on one page, and a feed of them for each audience and language. Nobody is remembered for reading them: no
 * cookie, no form, the same answer for everyone.
 */
import { createHash } from "node:crypto";
import type { Hono } from "hono";
import { etag } from "hono/etag";
import type { Hand } from "./draw.tsx";
import type { Env, Exchange, Ground } from "./ground.ts";
import { localeIn } from "./ground.ts";
import { drawPage } from "./page.tsx";
import type { Say } from "./questions.tsx";

/** A tip in one language. */
export interface TipShown {
  id: string;
  /** What its theme is called. */
  title: string;
  text: string;
  today: string;
  sources: { title: string; article?: string; url?: string }[];
  /** A day such as 2026-11-23. */
  asOf: string;
  legal: boolean;
  quiz: boolean;
  report: boolean;
}

/** The tips there are. */
export interface TipsShown {
  audiences: readonly string[];
  /** Those for an audience, or for anybody, in the order of their themes. */
  of(audience: string | undefined, locale: string): TipShown[];
}

/** The name of the feed for everybody. */
const everybody = "all";

/** Adds `/tips` and its feeds to the site. */
export function addTips(app: Hono<Env>, ground: Ground, tips: TipsShown): void {
  const { house } = ground;
  const feedPath = (audience: string | undefined, locale: string) => `/tips/${audience ?? everybody}.${locale}.atom`;
  const pagePath = (audience: string | undefined, locale: string) =>
    `/tips?${new URLSearchParams({ ...(audience ? { for: audience } : {}), in: locale })}`;
  const titleOf = (say: Say, audience: string | undefined) =>
    audience ? say("web:tips.for", { audience: say(`tips:audience.${audience}`) }) : say("web:tips.title");

  app.get("/tips", (c) => {
    const { audience, locale } = asked(c);
    const say: Say = (key, values) => house.say(locale, key, values);
    const shown = tips.of(audience, locale);
    const themes = [...new Set(shown.map((tip) => tip.title))];
    const feeds = [undefined, ...tips.audiences].map((one) => ({
      href: feedPath(one, locale),
      title: titleOf(say, one),
    }));
    const children = (
      <>
        <h1>{say("web:tips.title")}</h1>
        <div class="words">
          <p>{say("web:tips.text")}</p>
        </div>
        <Ways label={say("tips:audience.title")}>
          {[undefined, ...tips.audiences].map((one) => (
            <Way
              href={pagePath(one, locale)}
              on={one === audience}
              label={say(one ? `tips:audience.${one}` : "web:tips.all")}
            />
          ))}
        </Ways>
        <Ways label={say("web:language")}>
          {house.locales.map((one) => (
            <Way href={pagePath(audience, one)} on={one === locale} label={house.say(one, "bot:name")} lang={one} />
          ))}
        </Ways>
        <p class="hint">
          <a href={feedPath(audience, locale)} type="application/atom+xml">
            {say("web:tips.feed")}
          </a>
          {` · ${say("web:tips.count", { count: shown.length })}`}
        </p>
        {themes.map((theme) => (
          <section>
            <h2>{theme}</h2>
            {shown
              .filter((tip) => tip.title === theme)
              .map((tip) => (
                <Tip tip={tip} hand={{ say, locale }} />
              ))}
          </section>
        ))}
      </>
    );
    return c.html(drawPage({ hand: { locale, say }, tab: say("web:tips.title"), feeds, children }));
  });

  app.use("/tips/*", etag());
  app.get("/tips/:feed", async (c, next) => {
    const [, name = "", locale = ""] = /^([a-z]+)\.([A-Za-z-]+)\.atom$/.exec(c.req.param("feed")) ?? [];
    const audience = tips.audiences.find((one) => one === name);
    if (!house.locales.includes(locale) || !(audience || name === everybody)) return next();
    const say: Say = (key, values) => house.say(locale, key, values);
    const self = ground.url + feedPath(audience, locale);
    const page = ground.url + pagePath(audience, locale);
    const shown = tips.of(audience, locale);
    // only who reads feeds needs the library
    const { generateAtomFeed } = await import("feedsmith");
    const feed = generateAtomFeed({
      xml: { lang: locale },
      id: self,
      title: { value: titleOf(say, audience) },
      subtitle: { value: say("web:tips.text") },
      updated: new Date(
        shown
          .map((tip) => tip.asOf)
          .sort()
          .at(-1) ?? 0,
      ),
      authors: [{ name: say("web:name") }],
      links: [
        { rel: "self", type: "application/atom+xml", href: self },
        { rel: "alternate", type: "text/html", hreflang: locale, href: page },
      ],
      entries: shown.map((tip) => ({
        id: nameOf(tip.id, locale),
        title: { value: tip.today },
        updated: new Date(tip.asOf),
        categories: [{ term: tip.title }],
        links: [{ rel: "alternate", type: "text/html", hreflang: locale, href: `${page}#${tip.id}` }],
        content: {
          value: [tip.text, say("tips:tip.today", { today: tip.today }), sourceOf(tip, { say, locale })].join("\n\n"),
          type: "text",
        },
      })),
    });
    // a reader asks again and again: it may keep what it has for as long as that is still true
    return c.body(feed, 200, { "Content-Type": "application/atom+xml; charset=utf-8", "Cache-Control": "no-cache" });
  });

  function asked(c: Exchange): { audience?: string; locale: string } {
    const locale = house.locales.find((one) => one === c.req.query("in")) ?? localeIn(ground, c);
    const audience = tips.audiences.find((one) => one === c.req.query("for"));
    return { locale, ...(audience ? { audience } : {}) };
  }
}

/** A name for a tip in one language that stays when the house moves: RFC 9562's UUID of one's own making (version 8). */
function nameOf(id: string, locale: string): string {
  const bytes = createHash("sha256").update(`quietline tip ${id} ${locale}`).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return `urn:uuid:${bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-")}`;
}

/** The line that says where a tip comes from; each source goes through `mark`, which may leave a sign in its place. */
function sourceOf(
  tip: TipShown,
  { say, locale }: Hand,
  mark: (named: string, at: number) => string = (named) => named,
): string {
  const sources = tip.sources.map(({ title, article }, at) =>
    mark(article ? say("tips:tip.article", { title, article }) : title, at),
  );
  const key = tip.legal ? "tips:tip.source-legal" : "tips:tip.source";
  return say(key, { sources: sources.join(say("tips:tip.and")), day: dayIn(locale, tip.asOf) });
}

/** A day such as 2026-11-23, as it is written in a language. */
const dayIn = (locale: string, day: string): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" }).format(new Date(day));

// draw

const Ways = ({ label, children }: { label: string; children: unknown }) => (
  <nav class="ways" aria-label={label}>
    <ul>{children as never}</ul>
  </nav>
);

const Way = ({ href, on, label, lang }: { href: string; on: boolean; label: string; lang?: string }) => (
  <li>
    <a href={href} aria-current={on ? "page" : undefined} lang={lang} hreflang={lang}>
      {label}
    </a>
  </li>
);

function Tip({ tip, hand }: { tip: TipShown; hand: Hand }) {
  const { say } = hand;
  const named: string[] = [];
  const parts = sourceOf(tip, hand, (words, at) => {
    named[at] = words;
    return `\u0000${at}\u0000`;
  }).split("\u0000");
  return (
    <article class="tip" id={tip.id}>
      <p>{tip.text}</p>
      <p class="label">{say("tips:tip.today", { today: tip.today })}</p>
      <p class="hint">
        {parts.map((part, at) => {
          const source = at % 2 === 1 ? tip.sources[Number(part)] : undefined;
          if (!source) return part;
          if (!source.url) return named[Number(part)];
          return (
            <a href={source.url} rel="noreferrer noopener">
              {named[Number(part)]}
            </a>
          );
        })}
      </p>
      {(tip.quiz || tip.report) && (
        <p class="more">
          {tip.quiz && <a href="/quiz">{say("tips:tip.quiz")}</a>}
          {tip.report && <a href="/report">{say("tips:tip.report")}</a>}
        </p>
      )}
    </article>
  );
}
