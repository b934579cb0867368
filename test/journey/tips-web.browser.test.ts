/** The page of all tips in a real browser with scripts off: narrow and wide, light and dark, in both languages, and to axe. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import type { Service } from "../../src/service.ts";
import { launchBrowser, noBrowser } from "../support/browser.ts";
import { type TestHome, testHome } from "../support/house.ts";
import { skipFor } from "../support/missing.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const folder = process.env.QUIETLINE_SCREENSHOTS || mkdtempSync(join(tmpdir(), "quietline-tips-"));

describe("the page of tips, with scripts off", function () {
  this.timeout(60_000);
  let browser: Browser | undefined;
  let home: TestHome;
  let service: Service;

  before(async function () {
    browser = await launchBrowser();
    if (!browser) skipFor(this, noBrowser);
    mkdirSync(folder, { recursive: true });
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
          await page.screenshot({ path: join(folder, `tips-${locale}-${width}-${colorScheme}.png`) });
          await page.getByRole("link", { name: t("tips:audience.reviewers"), exact: true }).click();
          assert.ok((await page.locator("article").count()) < all);
          assert.equal(await page.locator("html").getAttribute("lang"), locale);
          const other = locale === "en" ? "zh-CN" : "en";
          await page.getByRole("link", { name: service.core.words.say(other, "bot:name"), exact: true }).click();
          assert.equal(await page.locator("html").getAttribute("lang"), other);
          await page.screenshot({
            path: join(folder, `tips-reviewers-${other}-${width}-${colorScheme}.png`),
            fullPage: true,
          });
          assert.deepEqual(await context.cookies(), []);
          const judging = await browser!.newContext({
            locale,
            viewport: { width, height: 900 },
            colorScheme,
            bypassCSP: true,
          });
          try {
            const judge = await judging.newPage();
            await judge.setContent(await page.content());
            assert.equal(await judge.evaluate("document.documentElement.scrollWidth > innerWidth"), false, "too wide");
            await judge.evaluate(axe);
            const found = await judge.evaluate(
              "axe.run(document, { resultTypes: ['violations'] }).then(r => r.violations.map(v => v.id + ': ' + v.nodes[0].html))",
            );
            assert.deepEqual(found, []);
          } finally {
            await judging.close();
          }
        } finally {
          await context.close();
        }
      });
});
