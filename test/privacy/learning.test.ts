/** Learners, teams and certificates leave no account, no name and no code anywhere, and share no identifier with a report. */
import assert from "node:assert/strict";
import pg from "pg";
import type { Core } from "../../src/main.ts";
import { type Caller, enters, files, network, tables } from "../support/caller.ts";
import { homeOn } from "../support/databases.ts";
import type { TestHome } from "../support/house.ts";
import { monday, openLearning, takes, withCourse } from "../support/learner.ts";
import { everyByte, Needles } from "./support.ts";

for (const kind of ["SQLite", "PostgreSQL"]) {
  describe(`what is kept of learners, on ${kind}`, () => {
    let home: TestHome;
    let core: Core;
    let drop = async (): Promise<void> => undefined;
    const learners = Array.from({ length: 4 }, (_, n) => String(4_815_162_342_100 + n));
    const names = ["Wilhelmina Okonkwo-Featherstone", "欧阳明月光明"];

    before(async function () {
      ({ home, drop } = await homeOn(kind, this, { QUIETLINE_STAFF: "40" }));
      core = await openLearning(home, { now: monday });
    });
    after(async () => {
      await core?.close();
      await drop();
    });

    /** Every row of every table as text, as a dump would show it; the embedded database is read from its files. */
    async function dump(): Promise<Buffer> {
      if (kind === "SQLite") return Buffer.alloc(0);
      const client = new pg.Client({ connectionString: home.config.databaseUrl });
      await client.connect();
      try {
        const { rows } = await client.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'");
        const texts = [];
        for (const { tablename } of rows)
          for (const { row, ...raw } of (await client.query(`SELECT t::text AS row, t.* FROM "${tablename}" t`)).rows)
            texts.push(Buffer.from(`${row}\n`), ...Object.values(raw).filter((v) => Buffer.isBuffer(v)));
        return Buffer.concat(texts as Buffer[]);
      } finally {
        await client.end();
      }
    }

    it("a search through all bytes finds no learner's name, account, team code or certificate", async () => {
      const code = await (await withCourse(core))("north");
      const net = await network(core, "telegram", (await tables()).telegram);
      const needles = new Needles();
      needles.text("the team's code", code);
      for (const account of learners) needles.number("a learner's account", account);
      for (const name of names) needles.text("a name on a certificate", name);
      for (const [n, account] of learners.entries()) {
        const who: Caller = net.as(account);
        await takes(core, who, code);
        await who.press("start");
        await who.press("p-spring");
        await who.says(names[n % names.length]!);
        assert.ok(who.screen.attachments, who.screen.text);
        needles.text("a certificate's code", who.screen.secret!);
        await who.command("quiz");
        await who.press("settings");
        await who.press("hour");
        await who.press("9");
        await who.press("Asia/Shanghai");
        if (n < 2) await files(who, "A clerk of our branch sells lists.");
        await who.command("start");
      }
      const look = async (when: string) => {
        const hay = [...everyByte(home.home), { where: `dump ${when}`, bytes: await dump() }];
        assert.deepEqual(
          hay.flatMap(({ where, bytes }) => needles.search(where, bytes)),
          [],
        );
      };
      await look("while it runs");
      await core.sweep();
      await look("after the sweep");
      assert.equal((await core.storage.read("certificates")).length, 4);
      assert.equal((await core.storage.read("course_members")).length, 4);
      assert.equal((await core.storage.read("reports")).length, 2);
    });

    it("no identifier stands in two tables of the quiz, nor in any table of reports", async () => {
      const mine = new Set<string>();
      for (const [table, column] of [
        ["learners", "id"],
        ["course_members", "member"],
        ["certificates", "tag"],
        ["course_codes", "tag"],
      ] as const)
        for (const row of await core.storage.read(table)) {
          assert.ok(!mine.has(row[column]), `${table} shares a name with another table of the quiz`);
          mine.add(row[column]);
        }
      assert.equal(mine.size, 4 + 4 + 4 + 1);
      const others = ["reports", "messages", "files", "notify", "fingerprints", "doors", "sessions", "reviewers"];
      for (const table of [...others, "tallies", "audit", "subscribers"])
        for (const row of await core.storage.read(table))
          for (const value of Object.values(row)) assert.ok(!mine.has(String(value)), `${table} knows a learner`);
    });

    it("figures of learning and counts of reports are never asked for in one statement", async () => {
      const quiz = /\b(learners|courses|course_members|course_codes|certificates|quiz_counts)\b/;
      const told = /\b(reports|messages|files|notify|fingerprints)\b/;
      const statements: string[] = [];
      const hear = ({ sql }: { sql: string }) => void statements.push(sql);
      core.storage.read.on("query", hear);
      const admin = (await network(core, "telegram", (await tables()).telegram)).as("admin");
      await enters(core, admin, "Heron", "admin");
      await admin.command("learning");
      core.storage.read.removeListener("query", hear);
      assert.match(admin.screen.text, /among 40 staff/);
      assert.match(admin.screen.text, /fewer than five/); // two reports were filed
      assert.ok(statements.some((sql) => quiz.test(sql)) && statements.some((sql) => told.test(sql)));
      assert.deepEqual(
        statements.filter((sql) => quiz.test(sql) && told.test(sql)),
        [],
      );
    });

    it("a learner who erases everything leaves counts and a valid certificate, and nothing else", async () => {
      const who = (await network(core, "telegram", (await tables()).telegram)).as(learners[0]!);
      await who.command("quiz");
      await who.press("settings");
      await who.press("kept");
      await who.press("erase");
      assert.equal((await core.storage.read("learners")).length, 3);
      assert.equal((await core.storage.read("course_members")).length, 3);
      assert.equal((await core.storage.read("certificates")).length, 4);
      const owed = await core.storage.read("outbox").where({ kind: "nudge" });
      assert.equal(owed.length, 3 * 3);
    });
  });
}
