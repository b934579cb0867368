/** A house moves from SQLite to PostgreSQL: nothing is lost, and there are never two that live. */
import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { codeOf } from "../src/errors.ts";
import { move } from "../src/move.ts";
import { dumpRows, loadRows } from "../src/storage/dump.ts";
import { openStorage, type Transaction } from "../src/storage/storage.ts";
import { atConsole, fileReport, told } from "./privacy/people.ts";
import { lockAwaited } from "./support/databases.ts";
import { postgres, type TestHome, testHome } from "./support/house.ts";
import { skipFor } from "./support/missing.ts";
import { talker } from "./support/talker.ts";

const story = "Waybills are sold by the hundred.";

describe("a move to PostgreSQL", () => {
  let server: { url: string; drop(): Promise<void> };
  let home: TestHome;
  let receipt: string;
  const copies: TestHome[] = [];
  const code = (work: Promise<unknown>) =>
    work.then(
      () => "none",
      (error: unknown) => codeOf(error),
    );

  before(async function () {
    const found = await postgres("bare");
    if ("missing" in found) return skipFor(this, found.missing);
    server = found;
    home = testHome();
    const core = await home.core();
    const person = await atConsole(core, "someone");
    receipt = await fileReport(person, told(story));
    await person.leave();
    await core.close();
  });
  /** A state folder with the same key, over the copy. */
  function onCopy(): TestHome {
    const moved = testHome({ DATABASE_URL: server.url });
    mkdirSync(moved.home, { recursive: true });
    cpSync(join(home.home, "key.age"), join(moved.home, "key.age"));
    copies.push(moved);
    return moved;
  }
  after(async () => {
    for (const copy of copies) copy.remove();
    await server?.drop();
    home?.remove();
  });

  it("that is cut off while it copies leaves an empty copy, and a house that lives on", async () => {
    const gate = await openStorage(server.url);
    // somebody holds a table: the copy waits in the middle
    let free = (): void => {};
    const held = new Promise<void>((resolve) => {
      free = resolve;
    });
    let locked = (): void => {};
    const ready = new Promise<void>((resolve) => {
      locked = resolve;
    });
    const holding = gate.transaction(async (trx) => {
      await trx.raw("LOCK TABLE reports IN EXCLUSIVE MODE");
      locked();
      await held;
    });
    await ready;
    const mover = fork("test/support/mover.ts", [home.config.databaseUrl, server.url], {
      execArgv: ["--import", "tsx"],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    await lockAwaited(gate);
    const gone = once(mover, "exit");
    mover.kill("SIGKILL");
    await gone;
    free();
    await holding;
    assert.equal(Number((await gate.read("reports").count({ n: "*" }).first())?.n), 0);
    await gate.close();
    const core = await home.core(); // nothing was switched over
    await core.close();
  });

  it("that was cut off before the old database was closed is finished when it is begun again; until then no service starts on the copy", async () => {
    // the copy is whole and committed, and the power fails before the old database is told
    const source = await openStorage(home.config.databaseUrl);
    const target = await openStorage(server.url);
    const first = await loadRows(target, dumpRows(source), "moving");
    await source.close();
    await target.close();
    assert.equal(await code(onCopy().core()), "database-moving");
    const again = await move(home.config.databaseUrl, server.url);
    assert.equal(again.sha256, first.sha256);
    assert.equal(again.rows.reports, 1);
  });

  it("that was cut off after it, too", async () => {
    // the old database is closed, and the power fails before the copy is told
    const target = await openStorage(server.url);
    await target.transaction(async (trx) => trx("meta").insert({ name: "moving", value: "yes" }));
    assert.deepEqual([await code(onCopy().core()), await code(home.core())], ["database-moving", "database-moved"]);
    assert.equal((await move(home.config.databaseUrl, server.url)).rows.reports, 1);
    assert.equal(await code(move(home.config.databaseUrl, server.url)), "database-moved", "once and for good");
    await target.close();
  });

  it("is refused where one row of the copy is another, or the copy holds something else", async () => {
    const other = testHome();
    const core = await other.core();
    await core.close();
    assert.equal(await code(move(other.config.databaseUrl, server.url)), "move-differs");
    const still = await other.core(); // and the old one lives on
    await still.close();
    other.remove();

    const target = await openStorage(server.url);
    await target.transaction(async (trx) => {
      await trx("meta").insert({ name: "moving", value: "yes" });
      await trx("reports").update({ status: "closed" });
    });
    assert.equal(await code(move(home.config.databaseUrl, server.url)), "move-differs");
    await target.transaction(async (trx) => trx("reports").update({ status: "received" }));
    await move(home.config.databaseUrl, server.url);
    await target.close();
  });

  it("leaves an old database that takes no write and no start", async () => {
    assert.equal(await code(home.core()), "database-moved");
    const storage = await openStorage(home.config.databaseUrl);
    try {
      const writes = {
        update: async (trx: Transaction) => trx("reports").update({ status: "closed" }),
        delete: async (trx: Transaction) => trx("reports").delete(),
        insert: async (trx: Transaction) => trx("meta").insert({ name: "another", value: "word" }),
      };
      for (const [name, write] of Object.entries(writes))
        await assert.rejects(storage.transaction<unknown>(write), /moved|turn-failed/, name);
      assert.equal((await storage.read("reports").select("status"))[0]?.status, "received");
    } finally {
      await storage.close();
    }
  });

  it("leaves a new one in which the receipt opens the report", async () => {
    const core = await onCopy().core();
    const reporter = await talker(core, "somebody");
    await reporter.say("/mailbox");
    await reporter.say(receipt);
    await reporter.press(core.words.say("en", "mailbox:open.told"));
    assert.ok(reporter.shown().includes(story), reporter.shown());
    await core.close();
  });
});
