/** Answers that are looked up while somebody types, and posted where others read: with sources, and no word of the asker's. */
import assert from "node:assert/strict";
import type { DiscordServer } from "../standins/discord.ts";
import type { TelegramServer } from "../standins/telegram.ts";
import { type Networks, onBothNetworks } from "../support/networks.ts";

describe("an answer for everyone", function () {
  this.timeout(120_000); // the answers are learned at the first question
  let networks: Networks;
  let telegram: TelegramServer;
  let discord: DiscordServer;

  before(async () => {
    networks = await onBothNetworks();
    ({ telegram, discord } = networks);
    // a busy machine learns for longer than a connection is kept alive
    await telegram.user(9).search("learn");
  });
  after(() => networks.close());

  it("is found from any chat on Telegram, in the searcher's language", async () => {
    const [first] = await telegram.user(1).search("someone called me and knew my bank balance");
    assert.equal(first?.title, "A caller knew my balance");
    assert.match(
      first.text,
      /^A caller knew my balance\n\nHang up[\s\S]*As of 20[\s\S]*\n\nWhere this comes from\n• .+, article /,
    );
    const [chinese] = await telegram.user(2, "zh-hans").search("有人打电话知道我的银行余额怎么办");
    assert.equal(chinese?.title, "来电的人知道我的余额");
  });

  it("is offered before anything is typed, and by a piece of its title", async () => {
    assert.ok((await telegram.user(1).search("")).length >= 5);
    const titles = (await telegram.user(1).search("knew my bal")).map((found) => found.title);
    assert.ok(titles.includes("A caller knew my balance"), titles.join());
  });

  it("bears whatever is typed", async () => {
    for (const text of ["x", "🙂🙂", "<b>&", "x".repeat(256), "' OR 1=1", "\u202e"])
      assert.ok((await telegram.user(1).search(text)).length <= 10);
    assert.deepEqual(telegram.refusals, []);
  });

  it("is kept by Telegram for nobody, and the searcher gets no message", async () => {
    const calls = telegram.called("answerInlineQuery");
    assert.ok(
      calls.length > 0 && calls.every((call) => Number(call.cache_time) === 0 && String(call.is_personal) === "true"),
    );
    assert.equal(telegram.user(1).chat().length, 0);
  });

  it("is completed by its title on Discord and posted, by whoever picks it, for everyone to read", async () => {
    const place = discord.place();
    const person = discord.account(5).in(place);
    const offered = await person.complete("ask", "someone knew my bank balance on the phone");
    const picked = offered.find((choice) => choice.name === "A caller knew my balance");
    assert.ok(picked, offered.map((choice) => choice.name).join());
    await person.command("ask", picked.value);
    const text = discord.placeText(place.id);
    assert.match(text, /A caller knew my balance[\s\S]*Hang up[\s\S]*As of 20/);
    assert.ok(!text.includes("on the phone"));
    assert.ok(text.length <= 2000);
  });

  it("is nothing that somebody typed: that is answered to its writer alone", async () => {
    const place = discord.place();
    const view = await discord.account(6).in(place).command("ask", "my boss Bob sells the customers");
    assert.match(view.text, /Pick one of the answers/);
    assert.equal(discord.placeText(place.id).trim(), "");
  });

  it("leaves /ask without it as it was", async () => {
    const person = discord.account(7);
    await person.command("ask");
    assert.match(
      (await person.fill({ question: "how do i report someone who sells data" })).text,
      /As of|one of these/,
    );
    assert.equal(discord.pings.length, 0);
  });
});
