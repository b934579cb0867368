/** A second backup writes what changed and nothing else; each comes back by itself, until it is pruned. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { generateHybridIdentity } from "age-encryption";
import { cut } from "../../src/backup/chunks.ts";
import { type Backup, listBackups, pruneBackups, restoreBackup } from "../../src/backup.ts";
import { keysOf } from "../../src/crypto/keys.ts";
import { move } from "../../src/move.ts";
import { openStorage } from "../../src/storage/storage.ts";
import { onBothDatabases } from "../support/databases.ts";
import { postgres } from "../support/house.ts";
import { skipFor } from "../support/missing.ts";
import { type BackupHouse, backupHouse, fill, refused, row } from "./vault.ts";

onBothDatabases("backups in parts", (db) => {
  let house: BackupHouse;
  let ids: string[];
  let first: Backup;
  let second: Backup;
  before(async function () {
    this.timeout(120_000);
    house = await backupHouse();
    ids = await fill(db().storage, 500);
    first = await house.back(db().storage);
  });
  after(() => house?.remove());

  it("write nothing of the database where nothing changed", async () => {
    assert.equal(first.chunks.written, first.chunks.kept);
    assert.ok(first.chunks.kept > 3, "a database of one part proves nothing");
    second = await house.back(db().storage);
    assert.deepEqual(second.chunks, { kept: first.chunks.kept, written: 0 });
    assert.equal(second.sha256, first.sha256);
  });

  it("write the few parts in which a row came, went or changed, and both come back as they were", async () => {
    const [changed, gone] = [ids[100]!, ids[101]!];
    await db().storage.transaction(async (trx) => {
      await trx("reports").where({ id: gone }).delete();
      await trx("reports").where({ id: changed }).update({ status: "closed" });
      await trx("reports").insert(row(`${ids[102]!.slice(0, 31)}g`));
    });
    second = await house.back(db().storage);
    assert.ok(second.chunks.written >= 1 && second.chunks.written <= 4, JSON.stringify(second.chunks));
    for (const [name, status, there] of [
      [first.name, "received", 1],
      [second.name, "closed", 0],
    ] as const)
      await house.restored(name, async ({ read }) => {
        assert.equal((await read("reports").where({ id: changed }).first()).status, status);
        assert.equal((await read("reports").where({ id: gone })).length, there);
        assert.equal((await read("reports").select("id")).length, 500);
      });
  });

  it("are made while others write: each is one moment, and comes back as that", async () => {
    let over = false;
    const writing = (async () => {
      while (!over) await fill(db().other, 1);
    })();
    const made = await house.back(db().storage).finally(() => {
      over = true;
    });
    await writing;
    await house.restored(made.name, async (_, back) => assert.equal(back.sha256, made.sha256));
    await db().storage.transaction(async (trx) => trx("reports").whereNotIn("id", ids).delete());
  });

  it("hold what was destroyed meanwhile until they are pruned, and nothing that is still needed goes", async () => {
    await db().storage.transaction(async (trx) => trx("reports").where({ id: ids[0]! }).delete());
    const last = await house.back(db().storage);
    await house.restored(first.name, async ({ read }) =>
      assert.equal((await read("reports").where({ id: ids[0]! })).length, 1),
    );
    const old = new Set(house.chunks());
    const { parts } = await pruneBackups(house.folder, 1, house);
    assert.deepEqual(
      (await listBackups(house.folder, house.keys)).map(({ name, missing }) => [name, missing]),
      [[last.name, undefined]],
    );
    assert.equal(house.chunks().length, old.size - parts);
    assert.equal(house.chunks().length, last.chunks.kept);
    await house.restored(last.name, async ({ read }, back) => {
      assert.equal((await read("reports").where({ id: ids[0]! })).length, 0);
      assert.equal(back.sha256, last.sha256);
    });
  });

  it("are not pruned where one that is to stay does not open, since its parts are not known", async () => {
    const before = readdirSync(house.folder);
    const strange = await keysOf(await generateHybridIdentity());
    const named = await refused("backup-damaged", pruneBackups(house.folder, 1, { ...house, keys: strange }));
    assert.ok(before.includes(named), named);
    assert.deepEqual(readdirSync(house.folder), before);
  });

  it("write all parts anew when told, and for a further recipient", async () => {
    const full = await house.back(db().storage, { full: true });
    assert.equal(full.chunks.written, full.chunks.kept);
    const other = await keysOf(await generateHybridIdentity());
    const wider = await house.back(db().storage, { recovery: [other.recipient] });
    assert.equal(wider.chunks.written, wider.chunks.kept);
  });

  it("are counted on, whatever the clock says, and a folder means its newest", async () => {
    const early = await house.back(db().storage, { today: 1 });
    assert.equal((await listBackups(house.folder, house.keys)).at(-1)?.name, early.name);
    const into = join(house.base, "newest");
    const databaseUrl = `sqlite:${into}.sqlite`;
    assert.equal(
      (await restoreBackup({ path: house.folder, keys: house.keys, home: into, databaseUrl })).name,
      early.name,
    );
  });
});

describe("parts of a backup", () => {
  it("are cut and named alike on SQLite and PostgreSQL", async function () {
    const server = await postgres("bare");
    if ("missing" in server) return skipFor(this, server.missing);
    const house = await backupHouse();
    const url = `sqlite:${join(house.base, "from.sqlite")}`;
    try {
      const from = await openStorage(url);
      await fill(from, 200);
      const made = await house.back(from);
      await from.close();
      await move(url, server.url);
      const to = await openStorage(server.url);
      const again = await house.back(to);
      await to.close();
      assert.equal(again.sha256, made.sha256);
      assert.equal(again.chunks.written, 0);
    } finally {
      house.remove();
      await server.drop();
    }
  });

  it("are never of two tables, nor much over their size, and lose no line", async () => {
    const lines = Array.from(
      { length: 900 },
      (_, i) => `["${i < 400 ? "a" : "b"}",{"n":${i},"x":"${"y".repeat(9000)}"}]`,
    );
    const runs: string[][] = [];
    for await (const run of cut(stream(lines), Buffer.alloc(32, 7))) runs.push(run);
    assert.deepEqual(runs.flat(), lines);
    assert.ok(runs.length > 8);
    for (const run of runs) {
      assert.equal(new Set(run.map((line) => line.slice(0, 4))).size, 1);
      assert.ok(run.join("").length <= 2 * 1024 * 1024);
    }
  });

  it("have names that another house does not share", async () => {
    const [one, two] = [await backupHouse(), await backupHouse()];
    const storage = await openStorage(`sqlite:${join(one.base, "same.sqlite")}`);
    try {
      await fill(storage, 5);
      await one.back(storage);
      await two.back(storage);
      assert.deepEqual(
        one.chunks().filter((name) => two.chunks().includes(name)),
        [],
      );
    } finally {
      await storage.close();
      one.remove();
      two.remove();
    }
  });
});

async function* stream(lines: string[]): AsyncGenerator<string> {
  yield* lines;
}
