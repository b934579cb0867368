import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join as path } from "node:path";
import type { Visitor } from "../../src/desk.ts";
import type { Core } from "../../src/main.ts";
import { type Caller, choices, files, joins, type Network, network, tables } from "../support/caller.ts";
import { homeOn } from "../support/databases.ts";
import type { TestHome } from "../support/house.ts";

for (const kind of ["SQLite", "PostgreSQL"] as const)
  describe(`four eyes at the desk, on ${kind}`, function () {
    this.timeout(60_000);
    const start = Date.UTC(2030, 4, 14, 10);
    const phone = "13812345678";
    let clock = start;
    let home: TestHome;
    let core: Core;
    let net: Network;
    let drop: () => Promise<void> = async () => {};
    let receipt = "";
    let code = "";
    const people = new Map<string, Caller>();
    const as = (alias: string): Caller => people.get(alias)!;
    const minutes = (n: number) => {
      clock += n * 60_000;
    };

    async function join(alias: string, role: "reviewer" | "deputy" | "admin"): Promise<void> {
      people.set(alias, await joins(core, net, alias, role));
    }
    const actions = async () =>
      (await core.storage.read("audit").orderBy("number")).map((e) => `${e.alias}: ${e.action}`) as string[];
    /** Goes to what takes two, for a case. */
    async function second(alias: string): Promise<Caller> {
      const who = as(alias);
      await who.command("queue");
      await who.press("filter");
      await who.press("search");
      await who.says(code);
      // what is closed does not wait: an old card leads there
      if (choices(who.screen).some((c) => c.value.endsWith(code))) await who.press(code);
      else await who.does({ kind: "choice", value: `@review.card.${code}.life` });
      if (who.screen.title === `Case ${code}`) await who.press("life");
      return who.press("second").then(() => who);
    }
    async function asks(alias: string, what: string): Promise<Caller> {
      const who = await second(alias);
      await who.press(what);
      await who.press("ask");
      return who;
    }
    /** Opens the request about the case. */
    async function opens(alias: string): Promise<Caller> {
      const who = as(alias);
      await who.command("queue");
      await who.press("requests");
      const options = who.screen.menu?.options ?? [];
      await who.press((options.find((o) => o.label.includes(code)) ?? options[0]!).label);
      return who;
    }
    const buttons = (who: Caller) => (who.screen.buttons ?? []).map((b) => b.value.split(".").at(-1));
    const row = () => core.storage.read("reports").where({ code }).first();
    async function mailbox(): Promise<Caller> {
      const who = net.as(`reporter ${Math.random()}`);
      await who.command("mailbox");
      await who.says(receipt);
      return who;
    }
    async function closes(alias: string, outcome = "out-of-scope"): Promise<void> {
      const who = as(alias);
      await who.command("queue");
      await who.press(code);
      await who.press("claim");
      await who.press("close");
      await who.press(outcome);
      await who.says("That is another office's.");
    }

    before(async function () {
      clock = start;
      ({ home, drop } = await homeOn(kind, this));
      core = await home.core(() => clock, { unpaced: true });
      net = await network(core, "telegram", (await tables()).telegram);
      await join("Raven", "admin");
      await join("Owl", "deputy");
      await join("Crane", "deputy");
      await join("Heron", "reviewer");
      await join("Otter", "reviewer");
      core.start();
    });
    after(async () => {
      await core?.close();
      await drop();
    });
    beforeEach(async () => {
      await core.delivered();
      const known = new Set((await core.storage.read("reports")).map((r) => r.code));
      receipt = await files(
        net.as(`reporter ${Math.random()}`),
        `A clerk sells lists. Call ${phone}, says Bob the buyer.`,
      );
      code = (await core.storage.read("reports")).find((r) => !known.has(r.code))!.code;
      await core.delivered();
      net.sent.splice(0);
    });

    it("one asks, a deputy hears that something waits, confirms, and both are on record; the reporter sees the hold", async () => {
      const heron = as("Heron");
      await heron.command("queue");
      await heron.press(code);
      await heron.press("claim");
      await asks("Heron", "hold");
      await core.delivered();
      const told = net.sent.splice(0);
      assert.deepEqual(told.map((m) => m.to.id).sort(), ["account of Crane", "account of Owl", "account of Raven"]);
      assert.ok(!JSON.stringify(told).includes(code), "what it is about is not said");
      await opens("Heron");
      assert.ok(!buttons(heron).includes("confirm"), "never one's own");
      const owl = await opens("Owl");
      await owl.press("confirm");
      assert.equal(owl.screen.notice, `Case ${code} is under legal hold.`);
      assert.ok((await row()).hold > 0);
      const all = await actions();
      assert.ok(all.includes("Heron: ask hold") && all.includes("Owl: hold asked by Heron"), all.join("\n"));
      const reporter = await mailbox();
      assert.match(reporter.screen.text, /legal hold/);
      assert.ok(!buttons(reporter).includes("withdraw"));
      await second("Heron");
      assert.ok(
        !buttons(heron).includes("erase") && !buttons(heron).includes("redact") && buttons(heron).includes("unhold"),
      );
      assert.equal((await core.audit.verify()).broken, undefined);
    });

    it("a second account of the same person is the same person", async () => {
      const owl = await asks("Owl", "hold");
      await owl.command("queue");
      await owl.press("door");
      const other = net.as("another account of Owl");
      await other.command("join", owl.screen.secret);
      await other.press("yes");
      await other.command("queue");
      await other.press("requests");
      await other.press(other.screen.menu!.options.find((o) => o.label.includes(code))!.label);
      assert.ok(!buttons(other).includes("confirm"));
      // also not with a button that was never drawn
      const id = (await core.storage.read("requests").where({ subject: code }).first()).id;
      const mark = other.screen.buttons!.at(-1)!.value.split(".")[0];
      await other.does({ kind: "choice", value: `${mark}.confirm` });
      assert.equal(other.screen.notice, "You asked for it yourself. Somebody else must confirm.");
      assert.equal((await core.storage.read("requests").where({ id }).first()).granted, null);
      assert.equal((await row()).hold, 0);
    });

    it("a request lapses after an hour, and that is on record", async () => {
      await asks("Owl", "hold");
      minutes(59);
      const crane = await opens("Crane");
      assert.match(crane.screen.text, /1 minute left/);
      minutes(1);
      await crane.press("confirm");
      assert.match(crane.screen.notice ?? "", /not here any more/);
      assert.equal((await row()).hold, 0);
      await core.tend();
      assert.ok((await actions()).includes("(clock): lapse hold asked by Owl"));
      assert.deepEqual(await core.storage.read("requests").where({ subject: code }), []);
    });

    it("of two who confirm at once one does it, and the other is told", async () => {
      await asks("Owl", "hold");
      const raven = await opens("Raven");
      const crane = await opens("Crane");
      await Promise.all([raven.press("confirm"), crane.press("confirm")]);
      const notices = [raven.screen.notice, crane.screen.notice].sort();
      assert.deepEqual(notices, [
        `Case ${code} is under legal hold.`,
        "That request is not here any more: it lapsed, was done, or was taken back.",
      ]);
      const entries = await core.storage.read("audit").where({ code, action: "hold asked by Owl" });
      assert.equal(entries.length, 1);
    });

    it("what was asked for is judged by the case as it is now: reopened meanwhile, it is not destroyed", async () => {
      await closes("Heron");
      await asks("Owl", "erase");
      const crane = await opens("Crane");
      assert.ok(buttons(crane).includes("confirm"));
      const heron = as("Heron");
      await heron.does({ kind: "choice", value: `@review.card.${code}.reopen` });
      await crane.press("confirm");
      assert.equal(crane.screen.notice, "Only a closed case is deleted early. It is open.");
      assert.ok(await row());
    });

    it("who must not know of a case sees no request about it, and one of theirs is void", async () => {
      await asks("Owl", "hold");
      await core.storage.transaction((trx) =>
        trx("reports")
          .where({ code })
          .update({ excluded: core.people.tag("Crane"), guard: 2 }),
      );
      const crane = as("Crane");
      await crane.command("queue");
      await crane.press("requests");
      assert.ok(!JSON.stringify(crane.screen).includes(code));
      await core.storage.transaction((trx) =>
        trx("reports")
          .where({ code })
          .update({ excluded: core.people.tag("Owl"), guard: 2 }),
      );
      const raven = as("Raven");
      await raven.command("queue");
      await raven.press("requests");
      assert.ok(!JSON.stringify(raven.screen).includes(code));
    });

    it("of a withdrawal and a request at the same moment the withdrawal leaves no request behind", async () => {
      const actor = { kind: "reviewer", alias: "Owl", role: "deputy" } as const;
      const visitor = { actor, tag: "", limit: "", names: [], locale: "en" } as unknown as Visitor;
      const asked = await core.desk.prepare(visitor, [{ kind: "ask-second", what: "hold", code, text: "for Bob" }]);
      const reporter = await mailbox();
      for (const value of ["withdraw", "yes"]) await reporter.press(value);
      assert.equal((await row()).status, "withdrawn", JSON.stringify(reporter.screen));
      await assert.rejects(
        core.storage.transaction(async (trx) => {
          for (const write of asked.writes) await write(trx);
        }),
        { code: "stale" },
      );
      assert.deepEqual(await core.storage.read("requests").where({ subject: code }), []);
    });

    it("a hold stops the clock: it runs on from where it stood", async () => {
      await closes("Heron");
      const before = (await row()).keep_until as number;
      await asks("Owl", "hold");
      await (await opens("Crane")).press("confirm");
      minutes(100 * 24 * 60);
      await core.tend();
      assert.ok(await row(), "long past its day it is still there");
      await asks("Owl", "unhold");
      await (await opens("Crane")).press("confirm");
      assert.equal((await row()).keep_until, before + 100);
      assert.equal((await row()).hold, 0);
    });

    it("redaction takes a value and a passage out for good: no byte, no fingerprint, no message or note holds it", async () => {
      const { id } = await row();
      const heron = as("Heron");
      await heron.command("queue");
      await heron.press(code);
      await heron.press("claim");
      await heron.press("read");
      await heron.press("clear");
      await heron.press("note");
      await heron.says(`Not known here: ${phone.slice(0, 3)} ${phone.slice(3, 7)} ${phone.slice(7)}`);
      const old = [
        (await row()).body as Buffer,
        (await core.storage.read("notes").where({ report: id }).first()).body as Buffer,
      ];
      const tags = (await core.storage.read("fingerprints").where({ report: id, kind: "phone" })).length;
      assert.ok(tags > 0, "else nothing would be proved");
      const kept = () =>
        Buffer.concat(
          readdirSync(home.home)
            .filter((f) => f.includes("sqlite"))
            .map((f) => readFileSync(path(home.home, f))),
        );
      if (kind === "SQLite") assert.ok(old.every((body) => kept().includes(body.subarray(64, 128))));

      await second("Heron");
      await heron.press("redact");
      await heron.press("[1] phone number");
      await heron.press("done");
      await heron.press("ask");
      const owl = await opens("Owl");
      assert.ok(owl.screen.text.includes("138••••78") && !owl.screen.text.includes(phone), owl.screen.text);
      await owl.press("confirm");
      await second("Heron");
      await heron.press("redact");
      await heron.press("!passage");
      await heron.says("no such words");
      assert.match(heron.screen.notice ?? "", /not in the case/);
      await heron.says(", says Bob the buyer");
      await heron.press("ask");
      await (await opens("Owl")).press("confirm");

      const told = await core.reports.told(id);
      assert.equal(told?.story, "A clerk sells lists. Call ████████.");
      await heron.command("queue");
      await heron.press(code);
      await heron.press("read");
      await heron.press("clear");
      assert.ok(JSON.stringify(heron.screen.quotes).includes("Not known here: ████"));
      assert.equal((await core.storage.read("fingerprints").where({ report: id, kind: "phone" })).length, 0);
      assert.deepEqual(await core.storage.read("requests").where({ subject: code }), []);
      if (kind === "SQLite")
        for (const body of old) assert.ok(!kept().includes(body.subarray(64, 128)), "a byte of it is left");
      const reporter = await mailbox();
      await reporter.press("told");
      assert.match(reporter.screen.text, /████/);
      assert.ok(!JSON.stringify(reporter.screen.quotes).includes(phone));
    });

    it("early deletion leaves as little as retention does", async () => {
      await closes("Heron");
      const { id, body } = await row();
      await asks("Owl", "erase");
      await (await opens("Raven")).press("confirm");
      for (const table of ["messages", "files", "notify", "fingerprints", "notes", "replies"])
        assert.equal((await core.storage.read(table).where({ report: id })).length, 0, table);
      assert.equal(await row(), undefined);
      assert.ok((await actions()).includes("Raven: erase asked by Owl"));
      if (kind === "SQLite") {
        const kept = Buffer.concat(
          readdirSync(home.home)
            .filter((f) => f.includes("sqlite"))
            .map((f) => readFileSync(path(home.home, f))),
        );
        for (const bytes of [(body as Buffer).subarray(64, 128), Buffer.from(id as string)])
          assert.ok(!kept.includes(bytes), "a byte of it is left");
      }
    });

    it("that a report was a lie takes two; one alone cannot close with it", async () => {
      const heron = as("Heron");
      await heron.command("queue");
      await heron.press(code);
      await heron.press("claim");
      await heron.press("close");
      assert.ok(!JSON.stringify(heron.screen).includes("Knowingly false"));
      await second("Heron");
      await heron.press("false");
      await heron.says("The list that you sent is a public directory, and you wrote so elsewhere.");
      await heron.press("ask");
      await (await opens("Owl")).press("confirm");
      assert.equal((await row()).status, "closed");
      assert.match((await mailbox()).screen.text, /Two people decided that/);
    });

    it("whom a removal is about cannot decline it, also knowing its number", async () => {
      const owl = as("Owl");
      await owl.command("queue");
      await owl.press("requests");
      await owl.press("!leaver");
      await owl.press("Crane");
      await owl.press("ask");
      const { id } = await core.storage.read("requests").where({ kind: "remove" }).first();
      const by = (alias: string) => ({ actor: { kind: "reviewer", alias, role: "deputy" } }) as unknown as Visitor;
      await assert.rejects(core.desk.prepare(by("Crane"), [{ kind: "decline", id }]), { code: "stale" });
      const { writes } = await core.desk.prepare(by("Owl"), [{ kind: "decline", id }]);
      await core.storage.transaction(async (trx) => {
        for (const write of writes) await write(trx);
      });
    });

    it("a colleague is removed by two: shut out everywhere, cases free, alias kept", async () => {
      const heron = as("Heron");
      await heron.command("queue");
      await heron.press(code);
      await heron.press("claim");
      const owl = as("Owl");
      await owl.command("queue");
      await owl.press("requests");
      await owl.press("!leaver");
      await owl.press("Heron");
      await owl.press("ask");
      await (await opens("Crane")).press("confirm");
      assert.equal((await row()).owner, null);
      await heron.command("queue");
      assert.ok(!JSON.stringify(heron.screen).includes(code));
      assert.equal(await core.people.get("Heron"), undefined);
      assert.equal(await core.people.taken("heron"), true);
      assert.ok((await actions()).includes("Crane: remove Heron asked by Owl"));
      await owl.command("queue");
      await owl.press("requests");
      await owl.press("!leaver");
      await owl.press("Raven");
      assert.equal(owl.screen.notice, "That is the last admin. Make another one first.");
    });
  });
