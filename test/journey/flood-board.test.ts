/** A flood as boards see it, on the networks themselves: one card that edits itself, and no card of what came in it. */
import assert from "node:assert/strict";
import { consoleCan } from "../../src/platforms/console.ts";
import type { Channel } from "../standins/discord.ts";
import { files, invited, type Network, network, tollSum } from "../support/caller.ts";
import { clients } from "../support/clients.ts";
import { type Networks, onBothNetworks } from "../support/networks.ts";

/** A message of ours on a board, as everybody there reads it. */
interface Hung {
  id: string;
  text: string;
}

describe("a flood's card on boards", function () {
  this.timeout(60_000);
  const begins = 3;
  const group = -1_000_000_779;
  let now = Date.UTC(2030, 4, 13, 9);
  let wired: Networks;
  let filing: Network;
  let channel: Channel;
  let forum: Channel;
  let told = 0;
  const t = (key: string, values?: Record<string, string | number>) => wired.service.core.words.say("en", key, values);
  const onDiscord = ({ messages }: Channel): Hung[] =>
    [...messages.values()].filter((m) => !m.only).map((m) => ({ id: m.id, text: m.content }));
  const boards: Record<string, () => Hung[]> = {
    "a Telegram topic": () =>
      wired.telegram
        .groupMessages(group)
        .filter((m) => m.ours && m.thread === 7)
        .map((m) => ({ id: String(m.id), text: m.text ?? "" })),
    "a Discord channel": () => onDiscord(channel),
    "a Discord forum": () =>
      [...wired.discord.channels.values()].filter((c) => c.parent_id === forum.id).flatMap(onDiscord),
  };
  const withWords = (words: string) =>
    Object.fromEntries(
      Object.entries(boards).map(([name, all]) => [name, all().filter((m) => m.text.includes(words))]),
    );

  async function report(): Promise<void> {
    const who = filing.as(`reporter ${++told}`);
    await files(who, "A clerk sells marmalade lists.");
    if (who.screen.title === t("toll:title")) {
      now += 9000;
      await who.says(tollSum(who.screen, t));
    }
    assert.equal(who.screen.title, t("report:receipt.title"), who.screen.notice);
  }
  /** The minute is over, after which a board is told of a flood at most once. */
  async function aMinute(): Promise<void> {
    now += 60_000;
    await wired.service.core.delivered();
  }

  before(async () => {
    wired = await onBothNetworks({ now: () => now, unpaced: true }, { QUIETLINE_FLOOD: String(begins) });
    const { core } = wired.service;
    filing = await network(core, "console", consoleCan);
    wired.telegram.group(group, [7]);
    channel = wired.discord.place();
    forum = wired.discord.place(15);
    for (const [on, alias] of [
      ["telegram", "Heron"],
      ["discord", "Owl"],
    ] as const) {
      await (await clients[on](wired, "en")).join(await invited(core, "admin"), alias);
    }
    await wired.telegram
      .user([...wired.telegram.started].at(-1)! - 5_000_000_000)
      .in(group, 7)
      .send("/board");
    const admin = [...wired.discord.accounts.values()].at(-1)!;
    for (const place of [channel, forum]) await admin.in(place).command("board");
    assert.equal((await core.outbox.boards()).length, 3);
  });
  after(() => wired.close());

  it("comes once, with how many there are, in place of a card of each", async () => {
    for (let n = 0; n < begins + 3; n++) await report();
    await aMinute();
    for (const [name, cards] of Object.entries(withWords(t("review:flood.on")))) {
      assert.equal(cards.length, 1, name);
      assert.ok(cards[0]!.text.includes(t("review:flood.hour", { count: begins + 3 })), `${name}: ${cards[0]!.text}`);
      assert.ok(cards[0]!.text.includes(t("review:flood.waiting", { count: 3 })), `${name}: ${cards[0]!.text}`);
    }
    for (const [name, cards] of Object.entries(withWords(t("review:card.title", { code: "" })))) {
      assert.equal(cards.length, begins, `${name}: only what came before it was one has a card`);
      assert.ok(!JSON.stringify(cards).includes("marmalade"));
    }
  });

  it("edits itself while more comes in, and says when it is over", async () => {
    const before = withWords(t("review:flood.on"));
    for (let n = 0; n < 4; n++) await report();
    await aMinute();
    const during = withWords(t("review:flood.on"));
    for (const [name, [card, ...more]] of Object.entries(during)) {
      assert.equal(card!.id, before[name]![0]!.id, name);
      assert.ok(card!.text.includes(t("review:flood.hour", { count: begins + 7 })), `${name}: ${card!.text}`);
      assert.deepEqual(more, [], name);
    }
    now += 11 * 60_000;
    await wired.service.core.desk.release();
    await wired.service.core.delivered();
    for (const [name, [card, ...more]] of Object.entries(withWords(t("review:flood.over")))) {
      assert.equal(card!.id, before[name]![0]!.id, name);
      assert.ok(card!.text.includes(t("review:flood.waiting", { count: 7 })), `${name}: ${card!.text}`);
      assert.deepEqual(more, [], name);
    }
    for (const [name, left] of Object.entries(withWords(t("review:flood.on")))) assert.deepEqual(left, [], name);
    assert.deepEqual(wired.discord.pings, [], "nobody is called");
  });

  it("the next report hangs on every board as ever", async () => {
    const before = withWords(t("review:card.title", { code: "" }));
    await report();
    await wired.service.core.delivered();
    for (const [name, cards] of Object.entries(withWords(t("review:card.title", { code: "" }))))
      assert.equal(cards.length, before[name]!.length + 1, name);
  });
});
