/** Bad days of the machine: a full disk, a locked or damaged database, a key that is gone, wrong or open, a bad configuration. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { generateHybridIdentity } from "age-encryption";
import sqlite3 from "sqlite3";
import { readConfig } from "../../src/config.ts";
import { explain } from "../../src/errors.ts";
import { type Core, openCore } from "../../src/main.ts";
import { atConsole, fileReport, openMailbox, type Person, send, tell, told, words } from "../privacy/people.ts";
import { smallDisk } from "../support/disk.ts";
import { testHome } from "../support/house.ts";
import { skipFor } from "../support/missing.ts";
import { operator } from "../support/operator.ts";
import { talker } from "../support/talker.ts";
import { programPath } from "./victim.ts";

describe("a full disk", function () {
  this.timeout(30_000);
  const small = smallDisk(4);
  const disk = small.path;
  const memory = mkdtempSync(join(tmpdir(), "quietline-memory-"));
  let core: Core | undefined;
  before(function () {
    if (!small.mount()) skipFor(this, "a small disk can be mounted by root on Linux only");
  });
  after(async () => {
    await core?.close();
    rmSync(memory, { recursive: true, force: true });
    small.remove();
  });

  it("gives an apology and no receipt; the same draft can be sent when there is room again; nothing acknowledged is lost", async () => {
    const read = readConfig({ QUIETLINE_HOME: join(disk, "state"), QUIETLINE_CARD_DELAY: "0", QUIETLINE_FLOOD: "0" });
    assert.ok("config" in read);
    const notes: string[] = [];
    core = await openCore(read.config, {
      note: (code, values) => notes.push(`${code} ${values?.code ?? ""}`),
      dayKeyFolder: memory,
    });
    const early = await atConsole(core, "early");
    const receipt = await fileReport(early, told("Told before the disk was full."));
    await early.leave();
    const chinese = await talker(core, "chinese", "zh-CN");
    const person = await atConsole(core, "late");
    const late = told("Told while the disk was full.");
    await tell(person, late);

    small.fill();
    await assert.rejects(send(person, late), /no receipt/);
    assert.ok(person.text().includes(words("errors:disk-full")), person.text());
    assert.match(await chinese.say("/report"), new RegExp(inChinese("errors:disk-full")));
    assert.deepEqual(new Set(notes), new Set(["turn-failed disk-full"]));

    small.free();
    const second = await send(person, late);
    await core.storage.check();
    for (const [shown, story] of [
      [receipt, "before the disk was full"],
      [second, "while the disk was full"],
    ] as const) {
      await openMailbox(person, shown);
      await person.press(words("mailbox:open.told"));
      assert.ok(person.text().includes(story), person.text());
    }
    const { n } = (await core.storage.read("reports").count({ n: "*" }).first()) as { n: number };
    assert.equal(Number(n), 2);
    await person.leave();
  });

  it("refuses a file with words, and keeps the answers", async () => {
    assert.ok(core);
    const person = await atConsole(core, "with a file");
    const file = { name: "list.txt", type: "text/plain", bytes: Buffer.alloc(9_000_000, "a list\n") };
    let refusal = "";
    const watched: Person = {
      ...person,
      async attach(given) {
        await person.attach(given);
        refusal = person.text();
      },
    };
    await tell(watched, { ...told("Told with a file."), file });
    assert.ok(refusal.includes(words("files:refused.disk-full")), refusal);
    const left = readdirSync(join(disk, "state", "files"), { recursive: true, withFileTypes: true }).filter((e) =>
      e.isFile(),
    );
    assert.deepEqual(left, [], "a half of the file was left");
    await person.leave();
  });
});

const inChinese = (key: string): string => {
  const [space, name] = key.split(":");
  return JSON.parse(readFileSync(`locales/zh-CN/${space}.json`, "utf8"))[name!];
};

describe("a locked database", () => {
  it("gives an apology; what was told is sent when the lock is gone", async () => {
    const t = testHome();
    const core = await openCore(t.config, {
      note: (code, values) => t.notes.push({ code, values: values ?? {} }),
      dayKeyFolder: t.dayKeys,
      patience: 20,
    });
    const person = await atConsole(core, "someone");
    const report = told("Told while another program held the database.");
    await tell(person, report);
    const unlock = await lock(t.config.databaseUrl.slice("sqlite:".length));
    await assert.rejects(send(person, report), /no receipt/);
    assert.ok(person.text().includes(words("errors:turn-failed")), person.text());
    assert.deepEqual(t.notes.at(-1), { code: "turn-failed", values: { code: "database-locked", platform: "console" } });
    await unlock();
    await openMailbox(person, await send(person, report));
    await person.leave();
    await core.close();
    t.remove();
  });
});

/** Holds the write lock of an SQLite file, as another program would. */
async function lock(path: string): Promise<() => Promise<void>> {
  const other = new sqlite3.Database(path);
  const run = (sql: string) =>
    new Promise<void>((resolve, reject) => other.exec(sql, (error) => (error ? reject(error) : resolve())));
  await run("BEGIN IMMEDIATE");
  return async () => {
    await run("ROLLBACK");
    await new Promise((resolve) => other.close(resolve));
  };
}

/** Runs `quietline` to its end. */
function quietline(
  command: string,
  env: Record<string, string>,
): Promise<{ code: number; out: string; complaint: string }> {
  const { main, execArgv } = programPath("cli");
  const clean = { PATH: process.env.PATH ?? "", QUIETLINE_LISTEN: "127.0.0.1:0", ...env };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [...execArgv, fileURLToPath(main), command],
      { env: clean, timeout: 30_000 },
      (error, out, complaint) => resolve({ code: error ? Number(error.code ?? -1) : 0, out, complaint }),
    );
  });
}

describe("a start that cannot be", function () {
  this.timeout(60_000);
  let t: ReturnType<typeof testHome>;
  const env = (): Record<string, string> => ({ QUIETLINE_HOME: t.home });
  const key = () => join(t.home, "key.age");
  const database = () => join(t.home, "quietline.sqlite");

  beforeEach(async () => {
    t = testHome();
    const core = await t.core();
    const person = await atConsole(core, "someone");
    await fileReport(person, told("A report that is kept."));
    await person.leave();
    await core.close();
  });
  afterEach(() => t.remove());

  /** Both commands say the code and its cure; `start` ends with 69, the doctor with 1. */
  async function ends(code: Parameters<typeof explain>[0]): Promise<void> {
    const { sentence, cure } = explain(code);
    const [start, doctor] = await Promise.all([quietline("start", env()), operator(t)("doctor")]);
    assert.equal(start.complaint.trim(), `${code}: ${sentence} ${cure}`);
    assert.equal(start.code, 69);
    assert.ok(doctor.text.includes(`${code}. ${sentence}`) && doctor.text.includes(cure), doctor.text);
    assert.equal(doctor.code, 1);
  }

  it("names a key that is missing, and makes no other", async () => {
    rmSync(key());
    await ends("key-missing");
    assert.ok(!existsSync(key()));
  });

  it("names a key of another house", async () => {
    writeFileSync(key(), `${await generateHybridIdentity()}\n`, { mode: 0o600 });
    await ends("key-wrong");
  });

  it("names a key that others can read", async () => {
    chmodSync(key(), 0o640);
    await ends("key-open");
  });

  it("names a key that is none", async () => {
    writeFileSync(key(), "not a key\n", { mode: 0o600 });
    await ends("key-invalid");
  });

  it("names a database that is none any more", async () => {
    overwrite(database(), 0, 4096);
    await ends("database-corrupt");
  });

  it("names a database that is damaged from its second page on", async () => {
    overwrite(database(), 4096, statSync(database()).size);
    await ends("database-corrupt");
  });

  it("has the doctor find damage that a start does not meet", async () => {
    const bytes = readFileSync(database());
    const at = Math.floor(bytes.indexOf("age-encryption.org/v1") / 4096) * 4096;
    overwrite(database(), at, at + 512);
    const doctor = await quietline("doctor", env());
    assert.match(doctor.out, /BAD.*database.*database-corrupt/);
    assert.equal(doctor.code, 1);
  });

  it("lists all problems of a configuration at once and touches nothing", async () => {
    const home = join(t.home, "elsewhere");
    const { code, complaint, out } = await quietline("start", {
      QUIETLINE_HOME: home,
      QUIETLINE_LISTEN: "nowhere",
      TELEGRAM_BOT_TOKEN: "a-secret-that-is-no-token",
      TELEGRAM_MODE: "pigeon",
      DATABASE_URL: "mysql://root:secret@host/x",
      QUIETLINE_LISTENN: "127.0.0.1:1",
    });
    assert.equal(code, 78);
    for (const name of [
      "QUIETLINE_LISTEN:",
      "TELEGRAM_BOT_TOKEN:",
      "TELEGRAM_MODE:",
      "DATABASE_URL:",
      "QUIETLINE_LISTENN:",
    ])
      assert.ok(complaint.includes(name), complaint);
    assert.ok(!`${complaint}${out}`.includes("secret"), "a secret is printed");
    assert.ok(!existsSync(home));
  });
});

function overwrite(path: string, from: number, to: number): void {
  const file = openSync(path, "r+");
  writeSync(file, randomBytes(to - from), 0, to - from, from);
  closeSync(file);
}
