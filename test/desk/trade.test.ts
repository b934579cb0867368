import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { fillDemo } from "../../src/demo.ts";
import type { Core } from "../../src/main.ts";
import { chainOf } from "../../src/reports/chain.ts";
import { strongKinds } from "../../src/reports/links.ts";
import { dotOf, drawBars, drawRows, escaped } from "../../src/reports/pictures.ts";
import { invited } from "../support/caller.ts";
import { type TestHome, testHome } from "../support/house.ts";
import { type Talker, talker } from "../support/talker.ts";

const png = (bytes: Uint8Array) => Buffer.from(bytes.subarray(1, 4)).toString();

describe("the chain of a series", () => {
  it("puts each role into its link, with the most, the cheapest and the dearest that was told", () => {
    const chain = chainOf(
      [
        { role: "insider-source", volume: "v-1", price: "60", currency: "CNY", channel: "qq" },
        { role: "insider-source", volume: "v-50-249", price: "90 yuan", currency: "CNY", channel: "qq" },
        { role: "buyer-fraud", volume: "unknown" },
        { story: "no role" },
      ],
      ["v-1", "v-50-249", "unknown"],
    );
    assert.deepEqual(chain.tiers[0]?.links, [
      {
        role: "insider-source",
        reports: 2,
        volume: "v-50-249",
        prices: [{ currency: "CNY", from: 60, to: 90 }],
        channels: ["qq"],
        sectors: [],
        data: [],
      },
    ]);
    assert.deepEqual([chain.cases, chain.apart, chain.tiers[1]?.links.length], [4, 1, 0]);
  });

  it("is drawn with every sign of markup taken as a letter", async () => {
    const evil = `</b><img src="/etc/passwd"> "]; evil [label="x" & \n`;
    assert.ok(!/[<>"]/.test(escaped(evil)));
    const graph = {
      title: evil,
      rows: [
        { title: evil, boxes: [{ title: evil, lines: [evil] }], gap: evil },
        { title: "内部人员", boxes: [], gap: "无" },
      ],
    };
    assert.ok(!dotOf(graph).includes("<img"));
    assert.equal(png(await drawRows(graph)), "PNG");
  });
});

describe("the trade, at a reviewer's desk over invented cases", () => {
  let home: TestHome;
  let core: Core;
  let me: Talker;
  const today = Math.floor(Date.UTC(2030, 4, 14) / 86_400_000);
  const t = (key: string, values?: Record<string, string | number>) => core.words.say("en", key, values);
  before(async () => {
    home = testHome();
    core = await home.core(() => today * 86_400_000 + 36_000_000);
  });
  after(async () => {
    await core.close();
    home.remove();
  });

  it("demo makes sixty cases, five of them one series, and never touches a house with reports", async function () {
    this.timeout(60_000);
    const made = await fillDemo(core, today);
    assert.equal(made?.cases, 60);
    assert.equal((await core.trade.series.members(made!.series)).length, 5);
    assert.equal(await fillDemo(core, today), undefined);
    assert.equal(Number((await core.storage.read("reports").count({ n: "*" }).first())!.n), 60);
  });

  it("a reviewer draws the chain, and each look is on record", async function () {
    this.timeout(20_000);
    const invite = await invited(core, "reviewer");
    me = await talker(core, "reviewer");
    await me.say(`/join ${invite}`);
    await me.say("Heron");
    await me.say("/series");
    const chain = await me.say("1");
    for (const word of [t("series:tier.insider"), "60–90", t("series:tier.buyer"), "150"])
      assert.ok(chain.includes(word), `${word} in\n${chain}`);
    assert.match(chain, /\[The chain of series S\w{5}\. Insiders: /);
    const looks = (await core.storage.read("audit")).filter((row) => row.action.startsWith("chain S"));
    assert.equal(looks.length, 5);
    if (process.env.SHOW) {
      writeFileSync(`${process.env.SHOW}/chain.txt`, chain);
    }
  });

  it("counts are drawn, with their words and a table, and an auditor sees them too", async function () {
    this.timeout(20_000);
    const months = await me.say("/stats");
    assert.ok(months.includes(t("stats:title", { by: t("stats:by.month") })), months);
    const sectors = await me.press(t("stats:by.sector"));
    const numbers = [...sectors.matchAll(/^.*: (\d+)$/gm)].map((m) => Number(m[1]));
    assert.ok(numbers.length > 6 && Math.min(...numbers) >= 5, sectors);
    assert.equal(numbers.at(-1), 60);
    assert.ok(sectors.includes(`[${t("stats:title", { by: t("stats:by.sector") })}. `), "the picture has its words");
    const invite = await invited(core, "auditor");
    const auditor = await talker(core, "auditor");
    await auditor.say(`/join ${invite}`);
    await auditor.say("Audit");
    assert.ok((await auditor.say("/stats")).includes(t("stats:total")));
    const stranger = await talker(core, "stranger");
    assert.ok((await stranger.say("/stats")).includes(t("bot:unknown-command")));
    for (const locale of ["en", "zh-CN"]) {
      const bars = core.taxonomy
        .codes("outcome")
        .map((code, i) => ({ label: core.words.say(locale, `taxonomy:outcome.${code}`), n: 5 + i * 7 }));
      const drawn = await drawBars({ title: '<b>&"]', bars });
      assert.equal(png(drawn), "PNG");
      if (process.env.SHOW) writeFileSync(`${process.env.SHOW}/bars-${locale}.png`, drawn);
    }
  });

  it("counts the cases that it was seen in by what is shared not by chance, and never a hidden one", async () => {
    const [id] = await core.trade.series.members((await core.trade.series.list(1))[0]!.code);
    const { code } = (await core.reports.byId(id!))!;
    const actor = { kind: "reviewer", alias: "Heron", role: "reviewer" } as const;
    const desk = core.desk.for({ actor } as Parameters<Core["desk"]["for"]>[0]);
    const { kinds } = (await desk.connections(code))!;
    const of = (strong: boolean) =>
      new Set(kinds.filter((k) => strongKinds.includes(k.kind) === strong).flatMap((k) => k.codes));
    const chance = [...of(false)].filter((one) => !of(true).has(one));
    assert.ok(chance.length > 0, "there is a case that shares nothing but what many share");
    const guard = (codes: string[], to: number) =>
      core.storage.transaction((trx) => trx("reports").whereIn("code", codes).update({ guard: to }));
    assert.equal(await desk.seen(code), 4);
    await guard(chance, 1);
    assert.equal(await desk.seen(code), 4);
    assert.equal((await desk.connections(code))?.seen, 4);
    await guard([...of(true)].slice(0, 1), 1);
    assert.equal(await desk.seen(code), 3);
    await guard([...chance, ...of(true)], 0);
  });

  it("a case tells its links and its thresholds, and leaves and joins a series", async () => {
    const [id] = await core.trade.series.members((await core.trade.series.list(1))[0]!.code);
    const { code } = (await core.reports.byId(id!))!;
    assert.equal((await core.trade.links.links(id!)).seen, 4);
    assert.ok(code);
    await me.say("/queue");
    for (;;) {
      const shown = me.shown();
      if (shown.includes(code)) break;
      await me.press(t("bot:more"));
    }
    const card = await me.press(code);
    assert.ok(card.includes(t("trade:seen", { count: 4 })));
    const connections = await me.press(t("trade:open"));
    assert.ok(connections.includes(t("trade:kind.handle")));
    assert.match(await me.press(t("trade:thresholds")), /2017.*No\. 10[\s\S]*As of 2026-11-23/);
    await me.press(t("trade:open"));
    assert.ok((await me.press(t("trade:leave"))).includes(t("trade:left")));
    assert.equal(await core.trade.series.of(id!), undefined);
    await me.press(t("trade:join.button"));
    assert.match(await me.press(t("trade:join.new")), /now in series S/);
    assert.equal((await core.trade.series.list(9)).length, 2);
  });

  it("a list of series tells nobody of cases that they are excluded from", async () => {
    const tag = core.people.tag("Heron");
    const before = await core.trade.series.list(9);
    const big = before.find((one) => one.cases > 1)!;
    const small = before.find((one) => one.cases === 1)!;
    const hide = async (id: string) => {
      const row = (await core.reports.byId(id))!;
      await core.storage.transaction(core.reports.change(row, row, { guard: 2, excluded: [tag] }));
    };
    await hide((await core.trade.series.members(big.code))[0]!);
    for (const id of await core.trade.series.members(small.code)) await hide(id);
    const list = await me.say("/series");
    assert.ok(!list.includes(small.code), list);
    assert.ok(list.includes(big.code), list);
    assert.ok(list.includes(t("series:cases", { count: big.cases - 1 })), list);
    assert.ok(!list.includes(t("series:cases", { count: big.cases })), list);
  });
});
