/** What a reviewer writes stays with the case that it was written for. */
import assert from "node:assert/strict";
import type { Core } from "../../src/main.ts";
import { type Caller, files, invited, joins, network, tables } from "../support/caller.ts";
import { type TestHome, testHome } from "../support/house.ts";

describe("an answer that was not sent", () => {
  let home: TestHome;
  let core: Core;
  let heron: Caller;
  let codes: string[] = [];
  const words = "Ask the marmalade office.";
  const drawn = () => JSON.stringify(heron.screen);
  const opens = async (code: string) => {
    await heron.command("queue");
    await heron.press(code);
  };
  /** Up to the last look, and back to the case. */
  async function writes(): Promise<void> {
    await heron.press("reply");
    await heron.says(words);
    assert.ok(drawn().includes(words));
    for (const _ of ["reply", "card"]) await heron.press("!back");
  }

  beforeEach(async () => {
    home = testHome();
    core = await home.core();
    const chat = await network(core, "telegram", (await tables()).telegram);
    await joins(core, chat, "Raven", "admin");
    for (const n of [1, 2]) await files(chat.as(`reporter ${n}`), `Lists are sold, ${n}.`);
    codes = (await core.storage.read("reports")).map((r) => r.code as string);
    heron = chat.as("account of Raven");
    for (const code of codes) {
      await opens(code);
      await heron.press("claim");
    }
  });
  afterEach(async () => {
    await core.close();
    home.remove();
  });

  it("stays ready for its case, and is not there in another", async () => {
    const [one, other] = codes as [string, string];
    await opens(one);
    await writes();
    await heron.press("reply");
    assert.ok(drawn().includes(words), drawn());
    for (const _ of ["card", "queue"]) await heron.press("!back");
    await heron.press(other);
    await heron.press("reply");
    assert.ok(!drawn().includes(words), drawn());
    await heron.says("Another answer.");
    assert.ok(!drawn().includes(words));
  });

  it("nor after the way to the queue by its button", async () => {
    await opens(codes[0]!);
    await writes();
    await heron.press("queue");
    await heron.press(codes[1]!);
    await heron.press("reply");
    assert.ok(!drawn().includes(words), drawn());
  });

  it("is shown to no second person", async () => {
    await opens(codes[0]!);
    await writes();
    await heron.press("life");
    await heron.press("second");
    await heron.press("hold");
    assert.ok(!drawn().includes(words), drawn());
  });

  it("nor is what a second person is told ready for the reporter", async () => {
    await opens(codes[0]!);
    await heron.press("life");
    await heron.press("second");
    await heron.press("false");
    await heron.says(words);
    assert.ok(drawn().includes(words));
    for (const _ of ["untrue", "second", "life", "card"]) await heron.press("!back");
    await heron.press("reply");
    assert.ok(!drawn().includes(words), drawn());
  });
});

describe("an answer that is sent at once", () => {
  it("leaves a message unread that came while it was written", async () => {
    const home = testHome();
    const core = await home.core();
    try {
      const chat = await network(core, "telegram", (await tables()).telegram);
      const heron = await joins(core, chat, "Heron", "reviewer");
      const receipt = await files(chat.as("reporter"), "Lists are sold.");
      await heron.command("queue");
      await heron.press((await core.storage.read("reports").first()).code);
      for (const value of ["claim", "reply"]) await heron.press(value);
      await heron.says("Since when?");
      const again = chat.as("reporter, by another account");
      await again.command("mailbox");
      await again.says(receipt);
      await again.press("answer");
      await again.says("They know of me. Hurry!");
      await heron.press("send");
      assert.equal((await core.storage.read("messages")).length, 2);
      assert.equal((await core.storage.read("reports").first()).unread, 1);
    } finally {
      await core.close();
      home.remove();
    }
  });
});

describe("an answer that is written for longer than a visit lasts", () => {
  it("is handed back to who wrote it, and so is a story of an earlier tab", async () => {
    let clock = Date.now();
    const home = testHome();
    const core = await home.core(() => clock);
    try {
      const net = await network(core, "web", (await tables()).web);
      const heron = net.as("visit of Heron");
      await heron.command("join", await invited(core, "admin"));
      const passphrase = "quiet water under reeds";
      await heron.fills({ alias: "Heron", passphrase, again: passphrase });
      const reporter = net.as("visit of a reporter");
      await reporter.command("report");
      for (const label of ["go", "selling"]) await reporter.press(label);
      const { form } = reporter.screen;
      const story = "A clerk of our branch sells lists.";
      await reporter.fills({ [form!.fields[0]!.name]: story });
      const late = await reporter.does({
        kind: "form",
        value: form!.send.value,
        values: { [form!.fields[0]!.name]: `${story} And more.` },
      });
      assert.ok(late.notice?.startsWith("That button belongs to an earlier question"));
      assert.deepEqual(late.quotes?.[0], { by: "What you typed, so that you can copy it", text: `${story} And more.` });

      const chat = await network(core, "telegram", (await tables()).telegram);
      await files(chat.as("another reporter"), "Lists are sold.");
      await heron.command("queue");
      await heron.press((await core.storage.read("reports").first()).code);
      for (const value of ["claim", "reply"]) await heron.press(value);
      clock += 31 * 60_000;
      const long = "Thank you for telling us. ".repeat(700);
      const out = await heron.fills({ [heron.screen.form!.fields[0]!.name]: long });
      assert.match(out.notice ?? "", /signed out/);
      assert.equal(out.quotes?.[0]?.text, long);
    } finally {
      await core.close();
      home.remove();
    }
  });
});
