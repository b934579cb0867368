/** An attached file is destroyed by two: one says which and why, a second one confirms, and its bytes are nowhere any more. */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { makeBackup } from "../../src/backup.ts";
import type { Core } from "../../src/main.ts";
import type { KeptFile } from "../../src/reports/store.ts";
import { everyByte } from "../privacy/support.ts";
import { attaches, type Caller, choices, files, joins, type Network, network, tables } from "../support/caller.ts";
import { homeOn } from "../support/databases.ts";
import type { TestHome } from "../support/house.ts";

for (const kind of ["SQLite", "PostgreSQL"] as const)
  describe(`a file that is destroyed by two, on ${kind}`, function () {
    this.timeout(60_000);
    const [leaked, roster] = ["name,phone\nZhang,13812345678\n", "Monday: early. Tuesday: late.\n"];
    let clock = Date.UTC(2030, 4, 14, 10);
    let home: TestHome;
    let core: Core;
    let net: Network;
    let drop: () => Promise<void> = async () => {};
    let heron: Caller;
    let owl: Caller;
    let crane: Caller;
    let receipt = "";
    let code = "";
    const row = () => core.storage.read("reports").where({ code }).first();
    const kept = () => readdirSync(join(home.home, "files", "kept")).sort();
    const actions = async () =>
      (await core.storage.read("audit").orderBy("number")).map((e) => `${e.alias}: ${e.action}`) as string[];
    const labels = (who: Caller) => choices(who.screen).map((c) => c.label);

    /** The reporter adds files. */
    async function adds(...all: string[]): Promise<void> {
      const who = net.as(`reporter ${Math.random()}`);
      await attaches(who, receipt, ...all);
      await who.press("Continue");
    }
    async function reads(who: Caller): Promise<Caller> {
      await who.command("queue");
      await who.press(code);
      await who.press("read");
      await who.press("clear");
      return who;
    }
    async function second(who: Caller): Promise<Caller> {
      await who.command("queue");
      await who.press(code);
      await who.press("life");
      await who.press("second");
      return who;
    }
    async function asks(number: number): Promise<void> {
      await second(heron);
      await heron.press("shred");
      await heron.press(`f${number}`);
      await heron.press("others");
      await heron.press("ask");
    }
    async function opens(who: Caller, what = "Removal of a file"): Promise<Caller> {
      await who.command("queue");
      await who.press("requests");
      await who.press(`${what}: ${code}`);
      return who;
    }
    const file = async (number: number): Promise<KeptFile> =>
      (await core.reports.files((await row()).id)).find((f) => f.number === number)!;

    before(async function () {
      ({ home, drop } = await homeOn(kind, this));
      core = await home.core(() => clock, { unpaced: true });
      net = await network(core, "telegram", (await tables()).telegram);
      heron = await joins(core, net, "Heron", "reviewer");
      owl = await joins(core, net, "Owl", "deputy");
      crane = await joins(core, net, "Crane", "deputy");
    });
    after(async () => {
      await core?.close();
      await drop();
    });
    beforeEach(async () => {
      const known = (await core.storage.read("reports").select("code")).map((r) => r.code);
      receipt = await files(net.as(`reporter ${Math.random()}`), "A clerk sells lists.");
      code = (await core.storage.read("reports").whereNotIn("code", known).first()).code;
      await heron.command("queue");
      await heron.press(code);
      await heron.press("claim");
    });

    it("is not offered where there is no file", async () => {
      await second(heron);
      assert.ok(!labels(heron).includes("Remove a file for good"), labels(heron).join());
    });

    it("is gone from the disk, the database and the next backup; the others stay, under their numbers", async () => {
      await adds(leaked, roster);
      const { blob } = await file(1);
      const { id: report } = await row();
      const { body } = await core.storage.read("files").where({ report, number: 1 }).first();
      const before = kept();
      assert.ok(before.includes(blob.id));
      const prints = () => core.storage.read("fingerprints").where({ report, kind: "file" });
      assert.equal((await prints()).length, 2);

      await asks(1);
      assert.deepEqual(kept(), before, "nothing happens at one person's word");
      await opens(owl);
      for (const words of [`File 1 of case ${code}`, "File 1: Text", "people who have nothing to do with it"])
        assert.ok(owl.screen.text.includes(words), owl.screen.text);
      await owl.press("confirm");
      assert.equal(owl.screen.notice, `The file is removed from case ${code} for good.`);

      assert.deepEqual(
        kept(),
        before.filter((id) => id !== blob.id),
      );
      for (const { where, bytes } of everyByte(home.home))
        for (const gone of [(body as Buffer).subarray(64, 128), Buffer.from(blob.id), Buffer.from(blob.secret)])
          assert.ok(!bytes.includes(gone), `a byte of it is left in ${where}`);
      assert.equal((await prints()).length, 1);
      const folder = mkdtempSync(join(tmpdir(), "quietline-shred-"));
      try {
        await makeBackup({ storage: core.storage, home: home.home, keys: core.keys, today: 22_000 }, folder);
        assert.ok(!existsSync(join(folder, "files", blob.id)));
        assert.ok(existsSync(join(folder, "files", (await file(2)).blob.id)));
      } finally {
        rmSync(folder, { recursive: true });
      }

      await reads(heron);
      assert.match(heron.screen.text, /File 1 was removed for good\./);
      assert.equal(labels(heron).filter((label) => label.startsWith("File 1")).length, 0);
      await heron.press(labels(heron).find((label) => label.startsWith("File 2"))!);
      const [handed] = heron.screen.attachments!;
      assert.equal(await new Response(await handed!.open()).text(), roster);
      const all = await actions();
      assert.ok(
        all.includes("Heron: ask shred 1 others") && all.includes("Owl: shred 1 others asked by Heron"),
        all.join("\n"),
      );
      assert.equal((await core.audit.verify()).broken, undefined);

      await adds("One more.\n");
      const reporter = net.as("reporter again");
      await reporter.command("mailbox");
      await reporter.says(receipt);
      await reporter.press("told");
      assert.match(reporter.screen.text, /1 file that you attached was removed by the team for good\./);
      assert.equal(reporter.screen.quotes!.filter((q) => q.text.startsWith("Text")).length, 2);
      await reads(heron);
      assert.ok(
        labels(heron).some((label) => label.startsWith("File 3")),
        "the number of what is gone is not given again",
      );
    });

    it("takes the picture as it was sent with it, and with the last file the button goes", async () => {
      const picture = await sharp({ create: { width: 8, height: 8, channels: 3, background: "#123456" } })
        .png()
        .toBuffer();
      const reporter = net.as("reporter with a picture");
      await attaches(reporter, receipt, picture);
      await reporter.press("originals");
      await reporter.press("Continue");
      const { blob, original } = await file(1);
      assert.ok(kept().includes(original!.id));
      await asks(1);
      await (await opens(crane)).press("confirm");
      assert.ok([blob.id, original!.id].every((id) => !kept().includes(id)));
      assert.equal((await row()).files, 0);
      await second(heron);
      assert.ok(!labels(heron).includes("Remove a file for good"));
    });

    it("lapses after an hour, and is refused under a legal hold that came meanwhile: then the file stays", async () => {
      await adds(leaked);
      const { blob } = await file(1);
      await asks(1);
      await opens(crane);
      clock += 3_600_000;
      await crane.press("confirm");
      assert.match(crane.screen.notice ?? "", /not here any more/);
      await core.tend();
      assert.ok((await actions()).includes("(clock): lapse shred 1 others asked by Heron"));
      await asks(1);
      await opens(crane);
      await second(owl);
      await owl.press("hold");
      await owl.press("ask");
      await (await opens(crane, "Legal hold")).press("confirm");
      await opens(crane);
      assert.match(crane.screen.text, /under legal hold: nothing of it is destroyed/);
      assert.ok(!labels(crane).includes("Confirm: it is done now"));
      assert.ok(kept().includes(blob.id));
    });

    it("of two who confirm at once one does it, and the other is told", async () => {
      await adds(leaked);
      await asks(1);
      await Promise.all([opens(owl), opens(crane)]);
      await Promise.all([owl.press("confirm"), crane.press("confirm")]);
      assert.deepEqual([owl.screen.notice, crane.screen.notice].sort(), [
        "That request is not here any more: it lapsed, was done, or was taken back.",
        `The file is removed from case ${code} for good.`,
      ]);
    });
  });
