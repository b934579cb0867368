/**
 * P2, attacked by whoever has the database and no key, and weighs what is sealed: every sealed value of every table has one
 * of the stated lengths, and within one of them the length says nothing about what was told.
 */
import assert from "node:assert/strict";
import type { Core } from "../../src/main.ts";
import { choices, enters, files, network, tables } from "../support/caller.ts";
import { homeOn } from "../support/databases.ts";
import type { TestHome } from "../support/house.ts";

/** Characters of the stories. All but the last two fit the smallest class. */
const lengths = [1, 7, 60, 250, 600, 1100, 1800, 3000, 4090];
const powers = (from: number) => Array.from({ length: 16 }, (_, n) => from * 2 ** n);
/** Lengths before sealing, by the tables' own words: bodies from 4 KiB, drafts from 2 KiB, small values from 256 bytes. */
const classes = new Set([...powers(256), ...powers(2048), ...powers(4096)]);

/** The length of what lies in a sealed value, or of the value itself where it is a keyed hash. */
function inside(sealed: Buffer): number {
  if (!sealed.subarray(0, 21).equals(Buffer.from("age-encryption.org/v1"))) return sealed.length - 28;
  const at = sealed.indexOf("\n--- ");
  const payload = sealed.length - (sealed.indexOf("\n", at + 5) + 1) - 16;
  const chunks = Math.ceil(payload / (65_536 + 16));
  return payload - 16 * chunks;
}

for (const kind of ["SQLite", "PostgreSQL"]) {
  describe(`P2: sealed values are weighed, on ${kind}`, function () {
    this.timeout(60_000);
    let home: TestHome;
    let core: Core;
    let drop: () => Promise<void> = async () => {};
    const ofStory = new Map<number, Record<string, unknown>>();

    before(async function () {
      ({ home, drop } = await homeOn(kind, this));
      core = await home.core();
      const chat = await network(core, "telegram", (await tables()).telegram);
      await enters(core, chat.as("heron"), "Heron", "admin");
      await chat.as("heron", { place: "a group" }).command("board");
      for (const n of lengths) {
        const who = chat.as(`reporter ${n}`);
        const before = new Set((await core.storage.read("reports")).map((r) => r.id));
        await files(who, "words ".repeat(n).slice(0, n).trim().padEnd(n, "x"));
        ofStory.set(n, (await core.storage.read("reports")).find((r) => !before.has(r.id))!);
        assert.ok(choices(who.screen).length > 0);
      }
    });
    after(async () => {
      await core?.close();
      await drop();
    });

    it("every column of bytes in every table holds only lengths of the classes, or one length alone", async () => {
      const names: string[] =
        kind === "SQLite"
          ? (
              await core.storage.read.raw(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'",
              )
            ).map((t: { name: string }) => t.name)
          : (
              await core.storage.read.raw("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'")
            ).rows.map((t: { name: string }) => t.name);
      assert.ok(names.length > 20);
      const weighed = new Map<string, Set<number>>();
      for (const name of names)
        for (const row of (await core.storage.read(name)) as Record<string, unknown>[])
          for (const [column, value] of Object.entries(row)) {
            if (!(value instanceof Uint8Array)) continue;
            const key = `${name}.${column}`;
            weighed.set(key, (weighed.get(key) ?? new Set()).add(inside(Buffer.from(value))));
          }
      for (const wanted of [
        "reports.body",
        "reports.summary",
        "sessions.body",
        "outbox.payload",
        "outbox.address",
        "doors.address",
        "boards.address",
      ])
        assert.ok(weighed.has(wanted), `${wanted} was not weighed`);
      for (const [column, found] of weighed)
        assert.ok(found.size === 1 || [...found].every((n) => classes.has(n)), `${column}: ${[...found].join()}`);
    });

    it("a story of one character and one of three thousand weigh the same; four thousand are in the next class", () => {
      const weight = (n: number) => (ofStory.get(n)!.body as Uint8Array).length;
      const small = lengths.filter((n) => n <= 3000);
      assert.equal(new Set(small.map(weight)).size, 1);
      assert.ok(weight(4090) > weight(3000));
      assert.equal(new Set(lengths.map((n) => (ofStory.get(n)!.summary as Uint8Array).length)).size, 1);
      console.log(
        `      classes of stories seen: ${[...new Set(lengths.map((n) => inside(Buffer.from(ofStory.get(n)!.body as Uint8Array))))].join(", ")} bytes`,
      );
    });

    it("no two sealings of the same are alike, so that equal reports cannot be told to be equal", async () => {
      const bodies = ((await core.storage.read("reports").select("body")) as { body: Buffer }[]).map(({ body }) =>
        body.toString("hex").slice(-64),
      );
      assert.equal(new Set(bodies).size, bodies.length);
    });
  });
}
