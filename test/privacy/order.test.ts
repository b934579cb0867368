/**
 * The order of arrival must not show in a stolen database: not in the order of rows, nor in what PostgreSQL writes
 * beside them. (SQLite's files are looked at in `traces.test.ts`.)
 */
import assert from "node:assert/strict";
import { createColumns } from "../../src/crypto/columns.ts";
import { createVault } from "../../src/crypto/vault.ts";
import type { Core } from "../../src/main.ts";
import { createReportStore } from "../../src/reports/store.ts";
import { postgres, testHome } from "../support/house.ts";
import { skipFor } from "../support/missing.ts";
import { fileStraight } from "../support/straight.ts";
import { by, spearman } from "./support.ts";

const arrivals = 200;
/** As in `traces.test.ts`: 4.2 deviations of the rank correlation of 200 unrelated things. */
const unrelated = 0.3;

const byKeys = (order: string[]): boolean => by(order, (id) => id).every((id, at) => id === order[at]);

/** Files reports with a message each, every one in a transaction of its own; answers their ids as they came. */
async function file(core: Core, count: number): Promise<string[]> {
  const reports = createReportStore(core.storage, createVault(core.keys), createColumns(core.keys.derive("columns")));
  const ids: string[] = [];
  for (let n = 0; n < count; n++) {
    const id = await fileStraight(core.storage, reports, "Lists are sold.");
    const row = await reports.byId(id);
    await core.storage.transaction(
      await reports.append(row!, { side: "reporter", day: 20_000, text: "One more word." }, []),
    );
    ids.push(id);
  }
  return ids;
}

describe("the order of arrival in PostgreSQL", function () {
  this.timeout(60_000);
  let drop: () => Promise<void> = async () => {};
  let core: Core;
  let t: ReturnType<typeof testHome>;
  let arrived: string[];

  before(async function () {
    this.timeout(120_000); // two hundred reports
    const database = await postgres();
    if ("missing" in database) return skipFor(this, database.missing);
    drop = database.drop;
    t = testHome({ DATABASE_URL: database.url });
    core = await t.core();
    arrived = await file(core, arrivals);
  });
  after(async () => {
    await core?.close();
    t?.remove();
    await drop();
  });

  /** Reports in the order of something that the database keeps beside the rows of a table. */
  async function ordered(sql: string): Promise<string[]> {
    const { rows } = (await core.storage.read.raw(sql)) as { rows: { id: string }[] };
    const known = new Set(arrived);
    return rows.map((r) => r.id).filter((id) => known.has(id));
  }
  const orders: Record<string, string> = {
    "place of reports": "SELECT id FROM reports ORDER BY ctid",
    "transactions of reports": "SELECT id FROM reports ORDER BY xmin::text::bigint, ctid",
    "place of messages": "SELECT report AS id FROM messages ORDER BY ctid",
    "transactions of messages": "SELECT report AS id FROM messages ORDER BY xmin::text::bigint, ctid",
  };
  /** Long values lie apart, under numbers that count up. */
  async function overflow(table: string, key: string): Promise<string> {
    const { rows } = await core.storage.read.raw(
      "SELECT reltoastrelid::regclass::text AS name FROM pg_class WHERE relname = ?",
      [table],
    );
    return `SELECT t.${key} AS id FROM ${table} t JOIN ${rows[0].name} o ON o.chunk_seq = 0 AND position(o.chunk_data in t.body) = 1 ORDER BY o.chunk_id`;
  }

  it("shows before the sweep: the test can fail", async () => {
    for (const sql of Object.values(orders)) assert.ok(spearman(arrived, await ordered(sql)) > 0.9, sql);
    assert.ok(spearman(arrived, await ordered(await overflow("reports", "id"))) > 0.9);
  });

  it("is gone from rows, their transactions and their overflow after the sweep", async function () {
    this.retries(2); // the server's own housekeeping, which holds old rows back while it looks at a table, is over soon
    await core.storage.shuffle();
    const all = {
      ...orders,
      "overflow of reports": await overflow("reports", "id"),
      "overflow of messages": await overflow("messages", "report"),
    };
    for (const [what, sql] of Object.entries(all)) {
      const order = await ordered(sql);
      assert.equal(order.length, arrivals, what);
      const rho = spearman(arrived, order);
      assert.ok(Math.abs(rho) < unrelated, `${what} correlate with the arrival by ${rho.toFixed(2)}`);
      assert.ok(byKeys(order), `${what}: not the order of the random keys alone`);
    }
    const { rows } = await core.storage.read.raw(
      "SELECT count(DISTINCT xmin::text) AS reports, (SELECT count(DISTINCT xmin::text) FROM messages) AS messages FROM reports",
    );
    assert.deepEqual(rows[0], { reports: 1, messages: 1 });
  });

  it("stays gone when reports come between two sweeps, and nothing is lost on the way", async function () {
    this.retries(2); // as above
    const more = await file(core, 20);
    await core.storage.shuffle();
    arrived = [...arrived, ...more];
    for (const sql of [...Object.values(orders), await overflow("reports", "id")]) {
      const order = await ordered(sql);
      assert.equal(order.length, arrived.length);
      assert.ok(byKeys(order), sql);
    }
  });

  it("does not stop people: reports that come during the sweep are kept", async () => {
    const [, came] = await Promise.all([core.storage.shuffle(), file(core, 20)]);
    const known = new Set((await core.storage.read("reports").select("id")).map((r) => r.id as string));
    for (const id of [...arrived, ...came]) assert.ok(known.has(id));
  });
});
