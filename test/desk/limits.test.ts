/** What anybody could do without end, and each costs somebody something: a line of the log, an editor's time, a count's worth. */
import assert from "node:assert/strict";
import type { Command, Visitor } from "../../src/desk.ts";
import type { Core } from "../../src/main.ts";
import { type TestHome, testHome } from "../support/house.ts";

describe("what is limited for each visitor", () => {
  let home: TestHome;
  let core: Core;
  before(async () => {
    home = testHome();
    core = await home.core();
  });
  after(async () => {
    await core.close();
    home.remove();
  });

  const visitor = (limit: string) =>
    ({
      actor: { kind: "anyone" },
      limit,
      names: [limit],
      locale: "en",
      place: { tag: "a server", address: Buffer.from("sealed"), manages: true },
    }) as unknown as Visitor;
  async function orders(limit: string, command: Command): Promise<void> {
    const { writes, after } = await core.desk.prepare(visitor(limit), [command]);
    await core.storage.transaction(async (trx) => {
      for (const write of writes) await write(trx);
    });
    await after();
  }
  const count = async (table: string) => Number((await core.storage.read(table).count({ n: "*" }).first())!.n);

  it("who manages a server switches tips on and off a few times a day, so that the log is not filled", async () => {
    let refused = 0;
    for (let i = 0; i < 20; i++)
      await orders(`manager ${i}`, { kind: "tips-here", on: i % 2 === 0, lane: "discord" }).catch(
        (error: { code: string }) => {
          assert.equal(error.code, "too-many");
          refused += 1;
        },
      );
    assert.equal(await count("audit"), 6);
    assert.equal(refused, 14);
  });

  it("editors get a few questions a day from one person, and others' all the same", async () => {
    const ask = (limit: string, n: number) =>
      orders(limit, { kind: "keep-question", text: `What of ${n}?`, topic: "none" });
    for (let n = 0; n < 5; n++) await ask("eager", n);
    await assert.rejects(ask("eager", 5), { code: "too-many" });
    await ask("somebody else", 6);
    assert.equal(await count("questions"), 6);
  });

  it("one person finds a campaign useful once", async () => {
    const body = { platforms: ["telegram"], texts: { en: { title: "Look out", text: "They call." } } };
    const { id } = await core.storage.transaction((trx) =>
      core.campaigns.make(trx, { body, begins: 0, spread: 0, askedBy: "Heron", reach: 1, day: 1 }),
    );
    for (const who of ["one", "one", "one", "two"]) await orders(who, { kind: "campaign-felt", id, useful: true });
    const found = await core.storage.read("campaign_counts").where({ what: "useful" }).sum({ n: "n" }).first();
    assert.equal(Number(found!.n), 2);
  });
});
