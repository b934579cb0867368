/**
 * P5, attacked by colleagues: by whom the reporter excluded, who is to learn from no order that the case exists, and by plain
 * reviewers, where only a deputy may. Made from the counter's own table of orders.
 */
import assert from "node:assert/strict";
import type { Command, Role } from "../../src/desk.ts";
import type { Core } from "../../src/main.ts";
import { dumpRows } from "../../src/storage/dump.ts";
import { files, joins, type Network, network, tables } from "../support/caller.ts";
import { homeOn } from "../support/databases.ts";
import type { TestHome } from "../support/house.ts";
import { orderOf, outcome, visitorOf } from "../support/orders.ts";

const colleagues: [string, Role][] = [
  ["Heron", "admin"],
  ["Owl", "deputy"],
  ["Teal", "reviewer"],
  ["Otter", "reviewer"],
];
/** Orders about a case, each of which somebody may give on one of the cases below. */
const aboutCases: Command["kind"][] = [
  "ask-second", "claim", "close", "confirm", "decline", "guard", "hand", "join-series", "let-in", "move", "mute", "note", "recuse",
  "release", "reopen", "reply", "share",
]; // biome-ignore format: a list
/** What a deputy may do where the case is somebody else's, and a plain reviewer may not. */
const deputies: Command["kind"][] = [
  "ask-removal",
  "ask-second",
  "confirm",
  "decline",
  "guard",
  "hand",
  "let-in",
  "mute",
];

for (const kind of ["SQLite", "PostgreSQL"])
  describe(`P5: the wrong colleague, on ${kind}`, function () {
    this.timeout(60_000);
    let home: TestHome;
    let core: Core;
    let chat: Network;
    let drop: () => Promise<void> = async () => {};
    /** Cases, by what is the matter with them. */
    const cases: Record<string, string> = {};
    /** Requests for a second person, by the case. */
    const asked: Record<string, string> = {};

    before(async function () {
      ({ home, drop } = await homeOn(kind, this));
      core = await home.core();
      chat = await network(core, "telegram", (await tables()).telegram);
      for (const [alias, role] of colleagues) await joins(core, chat, alias, role);
      for (const what of ["new", "taken", "closed", "asked"]) {
        const code = await filed();
        cases[what] = code;
        await gives("Owl", "guard", code, { aliases: ["Otter"] });
        if (what !== "new") await gives("Heron", "claim", code);
        if (what === "closed") await gives("Heron", "close", code);
        if (what !== "asked") continue;
        await gives("Heron", "ask-second", code, { what: "hold" });
        asked[code] = (await core.storage.read("requests").first()).id;
      }
      cases.left = await filed();
      await gives("Otter", "claim", cases.left);
      await gives("Otter", "recuse", cases.left);
    });
    after(async () => {
      await core?.close();
      await drop();
    });

    /** Files a report; answers the case's code. */
    async function filed(): Promise<string> {
      const before = new Set((await core.storage.read("reports")).map((r) => r.code as string));
      await files(chat.as(`reporter ${before.size}`), "Lists are sold at counter seven; call 13812345678.");
      return (await core.storage.read("reports")).find((r) => !before.has(r.code))!.code as string;
    }

    const visitor = (alias: string) => visitorOf(colleagues.find(([one]) => one === alias)![1], alias);

    /** Gives an order and carries it out. */
    async function gives(alias: string, order: Command["kind"], code: string, more: object = {}): Promise<void> {
      const { writes, after } = await core.desk.prepare(visitor(alias), [orderOf(core, order, code, more)]);
      await core.storage.transaction(async (trx) => {
        for (const write of writes) await write(trx);
      });
      await after();
    }

    const tried = (alias: string, order: Command["kind"], code: string) =>
      outcome(() =>
        core.desk.prepare(visitor(alias), [
          orderOf(core, order, code, { alias: "Otter", aliases: ["Teal"], id: asked[code] ?? "none", what: "hold" }),
        ]),
      );

    async function stored(): Promise<string> {
      let all = "";
      for await (const line of dumpRows(core.storage)) if (!line.startsWith('{"end"')) all += `${line}\n`;
      return all;
    }

    it("who is excluded, or left for a conflict, gives no order about it: all are answered as if it did not exist", async () => {
      const before = await stored();
      const found = new Set<string>();
      for (const [what, code] of Object.entries(cases))
        for (const order of core.desk.orders) {
          assert.equal(
            await tried("Otter", order, code),
            await tried("Otter", order, "NOSUCH"),
            `${order} on a case that is ${what}`,
          );
          for (const alias of ["Heron", "Owl"])
            if ((await tried(alias, order, code)) !== (await tried(alias, order, "NOSUCH"))) found.add(order);
        }
      assert.equal(await stored(), before);
      // for who may see them the cases do make a difference: the same answers say something
      assert.deepEqual(
        aboutCases.filter((order) => !found.has(order)),
        [],
      );
    });

    it("a plain reviewer gives no order that takes a deputy, and every other one as a deputy does", async () => {
      const before = await stored();
      const found = new Set<string>();
      for (const code of Object.values(cases))
        for (const order of core.desk.orders) {
          const [plain, deputy] = [await tried("Teal", order, code), await tried("Owl", order, code)];
          if (plain === deputy) continue;
          assert.ok(plain !== "done" && deputy === "done", `${order}: ${plain} to a reviewer, ${deputy} to a deputy`);
          found.add(order);
        }
      assert.deepEqual([...found].sort(), deputies);
      assert.equal(await stored(), before);
    });
  });
