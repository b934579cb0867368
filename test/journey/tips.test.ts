/** Somebody subscribes to tips on Telegram, gets one, and stops; what is kept names no account. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Core } from "../../src/main.ts";
import { telegram } from "../../src/platforms/telegram/index.ts";
import { createTelegramServer, type TelegramServer } from "../standins/telegram.ts";
import { invited } from "../support/caller.ts";
import { type TestHome, testHome } from "../support/house.ts";

describe("Tips on Telegram", () => {
  let wire: TelegramServer;
  let home: TestHome;
  let core: Core;
  const today = Date.now();
  let now = today;
  const account = 700_123_457;

  before(async () => {
    wire = await createTelegramServer();
    home = testHome({ TELEGRAM_BOT_TOKEN: wire.token, TELEGRAM_API_ROOT: wire.url });
    core = await home.core(() => now);
    await core.connect(telegram({ ...home.config.telegram!, page: "http://127.0.0.1" }));
  });
  after(async () => {
    await core.close();
    await wire.close();
    home.remove();
  });

  it("are posted into a group by an admin of ours, since Telegram does not say who manages it, and by nobody else", async () => {
    const group = -1_001_234_567;
    wire.group(group);
    await wire.user(11).send("/start");
    await wire.user(11).in(group).send("/tipshere");
    assert.equal((await core.storage.read("subscribers").select()).length, 0);
    const code = await invited(core, "admin");
    await wire.user(12).send("/start");
    await wire.user(12).send(`/join ${code}`);
    await wire.user(12).send("Heron");
    await wire.user(12).in(group).send("/tipshere");
    assert.match(wire.user(12).seen().text, /posted here on working days/);
    assert.equal((await core.storage.read("subscribers").select()).length, 1);
    await wire.user(11).in(group).send("/tipsoff");
    assert.equal((await core.storage.read("subscribers").select()).length, 1);
    await wire.user(12).in(group).send("/tipsoff");
    assert.equal((await core.storage.read("subscribers").select()).length, 0);
  });

  it("are chosen on one screen, arrive, and stop at once", async () => {
    const me = wire.user(account);
    await me.send("/tips");
    await me.press("Hour");
    await me.press("10:00");
    await me.press("Time zone");
    await me.send("Mars/Olympus");
    assert.match(me.seen().text, /no time zone of that name/);
    await me.send("Europe/Madrid");
    await me.press("Begin");
    assert.match(me.seen().text, /Europe\/Madrid/);
    assert.equal(await core.tick(), 0);
    now = (await core.storage.read("subscribers").first())!.due * 1000 + 60_000;
    assert.equal(await core.tick(), 1);
    assert.equal(await core.tick(), 0);
    await core.delivered();
    now = today;
    assert.match(me.seen().text, /Today: /);
    await me.press("Useful");
    assert.match(me.seen().text, /counted, and nothing else/);

    for (const file of readdirSync(home.home, { recursive: true, withFileTypes: true })) {
      if (file.isFile())
        assert.ok(!readFileSync(join(file.parentPath, file.name)).includes(String(account)), file.name);
    }

    await me.send("/tips");
    await me.press("What is kept for tips");
    const [, id = ""] = /have come \(1\): ([a-z0-9-]+)/.exec(me.seen().text) ?? [];
    assert.ok(
      core.tips.some((tip) => tip.id === id),
      me.seen().text,
    );
    assert.match(me.seen().text, /next tip is due: \d{4}-\d\d-\d\d 10:00[\s\S]*Time zone: Europe\/Madrid/);
    await me.press("Erase it and stop");
    assert.equal(Number((await core.storage.read("subscribers").count({ n: "*" }).first())!.n), 0);
    await me.send("/tips");
    await me.press("What is kept for tips");
    assert.match(me.seen().text, /Nothing\./);

    await me.send("/tips");
    await me.press("Begin");
    await me.send("/report");
    await me.press("Go on here");
    await me.send("/stop");
    assert.match(me.seen().text, /No more tips will come/);
    assert.equal(Number((await core.storage.read("subscribers").count({ n: "*" }).first())!.n), 0);
    now += 10 * 86_400_000;
    assert.equal(await core.tick(), 0);
  });
});
