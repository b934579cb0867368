/**
 * Subscribing to tips on every network, as people see it: everything is changed on one screen, a tip comes, there is a
 * pause, a stop, and what is kept is shown and erased. `UPDATE_TRANSCRIPTS=1 npx mocha test/transcripts/tips.test.ts` writes
 * the texts beside this file anew; read the difference before you commit it.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { owedTip, tipsShown } from "../../src/desk/tips.ts";
import type { Core } from "../../src/main.ts";
import { discord } from "../../src/platforms/discord/index.ts";
import { telegram } from "../../src/platforms/telegram/index.ts";
import { web } from "../../src/platforms/web.tsx";
import type { Transaction } from "../../src/storage/storage.ts";
import { createTipStore } from "../../src/tips/store.ts";
import { Visitor } from "../platforms/web/visitor.ts";
import { createDiscordServer, type DiscordServer } from "../standins/discord.ts";
import { createTelegramServer, type TelegramServer } from "../standins/telegram.ts";
import { type TestHome, testHome } from "../support/house.ts";
import { talker } from "../support/talker.ts";

/** A Sunday that never changes, so that the texts do not either. */
const day = Date.UTC(2030, 3, 14, 10);

/** Somebody with a client: each act answers what the client shows then. */
interface Subscriber {
  open(): Promise<string>;
  press(label: string): Promise<string>;
  type(text: string): Promise<string>;
  stop(): Promise<string>;
  /** What came out of the blue. */
  came(): string;
}

describe("subscribing to tips, on every network", function () {
  this.timeout(60_000);
  let tg: TelegramServer;
  let dc: DiscordServer;
  let home: TestHome;
  let core: Core;
  let page = "";
  let people = 0;

  before(async () => {
    tg = await createTelegramServer();
    dc = await createDiscordServer();
    home = testHome({
      TELEGRAM_BOT_TOKEN: tg.token,
      TELEGRAM_API_ROOT: tg.url,
      DISCORD_BOT_TOKEN: dc.token,
      DISCORD_API_ROOT: dc.apiRoot,
    });
    core = await home.core(() => day);
    const pages = web({ listen: "127.0.0.1:0", tips: tipsShown(core.tips) });
    await core.connect(pages);
    page = pages.url;
    core.setPage(page);
    await core.connect(telegram({ ...home.config.telegram!, page }));
    await core.connect(discord({ ...home.config.discord!, turned: dc.turned }));
    await dc.ready();
  });
  after(async () => {
    await core.close();
    await tg.close();
    await dc.stop();
    home.remove();
  });

  const drawn = (text: string, labels: string[]): string =>
    [text.trim(), ...(labels.length > 0 ? [labels.map((label) => `[${label}]`).join(" ")] : [])].join("\n\n");

  const networks: Record<string, (locale: "en" | "zh-CN") => Promise<Subscriber>> = {
    async console(locale) {
      const person = await talker(core, `gets tips ${++people}`, locale);
      const show = async (shown: Promise<string>) => (await shown).trim();
      return {
        open: () => show(person.say("/tips")),
        press: (label) => show(person.press(label)),
        type: (text) => show(person.say(text)),
        stop: () => show(person.say("/stop")),
        came: () => person.came().trim(),
      };
    },
    async telegram(locale) {
      const person = tg.user(++people, locale === "en" ? "en" : "zh-hans");
      await person.send("/start");
      const show = ({ text, buttons }: { text: string; buttons: string[] }) => drawn(text, buttons);
      return {
        open: async () => show(await person.send("/tips")),
        press: async (label) => show(await person.press(label)),
        type: async (text) => show(await person.send(text)),
        stop: async () => show(await person.send("/stop")),
        came() {
          const message = person.chat().findLast((lying) => lying.ours);
          return message?.text ?? assert.fail("nothing came");
        },
      };
    },
    async discord(locale) {
      const person = dc.account(++people, locale === "en" ? "en-US" : "zh-CN");
      const show = (view: { text: string; buttons: string[]; options: string[] }) =>
        drawn(view.text, [...view.options, ...view.buttons]);
      return {
        open: async () => show(await person.command("tips")),
        press: async (label) => show(await person.press(label)),
        async type(zone) {
          await person.openForm();
          return show(await person.fill({ zone }));
        },
        stop: async () => show(await person.command("stop")),
        came: () => show(person.pushed() ?? assert.fail("nothing came")),
      };
    },
  };

  for (const [name, enter] of Object.entries(networks))
    for (const locale of ["en", "zh-CN"] as const)
      it(`${name}, ${locale}`, async () => {
        const t = (key: string, values?: Record<string, string>) => core.words.say(locale, key, values);
        const person = await enter(locale);
        const talk: string[] = [];
        const act = async (did: string, shown: Promise<string>): Promise<string> => {
          talk.push(`> ${did}\n\n${await shown}`);
          return shown;
        };
        const press = (label: string) => act(label, person.press(label));
        await act("/tips", person.open());
        for (const [what, choice] of [
          ["frequency", t("tips:frequency.weekly")],
          ["hour", "07:00"],
          ["audience", t("tips:audience.public")],
          ["sector", t("tips:sector.bank")],
          ["quiet", "22:00–07:00"],
        ] as const) {
          await press(t(`tips:${what}.change`));
          await press(choice);
        }
        await press(t("tips:zone.change"));
        const wrong = await act("Mars/Olympus", person.type("Mars/Olympus"));
        assert.ok(wrong.includes(t("tips:zone.unknown")), wrong);
        const right = await act("europe/madrid", person.type("europe/madrid"));
        assert.ok(right.includes("Europe/Madrid"), right);
        const begun = await press(t("tips:begin"));
        assert.ok(begun.includes(t("tips:on", { next: "2030-04-15 07:00" })), begun);

        await core.storage.transaction(async (trx: Transaction) => {
          const store = createTipStore(core.storage, core.keys.derive);
          const due = Math.floor(day / 1000);
          const [subscriber] = (await store.claim(trx, day + 30 * 86_400_000, 9)).filter((s) => s.locale === locale);
          await core.outbox.putAll(trx, [
            owedTip({ subscriber: subscriber!, tip: "freeze-first", due, expires: due + 60 }),
          ]);
          await store.moved(trx, { ...subscriber!, seen: ["freeze-first"] });
        });
        await core.delivered();
        const came = person.came();
        assert.ok(came.includes(core.tips.find((tip) => tip.id === "freeze-first")![locale].today), came);
        talk.push(`…\n\n${came}`);
        await press(t("tips:tip.useful"));

        await act("/tips", person.open());
        await press(t("tips:pause.change"));
        const paused = await press(core.words.day(locale, day / 86_400_000 + 14 - ((day / 86_400_000) % 1)));
        assert.ok(paused.includes(t("tips:on", { next: "2030-04-29 07:00" })), paused);
        const kept = await press(t("tips:kept.title"));
        assert.ok(kept.includes("freeze-first"), kept);
        await press(t("tips:kept.erase"));
        await act("/tips", person.open());
        await press(t("tips:begin"));
        const stopped = await act("/stop", person.stop());
        assert.ok(stopped.includes(t("tips:stopped")), stopped);
        await act("/tips", person.open());
        const nothing = await press(t("tips:kept.title"));
        assert.ok(nothing.includes(t("tips:kept.none")), nothing);
        assert.equal((await core.storage.read("subscribers").select()).length, 0);
        compare(`tips.${name}.${locale}`, talk);
      });

  for (const locale of ["en", "zh-CN"] as const)
    it(`web, ${locale}`, async () => {
      const person = new Visitor(page, { "accept-language": locale });
      const show = () =>
        (person.page?.text ?? "")
          .split("\n")
          .map((line) => line.trim())
          .filter(Boolean);
      await person.get("/");
      const label = core.words.say(locale, "home:tips");
      await person.press(label);
      assert.ok(
        person.page?.links.some(({ href }) => href === `${page}/tips`),
        "a way to the page",
      );
      const talk = [`> ${label}\n\n${show().join("\n")}`];
      await person.get("/tips?for=reviewers");
      talk.push(`> ${core.words.say(locale, "tips:all")}\n\n${show().slice(0, 24).join("\n")}\n…`);
      compare(`tips.web.${locale}`, talk);
    });

  /** The same talk each time. */
  function compare(name: string, talk: string[]): void {
    const text = `${talk.join("\n\n────────\n\n")}\n`.replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, "http://our.page");
    const path = new URL(`${name}.txt`, import.meta.url);
    if (process.env.UPDATE_TRANSCRIPTS) writeFileSync(path, text);
    assert.ok(existsSync(path), `no ${name}.txt yet`);
    assert.equal(text, readFileSync(path, "utf8"));
  }
});
