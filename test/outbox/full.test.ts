/** The disk is full in the middle of a campaign: nothing more is sent than can be noted, and when there is room again nobody was missed or met twice. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { createColumns } from "../../src/crypto/columns.ts";
import { createCampaigns } from "../../src/outbox/campaigns.ts";
import { createCourier } from "../../src/outbox/courier.ts";
import { createOutbox } from "../../src/outbox/outbox.ts";
import { consoleCan } from "../../src/platforms/console.ts";
import type { Address } from "../../src/platforms/platform.ts";
import { openStorage } from "../../src/storage/storage.ts";
import { crowd } from "../support/crowd.ts";
import { type SmallDisk, smallDisk } from "../support/disk.ts";
import { postgres } from "../support/house.ts";
import { skipFor } from "../support/missing.ts";

const people = 1500;
const rootOnly = "a small disk can be mounted by root on Linux only";

/** A database whose tables lie on this disk. */
async function databaseOn(disk: SmallDisk, kind: string): Promise<{ url: string; drop(): Promise<void> } | string> {
  if (kind === "SQLite") return { url: `sqlite:${join(disk.path, "test.sqlite")}`, drop: async () => {} };
  const server = await postgres();
  if ("missing" in server) return server.missing;
  await server.drop();
  const at = process.env.TEST_POSTGRES_URL ?? "postgres://postgres@127.0.0.1:5432/postgres";
  const admin = new pg.Client({ connectionString: at });
  await admin.connect();
  const name = `quietline_full_${process.pid}`;
  try {
    const folder = join(disk.path, "tables");
    mkdirSync(folder);
    execFileSync("chown", ["postgres", folder]);
    execFileSync("chmod", ["755", disk.path]);
    await admin.query(`CREATE TABLESPACE ${name} LOCATION '${folder}'`);
  } catch {
    await admin.end();
    return "PostgreSQL runs elsewhere, or as somebody else";
  }
  await admin.query(`CREATE DATABASE ${name} TABLESPACE ${name}`);
  const url = new URL(at);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    async drop() {
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin.query(`DROP TABLESPACE ${name}`);
      await admin.end();
    },
  };
}

for (const kind of ["SQLite", "PostgreSQL"])
  describe(`a full disk in the middle of a campaign, on ${kind}`, function () {
    this.timeout(60_000);
    const disk = smallDisk(kind === "SQLite" ? 12 : 40);
    let database: Exclude<Awaited<ReturnType<typeof databaseOn>>, string> | undefined;

    before(async function () {
      if (!disk.mount()) return skipFor(this, rootOnly);
      const made = await databaseOn(disk, kind);
      if (typeof made === "string") return skipFor(this, made);
      database = made;
    });
    after(async () => {
      await database?.drop();
      disk.remove();
    });

    it("loses nobody and doubles nobody, and tells the operator once", async () => {
      const columns = createColumns(randomBytes(32));
      const storage = await openStorage(database!.url);
      const outbox = createOutbox(storage, columns, Date.now);
      const campaigns = createCampaigns(storage, columns, outbox, crowd(people, columns), Date.now);
      const got: string[] = [];
      const notes: string[] = [];
      let told = (): void => {};
      const failed = new Promise<void>((resolve) => (told = resolve));
      const courier = createCourier({
        outbox,
        platform: () => ({
          name: "net",
          can: consoleCan,
          async open() {},
          async send(to) {
            got.push(to.id);
            if (got.length === 100) disk.fill();
            return { ok: true };
          },
          async close() {},
        }),
        open: (sealed) => columns.open<Address>("address", sealed),
        draw: async () => ({ text: "Beware" }),
        feed: () => campaigns.feed(),
        note(code, values) {
          notes.push([code, ...Object.values(values ?? {})].join(" "));
          told();
        },
      });
      const { id } = await storage.transaction((trx) =>
        campaigns.make(trx, {
          body: { platforms: ["net"], texts: {} },
          begins: Math.floor(Date.now() / 1000) - 1,
          spread: 0,
          askedBy: "Heron",
          reach: people,
          day: 1,
        }),
      );
      await storage.transaction((trx) => campaigns.confirm(trx, id, "Teal"));
      courier.start();
      await failed;
      assert.deepEqual(notes, ["courier-failed disk-full"]);
      assert.ok(got.length < people, "it went on although nothing could be noted");
      disk.free();
      // it goes on by itself
      while ((await campaigns.progress(id))?.state !== "done") await new Promise((resolve) => setTimeout(resolve, 50));
      await courier.stop();
      assert.deepEqual([got.length, new Set(got).size], [people, people]);
      assert.equal((await campaigns.progress(id))?.sent, people);
      assert.deepEqual(notes, ["courier-failed disk-full", "courier-resumed"]);
      await storage.close();
    });
  });
