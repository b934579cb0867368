/** The question of a flood in a real browser: with scripts it works by itself, without them the sum stands, and nothing else runs. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { askToll, workBits } from "../../src/reports/toll.ts";
import { broken, judging, picture } from "../support/browser.ts";
import { onStage } from "../support/stage.ts";

describe("in a flood, in a browser", function () {
  this.timeout(120_000);
  let now = Date.now();
  const stage = onStage({ QUIETLINE_FLOOD: "1" }, { now: () => now });
  const t = (key: string) => stage.service.core.words.say("en", key);
  const reports = async () => Number((await stage.service.core.storage.read("reports").count({ n: "*" }).first())!.n);

  before(async () => {
    const { page, leave } = await visit(true);
    await tells(page);
    await page.getByText(t("report:receipt.title")).waitFor();
    await leave();
  });

  const visit = (scripts: boolean, width = 1100) => stage.visit("toll", { scripts, width });

  /** A report up to Send. */
  async function tells(page: Page): Promise<void> {
    const press = (name: string) => page.getByRole("button", { name, exact: true }).click();
    await page.goto(`${stage.service.page}/`);
    await press(t("home:report"));
    await press(t("report:facts.go"));
    await press(t("taxonomy:kind.selling"));
    await page.locator("textarea").fill("A clerk sells lists.");
    await press(t("bot:continue"));
    await press(t("report:to-preview"));
    await press(t("report:preview.send"));
  }

  it("a browser with scripts answers by itself, asks nobody for it, and one press sends", async () => {
    const before = await reports();
    const { page, context, leave } = await visit(true, 360);
    const wrong: string[] = [];
    page.on("console", (message) => wrong.push(message.text()));
    page.on("pageerror", (error) => wrong.push(String(error)));
    await tells(page);
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    await page.getByRole("status").getByText(t("toll:found")).waitFor();
    assert.equal(await page.locator("input[data-work]").isVisible(), false);
    await picture(page, "toll-found");
    assert.deepEqual([asked, wrong], [[], []]);
    assert.deepEqual(
      (await context.cookies()).map((cookie) => cookie.name),
      ["visit"],
    );
    await page.getByRole("button", { name: t("toll:send"), exact: true }).click();
    await page.getByText(t("report:receipt.title")).waitFor();
    assert.equal(await reports(), before + 1);
    // the question was the page's own: the next page runs nothing
    assert.equal(await page.locator("script").count(), 0);
    await leave();
  });

  it("the policy of that page runs our script and no other, and the page is fit for everybody", async () => {
    const { page, leave } = await visit(true);
    await tells(page);
    await page.getByRole("status").waitFor();
    const ran = await page.evaluate(
      "(() => { const s = document.createElement('script'); s.textContent = 'window.strange = 1'; document.body.append(s); return window.strange ?? 0; })()",
    );
    assert.equal(ran, 0);
    const judge = await judging(stage.browser);
    assert.deepEqual(await broken(page, judge), []);
    await judge.context().close();
    await leave();
  });

  it("what is forged, too easy, another page's or too old is refused, and there is a way on", async () => {
    const before = await reports();
    const { page, leave } = await visit(false);
    await tells(page);
    const sends = async (answer: string) => {
      await page.locator("input[data-work]").fill(answer);
      await page.getByRole("button", { name: t("toll:send"), exact: true }).click();
      return page.locator(".notice").innerText();
    };
    const challenge = async () => (await page.locator("input[data-work]").getAttribute("data-work"))!;
    const solve = async (toll: string) => {
      for (let n = 0; ; n++) {
        const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`${toll}#${n}`));
        if (Math.clz32(new DataView(hash).getUint32(0)) >= workBits) return `#${n}`;
      }
    };
    const mine = await challenge();
    assert.equal(await sends("#1"), t("toll:easy"));
    assert.equal(await sends(await solve(askToll(stage.service.core.keys.derive("toll"), now - 5000))), t("toll:easy"));
    const work = await solve(mine);
    now += 3 * 3600_000;
    // the flood is over by now; it begins anew with another report
    const { page: other, leave: leaveOther } = await visit(true);
    await tells(other);
    await other.getByText(t("report:receipt.title")).waitFor();
    await leaveOther();
    assert.equal(await sends(work), t("toll:old"));
    assert.notEqual(await challenge(), mine);
    assert.equal(await sends(work), t("toll:easy"), "it was for the question before");
    assert.equal(await reports(), before + 1);
    await page.locator("input[data-work]").fill(await solve(await challenge()));
    await page.getByRole("button", { name: t("toll:send"), exact: true }).click();
    await page.getByText(t("report:receipt.title")).waitFor();
    assert.equal(await reports(), before + 2);
    await leave();
  });

  it("with scripts off the sum stands, and nothing says that a browser works", async () => {
    const { page, leave } = await visit(false, 360);
    await tells(page);
    await picture(page, "toll-sum");
    assert.equal(await page.getByRole("status").count(), 0);
    const words = new Map(Array.from({ length: 20 }, (_, n) => [t(`toll:number.${n}`), n]));
    const label = await page.locator("label .label").first().innerText();
    const sum = [...label.matchAll(/[a-z]+/g)].reduce((all, [word]) => all + (words.get(word) ?? 0), 0);
    now += 9000;
    await page.locator("input[data-work]").fill(String(sum));
    await page.getByRole("button", { name: t("toll:send"), exact: true }).click();
    await page.getByText(t("report:receipt.title")).waitFor();
    await leave();
  });
});
