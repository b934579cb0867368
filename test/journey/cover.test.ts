/** Cover traffic (off by default, as every other journey has it): with it on, a notice to a reporter goes with the tick of the daily tip, and from outside it is one. */
import assert from "node:assert/strict";
import type { Context } from "../../src/bot/conversation.ts";
import { tips as conversation } from "../../src/conversations/tips.ts";
import { coverAt, middling } from "../../src/desk/cover.ts";
import { tipIn } from "../../src/desk/tips.ts";
import { loadWords } from "../../src/i18n/words.ts";
import type { Core } from "../../src/main.ts";
import { telegram } from "../../src/platforms/telegram/index.ts";
import { loadTips } from "../../src/tips/content.ts";
import { fitting } from "../../src/tips/rules.ts";
import { createTelegramServer, type TelegramServer } from "../standins/telegram.ts";
import { invited } from "../support/caller.ts";
import { type TestHome, testHome } from "../support/house.ts";

const mine = fitting(loadTips("data"), { audience: "staff", sector: "any" });

describe("a notice under cover of a tip", () => {
  for (const locale of ["en", "zh-CN"])
    it(`has a tip's title, first words, length and number of buttons: ${locale}`, async () => {
      const words = await loadWords("locales");
      const ctx = {
        locale,
        t: (key: string, values?: Record<string, string | number>) => words.say(locale, key, values),
        desk: { tip: (id: string) => tipIn(mine.find((tip) => tip.id === id)!, locale) },
      } as unknown as Context;
      const drawn = async (step: "tip" | "news", id: string) => conversation.steps[step].show({ tip: id }, ctx);
      const all = await Promise.all(mine.map(({ id }) => drawn("tip", id)));
      const lengths = all.map((tip) => Buffer.byteLength(tip.text)).sort((a, b) => a - b);
      const chosen = middling(mine, locale);
      assert.ok(chosen.length >= 15);
      for (const { id } of chosen) {
        const [tip, notice] = [await drawn("tip", id), await drawn("news", id)];
        assert.equal(notice.title, tip.title);
        assert.equal(notice.buttons?.length, tip.buttons?.length);
        assert.equal(notice.text.split("\n\n").length, tip.text.split("\n\n").length);
        assert.equal(notice.text.split("\n\n")[0], tip.text.split("\n\n")[0]);
        const bytes = Buffer.byteLength(notice.text);
        assert.ok(lengths[0]! <= bytes && bytes <= lengths.at(-1)!, `${id}: ${bytes} bytes`);
      }
    });
});

describe("the moment of a notice under cover", () => {
  it("is nine on the next working day, in the zone that goes with the language", () => {
    const due = (locale: string, now: string) =>
      new Date(coverAt(mine, locale, Date.parse(now))!.due * 1000).toISOString();
    assert.equal(due("en", "2026-12-04T23:00:00Z"), "2026-12-07T14:00:00.000Z");
    assert.equal(due("zh-CN", "2026-12-04T00:00:00Z"), "2026-12-04T01:00:00.000Z");
    assert.equal(coverAt([], "en", 0), undefined);
  });
});

describe("notices under cover of tips, on Telegram", function () {
  this.timeout(60_000);
  let wire: TelegramServer;
  let home: TestHome;
  let core: Core;
  let now = 0;
  let receipt = "";
  const reporter = () => wire.user(1);
  const reviewer = () => wire.user(2);

  /** A reporter who asked to be told, a reviewer who has the case open, and three who get tips at the usual hour. */
  async function begin(env: Record<string, string>, at: string): Promise<void> {
    now = Date.parse(at);
    wire = await createTelegramServer();
    home = testHome({ TELEGRAM_BOT_TOKEN: wire.token, TELEGRAM_API_ROOT: wire.url, QUIETLINE_UNDO: "0", ...env });
    core = await home.core(() => now);
    await core.connect(telegram({ ...home.config.telegram!, page: "http://127.0.0.1" }));
    for (const n of [3, 4, 5]) {
      await wire.user(n).send("/tips");
      await wire.user(n).press("Begin");
    }
    const me = reporter();
    await me.send("/start");
    for (const label of ["Report", "Go on here", "I know that data is being sold"]) await me.press(label);
    await me.send("A clerk of our branch sells subscriber lists to a buyer.");
    while (!me.seen().buttons.includes("Send the report"))
      await me.press(
        ["Skip the rest", "Skip", "Continue"].find((label) => me.seen().buttons.includes(label)) ?? assert.fail(),
      );
    await me.press("Send the report");
    await me.press("Send, and notify me here");
    receipt = /[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}-[0-9A-Z]{5}/.exec(me.seen().text)?.[0] ?? assert.fail("no receipt");
    const code = await invited(core, "reviewer");
    await reviewer().send("/start");
    await reviewer().send(`/join ${code}`);
    await reviewer().send("Heron");
    await reviewer().send("/queue");
    await reviewer().press(reviewer().seen().buttons[0]!);
    for (const label of ["Take it", "Read", "No. Open it"]) await reviewer().press(label);
  }
  afterEach(async () => {
    await core.close();
    await wire.close();
    home.remove();
  });

  async function answer(): Promise<void> {
    await reviewer().press("Answer");
    await reviewer().send("Thank you. Where is this offered?");
    await reviewer().press("Send");
    await core.delivered();
  }
  /** What the bot sent to somebody, oldest first. */
  const sent = (n: number) => wire.called("sendMessage").filter(({ chat_id }) => Number(chat_id) === wire.user(n).id);
  /** What has arrived since, by person. */
  const arrivals = () => {
    const before = [1, 3, 4, 5].map((n) => sent(n).length);
    return () => [1, 3, 4, 5].map((n, at) => sent(n).length - before[at]!);
  };
  const at = async (moment: string): Promise<void> => {
    now = Date.parse(moment);
    await core.tick();
    await core.delivered();
  };

  it("on: several become one, which waits for the tick that brings the tips, arrives among them and has their shape", async () => {
    await begin({ QUIETLINE_COVER: "on" }, "2026-12-02T17:00:00Z");
    const since = arrivals();
    await answer();
    await answer();
    await at("2026-12-03T13:59:50Z"); // ten seconds before nine in New York
    assert.deepEqual(since(), [0, 0, 0, 0]);
    assert.deepEqual(await core.outbox.parked(10), [], "what waits for the tick is no fault");
    await at("2026-12-03T14:00:10Z");
    assert.deepEqual(since(), [1, 1, 1, 1]);
    const [notice, ...tips] = [1, 3, 4, 5].map((n) => sent(n).at(-1)!);
    for (const tip of tips) assert.deepEqual(Object.keys(notice!).sort(), Object.keys(tip).sort());
    const tip = mine.find(({ en }) => String(notice!.text).includes(en.today));
    assert.ok(tip, String(notice!.text));
    assert.ok(
      String(notice!.text).startsWith(`${tip.title.en}\n\n${tip.en.text}`),
      "what a locked screen shows is the tip",
    );
    await reporter().press("Open");
    assert.match(reporter().seen().text, /receipt/);
  });

  it("on: who does not want to be told any more is not, and the address that waited over the weekend is gone", async () => {
    await begin({ QUIETLINE_COVER: "on" }, "2026-12-04T23:00:00Z");
    const since = arrivals();
    await answer();
    for (const day of ["05", "06"]) await at(`2026-12-${day}T14:00:10Z`);
    assert.deepEqual(since(), [0, 0, 0, 0]);
    const waiting = async () => (await core.storage.read("outbox").where({ kind: "notice" }).select()).length;
    assert.equal(await waiting(), 1);
    await reporter().send("/mailbox");
    await reporter().send(receipt);
    const before = sent(1).length;
    await reporter().press("Stop notifying me");
    assert.equal(await waiting(), 0);
    await at("2026-12-07T14:00:10Z");
    assert.equal(sent(1).length, before);
    assert.deepEqual(since().slice(1), [1, 1, 1]);
  });
});
