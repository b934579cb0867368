/**
 * A campaign on every network, as an admin sees it, kept beside this file: planned, looked at, sent and watched; then one
 * that reaches many, which a second admin reads and confirms. `UPDATE_TRANSCRIPTS=1 npx mocha
 * test/transcripts/campaign.test.ts` writes them anew; read the difference before you commit it.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Service } from "../../src/service.ts";
import { Visitor } from "../platforms/web/visitor.ts";
import { type Networks, onBothNetworks } from "../support/networks.ts";
import { talker } from "../support/talker.ts";

type Locale = "en" | "zh-CN";

/** An admin with a client: each act answers what the client shows then, its buttons below. */
interface Admin {
  command(name: string): Promise<string>;
  press(label: string): Promise<string>;
  /** Chooses exactly these of a list of many. */
  choose(labels: string[], all: string[], done: string): Promise<string>;
  /** Answers the questions of a form, by name, in this order. */
  fill(values: Record<string, string>): Promise<string>;
  join(code: string, alias: string): Promise<unknown>;
}

const said: Record<Locale, Record<string, string>> = {
  en: {
    "title.en": "Somebody calls in our name",
    "text.en": "We never ask for a code by telephone. Hang up.",
    "title.zh-CN": "有人冒充我们打电话",
    "text.zh-CN": "我们从不在电话里索要验证码。请挂断。",
  },
  "zh-CN": {
    "title.en": "A parcel that nobody ordered",
    "text.en": "Do not scan the code in it.",
    "title.zh-CN": "没人下单的快递",
    "text.zh-CN": "不要扫里面的二维码。",
  },
};
const passphrase = "quiet water under reeds";

describe("a campaign, on every network", function () {
  this.timeout(60_000);
  let wired: Networks;
  let service: Service;
  let people = 100;

  before(async () => {
    wired = await onBothNetworks();
    ({ service } = wired);
    const subscriber = wired.telegram.user(++people);
    await subscriber.send("/tips");
    await subscriber.press("Begin");
    const other = wired.discord.account(++people);
    await other.command("tips");
    await other.press("Begin");
  });
  after(() => wired.close());

  const drawn = (text: string, labels: string[]): string =>
    [text.trim(), ...(labels.length > 0 ? [labels.map((label) => `[${label}]`).join(" ")] : [])].join("\n\n");

  const networks: Record<string, (locale: Locale) => Promise<Admin>> = {
    async console(locale) {
      const person = await talker(service.core, `admin ${++people}`, locale);
      const show = async (shown: Promise<string>) => (await shown).trim();
      const admin: Admin = {
        command: (name) => show(person.say(`/${name}`)),
        press: (label) => show(person.press(label)),
        async choose(labels, all, done) {
          for (const label of all) if (!labels.includes(label)) await person.press(label);
          return show(person.press(done));
        },
        async fill(values) {
          let shown = "";
          for (const value of Object.values(values)) shown = await show(person.say(value));
          return shown;
        },
        async join(code, alias) {
          await person.say(`/join ${code}`);
          await person.say(alias);
        },
      };
      return admin;
    },
    async telegram(locale) {
      const person = wired.telegram.user(++people, locale === "en" ? "en" : "zh-hans");
      await person.send("/start");
      const show = ({ text, buttons }: { text: string; buttons: string[] }) => drawn(text, buttons);
      return {
        command: async (name) => show(await person.send(`/${name}`)),
        press: async (label) => show(await person.press(label)),
        async choose(labels, all, done) {
          for (const label of all) if (!labels.includes(label)) await person.press(`✓ ${label}`);
          return show(await person.press(done));
        },
        async fill(values) {
          let shown = "";
          for (const value of Object.values(values)) shown = show(await person.send(value));
          return shown;
        },
        async join(code, alias) {
          await person.send(`/join ${code}`);
          await person.send(alias);
        },
      };
    },
    async discord(locale) {
      const person = wired.discord.account(++people, locale === "en" ? "en-US" : "zh-CN");
      const show = (view: { text: string; buttons: string[]; options: string[] }) =>
        drawn(view.text, [...view.options, ...view.buttons]);
      return {
        command: async (name) => show(await person.command(name)),
        press: async (label) => show(await person.press(label)),
        async choose(labels, _all, done) {
          await person.choose(labels);
          return show(person.seen().buttons.includes(done) ? await person.press(done) : person.seen());
        },
        fill: async (values) => show(await person.fill(values)),
        async join(code, alias) {
          await person.command("join");
          await person.fill({ code });
          await person.fill({ alias });
        },
      };
    },
    async web(locale) {
      const person = new Visitor(service.page, { "accept-language": locale });
      const t = (key: string) => service.core.words.say(locale, key);
      const show = () => {
        const shown = person.page ?? assert.fail("no page");
        const labels = shown.forms.flatMap((form) => form.controls.map((control) => control.label));
        return shown.text
          .split("\n")
          .map((line) => line.trim())
          .filter((line) => line !== "")
          .map((line) => (labels.includes(line) ? `[${line}]` : line))
          .join("\n");
      };
      const fill = async (values: Record<string, string>) => {
        const { form, button } = person.formWith("send");
        await person.submit(form, button, {
          values: Object.fromEntries(Object.entries(values).map(([name, value]) => [`f.${name}`, [value]])),
        });
        return show();
      };
      return {
        async command() {
          await person.get("/");
          await person.press(t("home:campaign"));
          return show();
        },
        async press(label) {
          await person.press(label);
          return show();
        },
        async choose(labels, all, done) {
          const form = person.page!.forms.find((f) => f.controls.some((c) => c.label === all[0]))!;
          const boxes = form.controls.filter((c) => c.type === "checkbox");
          const values: Record<string, string[]> = {};
          for (const box of boxes)
            values[box.name] = boxes.filter((b) => b.name === box.name && labels.includes(b.label)).map((b) => b.value);
          await person.submit(
            form,
            form.controls.find((c) => c.tag === "button" && c.label === done),
            { values },
          );
          return show();
        },
        fill,
        async join(code, alias) {
          await person.get("/");
          await person.get(`/join#${code}`);
          await person.get(`/join`);
          await fill({ code });
          await fill({ alias, passphrase, again: passphrase });
        },
      };
    },
  };

  for (const [name, enter] of Object.entries(networks))
    for (const locale of ["en", "zh-CN"] as const)
      it(`${name}, ${locale}`, async () => {
        const { core } = service;
        const t = (key: string, values?: Record<string, string | number>) => core.words.say(locale, key, values);
        const talk: string[] = [];
        const invite = async (who: Admin, alias: string) => {
          const code = core.people.newInvite();
          await core.storage.transaction(core.people.addInvite(code, { role: "admin" }, 99_999));
          await who.join(code, alias);
        };
        const admin = await enter(locale);
        await invite(admin, `Heron ${name} ${locale}`);
        const act = async (did: string, shown: Promise<string>) => {
          talk.push(`> ${did}\n\n${await shown}`);
          return shown;
        };
        const press = (label: string) => act(`[${label}]`, admin.press(label));

        // a tip is chosen, and thought better of
        await act("/campaign", admin.command("campaign"));
        const themes = await press(t("campaign:list.tip"));
        assert.ok(themes.includes(core.tips[0]!.title[locale]), themes);
        await press(core.tips[0]!.title[locale]);
        await act("/campaign", admin.command("campaign"));
        await press(t("campaign:list.write"));
        await act(Object.values(said[locale]).join("\n> "), admin.fill(said[locale]));
        await press(t("campaign:plan.audience"));
        await press(t("tips:audience.staff"));
        await press(t("campaign:plan.platforms"));
        await act(
          "[✓ Telegram]",
          admin.choose(["Telegram"], ["Telegram", "Discord"], t("bot:done")),
        );
        await press(t("campaign:plan.spread"));
        await press(t("campaign:spread.none"));
        const preview = await press(t("campaign:plan.preview"));
        assert.ok(preview.includes(said[locale]["text.zh-CN"]!), preview);
        await press(t("campaign:preview.send"));
        await core.delivered();
        const over = await press(t("campaign:watch.look"));
        assert.ok(over.includes(t("campaign:state.done")), over);
        writeFileSync(`/tmp/courier-talk-${name}-${locale}.txt`, talk.join("\n\n────────\n\n"));
      });
});
