/**
 * Whole talks, as people see them, kept as texts beside this file: whoever changes a word or a step sees what becomes of
 * the talk. `UPDATE_TRANSCRIPTS=1 npx mocha test/transcripts/transcripts.test.ts` writes them anew; read the difference before you commit it.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Core } from "../../src/main.ts";
import { invited } from "../support/caller.ts";
import { type TestHome, testHome } from "../support/house.ts";
import { type Talker, talker } from "../support/talker.ts";

/** A day that never changes, so that the texts do not either. */
const day = Date.UTC(2030, 4, 14, 10);
const receiptShape = /[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}-[0-9A-Z]{5}/;

describe("transcripts", () => {
  for (const locale of ["en", "zh-CN"]) {
    describe(locale, () => {
      let home: TestHome;
      let core: Core;
      let reporter: Talker;
      let reviewer: Talker;
      let receipt = "";
      let invite = "";
      const t = (key: string, values?: Record<string, string | number>): string => core.words.say(locale, key, values);
      const label = (list: string, code: string): string => t(`taxonomy:${list}.${code}`);

      before(async () => {
        home = testHome();
        core = await home.core(() => day);
      });
      after(async () => {
        await core.close();
        home.remove();
      });

      it("a report is told, previewed, sent and rehearsed", async () => {
        reporter = await talker(core, "reporter", locale);
        await reporter.press(t("home:report"));
        await reporter.press(t("report:facts.go-here"));
        await reporter.press(label("kind", "selling"));
        await reporter.say(
          locale === "en"
            ? "A clerk of our branch sells subscriber lists. I am the only one who knows."
            : "我们营业厅有人卖用户名单，只有我一个人知道。",
        );
        await reporter.press(t("bot:continue"));
        await reporter.press(label("sector", "telecom-carrier"));
        await reporter.press(label("data-type", "name-phone"));
        await reporter.press(t("bot:done"));
        await reporter.press(t("bot:skip-rest"));
        await reporter.press(label("sale-channel", "wechat"));
        await reporter.say(locale === "en" ? "group “fresh numbers”" : "“新鲜号码”群");
        await reporter.say("0.5");
        await reporter.press(t("bot:skip-rest"));
        await reporter.press(t("bot:skip"));
        await reporter.press(t("bot:continue"));
        await reporter.press(t("bot:skip-rest"));
        await reporter.press(t("report:preview.send"));
        await reporter.press(t("report:reach.quiet"));
        receipt = receiptShape.exec(reporter.shown())?.[0] ?? assert.fail(reporter.shown());
        await reporter.press(t("report:receipt.noted"));
        for (let i = 0; i < 2; i++) {
          const line = reporter
            .shown()
            .split("\n")
            .find((l) => [1, 2, 3, 4, 5].some((n) => l === t("report:rehearse.group", { number: n })));
          await reporter.say(receipt.split("-")[Number(/\d/.exec(line!)![0]) - 1]!);
        }
        assert.ok(reporter.shown().includes(t("report:thanks.title")), reporter.shown());
      });

      it("a reviewer joins, takes the case, reads it and asks", async () => {
        invite = await invited(core, "reviewer");
        reviewer = await talker(core, "reviewer", locale);
        await reviewer.say(`/join ${invite}`);
        await reviewer.say("Heron");
        await reviewer.press(t("home:review"));
        await reviewer.say("1");
        await reviewer.press(t("review:card.claim"));
        await reviewer.press(t("review:card.read"));
        await reviewer.press(t("review:conflict.clear"));
        await reviewer.press(t("review:card.reply"));
        await reviewer.say(locale === "en" ? "Thank you. Since when, roughly?" : "谢谢。大概从什么时候开始？");
        await reviewer.press(t("review:check.send"));
      });

      it("the reporter comes back, and the case is closed", async () => {
        await reporter.say("/mailbox");
        await reporter.say(receipt.toLowerCase().replaceAll("-", " "));
        await reporter.press(t("mailbox:open.answer"));
        await reporter.say(locale === "en" ? "Since spring." : "春天开始的。");
        await reviewer.press(t("review:card.close"));
        await reviewer.press(label("outcome", "substantiated"));
        await reviewer.press(label("root-cause", "excess-access"));
        await reviewer.press(label("corrective-action", "access-revoked"));
        await reviewer.press(t("bot:done"));
        await reviewer.say(locale === "en" ? "The access was taken away." : "已收回查询权限。");
        await reporter.press(t("mailbox:open.look"));
        assert.ok(reporter.shown().includes(t("mailbox:outcome.substantiated")), reporter.shown());
      });

      it("reads as it is kept here", () => {
        compare(`report.${locale}`, reporter.transcript());
        compare(`review.${locale}`, reviewer.transcript());
      });

      /** The same talk each time: what is random is written in one way. */
      function compare(name: string, talk: string): void {
        const groups = receipt.split("-");
        let steady = talk
          .replaceAll(receipt, "7QK2-M9XD-4RTV-H1WB-Z8NCE")
          .replaceAll(receipt.toLowerCase().replaceAll("-", " "), "7qk2 m9xd 4rtv h1wb z8nce")
          .replaceAll(invite, "a-one-time-code");
        for (const [i, group] of groups.entries())
          steady = steady.replace(new RegExp(`^> ${group}$`, "m"), `> (group ${i + 1})`);
        // which groups are asked depends on the receipt
        steady = steady.replace(/^(> \(group )\d\)$/gm, "$1n)");
        for (let n = 1; n <= 5; n++)
          steady = steady.replaceAll(
            new RegExp(`^${t("report:rehearse.group", { number: n })}$`, "gm"),
            t("report:rehearse.group", { number: 0 }).replace("0", "n"),
          );
        steady = steady.replaceAll(
          /\b[2-9A-HJKMNP-Z]{6}\b(?= ·)|(?<=\b(?:Case|case) )[2-9A-HJKMNP-Z]{6}\b|(?<=举报 ?)[2-9A-HJKMNP-Z]{6}(?![0-9A-Z])/g,
          "K7Q2MX",
        );
        const path = new URL(`${name}.txt`, import.meta.url);
        if (process.env.UPDATE_TRANSCRIPTS) writeFileSync(path, steady);
        assert.ok(existsSync(path), `no ${name}.txt yet`);
        assert.equal(steady, readFileSync(path, "utf8"));
      }
    });
  }
});
