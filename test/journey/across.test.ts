/**
 * The main journey, with every part real but the two networks themselves: a report is filed on Telegram, its card hangs
 * on Discord, a reviewer answers there, and the reporter reads the answer on the web page with the receipt.
 */
import assert from "node:assert/strict";
import type { Service } from "../../src/service.ts";
import { Visitor } from "../platforms/web/visitor.ts";
import type { DiscordServer } from "../standins/discord.ts";
import type { TelegramServer } from "../standins/telegram.ts";
import { type Networks, onBothNetworks } from "../support/networks.ts";

const receiptIn = (text: string): string =>
  /[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}-[0-9A-Z]{5}/.exec(text)?.[0] ?? assert.fail(`no receipt in:\n${text}`);
const story = "A clerk of the branch photographs balances and sends them to a buyer.";

describe("a report travels from Telegram to Discord and back to the web page", () => {
  let telegram: TelegramServer;
  let discord: DiscordServer;
  let networks: Networks;
  let service: Service;

  before(async () => {
    networks = await onBothNetworks();
    ({ service, telegram, discord } = networks);
  });
  after(() => networks.close());

  let receipt = "";

  it("an admin joins by the first link, and comes in from Discord too", async () => {
    const admin = new Visitor(service.page);
    await admin.get(service.firstInvite!);
    const begin = admin.page!.forms.at(-1)!;
    await admin.submit(
      begin,
      begin.controls.find((c) => c.tag === "button"),
    );
    const form = admin.formWith("send");
    const passphrase = ["quiet water under reeds"];
    await admin.submit(form.form, form.button, {
      values: { "f.alias": ["Heron"], "f.passphrase": passphrase, "f.again": passphrase },
    });
    assert.match(admin.page!.text, /Welcome, Heron/);
    await admin.press("Reviewers’ desk");
    await admin.press("Add another account");
    const code = /[A-Za-z0-9_-]{16}/.exec(admin.page!.text)![0];

    const heron = discord.account(1);
    await heron.command("join");
    await heron.fill({ code });
    await heron.press("Use this account");
    assert.match(heron.seen().text, /Welcome, Heron/);
  });

  it("binds a channel as a board", async () => {
    const channel = discord.place(0);
    const view = await discord.account(1).in(channel).command("board");
    assert.match(view.text, /will be posted there/);
  });

  it("files a report on Telegram and shows its receipt", async () => {
    const reporter = telegram.user(7001);
    await reporter.send("/start");
    for (const press of ["Report", "Go on here", "I know that data is being sold"]) await reporter.press(press);
    await reporter.send(story);
    await reporter.press("Continue");
    await reporter.press("Bank");
    for (let i = 0; i < 4; i++)
      await reporter.press(reporter.seen().buttons.includes("Skip the rest") ? "Skip the rest" : "Skip");
    await reporter.press("Continue");
    await reporter.press("Skip the rest");
    await reporter.press("Send the report");
    await reporter.press("Send, and keep no link (safer)");
    receipt = receiptIn(reporter.seen().text);
  });

  it("hangs a card without a word of the report on the board", async () => {
    await service.core.delivered();
    const text = discord.placeText([...discord.channels.keys()].find((id) => discord.placeText(id).includes("Case "))!);
    assert.match(text, /Case [0-9A-Z]{6}/);
    assert.match(text, /Bank/);
    assert.ok(!text.includes("photographs"), "the report's text hangs in a shared place");
    assert.ok(!text.includes("7001"));
  });

  it("is taken, read in private and answered on Discord", async () => {
    const board = [...discord.channels.values()].find((c) => discord.placeText(c.id).includes("Case "))!;
    const there = discord.account(1).in(board);
    await there.press("Take it");
    await service.core.delivered();
    assert.match(discord.placeText(board.id), /With: Heron/);
    await there.press("Read");
    const view = await there.press("No. Open it");
    assert.ok(view.text.includes(story), view.text);
    assert.ok(!discord.placeText(board.id).includes("photographs"), "the reading lies open in the channel");
    await there.press("Answer");
    await there.fill({ text: "Thank you. Which system shows the balances?" });
    await there.press("Send");
  });

  it("gives a stranger who presses the card nothing, and counts it", async () => {
    const board = [...discord.channels.values()].find((c) => discord.placeText(c.id).includes("Case "))!;
    const view = await discord.account(66).in(board).press("Read");
    assert.match(view.text, /not open to you/);
    assert.ok(!view.text.includes("photographs"));
  });

  it("lets the reporter read the answer on the web page, and write back", async () => {
    const reporter = new Visitor(service.page);
    await reporter.get("/");
    await reporter.press("Open my mailbox");
    const form = reporter.formWith("send");
    await reporter.submit(form.form, form.button, { values: { "f.receipt": [receipt.toLowerCase()] } });
    assert.match(reporter.page!.text, /Which system shows the balances\?/);
    await reporter.press("Read my report");
    assert.ok(reporter.page!.text.includes(story));
  });

  it("puts every look on record", async () => {
    const { entries, broken } = await service.core.audit.verify();
    assert.equal(broken, undefined);
    assert.ok(entries >= 6, `${entries} entries`);
  });
});
