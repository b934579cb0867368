/**
 * A campaign on every network, as an admin sees it, kept beside this file: planned, looked at, sent and watched; then one
 * that reaches many, which a second admin reads and confirms. `UPDATE_TRANSCRIPTS=1 npx mocha
 * test/transcripts/campaign.test.ts` writes them anew; read the difference before you commit it.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Service } from "../../src/service.ts";
import { Visitor } from "../platforms/web/visitor.ts";
import { invited } from "../support/caller.ts";
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
  afterEach(async () => {
    await crowd(0);
    const { core } = service;
    for (const { alias, status } of await core.people.list()) if (status === "active") await core.suspend(alias, true);
    for (const table of ["campaigns", "campaign_counts", "posts", "outbox"])
      await core.storage.transaction((trx) => trx(table).delete());
  });

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
          for (const label of all) if (!labels.includes(label)) await person.press(label);
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
      const show = () => person.seen();
      const fill = (values: Record<string, string>) => person.fill(values);
      return {
        async command() {
          await person.press(t("home:review"));
          await person.press(t("campaign:list.title"));
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
          await person.get(`/join/${code}`);
          const begin = person.page!.forms.at(-1)!;
          await person.submit(
            begin,
            begin.controls.find((c) => c.tag === "button"),
          );
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
        const act = async (did: string, shown: Promise<string>) => {
          talk.push(`> ${did}\n\n${await shown}`);
          return shown;
        };
        const says = (shown: string, ...words: string[]) => {
          for (const word of words) assert.ok(shown.includes(word), `“${word}” is missing in:\n${shown}`);
        };
        const enters = async (who: Admin, alias: string) => {
          await who.join(await invited(core, "admin"), alias);
        };
        const [heron, teal] = [`Heron ${people}`, `Teal ${people}`];
        const second = await networks[name === "telegram" ? "discord" : "telegram"]!(locale);
        const admin = await enter(locale);
        await enters(admin, heron);
        const press = (label: string) => act(`[${label}]`, admin.press(label));
        const push = name !== "web";

        // written in each language, for some, by one network
        await act("/campaign", admin.command("campaign"));
        await press(t("campaign:list.write"));
        await act(Object.values(said[locale]).join("\n> "), admin.fill(said[locale]));
        await press(t("campaign:plan.audience"));
        await press(t("tips:audience.staff"));
        await press(t("campaign:plan.platforms"));
        await act("[Telegram]", admin.choose(["Telegram"], ["Telegram", "Discord"], t("bot:done")));
        const preview = await press(t("campaign:plan.preview"));
        says(preview, ...Object.values(said[locale]), t("campaign:message.useful"));
        says(await press(t("campaign:preview.send")), t("campaign:preview.sent"));
        await core.delivered();
        const done = await press(t(push ? "campaign:watch.details" : "campaign:watch.look"));
        says(done, t("campaign:state.done"), "100 %");

        // a tip for more than a thousand, in an hour: the words are read and confirmed by somebody else
        await crowd(1100);
        await press(t("campaign:watch.list"));
        await press(t("campaign:list.tip"));
        const tip = core.tips[0]!;
        await press(tip.title[locale]);
        await admin.press(await labelOf(tip[locale].text, talk.at(-1)!));
        talk.push(`> [1]\n\n${await admin.press(t("campaign:plan.spread"))}`);
        await press(t("campaign:spread.hours", { count: 2 }));
        await press(t("campaign:plan.start"));
        await press(t("campaign:start.moment"));
        await act("2031-05-14 09:00", admin.fill({ zone: "Asia/Shanghai", at: "2031-05-14 09:00" }));
        says(await press(t("campaign:plan.preview")), t("campaign:preview.alone"));
        await enters(second, teal);
        await press(t("campaign:preview.change"));
        says(await press(t("campaign:plan.preview")), t("campaign:preview.second"), "2031-05-14 11:00");
        const asked = await press(t("campaign:preview.ask"));
        says(asked, t("campaign:preview.asked"), t("campaign:state.waiting"));
        assert.ok(!asked.includes(`[${t("campaign:watch.confirm")}]`), "who asks does not confirm");
        await core.delivered();
        const read = await second.press(t("campaign:asks.look"));
        says(read, tip[locale].text, heron, "2031-05-1");
        talk.push(`(${teal})\n\n${read}`);
        talk.push(`> [${t("campaign:watch.confirm")}]\n\n${await second.press(t("campaign:watch.confirm"))}`);
        await core.delivered();
        await press(t(push ? "campaign:watch.manage" : "campaign:watch.look"));

        // what was confirmed stays as it is
        says(await press(t("campaign:watch.change")), t("campaign:edit.running", { count: 0 }));
        for (const [label, state] of [
          ["pause", "paused"],
          ["resume", "running"],
        ]) {
          says(await press(t(`campaign:watch.${label}`)), t(`campaign:state.${state}`));
          // what it says of itself comes before the next press, and is what is pressed on
          await core.delivered();
          if (push) await press(t("campaign:watch.manage"));
        }
        says(await press(t("campaign:watch.cancel")), t("campaign:stop.title"));
        says(await press(t("campaign:watch.cancel")), t("campaign:state.cancelled"));
        assert.equal((await core.outbox.counts()).waiting, push ? 1 : 0, "only what tells that it is over");
        await core.delivered();
        const text = `${talk.join("\n\n────────\n\n")}\n`
          .replaceAll(heron, "Heron")
          .replaceAll(teal, "Teal")
          .replaceAll(/20(?!31)\d\d-\d\d-\d\d \d\d:\d\d/g, "2030-05-14 10:00")
          .replaceAll(/[A-Z][a-z]+ \d+, 20\d\d/g, "May 14, 2030")
          .replaceAll(/20\d\d年\d+月\d+日/g, "2030年5月14日");
        const path = new URL(`campaign.${name}.${locale}.txt`, import.meta.url);
        if (process.env.UPDATE_TRANSCRIPTS) writeFileSync(path, text);
        assert.ok(existsSync(path), `no campaign.${name}.${locale}.txt yet`);
        assert.equal(text, readFileSync(path, "utf8"));
      });

  /** So many more subscribers, all of them the same person. */
  async function crowd(size: number): Promise<void> {
    await service.core.storage.transaction(async (trx) => {
      await trx("subscribers").where("id", "like", "crowd%").delete();
      const one = (await trx("subscribers").where({ lane: "telegram" }).first()) as Record<string, unknown>;
      for (let from = 0; from < size; from += 100)
        await trx("subscribers").insert(
          Array.from({ length: 100 }, (_, i) => ({ ...one, id: `crowd${from + i}`, tag: `crowd${from + i}` })),
        );
    });
  }
});

/** What stands on the button of a tip, which has room for its beginning only. */
async function labelOf(text: string, shown: string): Promise<string> {
  for (let n = text.length; n > 5; n--) {
    const label = `1. ${text.slice(0, n)}`;
    if (shown.includes(`[${label}…]`) || shown.includes(`  ${label}…`)) return `${label}…`;
    if (shown.includes(`[${label}]`) || shown.includes(`  ${label}\n`)) return label;
  }
  return assert.fail(`no button for “${text}” in:\n${shown}`);
}
