import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { onBothDatabases } from "../support/databases.ts";

interface Row {
  id: string;
  kind: string;
  once: string;
  due: number;
  attempts: number;
  lease: number;
  expires: number | null;
  owner: string | null;
  address: Buffer;
  payload: Buffer;
}

const payload = randomBytes(300);
const rowOf = (i: number, more: Partial<Row> = {}): Row => ({
  id: `id-${i}`,
  kind: "tip",
  once: `tip ${i} 给“陈”`,
  due: 1_790_000_000 + i,
  attempts: 0,
  lease: 1_790_000_000_123,
  expires: i % 2 === 0 ? null : 1_890_000_000,
  owner: null,
  address: randomBytes(i === 0 ? 0 : 284),
  payload,
  ...more,
});

onBothDatabases("many rows at once", (db) => {
  const put = (rows: Row[]) =>
    db().storage.transaction((trx) => db().storage.putMany<Row>(trx, "outbox", rows, "once"));
  const all = async () =>
    (await db()
      .storage.read("outbox")
      .orderBy("id")
      .select(Object.keys(rowOf(0)))) as unknown as Row[];
  const take = (ids: string[], lease = rowOf(0).lease) =>
    db().storage.transaction((trx) => db().storage.takeOut<Row>(trx, "outbox", { lease }, ids, ["id", "owner"]));

  beforeEach(async () => {
    await db().storage.alone((writer) => writer("outbox").delete());
  });

  it("are stored as they are: bytes, numbers, any script, and nothing", async () => {
    const rows = Array.from({ length: 9 }, (_, i) => rowOf(i));
    await put(rows);
    assert.deepEqual(await all(), rows);
  });

  it("may be one, or none", async () => {
    await put([]);
    await put([rowOf(3)]);
    assert.deepEqual(await all(), [rowOf(3, { address: (await all())[0]!.address })]);
  });

  it("leave alone what is there already", async () => {
    const [first, second] = [rowOf(1), rowOf(2)];
    await put([first]);
    await put([rowOf(9, { once: first.once }), second]);
    assert.deepEqual(await all(), [first, second]);
  });

  it("are taken out by their names, and it is told which were there", async () => {
    await put([rowOf(1, { owner: "a" }), rowOf(2), rowOf(3, { lease: 0 })]);
    assert.deepEqual(await take(["id-1", "id-3", "id-7", "it's"]), [{ id: "id-1", owner: "a" }]);
    assert.deepEqual(await take([]), []);
    assert.deepEqual(
      (await all()).map(({ id }) => id),
      ["id-2", "id-3"],
    );
  });
});
