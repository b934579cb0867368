/** A reviewer sets up a second factor on the web page, in a real browser with scripts off, and needs it from then on. */
import assert from "node:assert/strict";
import { Secret, TOTP } from "otpauth";
import { onStage, type Visit } from "../support/stage.ts";

const passphrase = "quiet water under reeds";

describe("a second factor on the web page", function () {
  this.timeout(60_000);
  const stage = onStage();
  let visit: Visit;
  let secret = "";

  /** Signs in by passphrase and code, on a visit of its own. */
  async function signIn(code: string): Promise<string> {
    visit = await stage.visit("factor");
    const { page, press, t } = visit;
    await visit.begin("/signin");
    await page.getByRole("textbox", { name: t("join:alias.label") }).fill("Heron");
    await page.getByLabel(t("join:passphrase.label"), { exact: true }).fill(passphrase);
    await page.getByLabel(t("signin:code")).fill(code);
    await press(t("signin:send"));
    return visit.text();
  }

  it("is shown as a picture and a key, and switched on by a code of the app", async () => {
    visit = await stage.visit("factor");
    const { page, press, t, text } = visit;
    await visit.begin(stage.service.firstInvite!);
    await page.getByRole("textbox", { name: t("join:alias.label") }).fill("Heron");
    await page.getByLabel(t("join:passphrase.label"), { exact: true }).fill(passphrase);
    await page.getByLabel(t("join:passphrase.again"), { exact: true }).fill(passphrase);
    await press(t("join:alias.send"));
    await press(t("home:review"));
    await press(t("factor:title"));
    await press(t("factor:begin"));
    const code = page.getByAltText(t("factor:scan.alt"));
    assert.ok(await code.evaluate((img) => (img as unknown as { naturalWidth: number }).naturalWidth > 100));
    const shown = await text();
    secret = /(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}/.exec(shown)?.[0].replaceAll(" ", "") ?? assert.fail(shown);
    await visit.look("scan");
    await page.getByLabel(t("factor:code")).fill("000000");
    await press(t("factor:scan.send"));
    assert.ok((await text()).includes(t("factor:wrong")));
    await page.getByLabel(t("factor:code")).fill(new TOTP({ secret: Secret.fromBase32(secret) }).generate());
    await press(t("factor:scan.send"));
    assert.ok((await text()).includes(t("factor:done")));
  });

  it("is asked at the next sign-in: the passphrase alone does not open the desk", async () => {
    assert.ok((await signIn("")).includes(visit.t("signin:wrong")));
    const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate();
    assert.ok((await signIn(code)).includes(visit.t("signin:done")));
    assert.ok((await signIn(code)).includes(visit.t("signin:wrong")), "a code is good once");
  });
});
