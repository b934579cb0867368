/** What is destroyed leaves the disk, also where somebody reads the database at that hour or a file cannot be removed. */
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import type { Core } from "../../src/main.ts";
import { openStorage, type Storage } from "../../src/storage/storage.ts";
import { type Caller, choices, files, filesWithList, joins, type Network, network, tables } from "../support/caller.ts";
import { homeOn } from "../support/databases.ts";
import type { TestHome } from "../support/house.ts";

for (const kind of ["SQLite", "PostgreSQL"])
  describe(`what is destroyed, on ${kind}`, function () {
    this.timeout(60_000);
    this.retries(2); // PostgreSQL's own housekeeping, which holds old rows back while it looks at a table, is over soon
    let home: TestHome;
    let drop: () => Promise<void>;
    let core: Core;
    let net: Network;
    let backup: Storage;

    beforeEach(async function () {
      ({ home, drop } = await homeOn(kind, this));
      core = await home.core();
      net = await network(core, "telegram", (await tables()).telegram);
      backup = await openStorage(home.config.databaseUrl);
    });
    afterEach(async () => {
      await backup?.close();
      await core?.close();
      await drop?.();
    });

    /** The bytes of the reports in the database's files. */
    async function onDisk(): Promise<Buffer> {
      if (kind === "SQLite")
        return Buffer.concat(
          readdirSync(home.home)
            .filter((name) => name.includes("sqlite"))
            .map((name) => readFileSync(join(home.home, name))),
        );
      await core.storage.read.raw("CHECKPOINT");
      const { rows } = await core.storage.read.raw(
        `SELECT pg_read_binary_file(pg_relation_filepath(oid)) || pg_read_binary_file(pg_relation_filepath(reltoastrelid)) AS all
         FROM pg_class WHERE relname = 'reports' AND relkind = 'r'`,
      );
      return rows[0].all;
    }
    /** Somebody reads the reports as they are now, until the answer is called. */
    async function reads(): Promise<() => Promise<unknown>> {
      const old = await backup.read.transaction();
      await old("reports").first();
      return () => old.rollback();
    }
    const noted = () => home.notes.filter(({ code }) => code === "forget-failed").map(({ values }) => values.code);
    /** All cases are over. @param keep their last day, since 1970 */
    const over = (keep: number) =>
      core.storage.transaction((trx) => trx("reports").update({ status: "closed", waiting: 0, keep_until: keep }));
    /** Bytes of the only report, which no other one has; nothing waits for the next sweep. */
    async function sealed(): Promise<Buffer> {
      const { body } = await core.storage.read("reports").first();
      await core.sweep();
      const bytes = (body as Buffer).subarray(-128);
      assert.ok((await onDisk()).includes(bytes), "the test can fail");
      return bytes;
    }

    it("is gone with the next sweep where a backup read it at the hour when its time was over", async () => {
      await files(net.as("reporter"), "A clerk sells lists.");
      const bytes = await sealed();
      await over(1);
      const leave = await reads();
      await core.tend();
      assert.deepEqual(noted(), ["database-locked"]);
      assert.equal(await core.storage.read("reports").first(), undefined);
      await leave();
      assert.ok((await onDisk()).includes(bytes), "else nothing was to be made up for");
      await core.tend();
      await core.sweep();
      assert.ok(!(await onDisk()).includes(bytes), "a byte of it is left");
    });

    it("is gone with the next sweep where a backup read it when two destroyed it", async () => {
      await files(net.as("reporter"), "A clerk sells lists.");
      const [heron, owl] = [await joins(core, net, "Heron", "admin"), await joins(core, net, "Owl", "deputy")];
      const bytes = await sealed();
      const t = (key: string, values?: Record<string, string | number>) => core.words.say("en", key, values);
      const theCase = (who: Caller) =>
        who.press(choices(who.screen).find((c) => c.value.endsWith(code) || c.label.includes(code))!.label);
      const { code } = (await core.storage.read("reports").first()) as { code: string };
      await heron.command("queue");
      await theCase(heron);
      await heron.press(t("review:card.claim"));
      await over(99_999);
      for (const key of ["review:card.life", "four:button", "four:ask.erase"]) await heron.press(t(key));
      await heron.press(t("four:sure.ask"));
      await owl.command("queue");
      await owl.press(t("four:queue", { count: 1 }));
      await theCase(owl);
      const leave = await reads();
      await owl.press(t("four:request.confirm"));
      assert.deepEqual(noted(), ["database-locked"]);
      await leave();
      assert.ok((await onDisk()).includes(bytes), "else nothing was to be made up for");
      await core.sweep();
      assert.ok(!(await onDisk()).includes(bytes), "a byte of it is left");
    });

    it("is destroyed with all others of that hour where a file cannot be removed", async () => {
      await filesWithList(core, net);
      await core.storage.transaction((trx) => trx("reports").update({ owner: "Heron" }));
      await filesWithList(core, net);
      const [first, second] = readdirSync(join(home.home, "files", "kept"));
      unlinkSync(join(home.home, "files", "kept", first!));
      mkdirSync(join(home.home, "files", "kept", first!)); // no disk unlinks a folder
      await over(1);
      const { forget } = core.storage;
      let forgot = 0;
      core.storage.forget = () => {
        forgot += 1;
        return forget();
      };
      await core.tend();
      assert.deepEqual(noted(), ["turn-failed"]);
      assert.equal(await core.storage.read("reports").first(), undefined);
      assert.deepEqual(readdirSync(join(home.home, "files", "kept")), [first], `not ${second}`);
      assert.equal(forgot, 1);
    });
  });
