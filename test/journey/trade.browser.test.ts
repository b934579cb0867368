/** A reviewer walks over the web desk full of invented cases, in a real browser with scripts off, in both languages. */
import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { fillDemo } from "../../src/demo.ts";
import type { Service } from "../../src/service.ts";
import { launchBrowser, noBrowser, picture } from "../support/browser.ts";
import { type TestHome, testHome } from "../support/house.ts";
import { skipFor } from "../support/missing.ts";

const passphrase = "quiet water under reeds";

describe("the desk on the web, full of invented cases", function () {
  this.timeout(90_000);
  let browser: Browser | undefined;
  let home: TestHome;
  let service: Service;

  before(async function () {
    browser = await launchBrowser();
    if (!browser) skipFor(this, noBrowser);
    home = testHome();
    service = await home.service();
    await fillDemo(service.core, Math.floor(Date.now() / 86_400_000));
  });
  after(async () => {
    await browser?.close();
    await service?.close();
    home?.remove();
  });

  for (const locale of ["en", "zh-CN"])
    it(`shows queue, case, connections, chain, sightings and counts, each picture with its words, in ${locale}`, async () => {
      const { core } = service;
      const context = await browser!.newContext({
        javaScriptEnabled: false,
        locale,
        viewport: { width: 900, height: 800 },
      });
      const page: Page = await context.newPage();
      const t = (key: string, values?: Record<string, string | number>) => core.words.say(locale, key, values);
      const press = (label: string) => page.getByRole("button", { name: label, exact: true }).first().click();
      const main = async () => (await page.textContent("main")) ?? "";
      const shot = (name: string): Promise<void> => picture(page, `desk-${name}-${locale}`);
      /** The picture of the page is there, and has words. */
      const drawn = async (words: string) => {
        const figure = page.locator("figure.picture img");
        const width = await figure.evaluate(async (img) => {
          const shown = img as unknown as { decode(): Promise<void>; naturalWidth: number };
          await shown.decode();
          return shown.naturalWidth;
        });
        assert.ok(width > 300);
        assert.ok((await figure.getAttribute("alt"))?.includes(words));
      };

      const invite = core.people.newInvite();
      await core.storage.transaction(core.people.addInvite(invite, { role: "reviewer" }, 99_999));
      await page.goto(`${service.page}/join/${invite}`);
      await page.locator("main button.primary").click();
      await page.getByRole("textbox", { name: t("join:alias.label") }).fill(locale === "en" ? "Heron" : "白鹭");
      await page.getByLabel(t("join:passphrase.label"), { exact: true }).fill(passphrase);
      await page.getByLabel(t("join:passphrase.again"), { exact: true }).fill(passphrase);
      await press(t("join:alias.send"));
      await press(t("home:review"));
      await shot("queue");
      assert.ok((await main()).includes(t("review:queue.text")));

      await press(t("review:room.sightings"));
      assert.ok((await main()).includes(t("sightings:mark.surge")));
      assert.ok(!(await main()).includes("海港银行"), "the name is read by a look");
      await shot("sightings");

      for (const by of ["sector", "month"]) {
        await page.goto(`${service.page}/stats`);
        await page.locator("main button.primary").click();
        if (by !== "month") await press(t(`stats:by.${by}`));
        await drawn(t("stats:title", { by: t(`stats:by.${by}`) }));
        await shot(`stats-${by}`);
      }

      await page.goto(`${service.page}/series`);
      await page.locator("main button.primary").click();
      await page.locator("fieldset.options button").first().click();
      await drawn(t("series:tier.insider"));
      await shot("chain");

      const [series] = await core.trade.series.list(1);
      const [id] = await core.trade.series.members(series!.code);
      const { code } = (await core.reports.byId(id!))!;
      await page.goto(`${service.page}/queue`);
      await page.locator("main button.primary").click();
      await press(t("review:queue.filter"));
      await press(t("review:filter.search"));
      await page.getByLabel(t("review:search.label")).fill(code);
      await press(t("review:search.send"));
      await page.locator("fieldset.options button").first().click();
      await shot("case");
      await press(t("trade:open"));
      assert.ok((await main()).includes(t("trade:kind.handle")));
      await shot("connections");
      await context.close();
    });
});
