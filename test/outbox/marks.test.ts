/** Notes that cannot be written hold the courier up for as long as they cannot, and not longer. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { createColumns } from "../../src/crypto/columns.ts";
import { fail } from "../../src/errors.ts";
import { createMarks } from "../../src/outbox/marks.ts";
import type { Due } from "../../src/outbox/rows.ts";
import { onBothDatabases } from "../support/databases.ts";

onBothDatabases("what a courier notes", (db) => {
  const row = { id: "a", kind: "card", lease: 1, group: null } as Due;

  it("is waited for while the database is away, and holds nobody up once it was refused for good", async () => {
    const { storage } = db();
    const failures = [fail("database-unreachable"), fail("key-rotated")];
    const told: string[] = [];
    const marks = createMarks(
      {
        ...storage,
        transaction: async (work) => {
          const failure = failures.shift();
          if (failure) throw failure;
          return storage.transaction(work);
        },
      },
      createColumns(randomBytes(32)),
    );
    marks.onStuck((code) => told.push(`${code} ${marks.stuck()}`));
    await assert.rejects(marks.done(row, "sent"));
    assert.deepEqual(told, ["database-unreachable database-unreachable"]);
    assert.equal(marks.stuck(), undefined);
    await marks.done(row, "sent");
  });
});
