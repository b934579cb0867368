import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join as path } from "node:path";
import type { Core } from "../../src/main.ts";
import { type Caller, files, joins, type Network, network, tables } from "../support/caller.ts";
import { type TestHome, testHome } from "../support/house.ts";

describe("what comes due by itself", () => {
  const start = Date.UTC(2030, 4, 14, 10); // a Tuesday
  const hours = 3_600_000;
  let clock = start;
  let home: TestHome;
  let core: Core;
  let net: Network;
  let receipt = "";
  let reporter: Caller;
  const after = (days: number) => {
    clock = start + days * 24 * hours;
  };
  const people = new Map<string, Caller>();
  const messages = () => net.sent.splice(0);

  async function join(alias: string, role: "reviewer" | "deputy" | "admin"): Promise<void> {
    people.set(alias, await joins(core, net, alias, role));
  }
  async function tended() {
    await core.tend();
    await core.delivered();
    return messages().map((m) => ({ to: m.to.id, text: m.screen.text, title: m.screen.title }));
  }
  const code = async () => (await core.storage.read("reports").first()).code as string;

  beforeEach(async () => {
    clock = start;
    home = testHome();
    core = await home.core(() => clock, { unpaced: true });
    net = await network(core, "telegram", (await tables()).telegram);
    await join("Heron", "reviewer");
    await join("Owl", "deputy");
    await join("Raven", "admin");
    const board = net.as("account of Raven", { place: "group" });
    await board.command("board");
    reporter = net.as("reporter");
    receipt = await files(reporter, "The marmalade lists are sold by a clerk.");
    core.start();
    await core.delivered();
    messages();
  });
  afterEach(async () => {
    await core.close();
    home.remove();
  });

  it("the owner is reminded a day before, a deputy once it is late, each once; the board's card is redrawn", async () => {
    const heron = people.get("Heron")!;
    await heron.command("queue");
    await heron.press(await code());
    await heron.press("claim");
    await core.delivered();
    messages();
    assert.deepEqual(
      (await tended()).map((m) => m.to),
      ["group"],
      "nothing is due, but the card of deadlines hangs",
    );
    after(2);
    const before = await tended();
    assert.ok(before.some((m) => m.to === "account of Heron"));
    assert.ok(!before.some((m) => m.to === "account of Owl"));
    assert.ok(
      !JSON.stringify(before.filter((m) => m.to !== "group")).includes(await code()),
      "it does not say what is due",
    );
    assert.deepEqual(await tended(), [], "once");
    after(5);
    const late = await tended();
    assert.deepEqual(late.map((m) => m.to).sort(), ["account of Heron", "account of Owl", "group"]);
    assert.ok(late.find((m) => m.to === "group")!.text.includes("1 overdue"));
  });

  it("a case that nobody has is the deputy's to hear of", async () => {
    after(2);
    assert.ok((await tended()).some((m) => m.to === "account of Owl"));
  });

  it("a hold that comes at that very moment wins, and no destruction is on record", async () => {
    const past = Math.floor(start / 86_400_000) - 1;
    await core.storage.transaction((trx) => trx("reports").update({ status: "closed", keep_until: past }));
    const { files: filesOf } = core.reports;
    core.reports.files = async (id) => {
      await core.storage.transaction((trx) => trx("reports").where({ id }).update({ hold: 1 }).increment("version", 1));
      return filesOf(id);
    };
    await tended();
    core.reports.files = filesOf;
    assert.equal((await core.storage.read("reports")).length, 1);
    assert.equal((await core.storage.read("audit").where({ action: "purge" })).length, 0);
  });

  it("a closed case is destroyed on its day: the reporter sees the day, and not a byte is left", async () => {
    const heron = people.get("Heron")!;
    await heron.command("queue");
    await heron.press(await code());
    await heron.press("claim");
    await heron.press("close");
    await heron.press("out-of-scope");
    await heron.says("Please ask the pepperbox office.");
    reporter = net.as(`reporter ${clock}`);
    await reporter.command("mailbox");
    await reporter.says(receipt);
    assert.match(reporter.screen.text, /kept until Jul(y)? 13, 2030/);
    const row = await core.storage.read("reports").first();
    assert.equal(row.done_feedback, row.day, "the proof that feedback was given, by day");
    const id = row.id as string;
    const sealed = [row.body as Buffer, (await core.storage.read("messages").first()).body as Buffer];
    const kept = () =>
      Buffer.concat(
        readdirSync(home.home)
          .filter((f) => f.includes("sqlite"))
          .map((f) => readFileSync(path(home.home, f))),
      );
    assert.ok(
      sealed.every((body) => kept().includes(body.subarray(64, 128))),
      "else nothing would be proved",
    );

    after(60);
    await tended();
    assert.equal((await core.storage.read("reports")).length, 1, "on its last day it is still there");
    await core.storage.transaction((trx) => trx("reports").update({ hold: 1 }));
    after(61);
    await tended();
    assert.equal((await core.storage.read("reports")).length, 1, "a legal hold stops the clock");
    await core.storage.transaction((trx) => trx("reports").update({ hold: 0 }));
    await tended();
    for (const table of ["reports", "messages", "files", "notify", "fingerprints"])
      assert.equal((await core.storage.read(table)).length, 0, table);
    assert.deepEqual(await core.storage.read("tallies").where("name", "like", "purged %"), [
      { name: "purged out-of-scope", n: 1 },
    ]);
    for (const body of [...sealed, Buffer.from(id)])
      assert.ok(!kept().includes(body.length > 128 ? body.subarray(64, 128) : body), "a byte of it is left");
    const places = async () => (await core.storage.read("posts").orderBy("place")).map((post) => post.place as string);
    assert.ok(
      (await places()).some((place) => place.endsWith(` ${row.code}`)),
      "its card was drawn once more",
    );
    await tended();
    assert.ok(!(await places()).some((place) => place.endsWith(` ${row.code}`)), "where its card hung");
    assert.equal((await places()).length, 1, "the card of deadlines hangs on");
    reporter = net.as(`reporter ${clock}`);
    await reporter.command("mailbox");
    await reporter.says(receipt);
    assert.ok(reporter.screen.notice, "the receipt opens nothing any more");
    assert.equal((await core.audit.verify()).broken, undefined);
  });
});
