import assert from "node:assert/strict";
import type { Screen } from "../../src/bot/screen.ts";
import type { Role } from "../../src/desk.ts";
import type { Core } from "../../src/main.ts";
import { type Caller, choices, files, joins, type Network, network, tables } from "../support/caller.ts";
import { type TestHome, testHome } from "../support/house.ts";

describe("the auditor's view", function () {
  this.timeout(30_000);
  let home: TestHome;
  let core: Core;
  let net: Network;
  let code = "";
  const people = new Map<string, Caller>();
  const as = (alias: string): Caller => people.get(alias)!;
  /** Words that were typed by somebody, each in another place. */
  const typed = ["marmalade", "13812345678", "pepperbox", "walnut", "tangerine", "quince"];

  async function join(alias: string, role: Role): Promise<void> {
    people.set(alias, await joins(core, net, alias, role));
  }
  /** Every page of the log as somebody sees it. */
  async function log(alias: string): Promise<Screen[]> {
    const who = as(alias);
    const pages = [await who.command("audit")];
    for (;;) {
      const older = choices(who.screen).find((c) => c.value.endsWith(".older"));
      if (!older) return pages;
      pages.push(await who.does({ kind: "choice", value: older.value }));
    }
  }

  before(async () => {
    home = testHome();
    core = await home.core();
    net = await network(core, "telegram", (await tables()).telegram);
    for (const [alias, role] of [
      ["Raven", "admin"],
      ["Owl", "deputy"],
      ["Heron", "reviewer"],
      ["Ermine", "auditor"],
      ["Stoat", "auditor"],
    ] as const)
      await join(alias, role);
    const reporter = net.as("reporter");
    const receipt = await files(reporter, `The marmalade lists are sold, call 13812345678 and say walnut.`);
    code = (await core.storage.read("reports").first()).code;
    const heron = as("Heron");
    await heron.command("queue");
    await heron.press(code);
    await heron.press("claim");
    await heron.press("read");
    await heron.press("clear");
    await heron.press("note");
    await heron.says("The tangerine branch.");
    await heron.press("masks");
    await heron.press("[1] phone number");
    await heron.press("warn-victim");
    await heron.press("read");
    await heron.press("reply");
    await heron.says("Is it the pepperbox office?");
    await heron.press("send");
    await heron.press("life");
    await heron.press("second");
    await heron.press("redact");
    await heron.press("!passage");
    await heron.says(" and say walnut");
    await heron.press("ask");
    await as("Owl").command("queue");
    await as("Owl").press("requests");
    await as("Owl").press(as("Owl").screen.menu!.options[0]!.label);
    await as("Owl").press("confirm");
    await heron.command("queue");
    await heron.press(code);
    await heron.press("close");
    await heron.press("out-of-scope");
    await heron.says("Ask the quince office.");
    assert.ok(receipt);
  });
  after(async () => {
    await core.close();
    home.remove();
  });

  it("is what an auditor is told of on coming in, and the queue what a reviewer is told of", () => {
    assert.match(as("Stoat").screen.text, /read the log with \/audit/);
    assert.doesNotMatch(as("Stoat").screen.text, /queue/);
    assert.match(as("Raven").screen.text, /\/queue/);
  });

  it("shows who did what and when, in words, page by page, and no word that anybody typed", async () => {
    const pages = await log("Ermine");
    assert.ok(pages.length > 1, "there is more than one page");
    const all = JSON.stringify(pages);
    for (const words of [
      "Heron · took the case",
      "showed a masked value (phone 1 warn-victim)",
      "redacted for good (asked by Heron)",
      code,
    ])
      assert.ok(all.includes(words), `${words} is missing in ${all}`);
    await as("Ermine").command("audit");
    await as("Ermine").press("counts");
    const counts = JSON.stringify(as("Ermine").screen);
    assert.match(counts, /Closed: 1/);
    await as("Ermine").press("!back");
    await as("Ermine").press("chain");
    assert.match(as("Ermine").screen.text, /It holds: no entry was changed/);
    for (const words of typed) assert.ok(!(all + counts).includes(words), words);
  });

  it("has words for what is done beside cases, too", async () => {
    for (const action of [
      "backup",
      "prune-backups",
      "campaign confirm c1",
      "canary add 2",
      "course c1",
      "outbox retry",
    ])
      await core.record(action);
    await as("Ermine").command("audit");
    for (const words of [
      "made a backup",
      "removed old backups",
      "message to everybody (confirm c1)",
      "canary records (add 2)",
      "made a course (c1)",
      "messages that were given up (retry)",
    ])
      assert.ok(as("Ermine").screen.text.includes(words), as("Ermine").screen.text);
  });

  it("opens no case: not from the queue, not by an old card, not by a request", async () => {
    const ermine = as("Ermine");
    let all = "";
    await ermine.command("queue");
    all += JSON.stringify(ermine.screen);
    assert.ok(!choices(ermine.screen).some((c) => c.value.includes(code)));
    for (const act of ["read", "life", "reply", "second", "claim", "trade"]) {
      await ermine.does({ kind: "choice", value: `@review.card.${code}.${act}` });
      all += JSON.stringify(ermine.screen);
    }
    await ermine.does({ kind: "choice", value: "@review.asked..requests" });
    all += JSON.stringify(ermine.screen);
    await ermine.command("refer", code);
    all += JSON.stringify(ermine.screen);
    await ermine.command("series");
    all += JSON.stringify(ermine.screen);
    for (const words of [...typed, "Selling"]) assert.ok(!all.includes(words), words);
  });

  it("is for auditors and admins alone", async () => {
    for (const alias of ["Heron", "Owl"]) {
      const who = as(alias);
      await who.command("audit");
      assert.equal(who.screen.text, "The audit log is for auditors and admins.");
      assert.deepEqual(
        choices(who.screen).filter((c) => /counts|chain|older/.test(c.value)),
        [],
      );
    }
    assert.ok(JSON.stringify(await log("Raven")).includes(code));
  });

  it("says nothing of a case that an auditor or admin must not know of", async () => {
    const tags = ["Stoat", "Raven"].map((alias) => core.people.tag(alias)).join(" ");
    await core.storage.transaction((trx) => trx("reports").where({ code }).update({ excluded: tags, guard: 2 }));
    for (const alias of ["Stoat", "Raven"]) assert.ok(!JSON.stringify(await log(alias)).includes(code), alias);
    assert.ok(JSON.stringify(await log("Ermine")).includes(code));
    const counts = async (alias: string) => {
      await as(alias).command("audit");
      return (await as(alias).press("counts")).text;
    };
    for (const alias of ["Stoat", "Raven"]) assert.doesNotMatch(await counts(alias), /Closed/, alias);
    assert.match(await counts("Ermine"), /Closed: 1/);
  });

  it("nor that there is one: each page but the last is full, and the chain looks as if nothing had been done to it", async () => {
    const lines = (pages: Screen[]) => pages.map((page) => page.text.split("\n\n").at(-1)!.split("\n").length);
    const chain = async (alias: string) => {
      await as(alias).command("audit");
      return (await as(alias).press("chain")).text;
    };
    const before = {
      log: (await log("Stoat")).map((p) => p.text),
      chain: await chain("Stoat"),
      ermine: await chain("Ermine"),
    };
    for (let n = 0; n < 20; n++) {
      const entry = { day: 1, alias: "Heron", action: "read", code };
      await core.storage.transaction((trx) => core.audit.append(trx, entry));
    }
    assert.deepEqual(
      (await log("Stoat")).map((p) => p.text),
      before.log,
    );
    assert.equal(await chain("Stoat"), before.chain);
    assert.notEqual(await chain("Ermine"), before.ermine, "whoever may know of it notes another hash");
    for (let n = 0; n < 20; n++) await core.record(`demo ${n}`);
    const pages = await log("Stoat");
    assert.ok(pages.length > 1);
    assert.deepEqual(new Set(lines(pages.slice(0, -1))), new Set([15]));
    assert.ok(
      !/\d{2,}/.test(
        choices(pages[0]!)
          .map((c) => c.value.split(".").at(-1))
          .join(),
      ),
      "no number of an entry",
    );
    assert.doesNotMatch((await chain("Stoat")).replace(/[0-9a-f]{64}/, ""), /\d/, "nor a count of them");
  });

  it("nor that somebody is to be removed, to them", async () => {
    const owl = as("Owl");
    const ask = async () => {
      await owl.command("queue");
      for (const value of ["requests", "!leaver", "Stoat", "ask"]) await owl.press(value);
    };
    const first = async (who: Caller) => {
      await who.command("queue");
      await who.press("requests");
      await who.press(who.screen.menu!.options[0]!.label);
    };
    await ask();
    await first(as("Raven"));
    await as("Raven").press("decline");
    await ask();
    await first(owl);
    await owl.press("decline");
    const all = JSON.stringify(await log("Ermine"));
    for (const said of ["asked for a second person (remov", "declined (remov", "took back (remov"])
      assert.ok(all.toLowerCase().includes(said), `${said} in ${all}`);
    assert.ok(!/remov\w* (of )?a colleague/i.test(JSON.stringify(await log("Stoat"))));
  });

  it("tells that the log was changed", async () => {
    await core.storage.transaction((trx) => trx("audit").where({ number: 3 }).update({ alias: "Nobody" }));
    await as("Ermine").command("audit");
    await as("Ermine").press("chain");
    assert.match(as("Ermine").screen.text, /broken: an entry was changed/);
    assert.equal((await core.audit.verify()).broken, 3, "which one is told at the command line");
  });
});
