import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { createColumns } from "../../src/crypto/columns.ts";
import { createPeopleStore, type NewDoor, type PeopleStore } from "../../src/reports/people-store.ts";
import { onBothDatabases } from "../support/databases.ts";

const address = Buffer.from("sealed");
const door = (tag: string, until: number | null = null): NewDoor => ({ tag, address, until });
const minute = 1000;

onBothDatabases("reviewers", (db) => {
  let people: PeopleStore;
  before(() => {
    people = createPeopleStore(db().storage, createColumns(randomBytes(32)), randomBytes(32));
  });
  const invite = async (lastDay = 10): Promise<string> => {
    const code = people.newInvite();
    await db().storage.transaction(people.addInvite(code, { role: "reviewer" }, lastDay));
    return code;
  };
  const join = async (code: string, alias: string, on: "storage" | "other" = "storage", passphrase?: string) =>
    db()[on].transaction(
      await people.join(
        code,
        { alias, role: "reviewer", day: 1, ...(passphrase ? { passphrase } : {}) },
        door(`door of ${alias}`),
      ),
    );

  it("come in by an invitation, once", async () => {
    const code = await invite();
    assert.deepEqual(await people.invited(code, 10), { role: "reviewer" });
    await join(code, "Heron");
    assert.deepEqual(await people.atDoor("door of Heron", minute), {
      alias: "Heron",
      role: "reviewer",
      status: "active",
      day: 1,
      hasPassphrase: false,
    });
    assert.equal(await people.invited(code, 10), undefined);
    await assert.rejects(join(code, "Impostor"), { code: "stale" });
    assert.equal(await people.get("Impostor"), undefined);
    await assert.rejects(db().storage.transaction(people.useInvite(code)), { code: "stale" });
  });

  it("who race for one invitation are one reviewer in the end", async () => {
    const code = await invite();
    const results = await Promise.allSettled([join(code, "Left"), join(code, "Right", "other")]);
    assert.deepEqual(results.map((r) => r.status).sort(), ["fulfilled", "rejected"]);
    assert.equal((await people.list()).filter((r) => ["Left", "Right"].includes(r.alias)).length, 1);
  });

  it("who race for one alias with two invitations are one reviewer in the end", async () => {
    const codes = [await invite(), await invite()] as const;
    const results = await Promise.allSettled([join(codes[0], "Same"), join(codes[1], "Same", "other")]);
    assert.deepEqual(results.map((r) => r.status).sort(), ["fulfilled", "rejected"]);
    assert.equal(
      (await Promise.all(codes.map((c) => people.invited(c, 1)))).filter(Boolean).length,
      1,
      "the other invitation is still good",
    );
  });

  it("find an invitation closed after its last day, and no guess opens one", async () => {
    const code = await invite(10);
    assert.ok(await people.invited(code, 10));
    assert.equal(await people.invited(code, 11), undefined);
    for (const guess of ["", `${code.toLowerCase()}x`, code.slice(1), "\u0000"])
      assert.equal(await people.invited(guess, 1), undefined);
    assert.ok(
      !JSON.stringify(await db().storage.read("invites").select("tag")).includes(code),
      "the code itself is not stored",
    );
  });

  it("prove themselves by their passphrase", async () => {
    await join(await invite(), "Otter", "storage", "correct horse battery");
    assert.equal(await people.knows("Otter", "correct horse battery"), true);
    for (const [alias, passphrase] of [
      ["Otter", "correct horse batterz"],
      ["Otter", ""],
      ["Heron", "correct horse battery"],
      ["Nobody", "correct horse battery"],
      ["Heron", ""],
    ] as const) {
      assert.equal(await people.knows(alias, passphrase), false, `${alias} ${passphrase}`);
    }
    assert.ok(
      !Buffer.from((await db().storage.read("reviewers").where({ alias: "Otter" }).first()).passphrase).includes(
        "correct",
      ),
    );
  });

  it("use further doors, and doors close by themselves or at a word", async () => {
    const write = db().storage.transaction;
    await write(people.addDoor("Otter", door("phone")));
    await write(people.addDoor("Otter", door("visit", minute + 5)));
    assert.equal((await people.atDoor("phone", minute))?.alias, "Otter");
    assert.equal((await people.atDoor("visit", minute + 5))?.alias, "Otter");
    assert.equal(await people.atDoor("visit", minute + 6), undefined);
    await write(people.closeDoor("phone"));
    assert.equal(await people.atDoor("phone", minute), undefined);
    assert.equal(await people.atDoor("no such door", minute), undefined);
  });

  it("who are suspended are shut out at every door at once, and let in again", async () => {
    const write = db().storage.transaction;
    await write(people.suspend("Otter", true));
    assert.deepEqual(
      [await people.atDoor("door of Otter", minute), await people.knows("Otter", "correct horse battery")],
      [undefined, false],
    );
    await write(people.suspend("Otter", false));
    assert.equal((await people.atDoor("door of Otter", minute))?.alias, "Otter");
    assert.equal(await people.atDoor("visit", minute), undefined, "a visit to the web page has ended for good");
  });
});
