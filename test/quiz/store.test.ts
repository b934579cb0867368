/** What is kept of learning: found by its own key alone, never twice, gone when it is erased. */
import assert from "node:assert/strict";
import { codeOf } from "../../src/errors.ts";
import { createQuizStore } from "../../src/quiz/store.ts";
import { onBothDatabases } from "../support/databases.ts";

onBothDatabases("the store of the quiz", (db) => {
  const store = () => createQuizStore(db().storage, Buffer.alloc(32, 7));
  const write = (work: (trx: never) => Promise<void>) => db().storage.transaction((trx) => work(trx as never));
  const course = {
    id: "spring",
    title: { en: "Spring", "zh-CN": "春季" },
    themes: [],
    sectors: [],
    languages: ["en"],
    deadline: 30_000,
    pass: 80,
  };

  it("keeps a learner sealed and gives it back; who was slower is told", async () => {
    const learner = store().fresh("bank");
    await write(store().save("tag-1", learner, 0));
    const kept = await store().learner("tag-1");
    assert.deepEqual(kept, { learner, version: 1 });
    await write(store().save("tag-1", { ...learner, courses: { spring: "north" } }, 1));
    const late = await write(store().save("tag-1", learner, 1)).catch((error: unknown) => codeOf(error));
    assert.equal(late, "stale");
    const twice = await write(store().save("tag-1", learner, 0)).catch((error: unknown) => codeOf(error));
    assert.equal(twice, "stale");
    const row = await db().storage.read("learners").first();
    assert.ok(!Buffer.from(row.body).includes("bank"));
    assert.equal(await createQuizStore(db().storage, Buffer.alloc(32, 8)).learner("tag-1"), undefined);
  });

  it("lets staff join by a code, one team a course, and counts each once", async () => {
    await write(store().addCourse(course));
    const north = store().newCode("spring", "north");
    const south = store().newCode("spring", "south");
    await write(north.write);
    await write(south.write);
    assert.deepEqual(await store().codeLeads(north.code.toLowerCase().replaceAll("-", " ")), {
      course: "spring",
      team: "north",
    });
    assert.equal(await store().codeLeads("0000-0000-0000-0"), undefined);
    await write(store().join("tag-1", "spring", "north"));
    await write(store().join("tag-1", "spring", "south"));
    await write(store().join("tag-2", "spring", "south"));
    await write(store().done("tag-2", "spring", 20_000));
    assert.deepEqual(await store().teams(), [{ course: "spring", team: "south", members: 2, done: 1 }]);
  });

  it("knows a certificate by its code alone", async () => {
    const code = store().newCertificate();
    await write(store().certify(code, "spring", 20_000));
    await write(store().certify(code, "spring", 20_000));
    assert.deepEqual(await store().certificate(code), { course: "spring", day: 20_000 });
    assert.equal(await store().certificate(store().newCertificate()), undefined);
  });

  it("counts answers by item and group", async () => {
    const first = { first: true, right: true, afterRight: false };
    const later = { first: false, right: false, afterRight: true, interval: 30 as const };
    await write(store().count("a", first, ["spring south"]));
    await write(store().count("a", later, []));
    const counts = (await store().counts("")).map((c) => `${c.what} ${c.n}`).sort();
    assert.deepEqual(counts, ["again 1", "again-wrong 1", "first 1", "first-right 1", "r30 1"]);
    assert.equal((await store().counts("spring south")).length, 2);
  });

  it("forgets a learner whole", async () => {
    await write(store().erase("tag-2"));
    await write(store().erase("tag-1"));
    assert.equal(await store().learner("tag-1"), undefined);
    assert.equal((await store().teams()).length, 0);
  });
});
