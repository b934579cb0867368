/**
 * Questions on every network, as people see them, kept beside this file: a good answer, a "did you mean", an "I don't
 * know", a report typed as a question, and somebody in danger. `UPDATE_TRANSCRIPTS=1 npx mocha test/transcripts/ask.test.ts`
 * writes them anew; read the difference before you commit it.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Service } from "../../src/service.ts";
import { Visitor } from "../platforms/web/visitor.ts";
import type { DiscordServer } from "../standins/discord.ts";
import type { TelegramServer } from "../standins/telegram.ts";
import { type Networks, onBothNetworks } from "../support/networks.ts";
import { talker } from "../support/talker.ts";

/** Somebody with a client: each act answers what the client shows then, its buttons below. */
interface Asker {
  ask(question: string): Promise<string>;
  press(label: string): Promise<string>;
}

/** What is typed, by locale: the five talks that every network must have. */
const questions = {
  en: {
    good: "someone called me and knew my bank balance, what now?",
    near: "they have my data",
    unknown: "which pizza is best in this town tonight",
    report: "my colleague sells our customers' phone numbers to a loan company",
    danger: "he has my address and says he will kill me",
  },
  "zh-CN": {
    good: "有人打电话知道我的银行余额怎么办",
    near: "我的号码被人知道了",
    unknown: "披萨哪家好吃",
    report: "我同事把客户的手机号卖给贷款公司",
    danger: "他知道我家地址，说要杀了我",
  },
};

describe("questions, on every network", function () {
  this.timeout(120_000); // the answers are learned at the first question
  let wired: Networks;
  let service: Service;
  let telegram: TelegramServer;
  let discord: DiscordServer;

  before(async () => {
    wired = await onBothNetworks();
    ({ service, telegram, discord } = wired);
    // learnt before anybody's connection waits for it
    await (await talker(service.core, "first")).say("/ask hello");
  });
  after(() => wired.close());

  const drawn = (text: string, labels: string[]): string =>
    [text.trim(), ...(labels.length > 0 ? [labels.map((label) => `[${label}]`).join(" ")] : [])].join("\n\n");
  let people = 0;

  const networks: Record<string, (locale: "en" | "zh-CN") => Promise<Asker>> = {
    async console(locale) {
      const person = await talker(service.core, `asks ${++people}`, locale);
      const show = async (shown: Promise<string>) => (await shown).trim();
      return {
        ask: (question) => show(person.say(`/ask ${question}`)),
        press: (label) => show(person.press(label)),
      };
    },
    async telegram(locale) {
      const person = telegram.user(++people, locale === "en" ? "en" : "zh-hans");
      await person.send("/start");
      const show = ({ text, buttons }: { text: string; buttons: string[] }) => drawn(text, buttons);
      return {
        ask: async (question) => show(await person.send(`/ask ${question}`)),
        press: async (label) => show(await person.press(label)),
      };
    },
    async discord(locale) {
      const person = discord.account(++people, locale === "en" ? "en-US" : "zh-CN");
      const show = (view: { text: string; buttons: string[]; options: string[] }) =>
        drawn(view.text, [...view.options, ...view.buttons]);
      return {
        async ask(question) {
          await person.command("ask");
          return show(await person.fill({ question }));
        },
        press: async (label) => show(await person.press(label)),
      };
    },
    async web(locale) {
      const person = new Visitor(service.page, { "accept-language": locale });
      let asked = false;
      const show = () => person.seen();
      return {
        async ask(question) {
          if (asked) await person.press(service.core.words.say(locale, "bot:home"));
          else await person.get("/");
          asked = true;
          await person.press(service.core.words.say(locale, "home:ask"));
          const { form, button } = person.formWith("send");
          await person.submit(form, button, { values: { "f.question": [question] } });
          return show();
        },
        press: async (label) => {
          await person.press(label);
          return show();
        },
      };
    },
  };

  for (const [name, enter] of Object.entries(networks)) {
    for (const locale of ["en", "zh-CN"] as const) {
      it(`${name}, ${locale}`, async () => {
        const t = (key: string) => service.core.words.say(locale, key);
        const asker = await enter(locale);
        const talk: string[] = [];
        const shown: Record<string, string> = {};
        for (const [what, question] of Object.entries(questions[locale])) {
          shown[what] = await asker.ask(question);
          talk.push(`> ${question}\n\n${shown[what]}`);
          if (what === "good") talk.push(`[${t("ask:more")}]\n\n${await asker.press(t("ask:more"))}`);
        }
        const says = (what: string, words: string) =>
          assert.ok(shown[what]?.includes(words), `“${words}” is missing in:\n${shown[what]}`);
        says("good", locale === "en" ? "A caller knew my balance" : "来电的人知道我的余额");
        says("good", t("ask:from"));
        says("near", t("ask:meant.title"));
        says("unknown", t("ask:unknown.title"));
        says("report", t("ask:report.title"));
        says("danger", t("ask:danger.text"));
        for (const what of ["good", "near", "unknown"])
          assert.ok(!shown[what]?.includes(t("ask:report.text")), `${what} is taken for a report`);
        const first = shown.danger?.indexOf(t("ask:danger.text")) ?? -1;
        assert.ok(first < (shown.danger?.indexOf("1. ") ?? 0) || !shown.danger?.includes("1. "), "help comes first");
        const text = `${talk.join("\n\n────────\n\n")}\n`.replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, "http://our.page");
        const path = new URL(`ask.${name}.${locale}.txt`, import.meta.url);
        if (process.env.UPDATE_TRANSCRIPTS) writeFileSync(path, text);
        assert.ok(existsSync(path), `no ask.${name}.${locale}.txt yet`);
        assert.equal(text, readFileSync(path, "utf8"));
      });
    }
  }
});
