/** A person walks the whole web page in a real browser with scripts off: from the first screen to the withdrawn report. */
import assert from "node:assert/strict";
import { picture } from "../support/browser.ts";
import { onStage } from "../support/stage.ts";

const story: Record<string, string> = {
  en: "Since spring a clerk of our branch photographs account balances and sends them to a buyer on WeChat. I am the only one in the night shift who saw it.\n\nThe buyer pays 60 for each record.",
  "zh-CN": "从春天起，网点有一名柜员拍下客户的账户余额，通过微信发给买家。夜班只有我一个人看到。\n\n每条卖六十元。",
};

describe("the web page, walked with scripts off", function () {
  this.timeout(120_000);
  const stage = onStage();

  for (const [locale, width] of [
    ["en", 1100],
    ["zh-CN", 320],
  ] as const)
    it(`from the first page to the answer, and out: ${locale}, ${width} px, each page judged at both widths`, async () => {
      const { service } = stage;
      const judged = [1100, 320];
      const { page, context, t, press, text, begin, look, leave } = await stage.visit("walk", {
        locale,
        width,
        judged,
      });
      const label = (list: string, code: string): string => t(`taxonomy:${list}.${code}`);

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

      await begin(`/mailbox`);
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
      await leave();
    });

  it("a reviewer takes, reads and closes a case on the web desk", async () => {
    const { page, context, t, press, text, begin, leave } = await stage.visit("desk");
    const { service } = stage;
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

    await begin(service.firstInvite!);
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
    assert.ok((await text()).includes("A stranger offers 500 a day"));
    await shot("read");
    await press(t("review:card.close"));
    await press(t("taxonomy:outcome.not-confirmed"));
    await page.locator("textarea").fill("The log-in was changed and the staff were told.");
    await press(t("review:word.send"));
    assert.ok((await text()).includes(t("review:closed")));

    // the same invitation does not work twice
    await context.clearCookies();
    await begin(service.firstInvite!);
    assert.ok((await text()).includes(t("join:code.unknown")));
    await leave();
  });
});
