import assert from "node:assert/strict";
import type { Core } from "../../src/main.ts";
import { type Caller, choices, files, joins, type Network, network, tables } from "../support/caller.ts";
import { type TestHome, testHome } from "../support/house.ts";

const board = "reviewers' group";

describe("when something fails at the desk", () => {
  let home: TestHome;
  let core: Core;
  let chat: Network;
  let heron: Caller;
  let now = Date.UTC(2030, 4, 14, 9);
  const t = (key: string, values?: Record<string, string | number>) => core.words.say("en", key, values);
  const codes = async () => (await core.storage.read("reports").select("code")).map((r) => r.code as string);
  const titles = (from: number) => chat.sent.slice(from).map((s) => s.screen.title ?? "");

  before(async () => {
    home = testHome();
    core = await home.core(() => now);
    chat = await network(core, "chat", (await tables()).telegram);
    heron = await joins(core, chat, "Heron", "admin");
    await chat.as("account of Heron", { place: board }).command("board");
    core.start();
  });
  after(async () => {
    await core.close();
    home.remove();
  });

  it("a network that was down for a day gets each case's card once, as the case is then", async () => {
    chat.answers.push(
      ...Array.from({ length: 200 }, () => ({ ok: false as const, retry: true as const, code: "network" })),
    );
    for (let n = 0; n < 4; n++) {
      await files(chat.as(`reporter ${n}`), "A clerk sells lists.");
      await core.delivered();
      now += 3_600_000;
    }
    const [first] = await codes();
    await heron.command("queue");
    await heron.does({
      kind: "choice",
      value: heron.screen.menu!.options.find((o) => o.value.endsWith(first!))!.value,
    });
    await heron.press(t("review:card.claim"));
    await core.delivered();
    now += 86_400_000;
    chat.answers.length = 0;
    const before = chat.sent.length;
    await core.delivered();
    assert.deepEqual(titles(before).sort(), (await codes()).map((code) => t("review:card.title", { code })).sort());
    const claimed = chat.sent.slice(before).find((s) => s.screen.title === t("review:card.title", { code: first! }))!;
    assert.match(claimed.screen.text, /Heron/);
  });

  it("a reviewer who is suspended in mid-case can do nothing more, by no button, and the case is free", async () => {
    const screen = heron.screen;
    assert.ok(choices(screen).length > 0);
    await core.suspend("Heron", true);
    for (const choice of choices(screen).slice(0, 4)) {
      await heron.does({ kind: "choice", value: choice.value });
      assert.doesNotMatch(JSON.stringify(heron.screen), /A clerk sells lists/);
    }
    assert.equal(await core.storage.read("reports").whereNotNull("owner").first(), undefined);
    await core.suspend("Heron", false);
  });
});
