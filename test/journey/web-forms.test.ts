/** What is typed into a form of the web page reaches the report also by a button beside the form. */
import assert from "node:assert/strict";
import { newReceipt, showReceipt } from "../../src/reports/receipt.ts";
import type { Service } from "../../src/service.ts";
import { Visitor } from "../platforms/web/visitor.ts";
import { type TestHome, testHome } from "../support/house.ts";

const straight = "Straight to the preview";

describe("what is typed into a form on the web page", () => {
  let home: TestHome;
  let service: Service;
  before(async () => {
    home = testHome();
    service = await home.service();
  });
  after(async () => {
    await service.close();
    home.remove();
  });

  /** A reporter in front of “Who is behind it?”, or one question later. */
  async function asked(later = false): Promise<Visitor> {
    const who = new Visitor(service.page, { "sec-fetch-site": "same-origin" });
    await who.get("/");
    for (const label of ["Report", "Start", "I know that data is being sold"]) await who.press(label);
    const { form, button } = who.formWith("send");
    await who.submit(form, button, { values: { "f.story": ["A clerk sells lists."] } });
    for (const title of [/come from\?/, /What kind of data\?/]) {
      assert.match(who.page!.text, title);
      await who.press("Skip");
    }
    assert.match(who.page!.text, /Who is behind it\?/);
    if (later) await who.press("Skip");
    return who;
  }
  const standing = (who: Visitor, name: string) =>
    who.page!.forms.flatMap((f) => f.controls).find((c) => c.name === name)?.value;

  it("goes along straight to the preview", async () => {
    const who = await asked();
    await who.press(straight, { values: { "f.organisation": ["North branch"] } });
    assert.match(who.page!.text, /Read it once more/);
    assert.match(who.page!.text, /North branch/);
  });

  it("is taken away by the same button when a field was emptied", async () => {
    const who = await asked(true);
    await who.press(straight, { values: { "f.handle": ["seller77"], "f.region": ["Riverside"] } });
    assert.match(who.page!.text, /seller77/);
    await who.press("Back");
    assert.equal(standing(who, "f.handle"), "seller77");
    await who.press(straight, { values: { "f.handle": [""] } });
    assert.doesNotMatch(who.page!.text, /seller77/);
    assert.match(who.page!.text, /Riverside/);
  });

  it("takes nothing away where nothing was typed", async () => {
    const who = await asked();
    await who.press(straight);
    assert.match(who.page!.text, /Read it once more/);
    assert.match(who.page!.text, /A clerk sells lists\./);
  });

  it("stays in its field when it cannot be taken", async () => {
    const who = await asked();
    const long = "n".repeat(301);
    await who.press(straight, { values: { "f.organisation": [long] } });
    assert.match(who.page!.text, /1 characters? too long/);
    assert.equal(standing(who, "f.organisation"), long);
  });

  it("is not kept when it is a receipt", async () => {
    const who = await asked();
    const receipt = showReceipt(newReceipt());
    await who.press(straight, { values: { "f.organisation": [receipt] } });
    assert.match(who.page!.text, /looks like a receipt/);
    assert.ok(!who.page!.html.includes(receipt));
  });

  it("is left behind by “Skip”", async () => {
    const who = await asked();
    await who.press("Skip", { values: { "f.organisation": ["North branch"] } });
    await who.press(straight);
    assert.doesNotMatch(who.page!.text, /North branch/);
  });
});
