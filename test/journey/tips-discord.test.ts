/** Tips on Discord: chosen on one screen, seen and erased; and posted into a channel by who manages the server, nobody else. */
import assert from "node:assert/strict";
import { owedTip } from "../../src/desk/tips.ts";
import type { Core } from "../../src/main.ts";
import { discord } from "../../src/platforms/discord/index.ts";
import type { Transaction } from "../../src/storage/storage.ts";
import { createTipStore } from "../../src/tips/store.ts";
import { createDiscordServer, type DiscordServer } from "../standins/discord.ts";
import { type TestHome, testHome } from "../support/house.ts";

describe("Tips on Discord", () => {
  let wire: DiscordServer;
  let home: TestHome;
  let core: Core;
  const today = Date.now();
  let now = today;

  beforeEach(async () => {
    now = today;
    wire = await createDiscordServer();
    home = testHome({ DISCORD_BOT_TOKEN: wire.token, DISCORD_API_ROOT: wire.apiRoot });
    core = await home.core(() => now);
    await core.connect(discord({ ...home.config.discord!, turned: wire.turned }));
    await wire.ready();
  });
  afterEach(async () => {
    await core.close();
    await wire.stop();
    home.remove();
  });
  const kept = async () => (await core.storage.read("subscribers").select()).length;
  const dms = () => wire.calls.filter(({ call }) => call.startsWith("POST /users/@me/channels")).length;
  /** Owes this tip to everybody there is, now. */
  const owe = (tip: string) =>
    core.storage.transaction(async (trx: Transaction) => {
      const store = createTipStore(core.storage, core.keys.derive);
      const due = Math.floor(now / 1000);
      const all = await store.claim(trx, now + 90 * 86_400_000, 10);
      await core.outbox.putAll(
        trx,
        all.map((subscriber) => owedTip({ subscriber, tip, due, expires: due + 3600 })),
      );
    });

  it("are chosen on one screen; a zone that there is not is told so; all that is kept is shown, and erased", async () => {
    const me = wire.account(1);
    await me.command("tips");
    await me.press("Time zone");
    await me.openForm();
    assert.match((await me.fill({ zone: "Mars/Olympus" })).text, /no time zone of that name/);
    await me.openForm();
    assert.match((await me.fill({ zone: "europe/madrid" })).text, /Time zone: Europe\/Madrid/);
    await me.press("Hour");
    await me.press("10:00");
    await me.press("Begin");
    assert.match(me.seen().text, /the next one on \d{4}-\d\d-\d\d 10:00/);
    now = (await core.storage.read("subscribers").first())!.due * 1000 + 60_000;
    assert.equal(await core.tick(), 1);
    await core.delivered();
    assert.match(me.pushed()?.text ?? "", /Today: /);
    now = today;

    await me.command("tips");
    const seen = await me.press("What is kept for tips");
    for (const part of [
      "when the next tip is due: ",
      "which tips have come (1): ",
      "How often: on working days",
      "Hour: 10:00",
    ])
      assert.ok(seen.text.includes(part), seen.text);
    const [, id = ""] = /have come \(1\): ([a-z0-9-]+)/.exec(seen.text) ?? [];
    assert.ok(
      core.tips.some((tip) => tip.id === id),
      id,
    );
    await me.press("Erase it and stop");
    assert.equal(await kept(), 0);
    await me.command("tips");
    assert.match((await me.press("What is kept for tips")).text, /Nothing\./);
  });

  it("lead into a question and a report, where the tip says so", async () => {
    const me = wire.account(2);
    await me.command("tips");
    await me.press("Begin");
    await owe("rented-login");
    await core.delivered();
    assert.deepEqual(me.pushed()?.buttons, ["Useful", "Quiz me", "Ask about this", "Fewer", "Stop"]);
    await me.press("Quiz me");
    assert.match(me.seen().text, /question/i);
    await owe("easy-side-job");
    await core.delivered();
    assert.deepEqual(me.pushed()?.buttons, ["Useful", "Ask about this", "Report something", "Fewer", "Stop"]);
    await me.press("Report something");
    assert.ok(me.seen().buttons.includes("Go on here"), me.seen().text);
  });

  it("are posted into a channel by who manages the server, and by nobody else; no one gets a direct message", async () => {
    const place = wire.place();
    const member = wire.account(3).in(place);
    assert.match((await member.command("tipshere")).text, /Only those who manage this place/);
    assert.equal(await kept(), 0);
    for (const name of ["tipshere", "tipsoff"])
      assert.equal(wire.commands.find((c) => c.name === name)?.default_member_permissions, "32", name);

    const manager = wire.account(4);
    manager.manager = true;
    const there = manager.in(place);
    assert.match((await there.command("tipshere")).text, /posted here on working days at 9/);
    assert.equal(await kept(), 1);
    assert.match((await member.command("tipsoff")).text, /Only those who manage this place/);
    assert.equal(await kept(), 1);
    const before = wire.placeText(place.id);
    await owe("easy-side-job");
    await core.delivered();
    assert.equal(before, "");
    assert.match(wire.placeText(place.id), /Easy side job/);
    assert.equal(dms(), 0);

    // nobody stops it for the others, and nobody begins a report where others are
    const shown = member.messages().at(-1)!;
    const labels = shown.components.flatMap((row) => row.components.map((part: { label: string }) => part.label));
    assert.deepEqual(labels, ["Useful", "Ask about this", "Report something"]);
    const pressed = await member.press("Report something");
    assert.deepEqual(pressed.links, [`https://discord.com/users/${wire.applicationId}`]);
    assert.match((await member.press("Useful")).text, /counted, and nothing else/);

    const log = await core.audit.verify();
    assert.deepEqual([log.broken, log.entries], [undefined, 1]);
    await there.command("tipsoff");
    assert.equal(await kept(), 0);
    await owe("rented-login");
    await core.delivered();
    assert.doesNotMatch(wire.placeText(place.id), /rented out/);
    assert.equal(dms(), 0);
  });
});
