/**
 * P2, attacked by whoever has the database and no key, and weighs what is sealed: every sealed value of every table has one
 * of the stated lengths, and within one of them the length says nothing about what was told.
 */
import assert from "node:assert/strict";
import type { Core } from "../../src/main.ts";
import { choices, enters, files, network, tables } from "../support/caller.ts";
import { homeOn } from "../support/databases.ts";
import { furnish } from "../support/full-house.ts";
import type { TestHome } from "../support/house.ts";

/** Characters of the stories. All but the last two fit the smallest class. */
const lengths = [1, 7, 60, 250, 600, 1100, 1800, 3000, 4090];
/** What is written in an age file, and so from 4 KiB up; drafts are from 2 KiB up, whatever else is sealed from 256 bytes. */
const files4k = ["reports.body", "messages.body", "files.body", "notes.body"];
/** Keyed hashes: each is 16 bytes long, whatever it stands for. */
const hashes = ["fingerprints.tag", "canaries.tag", "sightings.tag", "surges.tag"];
const smallest = (column: string) => (files4k.includes(column) ? 4096 : column === "sessions.body" ? 2048 : 256);

/** Is this one of the lengths that values of this column are padded to: the smallest, doubled as often as needed? */
function stated(column: string, length: number): boolean {
  if (hashes.includes(column)) return length === 16;
  return length >= smallest(column) && Number.isInteger(Math.log2(length / smallest(column)));
}

/** The length of what lies in a sealed value, or of the value itself where it is a keyed hash. */
function inside(sealed: Buffer, column = ""): number {
  if (hashes.includes(column)) return sealed.length;
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

    it("every column of bytes in every table holds lengths of its classes alone, whatever people wrote", async function () {
      const weighed = new Map<string, Set<number>>();
      const weigh = async (one: Core): Promise<void> => {
        for (const { table, column } of await one.storage.bytesColumns())
          for (const row of (await one.storage.read(table).select(column)) as Record<string, Uint8Array | null>[]) {
            const value = row[column];
            const key = `${table}.${column}`;
            if (value) weighed.set(key, (weighed.get(key) ?? new Set()).add(inside(Buffer.from(value), key)));
          }
      };
      await weigh(core);
      // talks fill some columns; the others are filled in by the house's own rooms, once with little and once with much
      for (const say of [(text: string) => text.slice(0, 1), (text: string) => text.repeat(300)]) {
        const other = await homeOn(kind, this);
        try {
          const full = await other.home.core();
          await furnish(full, other.home, say);
          await weigh(full);
          await full.close();
        } finally {
          await other.drop();
        }
      }
      const columns = (await core.storage.bytesColumns()).map(({ table, column }) => `${table}.${column}`);
      assert.ok(columns.length > 25);
      assert.deepEqual(
        columns.filter((column) => !weighed.has(column)),
        [],
        "were not weighed",
      );
      for (const [column, found] of weighed)
        assert.deepEqual(
          [...found].filter((length) => !stated(column, length)),
          [],
          column,
        );
      // what people write is in more than one class: otherwise much was not much
      for (const written of [
        "reports.body",
        "messages.body",
        "notes.body",
        "replies.body",
        "requests.body",
        "questions.body",
      ])
        assert.ok(weighed.get(written)!.size > 1, written);
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
