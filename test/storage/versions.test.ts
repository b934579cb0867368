/** What earlier versions stored opens, and everybody in it finds what is theirs. The stored folders are never made anew. */
import assert from "node:assert/strict";
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import knex from "knex";
import type { Core } from "../../src/main.ts";
import { consoleCan } from "../../src/platforms/console.ts";
import { sqliteKnex } from "../../src/storage/engines.ts";
import { migrations } from "../../src/storage/migrations/index.ts";
import { network } from "../support/caller.ts";
import { type Held, live } from "../support/full-house.ts";
import { postgres, type TestHome, testHome } from "../support/house.ts";
import { skipFor } from "../support/missing.ts";

const stored = (...parts: string[]) => join("test/storage/databases", ...parts);

/** A house over what lies in a stored folder. @param url where it is PostgreSQL's */
function houseOf(folder: string, url?: string): TestHome {
  const house = testHome(url ? { DATABASE_URL: url } : {});
  mkdirSync(house.home, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(folder).filter((name) => ["quietline.sqlite", "key.age", "files"].includes(name)))
    cpSync(join(folder, name), join(house.home, name), { recursive: true });
  chmodSync(join(house.home, "key.age"), 0o600); // git keeps no such modes
  return house;
}

/** The tables of version 1 in PostgreSQL, with the rows of its SQLite, of which the house has a copy. */
async function versionOne(url: string, { home }: TestHome): Promise<void> {
  const from = sqliteKnex(`sqlite:${join(home, "quietline.sqlite")}`, "readers", 1000);
  const to = knex({ client: "pg", connection: url });
  const source = migrations(true);
  const [first] = await source.getMigrations([]);
  await to.migrate.latest({
    migrationSource: { ...source, getMigrations: async () => [first!] },
    tableName: "migrations",
  });
  await to.transaction(async (trx) => {
    // in an order in which nothing refers to what is not there yet
    for (const table of ["meta", "reports", "messages", "files", "notify", "reviewers", "doors", "invites", "audit"]) {
      const rows = await from(table);
      if (rows.length > 0) await trx(table).insert(rows);
    }
  });
  await Promise.all([from.destroy(), to.destroy()]);
}

async function versionNineteen(url: string): Promise<void> {
  const db = knex({ client: "pg", connection: url });
  await db.raw(readFileSync(stored("v19", "postgres", "database.sql"), "utf8").replaceAll("?", "\\?"));
  await db.destroy();
}

async function everybodyOfVersionOne(core: Core): Promise<void> {
  assert.deepEqual(
    (await core.people.list()).map((r) => [r.alias, r.role, r.status]),
    [["Heron", "admin", "active"]],
  );
  const { entries, broken } = await core.audit.verify();
  assert.deepEqual([entries, broken], [4, undefined]);
  await core.storage.check();
  const who = (await network(core, "console", consoleCan)).as("back after years");
  await who.command("mailbox");
  await who.says(readFileSync(stored("v1", "receipt.txt"), "utf8").trim());
  assert.deepEqual(
    who.screen.quotes?.map((q) => q.text),
    ["Since when, roughly?", "Since spring."],
  );
  await who.press("told");
  assert.ok(who.screen.quotes?.some((q) => q.text === "A clerk sells subscriber lists."));
}

for (const kind of ["SQLite", "PostgreSQL"]) {
  describe(`what earlier versions stored, on ${kind}`, () => {
    let house: TestHome;
    let drop: () => Promise<void> = async () => {};
    afterEach(async () => {
      house.remove();
      await drop();
    });

    async function opened(
      suite: Mocha.Context,
      folder: string,
      fill: (url: string, house: TestHome) => Promise<void>,
    ): Promise<void> {
      if (kind === "SQLite") {
        house = houseOf(folder);
        return;
      }
      const server = await postgres("bare");
      if ("missing" in server) return skipFor(suite, server.missing);
      drop = server.drop;
      house = houseOf(folder, server.url);
      await fill(server.url, house);
    }

    it("opens in its first version: report, answer, reviewer and audit log are all there", async function () {
      await opened(this, stored("v1"), versionOne);
      const core = await house.core();
      await everybodyOfVersionOne(core);
      await core.close();
    });

    it("opens with something in every table: everybody finds what is theirs", async function () {
      const folder = stored("v19", kind === "SQLite" ? "sqlite" : "postgres");
      const held = JSON.parse(readFileSync(join(folder, "held.json"), "utf8")) as Held & { day: number };
      await opened(this, folder, versionNineteen);
      const core = await house.core(() => held.day * 86_400_000);
      await live(core, house, held, held.day);
      await core.close();
    });

    it("does not open with another key", async function () {
      await opened(this, stored("v1"), versionOne);
      house.config.key = "AGE-SECRET-KEY-PQ-1ZGMC5TUNE4EXLW0FCFTE0J6C4XVWZ7D9C6J2ASJWKEVKQQ5DYUYSX94PV9";
      await assert.rejects(house.core(), { code: "key-wrong" });
    });
  });
}
