/** `reviewer`: who reviews, as an operator decides it at the machine. */
import assert from "node:assert/strict";
import type { Core } from "../../src/main.ts";
import { type Caller, choices, files, type Network, network, tables } from "../support/caller.ts";
import { homeOn } from "../support/databases.ts";
import type { TestHome } from "../support/house.ts";
import { operator, operatorApart, type Said } from "../support/operator.ts";

// what the commands do is tried on both databases elsewhere
for (const kind of process.env.TEST_LONG ? ["SQLite", "PostgreSQL"] : ["SQLite"])
  describe(`reviewers at the command line, on ${kind}`, function () {
    this.timeout(120_000);
    let home: TestHome;
    let drop: () => Promise<void>;
    let core: Core;
    let chat: Network;
    let run: (...words: string[]) => Promise<Said>;
    const people = new Map<string, Caller>();
    const t = (key: string, values?: Record<string, string | number>) => core.words.say("en", key, values);
    const log = async () => (await core.storage.read("audit").orderBy("number")).map((r) => `${r.alias}: ${r.action}`);
    const listed = async () => (await run("reviewer", "list")).text.trim().split("\n");

    /** Invites at the command line, and comes in by what it prints. */
    async function joins(alias: string, role: string): Promise<void> {
      const said = await run("reviewer", "invite", "--role", role);
      assert.equal(said.code, 0, said.text);
      const [, code = ""] = /\/join (\S+)/.exec(said.text) ?? assert.fail(said.text);
      assert.ok(said.text.includes(`/join/${code}`), "for the web page, too");
      const who = chat.as(alias);
      await who.command("join", code);
      await who.says(alias);
      people.set(alias, who);
    }
    const as = (alias: string) => people.get(alias) ?? assert.fail(alias);
    const cases = (who: Caller) => who.screen.menu?.options.length;
    const press = (who: Caller, part: string) => {
      const found = choices(who.screen).find((c) => c.label.includes(part));
      return who.does({ kind: "choice", value: found?.value ?? assert.fail(`no “${part}”`) });
    };

    before(async function () {
      ({ home, drop } = await homeOn(kind, this));
      core = await home.core();
      chat = await network(core, "chat", (await tables()).telegram);
      run = operator(home);
    });
    after(async () => {
      await core.close();
      await drop();
    });

    it("are invited in a role, once each, and listed", async () => {
      await joins("Heron", "admin");
      await joins("Otter", "reviewer");
      await joins("Wren", "deputy");
      assert.deepEqual((await listed()).sort(), [
        "Heron  admin  active",
        "Otter  reviewer  active",
        "Wren  deputy  active",
      ]);
      const wrong = await operatorApart(home)("reviewer", "invite", "--role", "boss");
      assert.equal(wrong.code, 78);
      assert.match(wrong.text, /no such role.*reviewer, deputy, admin, auditor/);
      assert.ok((await log()).includes("(operator): invite deputy"));
    });

    it("are suspended at once, their case is free, and let in again", async () => {
      await files(chat.as("reporter"), "A clerk sells lists.");
      const otter = as("Otter");
      await otter.command("queue");
      await otter.does({ kind: "choice", value: otter.screen.menu!.options[0]!.value });
      await otter.press(t("review:card.claim"));
      assert.equal((await core.storage.read("reports").first())!.owner, "Otter");
      assert.equal((await run("reviewer", "suspend", "Otter")).code, 0);
      assert.equal((await core.storage.read("reports").first())!.owner, null);
      await otter.command("queue");
      assert.equal(cases(otter), undefined);
      assert.ok((await listed()).includes("Otter  reviewer  suspended"));
      assert.equal((await run("reviewer", "resume", "Otter")).code, 0);
      await otter.command("queue");
      assert.equal(cases(otter), 1);
      for (const entry of ["(operator): suspend Otter", "(operator): resume Otter"])
        assert.ok((await log()).includes(entry), entry);
    });

    it("of no such alias change nothing", async () => {
      const before = [await listed(), await log()];
      for (const what of ["suspend", "resume", "remove", "factor-off"]) {
        const said = await run("reviewer", what, "Nobody");
        assert.equal(said.code, 1, what);
        assert.match(said.text, /no reviewer of that alias/);
      }
      assert.deepEqual([await listed(), await log()], before);
    });

    it("are removed in the chat by two, never by the one who asked; what a removed one asked for lapses", async () => {
      await joins("Rail", "admin");
      const [heron, wren, rail] = [as("Heron"), as("Wren"), as("Rail")];
      const asks = async (who: Caller, leaver: string) => {
        await who.command("queue");
        await press(who, t("four:queue", { count: 0 }).slice(0, 8));
        await who.press(t("four:ask.remove"));
        await who.press(leaver);
        await who.press(t("four:sure.ask"));
        await who.command("queue");
        await press(who, t("four:queue", { count: 1 }));
      };
      await asks(heron, "Otter");
      await heron.does({ kind: "choice", value: heron.screen.menu!.options[0]!.value });
      assert.ok(
        !choices(heron.screen).some((c) => c.label === t("four:request.confirm")),
        "nobody confirms for themselves",
      );
      assert.ok((await listed()).includes("Otter  reviewer  active"));
      await rail.command("queue");
      await press(rail, t("four:queue", { count: 1 }));
      await rail.does({ kind: "choice", value: rail.screen.menu!.options[0]!.value });
      await rail.press(t("four:request.confirm"));
      assert.ok(!(await listed()).some((line) => line.startsWith("Otter")), (await listed()).join());
      assert.ok(
        (await log()).some((entry) => /Heron/.test(entry) && /Otter/.test(entry)),
        (await log()).join("\n"),
      );

      await asks(rail, "Wren");
      assert.equal((await run("reviewer", "remove", "Rail")).code, 0);
      assert.equal(await core.storage.read("requests").first(), undefined);
      await heron.command("queue");
      assert.ok((await listed()).includes("Wren  deputy  active"));
      await wren.command("queue");
      assert.equal(cases(wren), 1);
    });

    it("keep their last admin", async () => {
      const said = await run("reviewer", "remove", "Heron");
      assert.equal(said.code, 1);
      assert.match(said.text, /last admin.*reviewer invite --role admin/);
      assert.ok((await listed()).includes("Heron  admin  active"));
    });
  });
