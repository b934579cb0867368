/** A person walks the whole web page in a real browser with scripts off: from the first screen to the withdrawn report. */
import assert from "node:assert/strict";
import type { Browser } from "playwright-core";
import type { Service } from "../../src/service.ts";
import { broken, judging, launchBrowser, noBrowser, picture, sideways } from "../support/browser.ts";
import { type TestHome, testHome } from "../support/house.ts";
import { skipFor } from "../support/missing.ts";

const story: Record<string, string> = {
  en: "Since spring a clerk of our branch photographs account balances and sends them to a buyer on WeChat. I am the only one in the night shift who saw it.\n\nThe buyer pays 60 for each record.",
  "zh-CN": "从春天起，网点有一名柜员拍下客户的账户余额，通过微信发给买家。夜班只有我一个人看到。\n\n每条卖六十元。",
};

describe("the web page, walked with scripts off", function () {
  this.timeout(120_000);
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

  for (const [locale, width] of [
    ["en", 1100],
    ["zh-CN", 320],
  ] as const)
    it(`from the first page to the answer, and out: ${locale}, ${width} px, each page judged at both widths`, async () => {
      const t = (key: string, values?: Record<string, string | number>): string =>
        service.core.words.say(locale, key, values);
      const label = (list: string, code: string): string => t(`taxonomy:${list}.${code}`);
      const context = await browser!.newContext({
        javaScriptEnabled: false,
        locale,
        viewport: { width, height: 900 },
        colorScheme: width === 320 ? "dark" : "light",
      });
      const judge = await judging(browser!);
      const page = await context.newPage();
      let count = 0;

      /** A picture for who wants one, axe, and no sideways scrolling. */
      const look = async (name: string): Promise<void> => {
        count += 1;
        await picture(page, `${locale}-${width}-${String(count).padStart(2, "0")}-${name}`);
        for (const width of [1100, 320]) {
          await judge.setViewportSize({ width, height: 900 });
          assert.deepEqual(await broken(page, judge), [], `axe on ${name}, ${width} px`);
          assert.equal(await sideways(judge), 0, `${name} scrolls sideways at ${width} px`);
        }
      };
      const press = (text: string): Promise<void> => page.getByRole("button", { name: text, exact: true }).click();
      const text = (): Promise<string> => page.locator("main").innerText();

      await page.goto(`${service.page}/`);
      await look("home");
      await press(t("home:report"));
      await look("facts");
      await press(t("report:facts.go"));
      await look("kind");
      await press(label("kind", "selling"));
      await look("story");
      await page.locator("textarea").fill(story[locale]!);
      await press(t("bot:continue"));
      await look("sector");
      await page.getByLabel(label("sector", "bank"), { exact: true }).check();
      await page.locator("main form button").first().click();
      await look("data");
      await page.getByLabel(label("data-type", "bank-account-balance"), { exact: true }).check();
      await press(t("bot:done"));
      await look("chain");
      await page.getByLabel(t("report:field.organisation")).fill("Harbour Bank");
      await press(t("bot:continue"));
      await look("sale");
      await press(t("bot:continue"));
      await look("evidence");
      await press(t("bot:skip"));
      await look("files");
      await page
        .locator("input[type=file]")
        .setInputFiles({ name: "my secret name.txt", mimeType: "text/plain", buffer: Buffer.from("a price list") });
      await press(t("bot:continue"));
      await look("safety");
      await press(t("bot:skip"));
      const preview = await text();
      assert.ok(preview.includes("Harbour Bank") && preview.includes(t("report:files.count", { count: 1 })), preview);
      await look("preview");

      await press(t("report:preview.change"));
      await look("change");
      await page.getByLabel(t("report:field.organisation"), { exact: true }).check();
      await page.locator("main form button").first().click();
      await page.getByLabel(t("report:field.organisation")).fill("Harbour Bank, a branch");
      await press(t("report:edit.save"));
      await press(t("report:preview.send"));
      await look("receipt");
      const receipt = /[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}-[0-9A-Z]{5}/.exec(
        (await text()).replace(/\s+/g, "-").replace(/-+/g, "-"),
      )?.[0];
      assert.ok(receipt, await text());
      await press(t("report:receipt.noted"));
      await look("rehearse");
      const inputs = page.locator("main form input.code");
      const asked = await page.locator("main form label").allInnerTexts();
      for (let i = 0; i < 2; i++) await inputs.nth(i).fill(receipt.split("-")[Number(/\d/.exec(asked[i]!)![0]) - 1]!);
      await press(t("report:rehearse.check"));
      assert.ok((await text()).includes(t("report:thanks.title")), await text());
      await look("thanks");

      await page.goto(`${service.page}/mailbox`);
      await page.locator("main button[name=command]").click();
      await page.locator("main form input.code").fill(receipt.replace(/.$/, (c) => (c === "7" ? "8" : "7")));
      await press(t("mailbox:ask.open"));
      assert.ok((await text()).includes(t("mailbox:ask.typo")));
      await look("typo");
      await page.locator("main form input.code").fill(receipt.toLowerCase());
      await press(t("mailbox:ask.open"));
      await look("mailbox");
      await press(t("mailbox:open.told"));
      assert.ok((await text()).includes("Harbour Bank, a branch"));
      assert.ok((await text()).includes(story[locale]!.split("\n")[0]!));
      await look("told");
      await press(t("bot:back"));
      await press(t("mailbox:open.withdraw"));
      await look("withdraw");
      await press(t("mailbox:withdraw.yes"));
      await look("withdrawn");

      await page
        .locator("a.exit")
        .click({ noWaitAfter: true })
        .catch(() => undefined);
      await page.waitForURL((url) => !url.href.startsWith(service.page)).catch(() => undefined);
      assert.deepEqual(await context.cookies(service.page), [], "a cookie outlives the visit");
      await judge.context().close();
      await context.close();
    });

  it("a reviewer takes, reads and closes a case on the web desk", async () => {
    const t = (key: string, values?: Record<string, string | number>): string =>
      service.core.words.say("en", key, values);
    const context = await browser!.newContext({
      javaScriptEnabled: false,
      locale: "en",
      viewport: { width: 1100, height: 900 },
    });
    const page = await context.newPage();
    const press = (text: string): Promise<void> => page.getByRole("button", { name: text, exact: true }).click();
    const shot = (name: string): Promise<void> => picture(page, `desk-${name}`);

    // somebody reports first
    await page.goto(`${service.page}/`);
    for (const step of [t("home:report"), t("report:facts.go"), t("taxonomy:kind.offered")]) await press(step);
    await page.locator("textarea").fill("A stranger offers 500 a day for my log-in.");
    await press(t("bot:continue"));
    for (let i = 0; i < 5; i++) await press(t("bot:skip"));
    await press(t("bot:continue"));
    await press(t("bot:skip"));
    await press(t("report:preview.send"));
    await context.clearCookies();

    await page.goto(service.page + service.firstInvite!);
    await page.locator("main button[name=command]").click();
    await page.getByLabel(t("join:alias.label"), { exact: true }).fill("Heron");
    await page.locator("input[type=password]").nth(0).fill("quiet water under reeds");
    await page.locator("input[type=password]").nth(1).fill("quiet water under reeds");
    await shot("join");
    await press(t("join:alias.send"));
    await press(t("home:review"));
    await shot("queue");
    await page.locator("main form button").filter({ hasText: "P3" }).first().click();
    await press(t("review:card.claim"));
    await shot("card");
    await press(t("review:card.read"));
    await press(t("review:conflict.clear"));
    assert.ok((await page.locator("main").innerText()).includes("A stranger offers 500 a day"));
    await shot("read");
    await press(t("review:card.close"));
    await press(t("taxonomy:outcome.not-confirmed"));
    await page.locator("textarea").fill("The log-in was changed and the staff were told.");
    await press(t("review:word.send"));
    assert.ok((await page.locator("main").innerText()).includes(t("review:closed")));

    // the same invitation does not work twice
    await context.clearCookies();
    await page.goto(service.page + service.firstInvite!);
    await page.locator("main button[name=command]").click();
    assert.ok((await page.locator("main").innerText()).includes(t("join:code.unknown")));
    await context.close();
  });
});
