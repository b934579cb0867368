/** Tips on the web: a page for everyone, and feeds that a real reader and the rules of RFC 4287 accept. */
import assert from "node:assert/strict";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import RssParser from "rss-parser";
import type { Service } from "../../src/service.ts";
import { audiences, loadTips } from "../../src/tips/content.ts";
import { type TestHome, testHome } from "../support/house.ts";

const tips = loadTips("data");

interface Entry {
  id: string;
  title: string;
  updated: string;
  content: { "#text": string; "@type": string };
  link: { "@rel": string; "@href": string }[];
}

describe("tips on the web", () => {
  let home: TestHome;
  let service: Service;
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(service.page + path, { headers, redirect: "manual" });
  const read = (xml: string) =>
    new XMLParser({
      ignoreAttributes: false,
      attributeNamePrefix: "@",
      processEntities: true,
      isArray: (name, path) => name === "link" || path === "feed.entry",
    }).parse(xml).feed;

  before(async () => {
    home = testHome();
    service = await home.service();
  });
  after(async () => {
    await service.close();
    home.remove();
  });

  it("are all on one page, in the reader's language or the one that a link names, for everybody or one audience", async () => {
    const english = await (await get("/tips", { "accept-language": "en" })).text();
    for (const { id } of tips) assert.ok(english.includes(`id="${id}"`), id);
    const chinese = await (await get("/tips?in=zh-CN&for=managers", { "accept-language": "en" })).text();
    assert.match(chinese, /<html lang="zh-CN"/);
    for (const tip of tips)
      assert.equal(chinese.includes(`id="${tip.id}"`), tip.audiences.includes("managers"), tip.id);
    assert.match(chinese, /<link rel="alternate" type="application\/atom\+xml" href="\/tips\/managers\.zh-CN\.atom"/);
    assert.match(chinese, /<a href="\/tips\/managers\.zh-CN\.atom"/);
    const odd = await get("/tips?in=%3Cb%3E&for=__proto__");
    assert.equal(odd.status, 200);
    assert.equal((await odd.text()).includes("<b>"), false);
  });

  it("offer a question and a report where the tip says so", async () => {
    const page = await (await get("/tips?in=en")).text();
    for (const { id, quiz, report } of tips) {
      const [, own = ""] = page.split(`id="${id}"`);
      const article = own.slice(0, own.indexOf("</article>"));
      assert.equal(article.includes('href="/quiz"'), quiz, id);
      assert.equal(article.includes('href="/report"'), report, id);
    }
  });

  it("remember nobody: no cookie, and the same answer for everyone", async () => {
    for (const path of ["/tips", "/tips?for=staff&in=zh-CN", "/tips/staff.en.atom"]) {
      const one = await get(path, { cookie: "visit=abc", "user-agent": "one" });
      const other = await get(path, { "user-agent": "other" });
      assert.equal(one.headers.get("set-cookie"), null, path);
      assert.equal(await one.text(), await other.text(), path);
      assert.equal(one.headers.get("etag"), other.headers.get("etag"), path);
    }
  });

  for (const locale of ["en", "zh-CN"] as const)
    for (const audience of [undefined, ...audiences])
      it(`the feed for ${audience ?? "everybody"} in ${locale} is valid Atom, and a reader reads it`, async () => {
        const path = `/tips/${audience ?? "all"}.${locale}.atom`;
        const answer = await get(path);
        assert.equal(answer.headers.get("content-type"), "application/atom+xml; charset=utf-8");
        const xml = await answer.text();
        assert.equal(XMLValidator.validate(xml), true);
        const mine = tips.filter((tip) => !audience || tip.audiences.includes(audience));

        // RFC 4287, 4.1.1 and 4.1.2: what a feed and an entry must have, once
        const feed = read(xml);
        assert.equal(feed["@xmlns"], "http://www.w3.org/2005/Atom");
        assert.equal(feed["@xml:lang"], locale);
        const self = feed.link.filter((link: Entry["link"][0]) => link["@rel"] === "self");
        assert.deepEqual(
          [feed.id, self.map((link: Entry["link"][0]) => link["@href"])],
          [service.page + path, [feed.id]],
        );
        assert.ok(feed.title.length > 0 && feed.author.name.length > 0);
        assert.equal(
          feed.updated,
          `${mine
            .map((tip) => tip.as_of)
            .sort()
            .at(-1)}T00:00:00.000Z`,
        );
        const entries = feed.entry as Entry[];
        assert.equal(entries.length, mine.length);
        assert.equal(new Set(entries.map((entry) => entry.id)).size, mine.length);
        for (const [at, entry] of entries.entries()) {
          const tip = mine[at]!;
          assert.match(entry.id, /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
          assert.equal(entry.title, tip[locale].today);
          assert.equal(entry.updated, `${tip.as_of}T00:00:00.000Z`);
          assert.equal(entry.content["@type"], "text");
          assert.ok(entry.content["#text"].startsWith(tip[locale].text), tip.id);
          const [link] = entry.link;
          assert.ok(link && new URL(link["@href"]).hash === `#${tip.id}`, tip.id);
        }

        const reader = await new RssParser().parseString(xml);
        assert.deepEqual(
          reader.items.map((item) => item.title),
          mine.map((tip) => tip[locale].today),
        );
        assert.equal(reader.feedUrl, service.page + path);
      });

  it("a tip's name in a feed stays the same, whatever the audience and the address of the house", async () => {
    const idOf = async (path: string) => {
      const entries = read(await (await get(path)).text()).entry as Entry[];
      return entries.find((entry) => entry.link[0]?.["@href"].endsWith("#rented-login"))?.id;
    };
    assert.equal(await idOf("/tips/all.en.atom"), "urn:uuid:34754809-dcf5-816a-bd8c-8852fd6d99b4");
    assert.equal(await idOf("/tips/staff.en.atom"), "urn:uuid:34754809-dcf5-816a-bd8c-8852fd6d99b4");
    assert.notEqual(await idOf("/tips/staff.zh-CN.atom"), "urn:uuid:34754809-dcf5-816a-bd8c-8852fd6d99b4");
  });

  it("a reader that has the feed already is told so, and a feed that there is not is no page", async () => {
    const first = await get("/tips/staff.en.atom");
    assert.equal(first.headers.get("cache-control"), "no-cache");
    const again = await get("/tips/staff.en.atom", { "if-none-match": first.headers.get("etag") ?? "" });
    assert.equal(again.status, 304);
    for (const path of ["/tips/nobody.en.atom", "/tips/staff.fr.atom", "/tips/staff.en.rss", "/tips/"])
      assert.equal((await get(path)).status, 404, path);
  });
});
