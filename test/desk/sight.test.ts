import assert from "node:assert/strict";
import fc from "fast-check";
import type { Role } from "../../src/desk.ts";
import type { Core } from "../../src/main.ts";
import { hangs, names, sees } from "../../src/reports/sight.ts";
import { type Caller, choices, joins, type Network, network, tables } from "../support/caller.ts";
import { type TestHome, testHome } from "../support/house.ts";

describe("who may see a case", () => {
  const tags = ["aa", "bb", "cc"];
  const cases = fc.record({
    guard: fc.constantFrom(-1, 0, 1, 2),
    excluded: fc.subarray(tags),
    recused: fc.subarray(tags),
  });

  it("nobody who is excluded, and while the names wait nobody but a deputy", () => {
    fc.assert(
      fc.property(cases, fc.constantFrom(...tags), fc.boolean(), (row, tag, senior) => {
        const seen = sees(row, { tag, senior });
        if (row.excluded.includes(tag) || row.recused.includes(tag)) assert.equal(seen, false);
        else assert.equal(seen, senior || row.guard === 0 || row.guard === 2);
        // what anybody may look at on a board shows nothing to anybody whom it must be kept from
        if (hangs(row) === "all") assert.deepEqual([row.guard, row.excluded, row.recused], [0, [], []]);
        if (row.excluded.length > 0 || row.guard !== 0) assert.equal(hangs(row), "nothing");
      }),
    );
  });

  it("finds an alias in what was typed, however it is written", () => {
    assert.ok(names("my boss, ＨＥＲＯＮ in compliance", "Heron"));
    assert.ok(!names("the branch manager", "Heron"));
    for (const typed of ["Ed", "ed's deputy", "Fred and Ed", "Ed_", "我的主管Ed，还有别人", "Eds Kollege"])
      assert.ok(names(typed, "Ed"), typed);
    assert.ok(names("我怀疑老王在看", "老王"), "Chinese has no spaces");
    assert.ok(names("J. Doe (audit)", "J. Doe"));
  });

  it("finds none inside a longer word", () => {
    for (const typed of ["my boss Fred", "Eddie", "the department", "Ed2"]) assert.ok(!names(typed, "Ed"), typed);
    assert.ok(!names("Jo Doe", "J. Doe"));
  });
});

describe("a report that excludes people", () => {
  let home: TestHome;
  let core: Core;
  let net: Network;
  let page: Network;
  const people = new Map<string, Caller>();

  async function join(alias: string, role: Role): Promise<void> {
    people.set(alias, await joins(core, net, alias, role));
  }
  const as = (alias: string): Caller => people.get(alias)!;

  /** Files a report that names somebody who must not see it. */
  async function filed(exclude: string): Promise<string> {
    const who = page.as(`reporter ${Math.random()}`);
    const before = new Set((await core.storage.read("reports")).map((r) => r.code as string));
    await who.command("report");
    if (who.screen.text.startsWith("Sorry")) throw new Error(JSON.stringify(home.notes));
    for (const label of ["go", "selling"]) await who.press(label);
    await who.says("A clerk sells lists.");
    while (who.screen.title !== "Read it once more") {
      if (who.screen.text.startsWith("Sorry")) throw new Error(JSON.stringify(home.notes));
      const field = who.screen.form?.fields.find((f) => f.name === "exclude");
      if (field) await who.fills({ exclude });
      else await who.press(choices(who.screen).some((c) => c.value.endsWith("!skip")) ? "Skip" : "Continue");
    }
    await who.press("send");
    const row = (await core.storage.read("reports")).find((r) => !before.has(r.code));
    return row!.code as string;
  }

  /** Everything that a reviewer can find out about a case: queue, filters, search, an old card. */
  async function finds(alias: string, code: string): Promise<boolean> {
    const who = as(alias);
    let text = "";
    for (const filter of ["all", "mine", "unowned", "overdue", "shared"]) {
      await who.command("queue");
      await who.press("filter");
      await who.press(filter);
      text += JSON.stringify(who.screen);
    }
    for (const status of ["received", "acknowledged", "need-info", "investigating", "closed"]) {
      await who.command("queue");
      await who.press("filter");
      await who.press("by-status");
      await who.press(status);
      text += JSON.stringify(who.screen);
    }
    await who.command("queue");
    await who.press("filter");
    await who.press("search");
    await who.says(code);
    const found = JSON.stringify(who.screen.menu ?? {});
    return text.includes(code) || found.includes(code);
  }

  beforeEach(async () => {
    home = testHome();
    core = await home.core();
    net = await network(core, "telegram", (await tables()).telegram);
    page = await network(core, "web", (await tables()).web);
    await join("Owl", "deputy");
    await join("Heron", "reviewer");
    await join("Otter", "reviewer");
  });
  afterEach(async () => {
    await core.close();
    home.remove();
  });

  it("is seen by a deputy only, who says whom it means; then by everybody else", async () => {
    const code = await filed("my head of department");
    assert.equal(await finds("Owl", code), true);
    for (const alias of ["Heron", "Otter"]) assert.equal(await finds(alias, code), false, alias);

    const owl = as("Owl");
    await owl.command("queue");
    await owl.press(code);
    await owl.press("life");
    await owl.press("guard");
    await owl.press("Heron");
    await owl.press("done");
    assert.equal(owl.screen.title, `Case ${code}`, JSON.stringify(owl.screen));
    assert.equal(await finds("Otter", code), true);
    assert.equal(await finds("Heron", code), false);
    const entries = JSON.stringify(await core.storage.read("audit"));
    assert.ok(!entries.includes("exclude Heron"), "the log does not say who was excluded");
    const row = await core.storage.read("reports").where({ code }).first();
    assert.ok(!JSON.stringify({ ...row, body: "", summary: "" }).includes("Heron"));
  });

  it("stays hidden from whom it names outright, whatever a deputy ticks", async () => {
    await join("Raven", "deputy");
    for (const [pressed, hidden] of [
      [["!nobody"], ["Heron", "Owl"]],
      [
        ["Heron", "Otter", "done"],
        ["Heron", "Owl", "Otter"],
      ],
    ] as const) {
      const code = await filed("Heron, and Owl");
      const raven = as("Raven");
      await raven.command("queue");
      await raven.press(code);
      await raven.press("life");
      await raven.press("guard");
      // what is ticked already is taken off with the first press
      for (const value of pressed) await raven.press(value);
      assert.equal(raven.screen.title, `Case ${code}`, JSON.stringify(raven.screen));
      for (const alias of ["Heron", "Owl", "Otter"])
        assert.equal(
          await finds(alias, code),
          !(hidden as readonly string[]).includes(alias),
          `${alias} after ${pressed}`,
        );
    }
  });

  it("exists again for whom a deputy ticked by mistake, never for whom it names; for whom is not on record", async () => {
    await join("Raven", "deputy");
    const code = await filed("Owl, or somebody of compliance");
    const raven = as("Raven");
    await raven.command("queue");
    await raven.press(code);
    await raven.press("life");
    await raven.press("guard");
    await raven.press("Heron");
    await raven.press("done");
    assert.equal(await finds("Heron", code), false);
    await raven.press("life");
    await raven.press("letin");
    assert.deepEqual(
      choices(raven.screen).map((c) => c.label),
      ["Back", "Home", "Heron"],
    );
    await raven.press("Heron");
    assert.equal(await finds("Heron", code), true);
    assert.equal(await finds("Owl", code), false);
    await raven.press("life");
    assert.ok(!choices(raven.screen).some((c) => c.value.endsWith("letin")), "nobody is left to let in");
    const log = (await core.storage.read("audit").where({ code })).map((e) => `${e.alias}: ${e.action}`);
    assert.ok(log.includes("Raven: let in 1") && !log.join().includes("Heron: "), log.join("\n"));
    const heron = as("Heron");
    await heron.command("queue");
    await heron.press(code);
    await heron.press("life");
    assert.ok(!choices(heron.screen).some((c) => c.value.endsWith("letin")), "that is a deputy's");
  });

  it("hides from an alias that it names outright, also from a deputy, and hangs on no board", async () => {
    await join("Raven", "admin");
    const board = net.as("account of Raven", { place: "the team's group" });
    await board.command("board");
    const code = await filed("Keep it from OWL please");
    assert.equal(await finds("Owl", code), false);
    assert.equal(await finds("Raven", code), true);
    core.start();
    await core.delivered();
    assert.ok(!JSON.stringify(net.sent).includes(code) || !JSON.stringify(net.sent).includes("selling"));
    assert.ok(!net.sent.some((s) => s.screen.title?.includes(code)), "no card of it");
  });

  it("does not exist any more for whoever leaves it for a conflict of interest", async () => {
    const code = await filed("");
    const heron = as("Heron");
    await heron.command("queue");
    await heron.press(code);
    await heron.press("claim");
    await heron.press("read");
    await heron.press("near");
    assert.equal(await finds("Heron", code), false);
    assert.equal(await finds("Otter", code), true);
    const row = await core.storage.read("reports").where({ code }).first();
    assert.equal(row.owner, null, "it is free");
  });
});
