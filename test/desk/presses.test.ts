/** Whatever reviewers press, in whatever order: no case is lost or in a state that cannot be, and nobody sees what they must not. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Role } from "../../src/desk.ts";
import type { Core } from "../../src/main.ts";
import { open } from "../../src/reports/review.ts";
import { bare, type Caller, choices, joins, type Network, network, tables } from "../support/caller.ts";
import { type TestHome, testHome } from "../support/house.ts";

const people: [string, Role][] = [
  ["Heron", "reviewer"],
  ["Otter", "reviewer"],
  ["Owl", "deputy"],
  ["Swift", "admin"],
  ["Rail", "auditor"],
];
const board = "the reviewers' group";
const story = "Lists are sold at counter seven";
/** Sequences that are tried, and how long they are at most. */
const runs = Number(process.env.PRESSES ?? 3);
const longest = 70;

/** What leads away from the desk, or ends in a deletion after two people agreed: that is tried elsewhere. */
const aside = [
  "second",
  "out",
  "door",
  "report",
  "sighting",
  "mailbox",
  "ask",
  "tips",
  "quiz",
  "help",
  "language",
  "erase",
];
const leave = ["!home", "!leave"];

describe("any sequence of presses", () => {
  let home: TestHome;
  let core: Core;
  let chat: Network;
  /** The case that Otter must not know of. */
  let hidden = "";
  const callers: { alias: string; who: Caller; there: Caller }[] = [];
  /** Buttons that were seen once, to be pressed when they are old. */
  const old: { value: string; alias: string }[] = [];

  before(async function () {
    this.timeout(60_000);
    home = testHome();
    core = await home.core(() => Date.UTC(2030, 4, 14));
    const all = await tables();
    chat = await network(core, "chat", all.telegram);
    const page = await network(core, "page", all.web);
    for (const [alias, role] of people) {
      const who = await joins(core, chat, alias, role);
      callers.push({ alias, who, there: chat.as(`account of ${alias}`, { place: board }) });
    }
    await chat.as("account of Swift", { place: board }).command("board");
    core.start();
    for (const exclude of ["", "Otter", "", ""]) {
      const who = page.as(`reporter ${Math.random()}`);
      const before = new Set((await core.storage.read("reports")).map((r) => r.code as string));
      await who.command("report");
      for (const label of ["go", "selling"]) await who.press(label);
      await who.says(`${story}; call 13812345678.`);
      while (who.screen.title !== "Read it once more") {
        if (who.screen.form?.fields.some((f) => f.name === "exclude")) await who.fills({ exclude });
        else await who.press(choices(who.screen).some((c) => bare(c.value) === "!skip") ? "Skip" : "Continue");
      }
      await who.press("send");
      const made = (await core.storage.read("reports")).find((r) => !before.has(r.code))!.code as string;
      if (exclude !== "") hidden = made;
    }
    await core.delivered();
  });
  after(async () => {
    await core.close();
    home.remove();
  });

  const press = fc.record({
    who: fc.nat(people.length - 1),
    at: fc.nat(999),
    how: fc.constantFrom("press", "press", "press", "press", "take", "take", "text", "queue", "card", "old", "suspend"),
  });

  /** One thing that one of them does; nothing where there is nothing to do. */
  async function act({ who: n, at, how }: { who: number; at: number; how: string }): Promise<void> {
    const { alias, who, there } = callers[n]!;
    const { screen } = who;
    const all = choices(screen).filter((c) => !aside.includes(bare(c.value)));
    old.push(...all.slice(0, 4).map((c) => ({ value: c.value, alias })));
    const cards = chat.sent.filter((s) => s.to.id === board).flatMap((s) => choices(s.screen));
    if (how === "queue") await who.command(["queue", "series", "sightings", "stats"][at % 4]!);
    else if (how === "take") {
      await who.command("queue");
      const cases = who.screen.menu?.options ?? [];
      if (cases.length === 0) return;
      await who.does({ kind: "choice", value: cases[at % cases.length]!.value });
      const buttons = choices(who.screen).filter((c) => ["claim", "read", "trade", "life"].includes(bare(c.value)));
      if (buttons.length > 0) await who.does({ kind: "choice", value: buttons[at % buttons.length]!.value });
    } else if (how === "text") await who.says(["Thank you.", "x", "Otter", "0"][at % 4]!);
    else if (how === "card" && cards.length > 0)
      await there.does({ kind: "choice", value: cards[at % cards.length]!.value });
    else if (how === "old" && old.length > 0) await who.does({ kind: "choice", value: old[at % old.length]!.value });
    else if (how === "suspend" && alias === "Heron") {
      await core.suspend("Heron", true);
      await who.command("queue");
      assert.equal(who.screen.menu, undefined, "who is suspended sees no queue");
      assert.equal(
        (
          await core.storage
            .read("reports")
            .where({ owner: "Heron" })
            .whereIn("status", [...open])
        ).length,
        0,
        "and has no case",
      );
      await core.suspend("Heron", false);
    } else if (all.every((c) => leave.includes(bare(c.value)) || bare(c.value) === "review")) {
      await who.command("queue");
    } else {
      // a list is gone into more often than it is left
      const options = at % 3 > 0 && screen.menu ? screen.menu.options : all;
      const chosen = options[at % options.length]!;
      await who.does({ kind: "choice", value: chosen.value });
    }
  }

  async function holds(did: object): Promise<void> {
    const after = `after ${JSON.stringify(did)}`;
    const rows = await core.storage.read("reports");
    assert.equal(rows.length, 4, `a case is lost ${after}`);
    for (const row of rows) {
      const c = (await core.reports.byCode(row.code))!;
      const about = `${JSON.stringify({ ...c, summary: undefined })} ${after}`;
      assert.ok(open.includes(c.status) || c.status === "closed", about);
      assert.equal(c.status === "closed", c.closedDay !== null, about);
      if (c.status === "closed") assert.ok(c.outcome, about);
      for (const alias of [c.owner, ...c.helpers].filter((a): a is string => a !== null)) {
        assert.ok(["Heron", "Otter", "Owl", "Swift"].includes(alias), about);
        const tag = core.people.tag(alias);
        assert.ok(
          !c.excluded.includes(tag) && !c.recused.includes(tag),
          `works on what does not exist for them: ${about}`,
        );
      }
      assert.ok(!c.helpers.includes(c.owner ?? ""), about);
      if (c.owner !== null && open.includes(c.status)) assert.notEqual(c.status, "received", about);
    }
    for (const { alias, who, there } of callers)
      for (const screen of [who.screen, there.screen]) {
        const shown = JSON.stringify(screen);
        assert.ok(!shown.includes("that did not work, and it is our fault"), `${alias}: ${shown} ${after}`);
        if (alias === "Otter") assert.ok(!shown.includes(hidden), `Otter sees ${shown} ${after}`);
        if (alias === "Rail") assert.ok(!shown.includes(story), `an auditor reads ${shown} ${after}`);
      }
    for (const { screen, to } of chat.sent)
      if (to.id === board) {
        assert.ok(!JSON.stringify(screen).includes(story), `a board shows what was told ${after}`);
        assert.ok(
          !JSON.stringify(screen).includes(hidden),
          `a board shows a case that somebody is excluded from ${after}`,
        );
      }
  }

  it("loses no case, reaches no forbidden state, shows nobody what does not exist for them", async function () {
    this.timeout(120_000);
    let presses = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(press, { minLength: longest / 2, maxLength: longest }), async (sequence) => {
        for (const did of sequence) {
          await act(did);
          presses += 1;
          await holds(did);
        }
        await core.delivered();
        await holds({ sequence: "sent" });
      }),
      { numRuns: runs, endOnFailure: true },
    );
    const looks = await core.storage.read("audit").whereIn("action", ["claim", "read", "release"]);
    assert.ok(looks.length > 0, `the presses do something: ${presses}, ${looks.length}`);
    assert.deepEqual(
      // an auditor who presses on a card is told that they may not
      home.notes.filter((n) => n.code.endsWith("failed") && n.values.code !== "not-allowed"),
      [],
    );
    assert.equal((await core.audit.verify()).broken, undefined);
  });
});
