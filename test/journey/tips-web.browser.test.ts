/** The page of all tips in a real browser with scripts off: narrow and wide, light and dark, in both languages, and to axe. */
import assert from "node:assert/strict";
import type { Browser } from "playwright-core";
import type { Service } from "../../src/service.ts";
import { broken, judging, launchBrowser, noBrowser, picture, sideways } from "../support/browser.ts";
import { type TestHome, testHome } from "../support/house.ts";
import { skipFor } from "../support/missing.ts";

describe("the page of tips, with scripts off", function () {
  this.timeout(60_000);
  let browser: Browser | undefined;
  let home: TestHome;
  let service: Service;

  before(async function () {
    browser = await launchBrowser();
    if (!browser) skipFor(this, noBrowser);
    home = testHome();
    service = await home.service();
  });
  after(async () => {
    await browser?.close();
    await service?.close();
    home?.remove();
  });

  for (const locale of ["en", "zh-CN"])
    for (const [width, colorScheme] of [
      [320, "dark"],
      [1100, "light"],
    ] as const)
      it(`${locale}, ${width} px, ${colorScheme}: is filtered by links, leaves no cookie, and fits`, async () => {
        const t = (key: string) => service.core.words.say(locale, key);
        const context = await browser!.newContext({
          javaScriptEnabled: false,
          locale,
          viewport: { width, height: 900 },
          colorScheme,
        });
        try {
          const page = await context.newPage();
          await page.goto(`${service.page}/tips`);
          const all = await page.locator("article").count();
          assert.equal(all, service.core.tips.length);
          await picture(page, `tips-${locale}-${width}-${colorScheme}`);
          await page.getByRole("link", { name: t("tips:audience.reviewers"), exact: true }).click();
          assert.ok((await page.locator("article").count()) < all);
          assert.equal(await page.locator("html").getAttribute("lang"), locale);
          const other = locale === "en" ? "zh-CN" : "en";
          await page.getByRole("link", { name: service.core.words.say(other, "bot:name"), exact: true }).click();
          assert.equal(await page.locator("html").getAttribute("lang"), other);
          await picture(page, `tips-reviewers-${other}-${width}-${colorScheme}`);
          assert.deepEqual(await context.cookies(), []);
          const judge = await judging(browser!, { locale, viewport: { width, height: 900 }, colorScheme });
          try {
            assert.deepEqual(await broken(page, judge), []);
            assert.equal(await sideways(judge), 0, "too wide");
          } finally {
            await judge.context().close();
          }
        } finally {
          await context.close();
        }
      });
});
