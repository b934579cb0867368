import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Visitor } from "../../src/desk.ts";
import type { Core } from "../../src/main.ts";
import { createSenders } from "../../src/senders.ts";
import { type Memory, openMemory } from "../../src/storage/memory.ts";
import { type Caller, choices, files, joins, type Network, network, tables, tollSum } from "../support/caller.ts";
import { redis, type TestHome, testHome } from "../support/house.ts";
import { skipFor } from "../support/missing.ts";

const hour = 3_600_000;

for (const kind of ["memory", "Redis"] as const)
  describe(`senders, remembered in ${kind}`, () => {
    let memory: Memory | undefined;
    before(async function () {
      if (kind === "memory") return;
      const server = await redis();
      if ("missing" in server) return skipFor(this, server.missing);
      memory = await openMemory({ url: server.url, house: `test ${process.pid}`, note: () => undefined });
    });
    after(() => memory?.close());

    it("are made to wait, by any of their names, and are forgotten", async () => {
      let now = Date.now();
      const senders = createSenders(memory, Buffer.from(`key ${Math.random()}`), () => now, 24);
      await senders.note("K7Q2MD", "slot of today");
      await senders.note("B2B2B2", "somebody else");
      assert.equal(await senders.mute("ZZZZZZ"), false);
      assert.equal(await senders.muted(["slot of today"]), false);
      assert.equal(await senders.mute("K7Q2MD"), true);
      assert.equal(await senders.muted(["slot of tomorrow", "slot of today"]), true);
      assert.equal(await senders.muted(["somebody else"]), false);
      if (kind === "Redis") return; // its clock is its own
      now += 25 * hour;
      assert.equal(await senders.muted(["slot of today"]), false);
      assert.equal(await senders.known("B2B2B2"), false);
    });

    it("are nobody where the organisation wants that", async () => {
      const senders = createSenders(memory, Buffer.from("key"), Date.now, 0);
      await senders.note("K7Q2MD", "slot");
      assert.equal(await senders.mute("K7Q2MD"), false);
    });
  });

describe("junk and floods", () => {
  let home: TestHome;
  let core: Core;
  let chat: Network;
  let page: Network;
  let heron: Caller;
  let now = Date.UTC(2030, 4, 14, 9);
  const t = (key: string, values?: Record<string, string | number>) => core.words.say("en", key, values);
  const codes = async () => (await core.storage.read("reports").select("code")).map((r) => r.code as string);

  before(async () => {
    home = testHome({ QUIETLINE_FLOOD: "3" });
    core = await home.core(() => now);
    const all = await tables();
    chat = await network(core, "chat", all.telegram);
    page = await network(core, "page", all.web);
    heron = await joins(core, chat, "Heron", "reviewer");
  });
  after(async () => {
    await core.close();
    home.remove();
  });

  const sumOf = (who: Caller) => tollSum(who.screen, t);

  /** Brings a report to its preview and presses send. */
  async function tries(who: Caller): Promise<void> {
    await who.command("start");
    if (choices(who.screen).some((c) => c.value.endsWith("!leave"))) await who.press("Leave");
    await who.command("report");
    for (const label of ["go", "selling"]) await who.press(label);
    await who.says("A clerk sells lists.");
    if (choices(who.screen).some((c) => c.label === "Continue")) await who.press("Continue");
    await who.press(t("report:to-preview"));
    await who.press("send");
  }

  it("a reviewer who has a case makes its sender wait for a day, and learns nothing else", async () => {
    await files(chat.as("a spammer"), "buy cheap watches");
    const [code] = await codes();
    await heron.command("queue");
    await heron.does({ kind: "choice", value: heron.screen.menu!.options[0]!.value });
    await heron.press(t("review:card.life"));
    assert.ok(!choices(heron.screen).some((c) => c.label === t("review:mute.button")), "only who has it");
    await heron.press(t("review:life.back"));
    await heron.press(t("review:card.claim"));
    await heron.press(t("review:card.life"));
    await heron.press(t("review:mute.button"));
    await heron.press(t("review:mute.yes"));
    assert.equal(heron.screen.notice, t("review:mute.done"));
    const last = (await core.storage.read("audit").orderBy("number", "desc").first())!;
    assert.deepEqual([last.action, last.alias, last.code], ["mute sender", "Heron", code]);

    const spammer = chat.as("a spammer");
    await tries(spammer);
    assert.equal(spammer.screen.notice, t("errors:too-many"));
    assert.equal((await codes()).length, 1);
    await files(chat.as("somebody honest"), "A clerk sells lists.");
    assert.equal((await codes()).length, 2);
  });

  it("also across midnight, until the day is over; then they may send again", async () => {
    now += 16 * hour;
    const spammer = chat.as("a spammer");
    await tries(spammer);
    assert.equal(spammer.screen.notice, t("errors:too-many"));
    now += 8 * hour;
    await tries(spammer);
    assert.equal(spammer.screen.title, t("report:reach.title"));
  });

  it("nothing of it lies on disk", async () => {
    const row = (await core.storage.read("reports").first())!;
    for (const value of Object.values(row)) assert.doesNotMatch(String(value), /muted|spammer/);
    const bytes = readdirSync(home.home, { recursive: true, withFileTypes: true })
      .filter((e) => e.isFile())
      .map((e) => readFileSync(join(e.parentPath, e.name)).toString("latin1"))
      .join();
    assert.ok(!bytes.includes("muted "), "no mark of who is muted");
    assert.ok(bytes.includes("mute sender"), "the test can fail");
  });

  it("in a flood on the web page each sends after a small sum, and what was told is kept meanwhile", async () => {
    for (const who of ["one", "two", "three"]) {
      await tries(page.as(who));
      assert.ok(page.as(who).screen);
    }
    const before = (await codes()).length;
    const honest = page.as("somebody honest");
    await tries(honest);
    assert.equal(honest.screen.title, t("toll:title"));
    assert.equal((await codes()).length, before);
    const sum = () => sumOf(honest);
    await honest.fills({ sum: "1" });
    assert.equal(honest.screen.notice, t("toll:wrong"));
    await honest.fills({ sum: sum() });
    assert.equal(honest.screen.notice, t("toll:early"));
    now += 9000;
    await honest.fills({ sum: sum() });
    assert.equal(honest.screen.title, t("report:receipt.title"));
    assert.equal((await codes()).length, before + 1);
  });

  it("a question of one process is answered at another of the same house", async () => {
    const other = await home.core(() => now);
    const visitor = {
      actor: { kind: "anyone" },
      limit: "a visit",
      names: ["a visit"],
      locale: "en",
    } as unknown as Visitor;
    const toll = (await core.desk.for(visitor).toll()) ?? assert.fail("there is a flood");
    const [a, b] = other.desk.for(visitor).tollNumbers(toll);
    now += 9000;
    assert.equal(await other.desk.for(visitor).payToll(toll, String(a + b)), "sum");
    await other.close();
    // asking is not paying: a turn that lost a race is taken again, and asks again
    assert.equal(await other.desk.for(visitor).payToll(toll, String(a + b)), "sum");
    // it is the house's, and not the process's: at another house in this very process it is none
    const elsewhere = testHome();
    const stranger = await elsewhere.core(() => now);
    assert.equal(await stranger.desk.for(visitor).payToll(toll, String(a + b)), "old");
    await stranger.close();
    elsewhere.remove();
  });

  it("with an account everybody is asked as well, after what they typed and chose; no number of them is refused", async () => {
    for (let i = 0; i < 22; i++) {
      const member = chat.as(`member ${i}`);
      await tries(member);
      await member.press("notify");
      assert.equal(member.screen.title, t("toll:title"));
      now += 9000;
      await member.says(sumOf(member));
      assert.equal(member.screen.title, t("report:receipt.title"));
      assert.equal((await core.storage.read("notify")).length, i + 1);
    }
  });

  it("one sender has fewer reports a day while it lasts", async () => {
    const eager = chat.as("somebody eager");
    for (let i = 0; i < 4; i++) {
      await tries(eager);
      if (i === 3) break;
      await eager.press("quiet");
      now += 9000;
      await eager.says(sumOf(eager));
      assert.equal(eager.screen.title, t("report:receipt.title"));
    }
    assert.equal(eager.screen.notice, t("errors:too-many"));
    assert.equal(eager.screen.title, t("report:preview.title"));
  });

  it("on the web page a browser's work passes beside the sums, of which so many a minute pass at most", async () => {
    let full = 0;
    for (let i = 0; i < 24; i++) {
      const machine = page.as(`machine ${i}`);
      await machine.command("sighting");
      await machine.press("credit-report");
      await machine.fills({ organisation: "Some Bank", how: "call", when: "this-week", detail: "" });
      await machine.press(t("sighting:check.send"));
      assert.equal(machine.screen.title, t("toll:title"));
      now += 9000;
      await machine.fills({ sum: sumOf(machine) });
      if (machine.screen.notice === t("toll:full")) full += 1;
    }
    assert.ok(full >= 4 && full < 24, `${full}`);
    const honest = page.as("somebody with a browser");
    await tries(honest);
    const { challenge, bits } = honest.screen.form!.fields[0]!.work!;
    await honest.fills({ sum: "#1" });
    assert.equal(honest.screen.notice, t("toll:easy"));
    let n = 0;
    while (Math.clz32(createHash("sha256").update(`${challenge}#${n}`).digest().readUInt32BE()) < bits) n += 1;
    await honest.fills({ sum: `#${n}` });
    assert.equal(honest.screen.title, t("report:receipt.title"));
  });
});
