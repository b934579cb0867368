import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { createColumns } from "../../src/crypto/columns.ts";
import { createPeopleStore, type NewDoor, type PeopleStore } from "../../src/reports/people-store.ts";
import { lockAwaited, onBothDatabases } from "../support/databases.ts";

const address = Buffer.from("sealed");
const door = (tag: string, until: number | null = null): NewDoor => ({ tag, address, until });
const minute = 1000;

onBothDatabases("reviewers", (db) => {
  let people: PeopleStore;
  const columns = createColumns(randomBytes(32));
  before(() => {
    people = createPeopleStore(db().storage, columns, randomBytes(32));
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

  it("begin with one printed link, however many processes start at once; there is none once somebody has joined", async () => {
    const print = (on: "storage" | "other", code: string) =>
      db()[on].transaction((trx) => people.firstInvite(trx, code, 10));
    for (let round = 0; round < 5; round++) {
      const codes = Array.from({ length: 4 }, () => people.newInvite());
      const made = await Promise.all(codes.map((code, i) => print(i % 2 ? "other" : "storage", code)));
      assert.deepEqual(made, [true, true, true, true]);
      const good = await Promise.all(codes.map((code) => people.invited(code, 1)));
      assert.equal(good.filter(Boolean).length, 1, "the one that was printed last");
    }
    const [last] = [people.newInvite()];
    await print("storage", last!);
    await join(last!, "First");
    assert.equal(await print("other", people.newInvite()), false);
    await db().storage.transaction(async (trx) => {
      await trx("doors").where({ alias: "First" }).delete();
      await trx("reviewers").where({ alias: "First" }).delete();
    });
  });

  it("come in by an invitation, once", async () => {
    const code = await invite();
    assert.deepEqual(await people.invited(code, 10), { role: "reviewer" });
    await join(code, "Heron");
    assert.deepEqual(await people.atDoor("door of Heron", minute, 0), {
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
    const refused = results.find((r) => r.status === "rejected");
    assert.equal(refused?.reason.code, "stale", "the turn is taken again, and says that it is taken");
    assert.equal(
      (await Promise.all(codes.map((c) => people.invited(c, 1)))).filter(Boolean).length,
      1,
      "the other invitation is still good",
    );
  });

  it("have one alias each, however it is written, also when they race", async () => {
    const codes = [await invite(), await invite()] as const;
    const results = await Promise.allSettled([join(codes[0], "Straße 1"), join(codes[1], "STRASSE 1", "other")]);
    assert.deepEqual(results.map((r) => r.status).sort(), ["fulfilled", "rejected"]);
    assert.equal(results.find((r) => r.status === "rejected")?.reason.code, "stale");
    for (const alias of ["Heron", "heron", "HERON", "Ｈｅｒｏｎ"]) {
      assert.equal(await people.taken(alias), true, alias);
      assert.equal(people.tag(alias), people.tag("Heron"), alias);
    }
    assert.equal(await people.taken("Herons"), false);
    assert.notEqual(people.tag("Herons"), people.tag("Heron"));
    assert.ok(!people.tag("Heron").toLowerCase().includes("heron"));
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

  it("are checked one at a time", async () => {
    let begun = 0;
    let done = 0;
    let most = 0;
    const watched: typeof columns = {
      ...columns,
      open(place, sealed) {
        begun += 1; // a passphrase is stretched right after the stored one was opened
        most = Math.max(most, begun - done);
        return columns.open(place, sealed);
      },
    };
    const watchful = createPeopleStore(db().storage, watched, randomBytes(32));
    const tries = Array.from({ length: 5 }, async () => {
      await watchful.knows("Otter", "wrong horse battery");
      done += 1;
    });
    await Promise.all(tries);
    assert.deepEqual({ begun, done, most }, { begun: 5, done: 5, most: 1 });
  });

  it("are turned away where the line is too long", async () => {
    const tries = Array.from({ length: 40 }, () => people.knows("Otter", "wrong horse battery"));
    const answers = await Promise.all(tries);
    assert.equal(answers.filter((a) => a === false).length, 21, "one is checked, twenty wait");
    for (const answer of answers.filter((a) => a !== false)) assert.deepEqual(answer, { wait: 5 });
    assert.equal(await people.knows("Otter", "correct horse battery"), true, "and the line is empty again");
  });

  it("use further doors, and doors close by themselves or at a word", async () => {
    const write = db().storage.transaction;
    await write(people.addDoor("Otter", door("phone")));
    await write(people.addDoor("Otter", door("visit", minute + 5)));
    assert.equal((await people.atDoor("phone", minute, 0))?.alias, "Otter");
    assert.equal((await people.atDoor("visit", minute + 5, 0))?.alias, "Otter");
    assert.equal(await people.atDoor("visit", minute + 6, 0), undefined);
    await write(people.closeDoor("phone"));
    assert.equal(await people.atDoor("phone", minute, 0), undefined);
    assert.equal(await people.atDoor("no such door", minute, 0), undefined);
  });

  it("who were shut out for good come in by no further account, also with a code that they were given before", async () => {
    const write = db().storage.transaction;
    const admin = people.newInvite();
    await write(people.addInvite(admin, { role: "admin" }, 10));
    await write(await people.join(admin, { alias: "Crane", role: "admin", day: 1 }, door("door of Crane")));
    await join(await invite(), "Wren");
    const late = people.addDoor("Wren", door("a telephone"));
    await db().other.transaction(people.remove("Wren"));
    await assert.rejects(write(late), { code: "stale" });
    assert.deepEqual(await db().storage.read("doors").where({ alias: "Wren" }), []);
    await write(async (trx) => {
      await trx("doors").where({ alias: "Crane" }).delete();
      await trx("reviewers").where({ alias: "Crane" }).delete();
    });
  });

  it("keep an admin, also when two people are removed at the same moment", async () => {
    const admins = ["Raven", "Teal"] as const;
    for (const alias of admins) {
      const code = people.newInvite();
      await db().storage.transaction(people.addInvite(code, { role: "admin" }, 10));
      await db().storage.transaction(
        await people.join(code, { alias, role: "admin", day: 1 }, door(`door of ${alias}`)),
      );
    }
    let second: Promise<unknown> | undefined;
    const first = db().storage.transaction(async (trx) => {
      await people.remove("Raven")(trx);
      // while nobody knows yet that the first one is gone
      second = db().other.transaction(people.remove("Teal"));
      await Promise.race([second.catch(() => undefined), lockAwaited(db().storage)]);
    });
    await first;
    await assert.rejects(second!, { code: "stale" });
    assert.deepEqual([await people.get("Raven"), (await people.get("Teal"))?.status], [undefined, "active"]);
  });

  it("who are suspended are shut out at every door at once, and let in again", async () => {
    const write = db().storage.transaction;
    await write(people.suspend("Otter", true));
    assert.deepEqual(
      [await people.atDoor("door of Otter", minute, 0), await people.knows("Otter", "correct horse battery")],
      [undefined, false],
    );
    await write(people.suspend("Otter", false));
    assert.equal((await people.atDoor("door of Otter", minute, 0))?.alias, "Otter");
    assert.equal(await people.atDoor("visit", minute, 0), undefined, "a visit to the web page has ended for good");
  });
});
