/**
 * Staff learn in a real browser with scripts off: a set, a course, its certificate, and a stranger who checks it by its
 * code; then the figures as whoever manages awareness sees them.
 */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { invited, network, tables } from "../support/caller.ts";
import { askedIn, monday, picksOf, quizFolder, takes, withCourse } from "../support/learner.ts";
import { onStage } from "../support/stage.ts";

describe("learning on the web, with scripts off", function () {
  this.timeout(120_000);
  const stage = onStage({ QUIETLINE_STAFF: "480" }, { quizFolder, now: () => monday });
  let code: (team: string) => Promise<string>;

  before(async () => {
    code = await withCourse(stage.service.core);
  });

  /** Answers the question on the page. */
  async function answer(page: Page, locale: "en" | "zh-CN", right: boolean): Promise<void> {
    const item = await askedIn(stage.service.core, await page.locator("main").innerText(), locale);
    for (const option of picksOf(item, right)) {
      const name = new RegExp(
        `^[A-E]\\s+${item.options[option]![locale].text.replaceAll(/[^\p{L}\p{N}]/gu, ".")}$`,
        "u",
      );
      const box = page.getByLabel(name);
      if ((await box.count()) > 0) await box.first().check();
      else await page.getByRole("button", { name }).first().click();
      if (item.kind === "order" && (await box.count()) > 0) await page.locator("main form button").first().click();
    }
    const choice = page.locator("main input[type=radio], main input[type=checkbox]");
    if (item.kind !== "order" && (await choice.count()) > 0) await page.locator("main form button").first().click();
  }

  async function download(context: BrowserContext, page: Page): Promise<Buffer> {
    const href = await page.locator("main a[download], main a[href*='/file']").first().getAttribute("href");
    const answer = await context.request.get(new URL(href ?? assert.fail("no file"), page.url()).href);
    assert.equal(answer.headers()["content-type"], "application/pdf");
    return answer.body();
  }

  for (const [locale, width, learner] of [
    ["en", 1100, "Ines Okonkwo"],
    ["zh-CN", 320, "欧阳明月"],
  ] as const)
    it(`takes a set, earns a certificate, and a stranger verifies it: ${locale}, ${width} px`, async () => {
      const { page, context, press, text, t, look, leave } = await stage.visit("learning", { locale, width });
      await page.goto(`${stage.service.page}/`);
      await press(t("home:quiz"));
      await look("sector");
      await page.getByLabel(t("quiz:sector.bank"), { exact: true }).check();
      await page.locator("main form button").first().click();
      await look("start");
      await press(t("quiz:start.go"));
      const learn = async (right: boolean, name?: string): Promise<void> => {
        if (name) await look(`${name}-asked`);
        await answer(page, locale, right);
        if (name) await look(`${name}-answered`);
        const next = page.getByRole("button", { name: t("quiz:after.next"), exact: true });
        if ((await next.count()) > 0) await next.click();
        else await press(t("quiz:after.end"));
      };
      await learn(true, "first");
      await learn(false, "second");
      await learn(true, "third");
      assert.ok((await text()).includes(t("quiz:over.text", { right: 2, of: 3 })), await text());
      await look("over");
      await press(t("quiz:over.start"));
      await press(t("quiz:start.settings"));
      await look("settings");
      await press(t("bot:back"));

      await press(t("quiz:start.code"));
      await page.getByLabel(t("quiz:code.label"), { exact: true }).fill(await code("north"));
      await press(t("quiz:code.send"));
      await look("join");
      await press(t("quiz:join.yes"));
      await look("joined");
      const course = locale === "en" ? "Spring, safely" : "春季课程";
      await press(course);
      const certificate = page.getByRole("button", { name: t("quiz:start.certificate") });
      for (let left = 6; left > 0 && !(await text()).includes(t("quiz:over.title")); left--) await learn(true);
      await press(t("quiz:over.start"));
      await certificate.first().click();
      await page.getByLabel(t("quiz:name.label"), { exact: true }).fill(learner);
      await look("name");
      await press(t("quiz:name.send"));
      await look("certificate");
      const earned = /[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}/.exec((await text()).replaceAll(/\s+/g, " "))?.[0];
      assert.ok(earned, await text());
      const paper = await download(context, page);
      const folder = process.env.QUIETLINE_SCREENSHOTS;
      if (folder) writeFileSync(join(folder, `certificate-${locale}.pdf`), paper);
      await leave();

      const stranger = await stage.visit("learning", { locale, width });
      await stranger.begin(`/certificate`);
      await stranger.look("verify");
      await stranger.page.getByLabel(t("certificate:label"), { exact: true }).fill("ABCD-ABCD-ABCD-ABCD");
      await stranger.press(t("certificate:send"));
      assert.ok((await stranger.text()).includes(t("certificate:unknown")), await stranger.text());
      await stranger.page.getByLabel(t("certificate:label"), { exact: true }).fill(earned.toLowerCase());
      await stranger.press(t("certificate:send"));
      await stranger.look("verified");
      const told = await stranger.text();
      assert.ok(told.includes(t("certificate:genuine")) && told.includes(course));
      assert.ok(!told.includes(learner), "the stranger is told a name");
      await stranger.leave();
    });

  it("whoever manages awareness sees groups, in words and as a picture, in both languages", async () => {
    const { core } = stage.service;
    const net = await network(core, "elsewhere", (await tables()).telegram);
    for (const [team, people, wrong] of [
      ["north", 6, ["favour-for-a-friend"]],
      ["南京支行", 5, []],
      ["west", 3, []],
    ] as const) {
      const join = await code(team);
      for (let n = 0; n < people; n++) await takes(core, net.as(`${team} ${n}`), join, n % 2 ? [...wrong] : []);
    }
    await core.storage.transaction(async (trx) => {
      for (const [what, n] of [
        ["r7", 60],
        ["r7-right", 54],
        ["r30", 40],
        ["r30-right", 33],
        ["r90", 25],
        ["r90-right", 18],
      ] as const)
        await trx("quiz_counts").insert({ scope: "", item: "favour-for-a-friend", what, n });
    });
    for (const [locale, width] of [
      ["en", 1100],
      ["zh-CN", 320],
    ] as const) {
      const { page, press, t, look, text, begin, leave } = await stage.visit("learning", { locale, width });
      await begin(`/join/${await invited(core, "admin")}`);
      await page.getByLabel(t("join:alias.label"), { exact: true }).fill(`Heron ${width}`);
      for (const n of [0, 1]) await page.locator("input[type=password]").nth(n).fill("quiet water under reeds");
      await press(t("join:alias.send"));
      await begin(`/learning`);
      await look("figures");
      assert.ok((await text()).includes("南京支行") && !(await text()).includes("west"), await text());
      await press(t("learning:picture"));
      await look("picture");
      await leave();
    }
  });
});
