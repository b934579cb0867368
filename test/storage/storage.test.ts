import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Slot } from "../../src/bot/door.ts";
import { blankTalk } from "../../src/bot/moves.ts";
import { createSessions, type Mark, type Sessions, type Talk } from "../../src/bot/sessions.ts";
import { createDayKeys } from "../../src/crypto/daykeys.ts";
import { codeOf } from "../../src/errors.ts";
import { openStorage, type Storage } from "../../src/storage/storage.ts";
import { lockAwaited, onBothDatabases } from "../support/databases.ts";
import { postgres } from "../support/house.ts";
import { skipFor } from "../support/missing.ts";

const today = Math.floor(Date.now() / 86_400_000);

onBothDatabases("a database", (db) => {
  it("stores all of a transaction or nothing of it", async () => {
    const { storage } = db();
    const insert = (name: string) =>
      storage.transaction(async (trx) => {
        await trx("meta").insert({ name, value: "1" });
        if (name === "bad") throw new Error("no");
      });
    await insert("good");
    await assert.rejects(insert("bad"), /no/);
    assert.deepEqual(
      (await storage.read("meta").select("name").whereIn("name", ["good", "bad"])).map((r) => r.name),
      ["good"],
    );
  });

  it("lets many write at once, and none of it is lost", async () => {
    const { storage, other } = db();
    await storage.transaction(async (trx) => {
      await trx("meta").insert({ name: "count", value: "0" });
    });
    const add = (s: typeof storage) =>
      s.transaction(async (trx) => {
        await s.oneByOne(trx, "count");
        const { value } = await trx("meta").where({ name: "count" }).first();
        await trx("meta")
          .where({ name: "count" })
          .update({ value: String(Number(value) + 1) });
      });
    await Promise.all(Array.from({ length: 40 }, (_, i) => add(i % 2 ? storage : other)));
    assert.equal((await storage.read("meta").where({ name: "count" }).first()).value, "40");
  });

  it("can be read while somebody writes for long", async () => {
    const { storage } = db();
    let go = (): void => {};
    const started = new Promise<void>((resolve) => {
      void storage.transaction(async (trx) => {
        await trx("meta").insert({ name: "slow", value: "1" });
        resolve();
        await new Promise<void>((open) => {
          go = open;
        });
      });
    });
    await started;
    assert.equal(
      (await storage.read("meta").where({ name: "slow" })).length,
      0,
      "and what is not finished is not seen",
    );
    go();
  });

  it("is checked, measured and put out of the order of arrival", async () => {
    const { storage } = db();
    await storage.check();
    assert.ok((await storage.bytes()) > 10_000);
    await storage.shuffle();
    await storage.forget();
  });

  it("is put out of that order without being taken into memory, however large it is", async function () {
    const { storage, url } = db();
    if (!url.startsWith("sqlite:") || process.platform !== "linux") return this.skip();
    await storage.transaction(async (trx) => {
      await trx.raw(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 8000)
         INSERT INTO posts (place, body) SELECT lower(hex(randomblob(16))), randomblob(8000) FROM n`,
      );
    });
    const peak = () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) / 1024;
    writeFileSync("/proc/self/clear_refs", "5"); // the highest from now on
    const before = peak();
    await storage.shuffle();
    const grown = peak() - before;
    assert.ok(grown < 40, `${grown} MB for ${(await storage.bytes()) / 1024 / 1024}`);
    await storage.transaction((trx) => trx("posts").delete());
  });

  it("gives up to be written anew where somebody reads an old state, and holds nobody up meanwhile", async () => {
    const { storage, other } = db();
    const old = await other.read.transaction();
    await old("reports").first();
    const shuffled = storage.shuffle();
    await Promise.race([shuffled.catch(() => undefined), lockAwaited(storage)]);
    const read = storage.read("reports").first();
    await assert.rejects(shuffled, { code: "database-locked" });
    await read;
    await old.rollback();
    await storage.shuffle();
  });

  it("says that its server is gone when a connection breaks, wherever it does", async function () {
    const { url } = db();
    if (url.startsWith("sqlite:")) return this.skip();
    const server = new URL(url);
    const cables = new Set<Socket>();
    const between = createServer((here) => {
      const there = connect(Number(server.port), server.hostname);
      for (const [cable, next] of [
        [here, there],
        [there, here],
      ] as const) {
        cables.add(cable.on("error", () => next.destroy()));
        cable.pipe(next);
      }
    }).listen(0, "127.0.0.1");
    await once(between, "listening");
    const away = new URL(url);
    away.host = `127.0.0.1:${(between.address() as AddressInfo).port}`;
    const storage = await openStorage(away.href);
    const cut = () => {
      for (const cable of cables) cable.destroy();
    };
    const work = storage.transaction(async (trx) => {
      await trx("meta").first();
      cut();
      await trx("meta").first();
    });
    await assert.rejects(work, { code: "database-unreachable" });
    await assert.rejects(
      storage.alone(async (writer) => {
        const asked = writer.raw("SELECT pg_sleep(60)").then(() => undefined);
        const asleep = () => db().storage.read("pg_stat_activity").where({ wait_event: "PgSleep" }).first();
        while (!(await asleep()));
        cut();
        await asked;
      }),
      { code: "database-unreachable" },
    );
    between.close();
    cut();
    await assert.rejects(
      storage.transaction((trx) => trx("meta").first()),
      { code: "database-unreachable" },
    );
    await storage.close();
  });

  it("that a newer Quietline made is not touched", async () => {
    const { storage, url } = db();
    await storage.transaction(async (trx) => {
      await trx("migrations").insert({ name: "999-the-future", batch: 9, migration_time: new Date() });
    });
    await assert.rejects(openStorage(url), { code: "database-newer" });
    await storage.transaction(async (trx) => {
      await trx("migrations").where({ name: "999-the-future" }).delete();
    });
    await (await openStorage(url)).close();
  });
});

onBothDatabases("sessions", (db) => {
  const keys = createDayKeys("", mkdtempSync(join(tmpdir(), "quietline-keys-")));
  const slot = (day = today): Slot =>
    ({ name: createHash("sha256").update(`${day} somebody`).digest("hex"), day }) as Slot;
  const talk = (step: string): Talk => ({ ...blankTalk(), step, draft: { secret: "marmalade" } });

  /** Was the turn kept? */
  const taken = (s: Sessions, slots: Slot[], step: string, mark: Mark | undefined): Promise<boolean> =>
    s.commit(slots, talk(step), mark, []).then(
      () => true,
      (error: unknown) => (codeOf(error) === "stale" ? false : Promise.reject(error)),
    );

  it("are taken by one of two who come at once", async () => {
    const [one, two] = [createSessions(db().storage, keys), createSessions(db().other, keys)];
    const save = (s: typeof one, step: string, mark: Parameters<typeof one.commit>[2]) =>
      taken(s, [slot()], step, mark);
    const first = await Promise.all([save(one, "a", undefined), save(two, "b", undefined)]);
    assert.deepEqual(first.sort(), [false, true], "the very first turn");
    for (let round = 0; round < 10; round++) {
      const mark = (await one.load([slot()]))!.mark;
      const won = await Promise.all([save(one, `a${round}`, mark), save(two, `b${round}`, mark)]);
      assert.deepEqual([...won].sort(), [false, true]);
      assert.equal((await two.load([slot()]))!.talk.step, won[0] ? `a${round}` : `b${round}`);
    }
  });

  it("move to the slot of the new day, once", async () => {
    const sessions = createSessions(db().storage, keys);
    const before = (await sessions.load([slot()]))!;
    const tomorrow = [slot(today + 1), slot()];
    assert.equal(await taken(sessions, tomorrow, "moved", before.mark), true);
    assert.equal(await taken(sessions, tomorrow, "moved", before.mark), false);
    assert.equal((await sessions.load(tomorrow))!.talk.step, "moved");
    assert.equal(await sessions.load([slot()]), undefined, "the old one is gone");
  });

  it("hold nothing that can be read, and are swept when their day is over", async () => {
    const rows = await db().storage.read("sessions");
    assert.equal(rows.length, 1);
    assert.ok(!Buffer.from(rows[0].body).includes("marmalade"));
    assert.equal(rows[0].body.length % 2048, 28, "padded: a nonce, a tag and a whole class");
    await createSessions(db().storage, keys).sweep(today + 5);
    assert.equal((await db().storage.read("sessions")).length, 0);
  });
});

describe("a SQLite file", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "quietline-file-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("that is no database, or is cut in two, is told as damaged", async () => {
    writeFileSync(join(folder, "a.sqlite"), randomBytes(8192));
    await assert.rejects(openStorage(`sqlite:${join(folder, "a.sqlite")}`), { code: "database-corrupt" });
    const path = join(folder, "b.sqlite");
    const storage = await openStorage(`sqlite:${path}`);
    await storage.transaction(async (trx) => {
      for (let i = 0; i < 200; i++) await trx("meta").insert({ name: `n${i}`, value: "x".repeat(900) });
    });
    await storage.close();
    truncateSync(path, Math.floor(statSync(path).size / 8192) * 4096);
    await assert.rejects(
      async () => {
        const again = await openStorage(`sqlite:${path}`);
        try {
          await again.check();
        } finally {
          await again.close();
        }
      },
      { code: "database-corrupt" },
    );
  });

  it("forgets what was deleted: not a byte of it is left", async () => {
    const path = join(folder, "c.sqlite");
    const storage = await openStorage(`sqlite:${path}`);
    await storage.transaction(async (trx) => {
      await trx("meta").insert({ name: "secret", value: "marmalade-marmalade" });
    });
    await storage.transaction(async (trx) => {
      await trx("meta").where({ name: "secret" }).delete();
    });
    await storage.forget();
    for (const file of [path, `${path}-wal`])
      if (existsSync(file)) assert.ok(!readFileSync(file).includes("marmalade"), file);
    await storage.close();
  });
});

describe("a SQLite file that somebody reads while it is to forget", () => {
  let folder: string;
  let path: string;
  let storage: Storage;
  let reader: Storage;
  let leave: () => void;
  let left: Promise<unknown>;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "quietline-read-"));
    path = join(folder, "d.sqlite");
    storage = await openStorage(`sqlite:${path}`);
    reader = await openStorage(`sqlite:${path}`);
    await storage.transaction(async (trx) => {
      await trx("meta").insert({ name: "secret", value: "marmalade-marmalade" });
    });
    const gate = new Promise<void>((open) => {
      leave = open;
    });
    await new Promise<void>((reading) => {
      left = reader.read.transaction(async (trx) => {
        await trx("meta").select();
        reading();
        await gate;
      });
    });
    await storage.transaction(async (trx) => {
      await trx("meta").where({ name: "secret" }).delete();
    });
  });
  afterEach(async () => {
    leave();
    await left;
    await storage.close();
    await reader.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const still = () => [path, `${path}-wal`].some((file) => readFileSync(file).includes("marmalade"));

  it("says that it could not, and takes reports meanwhile", async () => {
    const forgotten = assert.rejects(storage.forget(), { code: "database-locked" });
    for (let i = 0; i < 5; i++)
      await storage.transaction(async (trx) => {
        await trx("meta").insert({ name: `n${i}`, value: "1" });
      });
    await forgotten;
    assert.ok(still(), "the test can fail");
  });

  it("does so as soon as they have left", async () => {
    const forgotten = storage.forget();
    await storage.alone(async (writer) => writer.raw("SELECT 1")); // comes after the first try
    leave();
    await forgotten;
    assert.ok(!still());
  });
});

describe("a PostgreSQL database", () => {
  // what it is good for takes half a minute and a network to be seen: a machine whose cable is pulled while it holds the
  // lock that the audit log is written under keeps the others from writing for 30 seconds, and without this for hours
  it("is told, on every connection, to notice soon that a machine is gone without a word", async function () {
    const server = await postgres("bare");
    if ("missing" in server) return skipFor(this, server.missing);
    const storage = await openStorage(server.url);
    const shown = async (name: string) =>
      Object.values((await storage.read.raw(`SHOW ${name}`)).rows[0] as Record<string, string>)[0];
    assert.deepEqual(
      [
        await shown("tcp_keepalives_idle"),
        await shown("tcp_keepalives_interval"),
        await shown("tcp_keepalives_count"),
        await shown("tcp_user_timeout"),
      ],
      ["15", "5", "3", "30000"],
    );
    await storage.close();
    await server.drop();
  });

  it("forgets a withdrawn report: not a byte of it is left in the tables' files", async function () {
    this.timeout(60_000);
    this.retries(2); // the server's own housekeeping, which holds old rows back while it looks at a table, is over soon
    const server = await postgres("bare");
    if ("missing" in server) return skipFor(this, server.missing);
    const storage = await openStorage(server.url);
    const tables = ["reports", "messages", "files", "notify"];
    const secret = randomBytes(20_000); // long enough to lie apart from its row
    /** Tables in whose files, or those of their long values, the secret is. */
    const found = async (): Promise<string[]> => {
      await storage.read.raw("CHECKPOINT");
      const { rows } = (await storage.read.raw(
        `SELECT t.relname AS name, pg_read_binary_file(pg_relation_filepath(t.oid)) AS rows,
                pg_read_binary_file(pg_relation_filepath(t.reltoastrelid)) AS long
         FROM pg_class t WHERE t.relname = ANY(?) AND t.relkind = 'r'`,
        [tables],
      )) as { rows: { name: string; rows: Buffer; long: Buffer }[] };
      assert.equal(rows.length, tables.length);
      const sample = [secret.subarray(500, 560), secret.subarray(-60)];
      return rows
        .filter((r) => sample.some((part) => r.rows.includes(part) || r.long.includes(part)))
        .map((r) => r.name)
        .sort();
    };
    try {
      await storage.transaction(async (trx) => {
        const row = { day: 1, status: "new", version: 1, messages: 0, unread: 0, files: 0 };
        await trx("reports").insert({
          ...row,
          id: "r1",
          code: "AAAAAA",
          summary: secret.subarray(0, 600),
          body: secret,
        });
        await trx("messages").insert({ report: "r1", number: 1, side: "reporter", day: 1, body: secret });
        await trx("files").insert({ report: "r1", number: 1, blobs: "", size_class: 12, body: secret });
        await trx("notify").insert({ report: "r1", address: secret });
      });
      await storage.transaction(async (trx) => {
        for (const table of ["messages", "files", "notify"]) await trx(table).where({ report: "r1" }).delete();
        await trx("reports").where({ id: "r1" }).update({ summary: null, body: null });
      });
      assert.deepEqual(await found(), [...tables].sort(), "the test can fail");
      await storage.forget();
      assert.deepEqual(await found(), []);
      assert.equal((await storage.read("reports")).length, 1);
    } finally {
      await storage.close();
      await server.drop();
    }
  });
});
