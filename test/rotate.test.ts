/** The organisation's key is exchanged: everybody keeps what is theirs, and nothing is left under the old key. */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Decrypter, generateHybridIdentity, identityToRecipient } from "age-encryption";
import { type Keys, keysFromFile, keysOf } from "../src/crypto/keys.ts";
import { codeOf } from "../src/errors.ts";
import { recover } from "../src/recover.ts";
import { sealersOf } from "../src/reseal.ts";
import { type Old, type Rotated, rotate, unplanned } from "../src/rotate.ts";
import { plan, purposes } from "../src/rotation-plan.ts";
import { openStorage } from "../src/storage/storage.ts";
import { homeOn } from "./support/databases.ts";
import { smallDisk } from "./support/disk.ts";
import { furnish, type Held, live } from "./support/full-house.ts";
import { type TestHome, testHome } from "./support/house.ts";
import { skipFor } from "./support/missing.ts";
import { operator } from "./support/operator.ts";

const quiet = () => undefined;
const code = (work: Promise<unknown>) =>
  work.then(
    () => "none",
    (error: unknown) => codeOf(error),
  );
const exchange = (home: TestHome, old: Old = { keep: "sealed" }): Promise<Rotated> => rotate(home.config, old, quiet);
const keyIn = (home: TestHome): Promise<Keys> => keysFromFile(join(home.home, "key.age"));

/** Every sealed value that lies in the database. */
async function sealedIn(home: TestHome): Promise<{ where: string; value: Buffer }[]> {
  const storage = await openStorage(home.config.databaseUrl);
  try {
    const found: { where: string; value: Buffer }[] = [];
    for (const { name, columns } of plan)
      for (const [column, seal] of Object.entries(columns))
        if (typeof seal !== "string")
          for (const row of await storage.read(name).whereNotNull(column).select(column))
            found.push({ where: `${name}.${column}`, value: row[column] });
    return found;
  } finally {
    await storage.close();
  }
}

describe("what an exchange of the key knows", () => {
  const sources = (readdirSync("src", { recursive: true }) as string[])
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => ({ path, text: readFileSync(join("src", path), "utf8") }));

  it("is every purpose that a key is derived for", () => {
    const found = sources.flatMap(({ text }) =>
      [...text.matchAll(/\b(?:derive|own)\(["`]([^"`$]+)(\$\{[^}]*\})?["`]\)/g)].map(
        ([, name, more]) => name! + (more ? "x" : ""),
      ),
    );
    assert.ok(found.length > 10);
    for (const name of found)
      assert.ok(
        purposes.some((p) => p.purpose.test(name)),
        `“${name}” stands in no line of purposes`,
      );
  });

  it("is every place that a value is sealed for, and every file that seals to the house", () => {
    const places = new Set(
      plan.flatMap((t) =>
        Object.values(t.columns).flatMap((s) => (typeof s !== "string" && s.by === "columns" ? s.place : [])),
      ),
    );
    const elsewhere = new Set(["kept", "meta.keyring"]); // a day's key; the keyring itself
    const found = sources.flatMap(({ text }) => [...text.matchAll(/\.seal\("([^"]+)"/g)].map(([, place]) => place!));
    assert.ok(found.length > 10);
    for (const place of found)
      assert.ok(places.has(place) || elsewhere.has(place), `“${place}” is sealed and not planned`);
    const vaults = sources.filter(({ text }) => /\bvault\.seal\(/.test(text)).map(({ path }) => path);
    assert.deepEqual(vaults.sort(), [
      "reports/notes-store.ts",
      "reports/store.ts",
      "reports/thread-store.ts",
      "reseal.ts",
    ]);
  });
});

for (const kind of ["SQLite", "PostgreSQL"])
  describe(`an exchange of the key, on ${kind}`, function () {
    this.timeout(240_000);
    let home: TestHome;
    let drop: () => Promise<void>;
    let held: Held;
    let offline: string;
    let old: Keys;
    let earlier: { where: string; value: Buffer }[];

    before(async function () {
      offline = await generateHybridIdentity();
      ({ home, drop } = await homeOn(kind, this, { QUIETLINE_RECOVERY: await identityToRecipient(offline) }));
      const core = await home.core();
      held = await furnish(core, home);
      await core.close();
      old = await keyIn(home);
      earlier = await sealedIn(home);
    });
    after(() => drop());

    it("knows every column of bytes that the database has, and none that it has not", async () => {
      const storage = await openStorage(home.config.databaseUrl);
      try {
        const columns = await storage.bytesColumns();
        assert.deepEqual(unplanned(columns), []);
        const there = new Set(columns.map((c) => `${c.table}.${c.column}`));
        for (const { name, columns } of plan)
          for (const column of Object.keys(columns)) assert.ok(there.has(`${name}.${column}`), `${name}.${column}`);
      } finally {
        await storage.close();
      }
    });

    it("does not begin while there is a sealed column that it does not know, nor while the house is open", async () => {
      const storage = await openStorage(home.config.databaseUrl);
      await storage.transaction(async (trx) =>
        trx.raw(`ALTER TABLE notes ADD COLUMN more ${kind === "SQLite" ? "BLOB" : "BYTEA"}`),
      );
      assert.equal(await code(exchange(home)), "house-open");
      await storage.close();
      assert.equal(await code(exchange(home)), "rotation-unknown");
      const again = await openStorage(home.config.databaseUrl);
      await again.transaction(async (trx) => trx.raw("ALTER TABLE notes DROP COLUMN more"));
      await again.close();
      assert.equal((await keyIn(home)).name, old.name);
    });

    it("that cannot write its files, or finds a value that does not open, changes nothing", async () => {
      const storage = await openStorage(home.config.databaseUrl);
      const [row] = await storage.read("replies").select("id", "body");
      await storage.transaction(async (trx) =>
        trx("replies")
          .where({ id: row.id })
          .update({ body: Buffer.alloc(300) }),
      );
      await storage.close();
      assert.equal(await code(exchange(home)), "key-wrong");
      const mend = await openStorage(home.config.databaseUrl);
      await mend.transaction(async (trx) => trx("replies").where({ id: row.id }).update({ body: row.body }));
      await mend.close();
      assert.equal(
        await code(exchange(home, { keep: "file", path: join(home.home, "nowhere", "old.age") })),
        "turn-failed",
      );
      const strange = join(home.home, "..", "strange");
      writeFileSync(strange, "somebody's");
      assert.equal(await code(exchange(home, { keep: "file", path: strange })), "key-there");
      assert.deepEqual(await sealedIn(home), earlier);
      const core = await home.core(); // and the house opens as it was
      await core.close();
    });

    it("seals something anew in every table, and leaves everybody what is theirs", async () => {
      const done = await exchange(home);
      const tables = plan.filter((t) => Object.values(t.columns).some((s) => typeof s !== "string")).map((t) => t.name);
      assert.deepEqual(Object.keys(done.counts).sort(), tables.sort());
      assert.deepEqual([done.from, done.to, done.resumed], [old.name, (await keyIn(home)).name, false]);
      assert.notEqual(done.to, old.name);
      const core = await home.core();
      await live(core, home, held);
      assert.equal((await core.audit.before(undefined, 1))[0]?.action, "rotate-key");
      await core.close();
    });

    it("leaves no value that the old key opens, no byte of the old values in the files, and no old key lying about", async () => {
      const sealers = sealersOf(old, []);
      const now = await sealedIn(home);
      assert.ok(now.length >= earlier.length);
      for (const { where, value } of now) {
        assert.ok(!earlier.some((b) => b.value.equals(value)), where);
        assert.equal(await code(sealers.vault.open(value)), "key-wrong", where);
      }
      const storage = await openStorage(home.config.databaseUrl);
      const ring = (await storage.read("meta").where({ name: "keyring" }).first()).value as string;
      assert.throws(() => sealers.columns.open("meta.keyring", Buffer.from(ring, "base64")), { code: "key-wrong" });
      await storage.close();
      for (const name of readdirSync(home.home, { recursive: true }) as string[]) {
        const path = join(home.home, name);
        if (!statSync(path).isFile()) continue;
        const bytes = readFileSync(path);
        assert.ok(!bytes.includes(old.identity), name);
        if (kind === "SQLite" && name.includes("sqlite"))
          for (const { where, value } of earlier)
            assert.ok(!bytes.includes(value.subarray(40, 72)), `${where} in ${name}`);
      }
    });

    it("keeps the old key sealed to the new one and to the offline key, and the new one for the offline key alone", async () => {
      const path = join(home.home, "old-keys", `${old.name}.age`);
      assert.equal(statSync(path).mode & 0o777, 0o600);
      for (const identity of [(await keyIn(home)).identity, offline]) {
        const reader = new Decrypter();
        reader.addIdentity(identity);
        assert.ok((await reader.decrypt(readFileSync(path), "text")).includes(old.identity));
      }
      const recovery = readdirSync(home.home).filter((name) => name.startsWith("recovery-"));
      assert.deepEqual(
        recovery.map((name) => name.slice(9, 25)),
        [(await keyIn(home)).name],
      );
    });

    it("is in every backup from then on, and a backup of before comes back by the old key that was kept", async () => {
      const folder = join(home.home, "..", "backups");
      const made = await operator(home)("backup", folder);
      assert.equal(made.code, 0, made.text);
      const name = /^quietline-\S+\.age/m.exec(made.text)?.[0] ?? assert.fail(made.text);
      const now = await keyIn(home);
      const fresh = testHome();
      try {
        const recovery = readdirSync(home.home).find((n) => n.startsWith("recovery-"))!;
        await recover(fresh.config, [offline], join(home.home, recovery));
        const put = await operator(fresh)("restore", join(folder, name));
        assert.equal(put.code, 0, put.text);
        const back = await fresh.core();
        await live(back, fresh, held);
        await back.close();
      } finally {
        fresh.remove();
      }
      const past = testHome();
      try {
        const path = join(home.home, "old-keys", `${old.name}.age`);
        assert.equal((await recover(past.config, [now.identity], path)).name, old.name);
        assert.equal((await keyIn(past)).identity, old.identity);
      } finally {
        past.remove();
      }
    });

    it("lets nobody who has the old key rewrite the record of before", async () => {
      const storage = await openStorage(home.config.databaseUrl);
      const entries = await storage.read("audit").orderBy("number");
      const last = entries.findIndex((e) => e.action === "rotate-key");
      assert.ok(last > 0);
      let chained = entries[0].before as string;
      await storage.transaction(async (trx) => {
        for (const e of entries.slice(0, last)) {
          const alias = e.number === 1 ? "Nobody" : e.alias;
          const words = [e.number, e.day, alias, e.action, e.code, chained];
          const hash = createHmac("sha256", old.derive("audit log")).update(JSON.stringify(words)).digest("hex");
          await trx("audit").where({ number: e.number }).update({ alias, before: chained, hash });
          chained = hash;
        }
      });
      await storage.close();
      const core = await home.core();
      assert.equal((await core.audit.verify()).broken, entries[last].number, "the first entry under the new key tells");
      await core.close();
      const mend = await openStorage(home.config.databaseUrl);
      await mend.transaction(async (trx) => {
        for (const { number, ...entry } of entries) await trx("audit").where({ number }).update(entry);
      });
      await mend.close();
    });

    it("happens again, and once more without a trace of the key before", async () => {
      await exchange(home, { keep: "file", path: join(home.home, "..", "second.age") });
      const second = await keysOf(readFileSync(join(home.home, "..", "second.age"), "utf8"));
      const third = await keyIn(home);
      const done = await exchange(home, { keep: "nothing" });
      assert.deepEqual([done.from, done.old], [third.name, undefined]);
      assert.notEqual(second.name, third.name);
      assert.deepEqual(readdirSync(join(home.home, "old-keys")), [`${old.name}.age`]);
      const core = await home.core();
      await live(core, home, held);
      await core.close();
    });

    it("that ran while a process slept with the old key has that process store nothing", async () => {
      const core = await home.core();
      const storage = await openStorage(home.config.databaseUrl);
      // the exchange as the sleeper finds it
      await storage.transaction(async (trx) =>
        trx("meta").where({ name: "key" }).update({ value: "0123456789abcdef" }),
      );
      const note = core.storage.transaction(core.people.addInvite(core.people.newInvite(), { role: "admin" }, 1));
      assert.equal(await code(note), "key-rotated");
      await storage.transaction(async (trx) => trx("meta").where({ name: "key" }).update({ value: core.keys.name }));
      await storage.close();
      await core.close();
    });

    it("is refused with the wrong key, and with the key file open to others", async () => {
      const path = join(home.home, "key.age");
      const mine = readFileSync(path, "utf8");
      writeFileSync(path, `${await generateHybridIdentity()}\n`);
      assert.equal(await code(exchange(home)), "key-wrong");
      writeFileSync(path, mine);
      chmodSync(path, 0o644);
      assert.equal(await code(exchange(home)), "key-open");
      chmodSync(path, 0o600);
      assert.ok(!existsSync(join(home.home, "key.age.gone")));
    });
  });

describe("an exchange of the key on a disk that is too small for it", function () {
  this.timeout(120_000);
  const disk = smallDisk(40);
  after(() => disk.remove());

  it("says so and leaves the house as it was; with room it goes through", async function () {
    if (!disk.mount()) return skipFor(this, "no right to mount a small disk");
    const { home, drop } = await homeOn("SQLite", this, { QUIETLINE_HOME: join(disk.path, "state") });
    const at = { ...home, home: home.config.home };
    const core = await home.core();
    const held = await furnish(core, at);
    await core.close();
    const name = (await keyIn(at)).name;
    disk.fill(100_000); // enough to open it, not to seal everything anew
    assert.equal(await code(exchange(at)), "disk-full");
    disk.free();
    assert.equal((await keyIn(at)).name, name);
    const still = await home.core();
    await live(still, at, held);
    await still.close();
    assert.equal((await exchange(at)).from, name);
    await drop();
  });
});
