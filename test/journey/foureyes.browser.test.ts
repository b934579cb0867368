/** What takes two, on the web page in a real browser with scripts off: one asks, a second one confirms, and an hour is all there is. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { consoleCan } from "../../src/platforms/console.ts";
import { filesWithList, invited, network } from "../support/caller.ts";
import { onStage, type Visit } from "../support/stage.ts";

const passphrase = "quiet water under reeds";

describe("what takes two, on the web page with scripts off", function () {
  this.timeout(120_000);
  let now = Date.UTC(2030, 4, 14, 9);
  const stage = onStage({}, { now: () => now });
  const minutes = (n: number) => {
    now += n * 60_000;
  };
  const kept = () => readdirSync(join(stage.home.home, "files", "kept")).length;

  /** Comes in by an invitation; the desk. */
  async function joins(alias: string, role: "reviewer" | "deputy", locale: string, width: number): Promise<Visit> {
    const { core } = stage.service;
    const visit = await stage.visit(`foureyes-${role}`, { locale, width });
    await visit.begin(`/join/${await invited(core, role)}`);
    await visit.page.getByLabel(visit.t("join:alias.label"), { exact: true }).fill(alias);
    for (const box of await visit.page.locator("input[type=password]").all()) await box.fill(passphrase);
    await visit.press(visit.t("join:alias.send"));
    return visit;
  }
  /** Picks what holds these words. */
  const picks = ({ page }: Visit, words: string) =>
    page.locator("main form button").filter({ hasText: words }).first().click();
  let filing: Awaited<ReturnType<typeof network>>;

  before(async () => {
    filing = await network(stage.service.core, "console", consoleCan);
  });

  for (const [locale, width, asker, second] of [
    ["en", 1100, "Heron", "Owl"],
    ["zh-CN", 320, "白鹭", "雪鸮"],
  ] as const)
    it(`a file is removed for good by two; a hold that nobody confirms lapses: ${locale}, ${width} px`, async () => {
      const { code } = await filesWithList(stage.service.core, filing);
      const heron = await joins(asker, "reviewer", locale, width);
      const owl = await joins(second, "deputy", locale, width);
      const { t } = heron;
      await heron.begin("/queue");
      await picks(heron, code);
      await heron.press(t("review:card.claim"));
      await heron.press(t("review:card.life"));
      await heron.press(t("four:button"));
      await heron.look("what-takes-two");
      await heron.press(t("four:ask.shred"));
      await heron.look("which-file");
      await picks(heron, t("files:kind.text"));
      await picks(heron, t("four:shred.reason.others"));
      await heron.look("sure");
      assert.ok((await heron.text()).includes(t("four:about.shred", { code, number: 1 })));
      await heron.press(t("four:sure.ask"));
      assert.ok((await heron.text()).includes(t("four:waits", { by: asker, left: t("four:left", { count: 60 }) })));
      const before = kept();

      await owl.begin("/queue");
      await owl.press(t("four:queue", { count: 1 }));
      await owl.look("requests");
      await picks(owl, code);
      await owl.look("request");
      const shown = await owl.text();
      for (const words of [asker, t("four:shred.reason.others"), t("four:left", { count: 60 })])
        assert.ok(shown.includes(words), shown);
      await owl.press(t("four:request.confirm"));
      assert.ok((await owl.text()).includes(t("four:done.shred", { code })));
      assert.equal(kept(), before - 1, "its bytes are gone from the disk");

      await heron.begin("/queue");
      await picks(heron, code);
      await heron.press(t("review:card.read"));
      await heron.press(t("review:conflict.clear"));
      assert.ok((await heron.text()).includes(t("review:read.shredded", { count: 1, numbers: "1" })));
      await heron.look("read");

      // nobody sees to a hold in time: the deputy's page of it is an hour old when it is pressed
      await heron.press(t("review:card.life"));
      await heron.press(t("four:button"));
      await heron.press(t("four:ask.hold"));
      await heron.press(t("four:sure.ask"));
      minutes(25);
      await owl.begin("/queue");
      minutes(25);
      await owl.begin("/queue");
      await owl.press(t("four:queue", { count: 1 }));
      await picks(owl, code);
      assert.ok((await owl.text()).includes(t("four:left", { count: 10 })));
      minutes(10);
      await owl.press(t("four:request.confirm"));
      for (const words of [t("four:refused.gone"), t("four:requests.none")])
        assert.ok((await owl.text()).includes(words), await owl.text());
      await owl.look("lapsed");
      assert.equal((await stage.service.core.storage.read("reports").where({ code }).first()).hold, 0);
      await Promise.all([heron.leave(), owl.leave()]);
    });
});
