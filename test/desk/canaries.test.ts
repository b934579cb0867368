import assert from "node:assert/strict";
import type { Core } from "../../src/main.ts";
import { type Caller, files, joins, type Network, network, tables } from "../support/caller.ts";
import { type TestHome, testHome } from "../support/house.ts";

/** A made-up customer that an organisation planted in one branch. */
const planted = { place: "Branch 4, system LOAN", values: ["139 1000 2000", "lin.canary7@example.org"] };

describe("a report that holds a canary record", () => {
  let home: TestHome;
  let core: Core;
  let chat: Network;
  let heron: Caller;
  const t = (key: string, values?: Record<string, string | number>) => core.words.say("en", key, values);
  const queue = async () => {
    await heron.command("queue");
    return heron.screen.menu!.options;
  };

  before(async () => {
    home = testHome();
    core = await home.core(() => Date.UTC(2030, 4, 14));
    chat = await network(core, "chat", (await tables()).telegram);
    heron = await joins(core, chat, "Heron", "reviewer");
    await core.trade.links.plant([planted]);
    core.start();
  });
  after(async () => {
    await core.close();
    home.remove();
  });

  it("stands first in the queue as soon as it comes, and names the place to whoever may read it", async () => {
    await files(chat.as("one"), "A clerk sells lists.");
    await files(chat.as("two"), "They sell lin.canary7@example.org and others.");
    const [first, second] = await queue();
    assert.match(first!.label, /P0/);
    assert.doesNotMatch(second!.label, /P0/);
    await heron.press(first!.label);
    assert.doesNotMatch(JSON.stringify(heron.screen), /LOAN/, "not on the card");
    await heron.press(t("trade:open"));
    assert.ok(heron.screen.text.includes(t("trade:canary", { place: planted.place })));
  });

  it("moves up when a later message brings one", async () => {
    const receipt = await files(chat.as("three"), "A clerk sells more lists.");
    const before = await core.storage.read("reports").select("code", "priority");
    // with the receipt the reporter comes back from anywhere
    const reporter = chat.as("another account");
    await reporter.command("mailbox");
    await reporter.says(receipt);
    await reporter.press(t("mailbox:open.answer"));
    await reporter.says("Here is one that they sent me: 13910002000");
    const after = await core.storage.read("reports").select("code", "priority");
    const moved = after.filter((row) => before.find((b) => b.code === row.code)!.priority !== row.priority);
    assert.equal(moved.length, 1);
    const [now] = moved;
    assert.ok(now!.priority < before.find((b) => b.code === now!.code)!.priority);
    const levels = (await queue()).map((o) => /\bP[0-3]\b/.exec(o.label)?.[0]);
    assert.deepEqual(levels, ["P0", "P0", "P3"]);
  });
});
