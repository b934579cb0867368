/** Questions that editors may read, and counts: the same on both databases, also where two processes write at once. */
import assert from "node:assert/strict";
import { createColumns } from "../../src/crypto/columns.ts";
import { createQuestionStore, mostQuestions, questionDays } from "../../src/knowledge/questions-store.ts";
import { createTallyStore } from "../../src/knowledge/store.ts";
import { onBothDatabases } from "../support/databases.ts";

onBothDatabases("questions that are kept, and counts", (db) => {
  const columns = createColumns(new Uint8Array(32).fill(7));
  const questions = (storage = db().storage) => createQuestionStore(storage, columns);
  const keep = (day: number, topic: string, text: string, locale = "en") =>
    db().storage.transaction(questions().add({ day, topic, text, locale }));

  it("come back as they were sealed, by topic and day", async () => {
    await keep(21_000, "rights", "who reads ••••");
    await keep(20_999, "leaked", "谁卖了我的号码 😀", "zh-CN");
    await keep(20_998, "rights", "x".repeat(500));
    const kept = await questions(db().other).list();
    assert.deepEqual(
      kept.map(({ topic, day, text, locale }) => ({ topic, day, text, locale })),
      [
        { topic: "leaked", day: 20_999, text: "谁卖了我的号码 😀", locale: "zh-CN" },
        { topic: "rights", day: 20_998, text: "x".repeat(500), locale: "en" },
        { topic: "rights", day: 21_000, text: "who reads ••••", locale: "en" },
      ],
    );
    assert.deepEqual(await questions().get(kept[0]!.id), kept[0]);
    assert.equal(await questions().get("nobody"), undefined);
  });

  it("show no word of themselves in the table", async () => {
    const rows = JSON.stringify(await db().storage.read("questions").select("*"));
    for (const word of ["who reads", "号码", "zh-CN"]) assert.ok(!rows.includes(word), word);
  });

  it("are gone after 30 days, and not a day before", async () => {
    await questions().sweep(20_998 + questionDays - 1);
    assert.equal((await questions().list()).length, 3);
    await questions().sweep(20_998 + questionDays);
    assert.deepEqual(
      (await questions().list()).map(({ day }) => day),
      [20_999, 21_000],
    );
  });

  it("are no more than editors can read", async () => {
    const body = columns.seal("questions.body", { text: "again", locale: "en" });
    const have = (await questions().list()).length;
    const rows = Array.from({ length: mostQuestions - 1 - have }, (_, n) => ({
      id: `n${n}`,
      day: 21_000,
      topic: "none",
      body,
    }));
    await db().storage.transaction((trx) => trx.batchInsert("questions", rows, 100));
    await keep(21_000, "none", "the last one");
    await keep(21_000, "none", "one too many");
    assert.equal((await questions().list()).length, mostQuestions);
  });

  it("counts add up, also for two who count the same thing first at once", async () => {
    const count = (storage = db().storage) =>
      storage.transaction(createTallyStore(storage).add({ what: "helped", entry: "some-entry" }));
    await Promise.all([count(), count(db().other), count(), count(db().other)]);
    await db().storage.transaction(createTallyStore(db().storage).add({ what: "unknown", topic: "none" }));
    assert.deepEqual(await createTallyStore(db().other).list(), [
      { name: "helped some-entry", n: 4 },
      { name: "unknown none", n: 1 },
    ]);
  });
});
