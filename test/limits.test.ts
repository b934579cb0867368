import assert from "node:assert/strict";
import { createLimits, type Limits } from "../src/limits.ts";
import { type Memory, openMemory } from "../src/storage/memory.ts";
import { redis } from "./support/house.ts";
import { skipFor } from "./support/missing.ts";

describe("limits on guessing", () => {
  for (const kind of ["memory", "Redis"] as const) {
    describe(`kept in ${kind}`, () => {
      const memories: Memory[] = [];
      let url = "";
      before(async function () {
        if (kind === "memory") return;
        const server = await redis();
        if ("missing" in server) return skipFor(this, server.missing);
        url = server.url;
      });
      after(() => Promise.all(memories.map((memory) => memory.close())));
      async function open(): Promise<Limits> {
        if (kind === "memory") return createLimits();
        const memory = await openMemory({ url, house: "test", note: () => undefined });
        memories.push(memory);
        return createLimits(memory.client);
      }

      it("let ten wrong receipts pass, then ask this visitor to wait, and nobody else", async () => {
        const limits = await open();
        const visitor = `v${Math.random()}`;
        for (let i = 0; i < 10; i++) assert.equal(await limits.missed(visitor, "receipt"), 0, `miss ${i + 1}`);
        assert.ok((await limits.missed(visitor, "receipt")) > 0);
        const wait = await limits.wait(visitor, "receipt");
        assert.ok(wait > 0 && wait <= 600, `${wait} seconds`);
        assert.equal(await limits.wait(`w${Math.random()}`, "receipt"), 0);
        assert.equal(await limits.wait(visitor, "sign-in"), 0);
      });

      it("hold guesses at one alias up for a minute at most, whoever guesses", async () => {
        const limits = await open();
        const alias = `a${Math.random()}`;
        for (let i = 0; i < 19; i++) await limits.missed(alias, "alias");
        assert.equal(await limits.wait(alias, "alias"), 0);
        await limits.missed(alias, "alias");
        for (let i = 0; i < 5; i++) {
          const wait = await limits.wait(alias, "alias");
          assert.ok(wait > 0 && wait <= 60, `${wait} seconds`);
          await limits.missed(alias, "alias"); // more of them do not make it longer
        }
        assert.equal(await limits.wait(`b${Math.random()}`, "alias"), 0);
      });

      if (kind === "Redis")
        it("of two houses on one server never count for each other, and end on a whole hour", async () => {
          await open();
          const [memory] = memories;
          const [one, other] = ["one", "other"].map((name) => createLimits(memory!.client, `${name} ${Math.random()}`));
          for (let i = 0; i < 10; i++) await one!.missed("somebody", "receipt");
          assert.ok((await one!.wait("somebody", "receipt")) > 0);
          assert.equal(await other!.wait("somebody", "receipt"), 0);
          for (let i = 0; i < 20; i++) await one!.missed("somebody", "report");
          const end = Date.now() / 1000 + (await one!.wait("somebody", "report"));
          assert.ok(Math.abs(end - Math.round(end / 3600) * 3600) < 30, `${end % 3600}`);
        });

      if (kind === "Redis")
        it("are shared by two processes", async () => {
          const [one, two] = [await open(), await open()];
          const visitor = `v${Math.random()}`;
          for (let i = 0; i < 10; i++) await (i % 2 ? one : two).missed(visitor, "receipt");
          assert.ok((await one.wait(visitor, "receipt")) > 0);
          assert.ok((await two.wait(visitor, "receipt")) > 0);
        });
    });
  }

  it("still hold while Redis cannot be reached, and say so once", async () => {
    const notes: string[] = [];
    const memory = await openMemory({
      url: "redis://127.0.0.1:1",
      house: "test",
      note: (code) => void notes.push(code),
    });
    const limits = createLimits(memory.client);
    for (let i = 0; i < 11; i++) await limits.missed("somebody", "receipt");
    assert.ok((await limits.wait("somebody", "receipt")) > 0);
    await memory.close();
    assert.deepEqual([...new Set(notes)], ["redis-unreachable"]);
    assert.equal(notes.length, 1);
  });
});
