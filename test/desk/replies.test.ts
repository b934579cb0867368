import assert from "node:assert/strict";
import type { Core } from "../../src/main.ts";
import { type Caller, enters, files, type Network, network, tables } from "../support/caller.ts";
import { type TestHome, testHome } from "../support/house.ts";

describe("an answer that can be taken back", function () {
  this.timeout(30_000);
  const text = "Since when have the lists been on offer?";
  let clock = Date.UTC(2030, 4, 14, 10);
  let home: TestHome;
  let core: Core;
  let net: Network;
  let receipt = "";
  let code = "";
  let reporter: Caller;
  let heron: Caller;

  async function open(): Promise<Core> {
    core = await home.core(() => clock, { unpaced: true });
    net = await network(core, "telegram", (await tables()).telegram);
    reporter = net.as("reporter");
    heron = net.as("account of Heron");
    return core;
  }
  const seconds = (n: number) => {
    clock += n * 1000;
  };
  async function reads(): Promise<string> {
    await reporter.command("mailbox");
    if (reporter.screen.buttons?.some((b) => b.value.endsWith("!leave"))) await reporter.press("!leave");
    await reporter.says(receipt);
    return JSON.stringify(reporter.screen);
  }
  const notices = () => net.sent.filter((m) => m.to.id === "reporter").length;
  async function answers(): Promise<void> {
    await heron.command("queue");
    await heron.press(code);
    await heron.press("reply");
    await heron.says(text);
    await heron.press("send");
  }
  const actions = async () => (await core.storage.read("audit").orderBy("number")).map((e) => e.action as string);

  beforeEach(async () => {
    home = testHome({ QUIETLINE_UNDO: "60" });
    await open();
    core.start();
    await enters(core, heron, "Heron", "reviewer");
    receipt = await files(reporter, "A clerk sells lists.");
    await reads();
    await reporter.press("notify");
    code = (await core.storage.read("reports").first()).code;
    await heron.command("queue");
    await heron.press(code);
    await heron.press("claim");
    await core.delivered();
    net.sent.splice(0);
  });
  afterEach(async () => {
    await core.close();
    home.remove();
  });

  it("is neither read nor announced before its moment, and then both, once", async () => {
    await answers();
    assert.match(heron.screen.text, /goes out in 60 seconds/);
    seconds(59);
    await core.delivered();
    assert.ok(!(await reads()).includes(text));
    assert.equal((await core.storage.read("messages")).length, 0);
    assert.equal((await core.storage.read("reports").first()).done_personal, null, "it is no answer yet");
    assert.equal(notices(), 0);
    const row = await core.storage.read("replies").first();
    assert.ok(!(row.body as Buffer).includes("lists"));
    seconds(1);
    await core.delivered();
    assert.ok((await reads()).includes(text));
    assert.equal(notices(), 1);
    assert.notEqual((await core.storage.read("reports").first()).done_personal, null);
    await heron.press("undo");
    assert.equal(heron.screen.notice, "Too late: it has gone out.");
    assert.equal((await core.storage.read("messages")).length, 1);
  });

  it("is taken back whole: nobody reads it, nobody is told, and its words are there to be changed", async () => {
    await answers();
    seconds(30);
    await heron.press("undo");
    assert.equal(heron.screen.quotes?.[0]?.text, text);
    seconds(3600);
    await core.delivered();
    assert.ok(!(await reads()).includes(text));
    assert.equal(notices(), 0);
    assert.deepEqual(await core.storage.read("replies"), []);
    assert.deepEqual((await actions()).slice(-2), ["reply", "take back reply"]);
  });

  it("leaves a message unread that came while it was written, or before it goes out: reading reads", async () => {
    const unread = async () => (await core.storage.read("reports").first()).unread as number;
    const writes = async (words: string) => {
      await reporter.press("answer");
      await reporter.says(words);
    };
    await heron.command("queue");
    await heron.press(code);
    await heron.press("reply");
    await heron.says(text);
    await writes("They are on offer again.");
    await heron.press("send");
    assert.equal(await unread(), 1);
    await heron.command("queue");
    await heron.press(code);
    await heron.press("read");
    await heron.press("clear");
    assert.equal(await unread(), 0);
    seconds(30);
    await writes("And the clerk has seen me writing.");
    seconds(31);
    await core.delivered();
    assert.equal((await core.storage.read("messages")).length, 3);
    assert.equal(await unread(), 1);
  });

  it("goes out by the next process when this one died", async () => {
    await answers();
    await core.close();
    seconds(3600);
    await open();
    assert.ok(!(await reads()).includes(text));
    core.start();
    await core.delivered();
    assert.ok((await reads()).includes(text));
    assert.equal(notices(), 1);
  });

  it("goes out once when two processes look at the same moment", async () => {
    await answers();
    const first = core;
    const second = await open();
    seconds(61);
    first.start();
    second.start();
    await Promise.all([first.delivered(), second.delivered()]);
    assert.equal((await core.storage.read("messages")).length, 1);
    await first.close();
  });

  it("does not go out when its writer was shut out, or must not know of the case any more", async () => {
    await answers();
    await core.suspend("Heron", true);
    seconds(61);
    await core.delivered();
    assert.equal((await core.storage.read("messages")).length, 0);
    assert.ok((await actions()).includes("drop reply of Heron"));
    await core.suspend("Heron", false);
    await heron.command("queue");
    await heron.press(code);
    await heron.press("claim");
    await answers();
    await core.storage.transaction((trx) => trx("reports").update({ excluded: core.people.tag("Heron"), guard: 2 }));
    seconds(61);
    await core.delivered();
    assert.equal((await core.storage.read("messages")).length, 0);
    assert.deepEqual(await core.storage.read("replies"), []);
  });

  it("comes before the last word where its case is closed meanwhile, and cannot follow it", async () => {
    await answers();
    await heron.command("queue");
    await heron.press(code);
    for (const label of ["close", "not-confirmed"]) await heron.press(label);
    await heron.says("We found nothing.");
    const shown = await reads();
    assert.ok(shown.indexOf(text) > 0 && shown.indexOf(text) < shown.indexOf("We found nothing."), shown);
    seconds(61);
    await core.delivered();
    assert.equal((await core.storage.read("messages")).length, 2);
    assert.deepEqual(await core.storage.read("replies"), []);
  });

  it("that cannot be opened holds up none behind it", async () => {
    await answers();
    await core.storage.transaction((trx) => trx("replies").update({ body: Buffer.from("not ours"), due: 1 }));
    await answers();
    seconds(61);
    await core.delivered();
    assert.equal((await core.storage.read("messages")).length, 1);
    assert.ok((await reads()).includes(text));
    assert.equal((await core.storage.read("replies")).length, 1, "it stays for whoever mends the key");
    assert.ok(home.notes.some((n) => n.code === "reply-waits"));
  });

  it("and a note is for colleagues: no receipt, no mailbox and no notice shows it", async () => {
    const note = "The marmalade branch again.";
    await heron.command("queue");
    await heron.press(code);
    await heron.press("read");
    await heron.press("clear");
    await heron.press("note");
    await heron.says(note);
    assert.ok(JSON.stringify(heron.screen.quotes).includes(note), "the team reads it");
    await core.delivered();
    assert.ok(!(await reads()).includes("marmalade"));
    await reporter.press("told");
    assert.ok(!JSON.stringify(reporter.screen).includes("marmalade"));
    assert.equal(notices(), 0);
    const row = await core.storage.read("notes").first();
    const { mailboxKeys } = await import("../../src/crypto/mailbox.ts");
    const { createVault } = await import("../../src/crypto/vault.ts");
    const vault = createVault(core.keys);
    await assert.rejects(vault.open(row.body as Buffer, mailboxKeys(receipt.replaceAll("-", "")).identity), {
      code: "key-wrong",
    });
    assert.ok(JSON.stringify(await vault.open(row.body as Buffer)).includes("marmalade"));
    assert.equal((await actions()).filter((a) => a.includes("marmalade")).length, 0);
  });
});
