/** The page of all tips in a real browser with scripts off: narrow and wide, light and dark, in both languages, and to axe. */
import assert from "node:assert/strict";
import { onStage } from "../support/stage.ts";

describe("the page of tips, with scripts off", function () {
  this.timeout(60_000);
  const stage = onStage();

  for (const locale of ["en", "zh-CN"])
    for (const width of [320, 1100])
      it(`${locale}, ${width} px: is filtered by links, leaves no cookie, and fits`, async () => {
        const { page, context, t, look, leave } = await stage.visit("tips", { locale, width });
        const { core } = stage.service;
        await page.goto(`${stage.service.page}/tips`);
        const all = await page.locator("article").count();
        assert.equal(all, core.tips.length);
        await page.getByRole("link", { name: t("tips:audience.reviewers"), exact: true }).click();
        assert.ok((await page.locator("article").count()) < all);
        assert.equal(await page.locator("html").getAttribute("lang"), locale);
        const other = locale === "en" ? "zh-CN" : "en";
        await page.getByRole("link", { name: core.words.say(other, "bot:name"), exact: true }).click();
        assert.equal(await page.locator("html").getAttribute("lang"), other);
        await look(`reviewers-${other}`);
        assert.deepEqual(await context.cookies(), []);
        await leave();
      });
});
