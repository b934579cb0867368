/**
 * P1 and P2, attacked by whoever carries the machine away after the last draft has expired: state folder, database files
 * and their logs, backups, what Redis holds, what was logged, the objects that live in the service itself and all of its
 * memory.
 */
import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeBackup } from "../../src/backup.ts";
import { newReceipt, showReceipt } from "../../src/reports/receipt.ts";
import { programPath } from "../crash/victim.ts";
import {
  fileReport,
  onDiscord,
  onTelegram,
  onWeb,
  openMailbox,
  type Person,
  type Told,
  tell,
} from "../privacy/people.ts";
import { everyByte, type Find, Needles } from "../privacy/support.ts";
import { createDiscordServer, type DiscordServer } from "../standins/discord.ts";
import { createTelegramServer, type TelegramServer } from "../standins/telegram.ts";
import { type TestHome, testHome } from "../support/house.ts";
import { skipFor } from "../support/missing.ts";
import { type OwnServer, ownPostgres, ownRedis } from "../support/own-servers.ts";
import { memoryOf } from "../support/process-memory.ts";

/** How the unit starts it: Node and the allocator below it overwrite what is freed. */
const unit = readFileSync("deploy/quietline.service", "utf8");
const clearing = {
  flags: /^ExecStart=@NODE@ (.*) @ROOT@/m.exec(unit)![1]!.split(" "),
  env: { GLIBC_TUNABLES: /^Environment=GLIBC_TUNABLES=(\S+)$/m.exec(unit)![1]! },
};

/** A service in a process of its own. */
class Victim {
  private readonly child: ChildProcess;
  private asked = 0;
  heard = "";

  constructor(t: TestHome, clears: boolean) {
    const path = fileURLToPath(new URL("./victim.mjs", import.meta.url));
    const { main, execArgv } = programPath();
    this.child = fork(path, [main, JSON.stringify(t.config), t.dayKeys], {
      execArgv: [...execArgv, "--expose-gc", ...(clears ? clearing.flags : [])],
      env: { ...process.env, ...(clears ? clearing.env : {}) },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    for (const stream of [this.child.stdout!, this.child.stderr!])
      stream.on("data", (piece: Buffer) => {
        this.heard += piece.toString("latin1");
      });
  }

  get pid(): number {
    return this.child.pid!;
  }

  ask<T = void>(order: string, value?: unknown): Promise<T> {
    const id = ++this.asked;
    return new Promise((resolve, reject) => {
      const listen = (said: { id: number; answer: T; failed?: string }): void => {
        if (said.id !== id) return;
        this.child.off("message", listen);
        if (said.failed) reject(new Error(said.failed));
        else resolve(said.answer);
      };
      this.child.on("message", listen).once("exit", () => reject(new Error(`the service ended: ${this.heard}`)));
      this.child.send({ id, order, value });
    });
  }

  end(): void {
    this.child.removeAllListeners("exit");
    this.child.kill("SIGKILL");
  }
}

/** Without Redis, talks, limits and senders are in the service's own memory, and the keys of drafts in a folder of the machine's. */
interface House {
  database: "SQLite" | "PostgreSQL";
  redis?: true;
  /** Started as the unit and the image start it. */
  clears?: true;
}
const houses: House[] = [
  { database: "SQLite", clears: true },
  { database: "SQLite", redis: true, clears: true },
  { database: "PostgreSQL", redis: true, clears: true },
  ...(process.env.TEST_LONG ? ([{ database: "SQLite" }, { database: "PostgreSQL" }] as const) : []),
];
const nameOf = ({ database, redis, clears }: House) =>
  `${database} ${redis ? "with Redis" : "alone"}${clears ? "" : ", where freed memory is left as it is"}`;

for (const house of houses) {
  describe(`P1: the machine is carried away after the last draft has expired, on ${nameOf(house)}`, function () {
    this.timeout(120_000);
    const needles = new Needles();
    let t: TestHome;
    let telegram: TelegramServer;
    let discord: DiscordServer;
    let victim: Victim;
    let postgres: OwnServer | undefined;
    let redis: OwnServer | undefined;
    let scratch: string;
    let figures = "";
    let living: Find[] = [];
    let keys: string[] = [];

    before(async function () {
      if (house.redis) {
        const cache = await ownRedis();
        if ("missing" in cache) return skipFor(this, cache.missing);
        redis = cache;
      }
      if (house.database === "PostgreSQL") {
        const server = await ownPostgres();
        if ("missing" in server) return skipFor(this, server.missing);
        postgres = server;
      }
      scratch = mkdtempSync(join(tmpdir(), "quietline-carried-"));
      telegram = await createTelegramServer();
      discord = await createDiscordServer();
      t = testHome({
        TELEGRAM_BOT_TOKEN: telegram.token,
        TELEGRAM_API_ROOT: telegram.url,
        DISCORD_BOT_TOKEN: discord.token,
        DISCORD_API_ROOT: discord.apiRoot,
        ...(redis ? { REDIS_URL: redis.url } : {}),
        ...(postgres ? { DATABASE_URL: postgres.url } : {}),
      });
      victim = new Victim(t, house.clears === true);
      const { page } = await victim.ask<{ page: string }>("start");
      await discord.ready();

      for (const [n, person] of [
        onTelegram(telegram, 50_001),
        onDiscord(discord, 50_002),
        onWeb(page, 50_003),
        onTelegram(telegram, 50_004),
      ].entries()) {
        const mark = `${person.platform}-${n}`;
        const told: Told = {
          story: `The clerk behind counter ${mark} photographs balances and sells them.`,
          organisation: `Branch Kestrel ${mark}`,
          handle: `@dealer_${mark}_wren`,
          exclude: `Supervisor Plover ${mark}`,
          file: { name: `list-by-${mark}.txt`, type: "text/plain", bytes: Buffer.from(`A list, hidden by ${mark}.`) },
          notify: false,
          rehearse: n === 0,
        };
        if (n === 3) {
          await tell(person, told); // begun, and never sent
        } else {
          const receipt = await fileReport(person, told);
          needles.receipt(`the receipt of ${mark}`, receipt);
          if (n === 1) await openMailbox(person, receipt);
        }
        plant(person, mark, told);
      }
      await guess(onTelegram(telegram, 50_005));
      await victim.ask("delivered");
      living = [...everyByte(t.home), ...stored()].flatMap(({ where, bytes }) => needles.search(where, bytes));
      keys = keysOfDrafts();
      await victim.ask("later", 3);
      figures = await victim.ask<string>("figures");
    });
    after(async () => {
      victim?.end();
      await telegram?.close();
      await discord?.stop();
      await postgres?.stop();
      await redis?.stop();
      t?.remove();
      if (scratch) rmSync(scratch, { recursive: true, force: true });
    });

    function plant(person: Person, who: string, told: Partial<Told>): void {
      const [id = "", ...names] = person.known;
      if (/^\d+$/.test(id)) needles.number(`the account of ${who}`, id);
      else needles.text(`the visit of ${who}`, id);
      for (const name of names) needles.text(`a name of ${who}`, name);
      for (const field of ["story", "organisation", "handle", "exclude"] as const)
        if (told[field]) needles.text(`the ${field} of ${who}`, told[field]);
      if (told.file) needles.text(`the file of ${who}`, Buffer.from(told.file.bytes).toString());
    }

    /** Somebody who only tries receipts: the limits remember that for ten minutes, and must not remember who. */
    async function guess(person: Person): Promise<void> {
      await person.command("mailbox");
      await person.answer({ receipt: showReceipt(newReceipt()) });
      plant(person, "who guesses", {});
    }

    const keysOfDrafts = () =>
      existsSync(t.dayKeys) ? readdirSync(t.dayKeys).map((name) => readFileSync(join(t.dayKeys, name), "hex")) : [];
    const stored = () => (postgres ? everyByte(postgres.folder) : []);
    const found = (places: { where: string; bytes: Buffer }[]) =>
      places.flatMap(({ where, bytes }) => needles.search(where, bytes)).slice(0, 10);

    it("shows none of it in the state folder and the database's files, before and after", () => {
      assert.deepEqual(living.slice(0, 10), []);
      assert.ok(everyByte(t.home).length > 3);
      if (postgres)
        assert.ok(stored().some(({ where, bytes }) => where.startsWith("pg_wal/") && bytes.length > 1_000_000));
      assert.deepEqual(found([...everyByte(t.home), ...stored()]), []);
    });

    it("shows none of it in the keys of drafts: those that sealed one are gone", () => {
      assert.equal(keys.length > 0, !house.redis); // with Redis they are there
      assert.deepEqual(
        keysOfDrafts().filter((key) => keys.includes(key)),
        [],
      );
      const kept = keys.map((key) => Buffer.from(key, "hex"));
      const places = [...everyByte(t.home), ...stored()];
      if (existsSync(t.dayKeys)) assert.deepEqual(found(everyByte(t.dayKeys)), []);
      for (const { where, bytes } of places) for (const key of kept) assert.ok(!bytes.includes(key), where);
    });

    it("shows none of it in the logs and the figures, however much a server of the house says of its work", () => {
      const logs = [postgres, redis].flatMap((server) =>
        server ? [{ where: "a server's log", bytes: server.log() }] : [],
      );
      for (const { bytes } of logs) assert.ok(bytes.length > 0);
      if (postgres) assert.match(postgres.log().toString("latin1"), /insert into "reports"[\s\S]*arameters: /);
      assert.ok(victim.heard.length > 0 && figures.length > 0);
      assert.deepEqual(
        found([
          { where: "log", bytes: Buffer.from(victim.heard) },
          { where: "figures", bytes: Buffer.from(figures) },
          ...logs,
        ]),
        [],
      );
    });

    it("shows none of it in a backup", async () => {
      const folder = join(scratch, "backup");
      const core = await t.core();
      const { keys, storage } = core;
      await makeBackup({ storage, home: t.home, keys, today: 20_000 }, folder);
      await core.close();
      const places = everyByte(folder);
      assert.ok(places.some(({ where }) => where.endsWith(".age")));
      assert.deepEqual(found(places), []);
    });

    it("shows none of it in what Redis has in memory", function () {
      if (!redis) return this.skip();
      if (process.platform !== "linux") return skipFor(this, "memory is read from /proc");
      const places = memoryOf(redis.pid);
      assert.ok(
        needlesFor("quietline:").flatMap((n) => places.flatMap((p) => n.search(p.where, p.bytes))).length > 0,
        "Redis was never used",
      );
      assert.deepEqual(found(places), []);
    });

    it("shows none of it in any object that lives in the service", async function () {
      if (house.database === "PostgreSQL" && !process.env.TEST_LONG) return this.skip();
      await victim.ask("collect");
      const path = join(scratch, "heap.heapsnapshot");
      await victim.ask("heap", path);
      assert.ok(statSync(path).size > 5_000_000);
      const bytes = readFileSync(path);
      assert.ok(bytes.includes(telegram.token), "the snapshot holds no texts: nothing was proved");
      assert.deepEqual(found([{ where: "heap", bytes }]), []);
    });

    it(
      house.clears
        ? "shows next to none of it in a core dump: where there are hundreds of places, a handful is left now and then"
        : "shows some of it in a core dump, so that the search can find it",
      async function () {
        if (!house.clears && !process.env.TEST_LONG) return this.skip();
        if (process.platform !== "linux") return skipFor(this, "memory is read from /proc");
        const places = memoryOf(victim.pid);
        assert.ok(
          places.some(({ bytes }) => bytes.includes(telegram.token)),
          "the memory was not read",
        );
        const finds = places.flatMap(({ where, bytes }) => needles.search(where, bytes));
        // V8 does not wipe the ends of some pages
        if (house.clears) assert.ok(finds.length <= 40, JSON.stringify(finds));
        else assert.ok(finds.length > 200, String(finds.length));
      },
    );
  });
}

function needlesFor(text: string): Needles[] {
  const needles = new Needles();
  needles.text("a key", text);
  return [needles];
}
