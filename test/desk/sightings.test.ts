import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Command, Visitor } from "../../src/desk.ts";
import type { Core } from "../../src/main.ts";
import { type Caller, choices, joins, type Network, network, tables } from "../support/caller.ts";
import { type TestHome, testHome } from "../support/house.ts";

const today = Date.UTC(2030, 4, 14);
const organisation = "Harbour Bank Ltd.";
/** A number that an organisation planted in one branch. */
const planted = "6217 0001 2345 6789 05";

describe("sightings of leaked data", () => {
  let home: TestHome;
  let core: Core;
  let chat: Network;
  let page: Network;
  let board: string;
  let heron: Caller;
  const t = (key: string, values?: Record<string, string | number>) => core.words.say("en", key, values);
  const cards = () => chat.sent.filter((s) => s.to.id === board).map((s) => s.screen);

  /** Somebody on the web page tells what they saw; answers the last screen. */
  async function sees(person: string, told: Partial<Record<"organisation" | "how" | "when" | "detail", string>> = {}) {
    const who = page.as(person);
    await who.command("start");
    await who.press("sighting");
    await who.press("credit-report");
    await who.fills({ organisation, how: "call", when: "this-week", detail: "", ...told });
    if (!choices(who.screen).some((c) => c.label === t("sighting:check.send"))) return who.screen;
    return who.press(t("sighting:check.send"));
  }

  before(async () => {
    home = testHome();
    core = await home.core(() => today);
    const all = await tables();
    chat = await network(core, "chat", all.telegram);
    page = await network(core, "page", all.web);
    board = "reviewers' group";
    const admin = await joins(core, chat, "Admin", "admin");
    heron = await joins(core, chat, "Heron", "reviewer");
    await chat.as("account of Admin", { place: board }).command("board");
    assert.ok(admin.screen.text);
    core.start();
  });
  after(async () => {
    await core.close();
    home.remove();
  });

  it("are told in a minute, with no name and no receipt, and are counted", async () => {
    const thanks = await sees("one");
    assert.equal(thanks.title, t("sighting:thanks.title"));
    assert.equal(thanks.secret, undefined);
    const rows = await core.storage.read("sightings");
    assert.deepEqual(
      rows.map((r) => [r.kind, r.n]),
      [["credit-report", 1]],
    );
  });

  it("need an organisation, and ask before an unfinished one is left", async () => {
    const who = page.as("two");
    await who.command("sighting");
    await who.press("credit-report");
    await who.fills({ organisation: "…", how: "call", when: "this-week", detail: "" });
    assert.equal(who.screen.notice, t("sighting:no-name"));
    await who.command("report");
    assert.equal(who.screen.text, t("sighting:leave"));
  });

  it("come as a surge to every board once, with nothing that anybody typed", async () => {
    for (const person of ["three", "four", "five"]) await sees(person, { organisation: " harbour BANK " });
    await core.delivered();
    assert.deepEqual(cards(), []);
    await sees("six");
    await sees("seven");
    await core.delivered();
    assert.equal(cards().length, 1);
    const [card] = cards();
    assert.equal(card?.title, t("sightings:card.surge.title"));
    assert.doesNotMatch(JSON.stringify(card), /harbour/i);
  });

  it("are counted against their sender once, however often a race takes the turn again", async () => {
    const visitor: Visitor = {
      actor: { kind: "anyone" },
      tag: "a door" as Visitor["tag"],
      limit: "a passing name",
      names: ["a passing name"],
      locale: "en",
      reach: () => assert.fail("nobody is to be reached"),
    };
    const sighting = { organisation: "Another Bank", data: "credit-report", how: "call", when: "earlier", detail: "" };
    const order = () => core.desk.prepare(visitor, [{ kind: "sight", sighting } as Command]);
    for (let lost = 0; lost < 8; lost++) await order();
    for (let sent = 0; sent < 4; sent++) await (await order()).after();
    await assert.rejects(order(), { code: "too-many" });
  });

  it("are read by a reviewer in private, by a look that is on record", async () => {
    const press = choices(cards()[0]!).find((c) => c.label === t("sightings:look"))!;
    const there = chat.as("account of Heron", { place: board });
    await there.does({ kind: "choice", value: press.value });
    assert.equal(there.screen.hush, true);
    assert.deepEqual(there.screen.quotes?.[0]?.text, "Harbour Bank Ltd., harbour BANK");
    assert.match(there.screen.text, /Week of May 13, 2030: 6/);
    const looks = (await core.storage.read("audit")).filter((r) => r.action.startsWith("sightings "));
    assert.equal(looks.length, 1);
    assert.doesNotMatch(JSON.stringify(looks), /harbour/i);
  });

  it("do not exist for strangers, nor for an auditor", async () => {
    const press = choices(cards()[0]!)[0]!;
    const stranger = chat.as("a stranger", { place: board });
    await stranger.does({ kind: "choice", value: press.value });
    assert.equal(stranger.screen.text, t("bot:refused"));
    const auditor = await joins(core, chat, "Audit", "auditor");
    await auditor.command("sightings");
    assert.equal(auditor.screen.text, t("review:queue.auditor"));
    assert.equal(auditor.screen.menu, undefined);
  });

  it("with a canary record raise it at once and name the place, to reviewers only", async () => {
    await core.trade.links.plant([{ place: "Branch 4, system LOAN", values: [planted] }]);
    const before = cards().length;
    await sees("eight", {
      organisation: "Some Insurer",
      detail: `They asked for account ${planted.replaceAll(" ", "")}`,
    });
    await core.delivered();
    const fresh = cards().slice(before);
    assert.deepEqual(
      fresh.map((c) => c.title),
      [t("sightings:card.canary.title")],
    );
    assert.doesNotMatch(JSON.stringify(fresh), /Branch 4|LOAN|Insurer/);
    await heron.command("sightings");
    const first = heron.screen.menu!.options[0]!;
    assert.ok(first.label.startsWith(t("sightings:mark.canary")), first.label);
    assert.doesNotMatch(JSON.stringify(heron.screen), /Insurer|Harbour/);
    await heron.does({ kind: "choice", value: first.value });
    assert.ok(heron.screen.text.includes(t("sightings:planted", { place: "Branch 4, system LOAN" })));
    assert.ok(heron.screen.text.includes(t("sightings:few", { few: 3 })), "a small number is not told");
  });

  it("leave no word on disk, in the outbox or in the log", async () => {
    const bytes = (folder: string): Buffer[] =>
      readdirSync(folder).flatMap((name) => {
        const path = join(folder, name);
        return statSync(path).isDirectory() ? bytes(path) : [readFileSync(path)];
      });
    const all = Buffer.concat(bytes(home.home)).toString("latin1");
    for (const word of ["Harbour", "harbour", "Insurer", "62170001234567890", "They asked", "Branch 4"])
      assert.ok(!all.includes(word), `${word} lies in the state folder`);
    assert.ok(all.includes("credit-report"), "the test can fail");
    assert.doesNotMatch(JSON.stringify(home.notes), /arbour|Insurer/);
  });

  it("cannot be made a surge by one visitor", async () => {
    let screen = { text: "" } as Awaited<ReturnType<typeof sees>>;
    for (let n = 0; n < 5; n++) screen = await sees("nine", { organisation: "Grudge Ltd" });
    assert.equal(screen.notice, t("errors:too-many"));
    const counts = (await core.storage.read("sightings")).map((r) => r.n as number);
    assert.deepEqual(counts.sort(), [1, 4, 6]);
  });
});
