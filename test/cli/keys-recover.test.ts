/** A key that was lost comes back by an offline key, at the command line; whoever has no offline key is told what is missing. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { Decrypter, generateHybridIdentity, identityToRecipient } from "age-encryption";
import { keysOf } from "../../src/crypto/keys.ts";
import { atConsole, fileReport, told } from "../privacy/people.ts";
import { homeOn } from "../support/databases.ts";
import { type TestHome, testHome } from "../support/house.ts";
import { operator, operatorApart } from "../support/operator.ts";
import { talker } from "../support/talker.ts";

const story = "The night shift copies waybills and sells them by the hundred.";

/** What the receipt opens in a house. */
async function opened(home: TestHome, receipt: string): Promise<string> {
  const core = await home.core();
  try {
    const reporter = await talker(core, "somebody else");
    await reporter.say("/mailbox");
    await reporter.say(receipt);
    await reporter.press(core.words.say("en", "mailbox:open.told"));
    return reporter.shown();
  } finally {
    await core.close();
  }
}

for (const kind of ["SQLite", "PostgreSQL"])
  describe(`a lost key, on ${kind}`, function () {
    this.timeout(120_000);
    let home: TestHome;
    let drop: () => Promise<void>;
    let receipt: string;
    /** The key as it was, and the folder of things that are off the machine. */
    let key: string;
    let safe: string;
    let offline: string;
    let recipients: string;
    const at = (name: string) => join(home.home, name);
    const recoveryIn = (folder: string) => readdirSync(folder).filter((name) => name.startsWith("recovery-"));

    before(async function () {
      const [first, second] = [await generateHybridIdentity(), await generateHybridIdentity()];
      recipients = [await identityToRecipient(first), await identityToRecipient(second)].join(" ");
      ({ home, drop } = await homeOn(kind, this, { QUIETLINE_RECOVERY: recipients }));
      safe = join(home.home, "..", "safe");
      mkdirSync(safe, { mode: 0o700 });
      offline = join(safe, "offline.txt");
      writeFileSync(offline, `# created: by hand\n# public key: of the second\n${second}\n`);
      const core = await home.core();
      const person = await atConsole(core, "someone");
      receipt = await fileReport(person, told(story));
      await person.leave();
      await core.close();
      key = readFileSync(at("key.age"), "utf8");
      const made = await operator(home, { QUIETLINE_RECOVERY: recipients })("backup", join(safe, "backups"));
      assert.equal(made.code, 0, made.text);
      assert.match(made.text, /recovery-[0-9a-f]{16}-[0-9a-f]{8}\.age, for the holders of the offline keys alone/);
    });
    after(() => drop());

    it("was kept for the offline keys from the first start on, closed to others, and says nothing itself", () => {
      const names = recoveryIn(home.home);
      assert.equal(names.length, 1);
      assert.equal(statSync(at(names[0]!)).mode & 0o777, 0o600);
      assert.ok(!readFileSync(at(names[0]!)).includes("AGE-SECRET-KEY"));
      assert.deepEqual(recoveryIn(join(safe, "backups")), names);
    });

    it("is in a standard age file: who reads it with another tool holds the key file", async () => {
      const sealed = at(recoveryIn(home.home)[0]!);
      const help = (() => {
        try {
          return execFileSync("age-keygen", ["--help"], { encoding: "utf8", stdio: "pipe" });
        } catch (error) {
          return String((error as { stderr?: unknown }).stderr);
        }
      })();
      let text: string;
      if (help.includes("-pq")) text = execFileSync("age", ["-d", "-i", offline, sealed], { encoding: "utf8" });
      else {
        // age before 1.3 knows no hybrid keys: the library that is the reference in TypeScript reads it
        const reader = new Decrypter();
        reader.addIdentity(readFileSync(offline, "utf8").trim().split("\n").at(-1)!);
        text = await reader.decrypt(readFileSync(sealed), "text");
      }
      assert.ok(text.endsWith(key), "it is a key file");
    });

    it("comes back by one of two offline keys, opens the house, and is on record", async () => {
      rmSync(at("key.age"));
      const lost = await operator(home)("doctor");
      assert.match(lost.text, /key-missing.*\n.*keys recover/);
      const back = await operatorApart(home)("keys", "recover", "--identity", offline);
      assert.equal(back.code, 0, back.text);
      assert.match(back.text, /is back: .*key\.age\nIt opens the database/);
      assert.equal(readFileSync(at("key.age"), "utf8"), key);
      assert.equal(statSync(at("key.age")).mode & 0o777, 0o600);
      assert.ok((await opened(home, receipt)).includes(story));
      const log = await operator(home)("audit", "verify");
      assert.equal(log.code, 0, log.text);
      const core = await home.core();
      const [last] = await core.audit.before(undefined, 1);
      assert.equal(last?.action, "recover-key");
      await core.close();
      const there = await operator(home)("audit", "verify", "--holds", ` ${last.hash.slice(0, 16).toUpperCase()}`);
      assert.deepEqual([there.code, /entry \d+: it is still there/.test(there.text)], [0, true], there.text);
      const gone = await operator(home)("audit", "verify", "--holds", "0".repeat(64));
      assert.deepEqual([gone.code, /no good entry has the hash/.test(gone.text)], [1, true], gone.text);
      const typo = await operator(home)("audit", "verify", "--holds", "entry 1");
      assert.match(typo.text, /16 to 64 digits/);
    });

    it("that is still there is left as it is, and so is another one", async () => {
      const again = await operator(home)("keys", "recover", "--identity", offline);
      assert.deepEqual([again.code, /was there already/.test(again.text)], [0, true], again.text);
      const strange = `${await generateHybridIdentity()}\n`;
      for (const other of [strange, "not a key\n", ""]) {
        writeFileSync(at("key.age"), other);
        const refused = await operator(home)("keys", "recover", "--identity", offline);
        assert.match(refused.text, /^key-there: /);
        assert.equal(refused.code, 69);
        assert.equal(readFileSync(at("key.age"), "utf8"), other);
      }
      writeFileSync(at("key.age"), key);
    });

    it("comes back from a backup alone, on another machine; the backup is then put back", async () => {
      const fresh = testHome(); // the backup goes into SQLite, wherever it came from
      try {
        const folder = join(safe, "backups");
        const dump = join(folder, readdirSync(folder).find((name) => name.startsWith("quietline-"))!);
        const missing = await operator(fresh)("restore", dump);
        assert.match(missing.text, /key-missing: .*keys recover --from/);
        const back = await operator(fresh)("keys", "recover", "--identity", offline, "--from", dump);
        assert.match(back.text, /is back: .*\nIt opens the backup/, back.text);
        const restored = await operator(fresh)("restore", dump);
        assert.equal(restored.code, 0, restored.text);
        assert.ok((await opened(fresh, receipt)).includes(story));
      } finally {
        fresh.remove();
      }
    });

    it("does not come back by a stranger's key, nor for another database, nor where there was no offline key: and it is said what is missing", async () => {
      rmSync(at("key.age"));
      const stranger = join(safe, "stranger.txt");
      writeFileSync(stranger, `${await generateHybridIdentity()}\n`);
      const wrong = await operator(home)("keys", "recover", "--identity", stranger);
      assert.match(wrong.text, /^recovery-wrong: /);
      const nothing = await operator(home)("keys", "recover", "--identity", join(safe, "nowhere.txt"));
      assert.deepEqual([nothing.code, /There is no AGE-SECRET-KEY/.test(nothing.text)], [78, true]);

      // a recovery file of another house beside this database
      const others = join(safe, "others");
      const other = testHome({ QUIETLINE_RECOVERY: recipients });
      await (await other.core()).close();
      mkdirSync(others);
      for (const name of recoveryIn(other.home)) copyFileSync(join(other.home, name), join(others, name));
      other.remove();
      const strange = await operator(home)("keys", "recover", "--identity", offline, "--from", others);
      assert.match(strange.text, /^key-wrong: /);

      const plain = testHome();
      await (await plain.core()).close();
      rmSync(join(plain.home, "key.age"));
      const none = await operator(plain)("keys", "recover", "--identity", offline);
      assert.match(none.text, /^recovery-missing: .*QUIETLINE_RECOVERY/);
      plain.remove();

      for (const folder of [home.home, others]) assert.ok(!existsSync(join(folder, "key.age")), "nothing was written");
      writeFileSync(at("key.age"), key, { mode: 0o600 });
    });

    it("is sealed anew when the offline keys are others: whoever was taken off the list opens the file no more", async () => {
      const next = await generateHybridIdentity();
      const env = { QUIETLINE_RECOVERY: await identityToRecipient(next) };
      const before = recoveryIn(home.home);
      const looked = await operator(home, env)("doctor");
      assert.match(looked.text, /recovery: 1 offline key opens the recovery file/);
      const [name, ...more] = recoveryIn(home.home);
      assert.deepEqual([before.includes(name!), more], [false, []]);
      const reader = new Decrypter();
      reader.addIdentity(next);
      assert.ok((await reader.decrypt(readFileSync(at(name!)), "text")).includes(key.trim()));
      const late = await operator(home)("keys", "recover", "--identity", offline);
      assert.match(late.text, /^recovery-wrong: /);
      assert.equal((await keysOf(key)).name, name!.slice(9, 25));
      chmodSync(at("key.age"), 0o600);
    });
  });
