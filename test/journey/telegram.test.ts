/** The whole service on Telegram alone: a group as a board, a reviewer in private, a reporter who wants to be told and then to leave no trace. */
import assert from "node:assert/strict";
import type { Service } from "../../src/service.ts";
import { createTelegramServer, type TelegramServer } from "../standins/telegram.ts";
import { invited } from "../support/caller.ts";
import { type TestHome, testHome } from "../support/house.ts";

const group = -1001;
const story = "An agent offers movement tracks of anybody for 900 each.";

describe("Telegram, from the first word to no trace", () => {
  let wire: TelegramServer;
  let home: TestHome;
  let service: Service;
  let receipt = "";

  before(async () => {
    wire = await createTelegramServer();
    wire.group(group);
    home = testHome({ TELEGRAM_BOT_TOKEN: wire.token, TELEGRAM_API_ROOT: wire.url });
    service = await home.service();
  });
  after(async () => {
    await service.close();
    await wire.close();
    home.remove();
  });

  const joined = async (n: number, alias: string, role: "admin" | "reviewer"): Promise<void> => {
    const code = await invited(service.core, role);
    await wire.user(n).send("/start");
    await wire.user(n).send(`/join ${code}`);
    await wire.user(n).send(alias);
    assert.match(wire.user(n).seen().text, new RegExp(`Welcome, ${alias}`));
  };

  it("an admin makes a group a board; a reviewer who is no admin cannot", async () => {
    await joined(1, "Heron", "admin");
    await joined(2, "Teal", "reviewer");
    await wire.user(2).in(group).send("/board");
    assert.match(wire.user(2).seen().text, /don’t know that command/);
    await wire.user(1).in(group).send("/board");
    assert.match(wire.user(1).seen().text, /will be posted there/);
    assert.ok(!wire.groupText().includes("will be posted there"));
  });

  it("a reporter files with a wish to be told, and the card has no word of the report", async () => {
    const reporter = wire.user(7);
    await reporter.send("/start");
    for (const press of ["Report", "Go on here", "I know that data is being sold"]) await reporter.press(press);
    await reporter.send(story);
    await reporter.press("Continue");
    await reporter.press("Skip");
    while (!reporter.seen().buttons.includes("Send the report")) {
      const next = ["Skip the rest", "Skip", "Continue"].find((b) => reporter.seen().buttons.includes(b));
      await reporter.press(next ?? assert.fail(reporter.seen().text));
    }
    await reporter.press("Send the report");
    await reporter.press("Send, and notify me here");
    receipt = /[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}-[0-9A-Z]{5}/.exec(reporter.seen().text)?.[0] ?? assert.fail("no receipt");
    await service.core.delivered();
    assert.match(wire.groupText(), /Case [0-9A-Z]{6}/);
    assert.ok(!wire.groupText().includes("movement tracks"));
  });

  it("two reviewers press at once: one has it, the other is told who", async () => {
    await Promise.all([wire.user(1).in(group).press("Take it"), wire.user(2).in(group).press("Take it")]);
    const [one, two] = [wire.user(1).seen().text, wire.user(2).seen().text];
    assert.equal([one, two].filter((t) => t.includes("It is yours now")).length, 1, `${one}\n---\n${two}`);
    assert.equal([one, two].filter((t) => /(Heron|Teal) was faster/.test(t)).length, 1, `${one}\n---\n${two}`);
    await service.core.delivered();
    assert.match(wire.groupText(), /With: (Heron|Teal)/);
    assert.equal(wire.groupText().match(/Case /g)?.length, 1, "the card is redrawn, not posted again");
  });

  it("the owner reads in private and answers; the reporter is told that there is something, never what", async () => {
    const owner = wire.groupText().includes("With: Heron") ? wire.user(1) : wire.user(2);
    await owner.in(group).press("Read");
    await owner.press("No. Open it");
    assert.ok(owner.seen().text.includes(story));
    assert.ok(!wire.groupText().includes("movement tracks"));
    await owner.press("Answer");
    await owner.send("Thank you. Where is this offered?");
    await owner.press("Send");
    await service.core.delivered();
    const told =
      wire
        .user(7)
        .chat()
        .filter((m) => m.ours)
        .at(-1)?.text ?? "";
    assert.match(told, /new message for you/);
    assert.ok(!told.includes("offered"));
  });

  it("the reporter types the receipt, which is erased from the chat, and reads the answer", async () => {
    const reporter = wire.user(7);
    await reporter.press("Open");
    assert.match(reporter.seen().text, /Have you written the receipt down/);
    await reporter.press("Leave");
    await reporter.send(receipt);
    assert.match(reporter.seen().text, /Where is this offered\?/);
    await wire.until(() => !reporter.chat().some((m) => !m.ours && m.text?.includes(receipt)));
  });

  it("a receipt typed anywhere else is refused and erased", async () => {
    const reporter = wire.user(7);
    await reporter.press("Write to the team");
    await reporter.send(`my code is ${receipt}`);
    assert.match(reporter.seen().text, /looks like a receipt/);
  });

  it("erases both sides of the chat and says what only the person can delete", async () => {
    const reporter = wire.user(7);
    await reporter.send("/start");
    await reporter.press("Erase my traces here");
    await wire.until(() => reporter.chat().length === 1);
    assert.match(reporter.chat()[0]?.text ?? "", /only you can delete/);
  });

  it("a stranger in the group gets a polite no, and it is counted", async () => {
    await wire.user(66).send("/start");
    await wire.user(66).in(group).press("Read");
    assert.match(wire.user(66).seen().text, /not open to you/);
    for (let i = 0; i < 9; i++) await wire.user(66).in(group).press("Read");
    assert.match(await service.core.figures.registry.metrics(), /quietline_events_tens\{what="refused"\} 10/);
  });

  it("a network that is down does not take the web page down", async () => {
    const other = testHome({
      TELEGRAM_BOT_TOKEN: wire.token,
      TELEGRAM_API_ROOT: "http://127.0.0.1:1",
      DISCORD_BOT_TOKEN: "a.b.c",
      DISCORD_API_ROOT: "http://127.0.0.1:1/api",
    });
    const alone = await other.service();
    const answer = await fetch(`${alone.page}/`);
    assert.equal(answer.status, 200);
    assert.ok(other.notes.some((n) => n.code === "platform-ready" && n.values.platform === "web"));
    await alone.close();
    other.remove();
  });
});
