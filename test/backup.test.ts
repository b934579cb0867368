/** A backup opens again, by its key alone, into either database; what is damaged or strange is refused and nothing is half done. */
import assert from "node:assert/strict";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { generateHybridIdentity } from "age-encryption";
import { type Backup, makeBackup, restoreBackup } from "../src/backup.ts";
import { keysOf } from "../src/crypto/keys.ts";
import { codeOf } from "../src/errors.ts";
import type { Core } from "../src/main.ts";
import { atConsole, fileReport, told } from "./privacy/people.ts";
import { postgres, type TestHome, testHome } from "./support/house.ts";
import { skipFor } from "./support/missing.ts";
import { talker } from "./support/talker.ts";

const story = "The night shift copies waybills and sells them by the hundred.";

describe("backups", () => {
  let home: TestHome;
  let core: Core;
  let receipt: string;
  let folder: string;
  let made: Backup;
  const today = 20_000;
  const back = (into: TestHome, databaseUrl = into.config.databaseUrl, keys = core.keys) =>
    restoreBackup({ path: join(folder, made.name), keys, home: into.home, databaseUrl });
  const backup = () => makeBackup({ storage: core.storage, home: home.home, keys: core.keys, today }, folder);
  const refuses = (code: string, work: Promise<unknown>) =>
    assert.rejects(work, (error) => {
      assert.equal(codeOf(error), code);
      return true;
    });

  before(async () => {
    home = testHome();
    core = await home.core();
    folder = join(home.home, "..", "backups");
    const person = await atConsole(core, "someone");
    const file = { name: "list.txt", type: "text/plain", bytes: Buffer.from("a list of waybills") };
    receipt = await fileReport(person, { ...told(story), file });
    await person.leave();
    made = await backup();
  });
  after(async () => {
    await core.close();
    home.remove();
  });

  /** The reporter reads the report in the house that was put back. */
  async function reads(into: TestHome, receipt: string, key = join(home.home, "key.age")): Promise<void> {
    cpSync(key, join(into.home, "key.age"));
    chmodSync(join(into.home, "key.age"), 0o600);
    const again = await into.core();
    try {
      const reporter = await talker(again, "somebody else");
      await reporter.say("/mailbox");
      await reporter.say(receipt);
      await reporter.press(again.words.say("en", "mailbox:open.told"));
      assert.ok(reporter.shown().includes(story), reporter.shown());
      assert.equal((await again.audit.verify()).broken, undefined);
      await reporter.leave();
    } finally {
      await again.close();
    }
  }

  it("say nothing without the key, not by a name or a time either, and are closed to others", () => {
    const paths = (readdirSync(folder, { recursive: true }) as string[]).map((name) => join(folder, name));
    for (const path of paths) {
      const { mode, mtimeMs } = statSync(path);
      assert.equal(mode & 0o077, 0, path);
      if (/\/(chunks|files)/.test(path)) assert.equal(mtimeMs, 0, path);
      if (statSync(path).isDirectory() || path.endsWith("lock")) continue;
      const bytes = readFileSync(path);
      if (!path.includes("/files/")) assert.ok(bytes.subarray(0, 30).toString().startsWith("age-encryption.org/v1"));
      assert.ok(!bytes.includes("waybills") && !bytes.includes("reports") && !bytes.includes(receipt));
    }
    assert.equal(statSync(folder).mode & 0o077, 0);
  });

  it("come back into a fresh state folder, receipts and all", async () => {
    const other = testHome();
    try {
      const restored = await back(other);
      assert.equal(restored.sha256, made.sha256);
      await reads(other, receipt);
    } finally {
      other.remove();
    }
  });

  it("come back into PostgreSQL", async function () {
    const server = await postgres("bare");
    if ("missing" in server) return skipFor(this, server.missing);
    const other = testHome({ DATABASE_URL: server.url });
    try {
      assert.equal((await back(other)).sha256, made.sha256);
      await reads(other, receipt);
    } finally {
      other.remove();
      await server.drop();
    }
  });

  it("copy the files of reports once, and leave nothing of the proof behind", async () => {
    assert.deepEqual(
      [made.files, (await backup()).files],
      [
        { copied: 1, kept: 1 },
        { copied: 0, kept: 1 },
      ],
    );
    const names = readdirSync(folder, { recursive: true }) as string[];
    assert.deepEqual(
      names.filter((name) => name.endsWith(".part")),
      [],
    );
    assert.ok(!existsSync(join(home.home, "proof")));
  });

  it("of the first format come back as well, files and all", async () => {
    const stored = "test/storage/backups/v1";
    const other = testHome();
    try {
      const keys = await keysOf(readFileSync(join(stored, "key.age"), "utf8"));
      const path = join(stored, readdirSync(stored).find((name) => name.endsWith(".age") && name !== "key.age")!);
      const restored = await restoreBackup({ path, keys, home: other.home, databaseUrl: other.config.databaseUrl });
      assert.deepEqual([restored.rows.reports, restored.files.copied], [1, 1]);
      await reads(other, readFileSync(join(stored, "receipt.txt"), "utf8").trim(), join(stored, "key.age"));
    } finally {
      other.remove();
    }
  });

  it("hold no draft", async () => {
    assert.ok(Number((await core.storage.read("sessions").count({ n: "*" }).first())?.n) > 0);
    assert.equal(made.rows.sessions, undefined);
  });

  it("are not made where others can read, nor inside of the state folder", async () => {
    const open = join(home.home, "..", "open");
    mkdirSync(open);
    chmodSync(open, 0o755);
    const parts = { storage: core.storage, home: home.home, keys: core.keys, today };
    await refuses("backup-shared", makeBackup(parts, open));
    await refuses("backup-shared", makeBackup(parts, join(home.home, "backups")));
  });

  it("are refused when they are cut off, changed, or sealed to another key, and leave nothing behind", async () => {
    const path = join(folder, made.name);
    const whole = readFileSync(path);
    const other = testHome();
    try {
      await refuses("backup-damaged", back(other, undefined, await keysOf(await generateHybridIdentity())));
      truncateSync(path, whole.length - 40);
      await refuses("backup-damaged", back(other));
      const changed = Buffer.from(whole);
      changed[changed.length - 20]! ^= 1;
      writeFileSync(path, changed);
      await refuses("backup-damaged", back(other));
      writeFileSync(path, whole);
      await back(other); // what was refused left an empty database
      await refuses("database-not-empty", back(other));
    } finally {
      writeFileSync(path, whole);
      other.remove();
    }
  });
});
