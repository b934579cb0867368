/** A reviewer sets up a second factor on the web page, in a real browser with scripts off, and needs it from then on. */
import assert from "node:assert/strict";
import { Secret, TOTP } from "otpauth";
import type { Browser, Page } from "playwright-core";
import type { Service } from "../../src/service.ts";
import { launchBrowser, noBrowser, picture } from "../support/browser.ts";
import { type TestHome, testHome } from "../support/house.ts";
import { skipFor } from "../support/missing.ts";

const passphrase = "quiet water under reeds";

describe("a second factor on the web page", function () {
  this.timeout(60_000);
  let browser: Browser | undefined;
  let home: TestHome;
  let service: Service;
  let page: Page;
  let secret = "";
  const t = (key: string): string => service.core.words.say("en", key);
  const press = (label: string) => page.getByRole("button", { name: label, exact: true }).click();

  before(async function () {
    browser = await launchBrowser();
    if (!browser) skipFor(this, noBrowser);
    home = testHome();
    service = await home.service();
    page = await (await browser!.newContext({ javaScriptEnabled: false, locale: "en" })).newPage();
  });
  after(async () => {
    await browser?.close();
    await service?.close();
    home?.remove();
  });

  const signIn = async (code: string): Promise<string> => {
    page = await (await browser!.newContext({ javaScriptEnabled: false, locale: "en" })).newPage();
    await page.goto(`${service.page}/signin`);
    await page.locator("main button.primary").click();
    await page.getByRole("textbox", { name: t("join:alias.label") }).fill("Heron");
    await page.getByLabel(t("join:passphrase.label"), { exact: true }).fill(passphrase);
    await page.getByLabel(t("signin:code")).fill(code);
    await press(t("signin:send"));
    return (await page.textContent("main")) ?? "";
  };

  it("is shown as a picture and a key, and switched on by a code of the app", async () => {
    await page.goto(service.page + service.firstInvite);
    await page.locator("main button.primary").click();
    await page.getByRole("textbox", { name: t("join:alias.label") }).fill("Heron");
    await page.getByLabel(t("join:passphrase.label"), { exact: true }).fill(passphrase);
    await page.getByLabel(t("join:passphrase.again"), { exact: true }).fill(passphrase);
    await press(t("join:alias.send"));
    await press(t("home:review"));
    await press(t("factor:title"));
    await press(t("factor:begin"));
    const code = page.getByAltText(t("factor:scan.alt"));
    assert.ok(await code.evaluate((img) => (img as unknown as { naturalWidth: number }).naturalWidth > 100));
    const shown = (await page.textContent("main")) ?? "";
    secret = /(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}/.exec(shown)?.[0].replaceAll(" ", "") ?? assert.fail(shown);
    await picture(page, "factor");
    await page.getByLabel(t("factor:code")).fill("000000");
    await press(t("factor:scan.send"));
    assert.ok(((await page.textContent("main")) ?? "").includes(t("factor:wrong")));
    await page.getByLabel(t("factor:code")).fill(new TOTP({ secret: Secret.fromBase32(secret) }).generate());
    await press(t("factor:scan.send"));
    assert.ok(((await page.textContent("main")) ?? "").includes(t("factor:done")));
  });

  it("is asked at the next sign-in: the passphrase alone does not open the desk", async () => {
    assert.ok((await signIn("")).includes(t("signin:wrong")));
    const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate();
    assert.ok((await signIn(code)).includes(t("signin:done")));
    assert.ok((await signIn(code)).includes(t("signin:wrong")), "a code is good once");
  });
});
