/** A house moves from SQLite to PostgreSQL: nothing is lost, and there are never two that live. */
import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { codeOf } from "../src/errors.ts";
import { move } from "../src/move.ts";
import { openStorage, type Transaction } from "../src/storage/storage.ts";
import { atConsole, fileReport, told } from "./privacy/people.ts";
import { postgres, type TestHome, testHome } from "./support/house.ts";
import { skipFor } from "./support/missing.ts";
import { talker } from "./support/talker.ts";

const story = "Waybills are sold by the hundred.";

describe("a move to PostgreSQL", () => {
  let server: { url: string; drop(): Promise<void> };
  let home: TestHome;
  let receipt: string;
  const code = (work: Promise<unknown>) =>
    work.then(
      () => "none",
      (error: unknown) => codeOf(error),
    );

  before(async function () {
    const found = await postgres();
    if ("missing" in found) return skipFor(this, found.missing);
    server = found;
    home = testHome();
    const core = await home.core();
    const person = await atConsole(core, "someone");
    receipt = await fileReport(person, told(story));
    await person.leave();
    await core.close();
  });
  after(async () => {
    await server?.drop();
    home?.remove();
  });

  it("that was cut off before the old database was closed is finished when it is begun again", async () => {
    // the copy is whole and committed, and the power fails before the old database is told
    const before = join(home.home, "before.sqlite");
    cpSync(join(home.home, "quietline.sqlite"), before);
    const first = await move(`sqlite:${before}`, server.url);
    const again = await move(home.config.databaseUrl, server.url);
    assert.equal(again.sha256, first.sha256);
    assert.equal(again.rows.reports, 1);
  });

  it("is refused onto a database that holds something else", async () => {
    const other = testHome();
    const core = await other.core();
    await core.close();
    assert.equal(await code(move(other.config.databaseUrl, server.url)), "move-differs");
    const still = await other.core(); // and the old one lives on
    await still.close();
    other.remove();
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
    const moved = testHome({ DATABASE_URL: server.url });
    cpSync(join(home.home, "key.age"), join(moved.home, "key.age"));
    const core = await moved.core();
    const reporter = await talker(core, "somebody");
    await reporter.say("/mailbox");
    await reporter.say(receipt);
    await reporter.press(core.words.say("en", "mailbox:open.told"));
    assert.ok(reporter.shown().includes(story), reporter.shown());
    await core.close();
    moved.remove();
  });
});
