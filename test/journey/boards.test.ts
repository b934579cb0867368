/** What happens to boards on the networks themselves: shut, deleted, too old to change, down for a day; two deputies. */
import assert from "node:assert/strict";
import { consoleCan } from "../../src/platforms/console.ts";
import type { Channel } from "../standins/discord.ts";
import type { Lying } from "../standins/telegram.ts";
import { enters, files, invited, type Network, network } from "../support/caller.ts";
import { type Client, clients } from "../support/clients.ts";
import { type Networks, onBothNetworks } from "../support/networks.ts";

const hour = 3_600_000;
const day = 24 * hour;
const group = -1_000_000_777;
const other = -1_000_000_778;

let wired: Networks;
let filing: Network;
let now: number;
let told = 0;
const t = (key: string, values?: Record<string, string | number>) => wired.service.core.words.say("en", key, values);
const title = (code: string) => t("review:card.title", { code });

async function opens(options: { unpaced?: true } = {}): Promise<void> {
  now = Date.UTC(2030, 4, 13, 1);
  wired = await onBothNetworks({ now: () => now, ...options });
  filing = await network(wired.service.core, "console", consoleCan);
}

async function reviewer(on: keyof typeof clients, alias: string, role: "reviewer" | "deputy" | "admin") {
  const { core } = wired.service;
  const who = await clients[on](wired, "en");
  await who.join(await invited(core, role), alias);
  return who;
}
/** Files a report; the code of its case. */
async function report(): Promise<string> {
  const { storage } = wired.service.core;
  const known = (await storage.read("reports").select("code")).map((r) => r.code);
  await files(filing.as(`reporter ${++told}`), "A clerk sells lists.");
  return (await storage.read("reports").whereNotIn("code", known).first()).code;
}
/** Who came to Telegram last. */
const lastUser = () => wired.telegram.user([...wired.telegram.started].at(-1)! - 5_000_000_000);
/** The cards of a case that lie in a group or topic. */
const cardsIn = (chat: number, code: string, topic?: number): Lying[] =>
  wired.telegram.groupMessages(chat).filter((m) => m.ours && m.thread === topic && m.text?.startsWith(title(code)));
async function claim(who: Client, code: string): Promise<string> {
  await who.command("queue");
  await who.press(who.holding(code));
  return who.press(t("review:card.claim"));
}

describe("boards on both networks", function () {
  this.timeout(120_000);
  let forum: Channel;
  let thread: Channel;
  const delivered = () => wired.service.core.delivered();
  /** Time goes by, with what is due in it. */
  async function later(milliseconds: number, step = 600_000): Promise<void> {
    for (let gone = 0; gone < milliseconds; gone += step) {
      now += step;
      await delivered();
    }
  }
  const postsOf = (code: string) =>
    [...wired.discord.channels.values()].filter((c) => c.parent_id === forum.id && c.name === title(code));
  const inThread = (code: string) => [...thread.messages.values()].filter((m) => m.content.includes(title(code)));
  const parked = async () => (await wired.service.core.outbox.parked(99)).map((p) => p.code);
  let heron: Client;
  before(async () => {
    await opens({ unpaced: true });
    const { telegram, discord } = wired;
    telegram.group(group, [7, 8]);
    telegram.group(other);
    forum = discord.place(15);
    thread = discord.place(11, { parent_id: discord.place().id });
    heron = await reviewer("telegram", "Heron", "admin");
    const admin = lastUser();
    for (const topic of [7, 8]) await admin.in(group, topic).send("/board");
    await admin.in(other).send("/board");
    await reviewer("discord", "Owl", "admin");
    const account = [...discord.accounts.values()].at(-1)!;
    for (const place of [forum, thread]) await account.in(place).command("board");
    assert.equal((await wired.service.core.outbox.boards()).length, 5);
  });
  after(() => wired.close());
  afterEach(() => assert.deepEqual(wired.discord.pings, []));

  it("a topic that was closed by hand gets its cards when it is open again, and the operator is told", async () => {
    const { telegram, home } = wired;
    telegram.topic(group, 7, "closed");
    const code = await report();
    await delivered();
    assert.equal(cardsIn(group, code, 7).length, 0);
    assert.equal(cardsIn(group, code, 8).length, 1, "another topic goes on");
    const said = home.notes.filter((n) => n.code === "board-unreachable");
    assert.deepEqual(
      said.map((n) => n.values.code),
      ["telegram-topic-closed"],
    );
    await later(3_600_000);
    assert.deepEqual(await parked(), []);
    telegram.topic(group, 7, "open");
    await later(600_000);
    assert.equal(cardsIn(group, code, 7).length, 1);
    assert.equal(home.notes.filter((n) => n.code === "board-unreachable").length, 1, "told once");
  });

  it("a card in a topic that is closed later is still redrawn in its place", async () => {
    const { telegram } = wired;
    const code = await report();
    await delivered();
    telegram.topic(group, 7, "closed");
    await claim(heron, code);
    await delivered();
    const [card, ...more] = cardsIn(group, code, 7);
    assert.match(card!.text!, /Heron/);
    assert.equal(more.length, 0);
    telegram.topic(group, 7, "open");
  });

  it("a card too old to be changed makes way for a new one", async () => {
    const { telegram } = wired;
    const code = await report();
    await delivered();
    const [old] = cardsIn(group, code, 7);
    telegram.uneditable.add(old!.id);
    now += 3 * day;
    await claim(heron, code);
    await delivered();
    const cards = cardsIn(group, code, 7);
    assert.equal(cards.length, 1);
    assert.notEqual(cards[0]!.id, old!.id);
    assert.match(cards[0]!.text!, /Heron/);
  });

  it("… also where it cannot be deleted either: then an answer to it says that it is out of date, once", async () => {
    const { telegram } = wired;
    const code = await report();
    await delivered();
    const [old] = cardsIn(group, code, 8);
    telegram.uneditable.add(old!.id);
    telegram.undeletable.add(old!.id);
    await claim(heron, code);
    await heron.press(t("review:card.release"));
    await delivered();
    await claim(heron, code);
    await delivered();
    const cards = cardsIn(group, code, 8);
    assert.equal(cards.length, 2);
    assert.match(cards[1]!.text!, /Heron/);
    const answers = telegram.groupMessages(group).filter((m) => m.replies !== undefined);
    assert.deepEqual(
      answers.map((m) => [m.replies, m.text]),
      [[old!.id, t("telegram:outOfDate")]],
    );
  });

  it("a topic that was deleted by hand: other boards go on, and what it does not get is kept and named", async () => {
    const { telegram } = wired;
    const code = await report();
    await delivered();
    telegram.topic(group, 8, "deleted");
    await claim(heron, code);
    await delivered();
    assert.match(cardsIn(group, code, 7)[0]!.text!, /Heron/);
    assert.match(cardsIn(other, code)[0]!.text!, /Heron/);
    assert.ok((await parked()).includes("telegram-chat-gone"));
    assert.ok(wired.home.notes.some((n) => n.code === "board-unreachable" && n.values.code === "telegram-chat-gone"));
  });

  it("a Discord post that was archived by hand wakes with its card; one that was deleted comes anew", async () => {
    const code = await report();
    await delivered();
    const [post] = postsOf(code);
    post!.archived = true;
    await claim(heron, code);
    await delivered();
    assert.deepEqual([post!.archived, post!.messages.size], [false, 1]);
    assert.match([...post!.messages.values()][0]!.content, /Heron/);
    wired.discord.channels.delete(post!.id);
    await heron.press(t("review:card.release"));
    await delivered();
    const [fresh, ...more] = postsOf(code);
    assert.notEqual(fresh!.id, post!.id);
    assert.equal(more.length, 0);
  });

  it("a card whose message was deleted comes anew, once", async () => {
    const code = await report();
    await delivered();
    const [message] = inThread(code);
    thread.messages.delete(message!.id);
    await claim(heron, code);
    await delivered();
    const cards = inThread(code);
    assert.equal(cards.length, 1);
    assert.match(cards[0]!.content, /Heron/);
  });

  it("a Discord thread that was archived wakes; one that was locked waits until somebody unlocks it", async () => {
    const { discord, home } = wired;
    thread.archived = true;
    const code = await report();
    await delivered();
    assert.deepEqual([thread.archived, inThread(code).length], [false, 1]);
    Object.assign(thread, { archived: true, locked: true });
    discord.managesThreads = false;
    const next = await report();
    await claim(heron, code);
    await delivered();
    assert.equal(inThread(next).length, 0);
    assert.doesNotMatch(inThread(code)[0]!.content, /Heron/);
    assert.ok(postsOf(next).length === 1, "the forum goes on");
    const said = home.notes.filter((n) => n.code === "board-unreachable").map((n) => n.values.code);
    assert.ok(said.includes("discord-160005") && said.includes("discord-50013"), said.join());
    Object.assign(thread, { archived: false, locked: false });
    await later(600_000);
    assert.equal(inThread(next).length, 1);
    assert.match(inThread(code)[0]!.content, /Heron/);
    discord.managesThreads = true;
  });

  it("a Discord thread that was deleted: the forum goes on, and what is not delivered is kept and named", async () => {
    wired.discord.channels.delete(thread.id);
    const code = await report();
    await delivered();
    assert.equal(postsOf(code).length, 1);
    assert.ok((await parked()).includes("discord-10003"));
  });

  it("a place that is there again gets what it missed when it is named anew; a board that is taken away leaves nothing", async () => {
    const { discord, service } = wired;
    discord.channels.set(thread.id, thread);
    await [...discord.accounts.values()][0]!.in(thread).command("board");
    const before = thread.messages.size;
    await delivered();
    assert.ok(thread.messages.size > before, "the card that it missed");
    const gone = (await service.core.outbox.boardStates()).find((b) => "telegram-chat-gone" in b.givenUp)!;
    await service.core.storage.transaction((trx) => service.core.outbox.removeBoard(trx, gone.id));
    assert.deepEqual(await parked(), []);
  });

  it("two deputies take an escalated case at once, each on another network: one has it, the other reads who", async () => {
    const code = await report();
    const wren = await reviewer("telegram", "Wren", "deputy");
    const account = lastUser();
    const finch = await reviewer("discord", "Finch", "deputy");
    now += 12 * day;
    await wired.service.core.tend();
    await delivered();
    assert.ok(account.chat().some((m) => m.ours && m.text?.includes(t("review:reminder.text"))));
    for (const who of [wren, finch]) {
      await who.command("queue");
      await who.press(who.holding(code));
    }
    const shown = await Promise.all([wren.press(t("review:card.claim")), finch.press(t("review:card.claim"))]);
    const { owner } = await wired.service.core.storage.read("reports").where({ code }).first();
    assert.ok(["Wren", "Finch"].includes(owner));
    const [won, lost] = owner === "Wren" ? shown : shown.toReversed();
    assert.ok(won!.includes(t("review:claimed")), won);
    assert.ok(lost!.includes(t("review:refused.taken", { by: owner })), lost);
  });
});

describe("a group on Telegram that becomes a supergroup", function () {
  this.timeout(120_000);
  beforeEach(() => opens({ unpaced: true }));
  afterEach(() => wired.close());

  for (const heard of [true, false])
    it(`takes its board, its cards and its tips with it ${heard ? "when it says so" : "when a card finds it gone"}`, async () => {
      const { telegram, service } = wired;
      const { core } = service;
      telegram.group(other);
      await reviewer("telegram", "Heron", "admin");
      const admin = lastUser();
      for (const command of ["/board", "/tipshere"]) await admin.in(other).send(command);
      const [first, board] = [await report(), (await core.outbox.boards())[0]!];
      await core.delivered();
      assert.equal(cardsIn(other, first).length, 1);
      const fresh = -1_000_000_999;
      const code = await report();
      telegram.migrate(other, fresh, heard);
      await telegram.settled();
      for (let n = 0; n < 5; n++) {
        await core.delivered();
        now += 60_000;
      }
      assert.equal(cardsIn(fresh, code).length, 1);
      assert.deepEqual(await core.outbox.parked(9), []);
      const boards = await core.outbox.boards();
      assert.equal(boards.length, 1);
      assert.notEqual(boards[0]?.id, board.id);
      const [subscriber, ...others] = await core.storage.read("subscribers");
      assert.deepEqual(others, []);
      await admin.in(fresh).press(t("review:card.claim"));
      await core.delivered();
      assert.equal(cardsIn(fresh, code).length, 1, "redrawn in its new place");
      now = (subscriber.due + 60) * 1000;
      assert.equal(await core.tick(), 1);
      await core.delivered();
      const tip = telegram
        .groupMessages(fresh)
        .filter((m) => m.ours && m.text?.includes(t("tips:tip.today", { today: "" })));
      assert.equal(tip.length, 1, "the tip, too");
      await admin.in(fresh).send("/boardoff");
      assert.deepEqual(await core.outbox.boards(), []);
    });
});

describe("boards on both networks, which are down for two days", function () {
  this.timeout(300_000);
  before(() => opens());
  after(() => wired.close());

  it("get each case's card once, as the case is then, older days first; meanwhile the networks are left alone", async () => {
    const { telegram, discord, service } = wired;
    const { core } = service;
    telegram.group(group, [7]);
    telegram.group(other);
    const channel = discord.place();
    await reviewer("telegram", "Heron", "admin");
    const admin = lastUser();
    await admin.in(group, 7).send("/board");
    await admin.in(other).send("/board");
    await reviewer("discord", "Owl", "admin");
    await [...discord.accounts.values()].at(-1)!.in(channel).command("board");
    const wren = filing.as("Wren");
    await enters(core, wren, "Wren", "deputy");
    await core.delivered();

    telegram.misbehave("sendMessage", "cut", 100_000);
    discord.misbehave({ on: /^POST .channels/, how: "cut", times: 100_000 });
    const before = telegram.called("sendMessage").length + discord.calls.length;
    const days = new Map<string, number>();
    for (let n = 0; n < 3; n++) {
      for (let i = 0; i < 2; i++) days.set(await report(), n);
      for (let gone = 0; gone < (n < 2 ? day : 6 * hour); gone += 6 * hour) {
        now += 6 * hour;
        await core.delivered();
      }
    }
    const tries = telegram.called("sendMessage").length + discord.calls.length - before;
    assert.ok(tries < 120, `${tries} tries in two days`);
    const [first = ""] = days.keys();
    await wren.command("queue");
    await wren.does({
      kind: "choice",
      value: wren.screen.menu!.options.find((o) => o.value.endsWith(first))!.value,
    });
    await wren.press(t("review:card.claim"));

    telegram.behave();
    discord.behave();
    for (let minutes = 0; (await core.outbox.counts()).waiting > 0; minutes++) {
      assert.ok(minutes < 30, "they catch up within half an hour");
      now += 60_000;
      await core.delivered();
    }
    const boards = {
      topic: telegram
        .groupMessages(group)
        .filter((m) => m.ours && m.thread === 7)
        .map((m) => m.text ?? ""),
      group: telegram
        .groupMessages(other)
        .filter((m) => m.ours)
        .map((m) => m.text ?? ""),
      channel: [...channel.messages.values()].filter((m) => !m.only).map((m) => m.content),
    };
    for (const [name, texts] of Object.entries(boards)) {
      const codes = texts.flatMap((text) => [...days.keys()].filter((code) => text.includes(title(code))));
      assert.deepEqual(codes.toSorted(), [...days.keys()].sort(), `${name}: each once`);
      assert.deepEqual(
        codes.map((code) => days.get(code)),
        [0, 0, 1, 1, 2, 2],
        name,
      );
      assert.match(texts.find((text) => text.includes(title(first)))!, /Wren/);
    }
  });
});
