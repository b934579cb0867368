/** A reviewer walks over the web desk full of invented cases, in a real browser with scripts off, in both languages. */
import assert from "node:assert/strict";
import { fillDemo } from "../../src/demo.ts";
import { invited } from "../support/caller.ts";
import { onStage } from "../support/stage.ts";

const passphrase = "quiet water under reeds";

describe("the desk on the web, full of invented cases", function () {
  this.timeout(90_000);
  const stage = onStage();

  before(async () => {
    await fillDemo(stage.service.core, Math.floor(Date.now() / 86_400_000));
  });

  for (const locale of ["en", "zh-CN"])
    it(`shows queue, case, connections, chain, sightings and counts, each picture with its words, in ${locale}`, async () => {
      const { core } = stage.service;
      const {
        page,
        t,
        press,
        begin,
        text: main,
        look: shot,
        leave,
      } = await stage.visit("desk", { locale, width: 900 });
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

      await begin(`/join/${await invited(core, "reviewer")}`);
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
        await begin(`/stats`);
        if (by !== "month") await press(t(`stats:by.${by}`));
        await drawn(t("stats:title", { by: t(`stats:by.${by}`) }));
        await shot(`stats-${by}`);
      }

      await begin(`/series`);
      await page.locator("fieldset.options button").first().click();
      await drawn(t("series:tier.insider"));
      await shot("chain");

      const [series] = await core.trade.series.list(1);
      const [id] = await core.trade.series.members(series!.code);
      const { code } = (await core.reports.byId(id!))!;
      await begin(`/queue`);
      await press(t("review:queue.filter"));
      await press(t("review:filter.search"));
      await page.getByLabel(t("review:search.label")).fill(code);
      await press(t("review:search.send"));
      await page.locator("fieldset.options button").first().click();
      await shot("case");
      await press(t("trade:open"));
      assert.ok((await main()).includes(t("trade:kind.handle")));
      await shot("connections");
      await leave();
    });
});
