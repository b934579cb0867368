/** The first page of the queue, with a thousand reports and with a million: the same query over the same index. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateHybridIdentity } from "age-encryption";
import { createColumns } from "../src/crypto/columns.ts";
import { keysOf } from "../src/crypto/keys.ts";
import { createVault } from "../src/crypto/vault.ts";
import { createReportStore, type Filter } from "../src/reports/store.ts";
import { openStorage } from "../src/storage/storage.ts";
import type { Row } from "./table.ts";

const pages = 300;
const viewer = { alias: "Heron", tag: "ab".repeat(16), senior: false };

/** Milliseconds for the first page of all that waits, at the median, among so many reports. */
async function firstPage(count: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "quietline-queue-"));
  const storage = await openStorage(`sqlite:${join(folder, "queue.sqlite")}`);
  const columns = createColumns(randomBytes(32));
  const vault = createVault(await keysOf(await generateHybridIdentity()));
  try {
    const summary = columns.seal("reports.summary", {
      summary: { kind: "selling", data: ["credit-report"], urgency: [], level: "P2", files: 0, excludes: false },
    });
    await storage.transaction(async (trx) => {
      // the database makes the rows itself: days of three years, one in four closed, one in fifty with an excluded reviewer
      await trx.raw(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
         INSERT INTO reports (id, code, day, status, owner, version, summary, messages, unread, files, waiting, priority, guard, excluded)
         SELECT lower(hex(randomblob(16))), 'C' || i, 20000 + i % 1000, CASE WHEN i % 4 = 0 THEN 'closed' ELSE 'received' END,
           NULL, 1, ?, 0, 0, 0, CASE WHEN i % 4 = 0 THEN 0 ELSE 1 END, 20000 + i % 1000,
           CASE WHEN i % 50 = 0 THEN 1 ELSE 0 END, CASE WHEN i % 50 = 0 THEN ? ELSE '' END FROM n`,
        [count, summary, viewer.tag],
      );
    });
    const reports = createReportStore(storage, vault, columns);
    const all: Filter = { by: "all" };
    for (let i = 0; i < 20; i++) await reports.queue(0, 9, viewer, all, 20_500);
    const times: number[] = [];
    for (let i = 0; i < pages; i++) {
      const start = process.hrtime.bigint();
      const { rows } = await reports.queue(0, 9, viewer, all, 20_500);
      times.push(Number(process.hrtime.bigint() - start) / 1e6);
      if (rows.length !== 9) throw new Error("a page is not full");
    }
    return times.sort((a, b) => a - b)[pages / 2]!;
  } finally {
    await storage.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param most how many reports the larger queue has */
export async function measureQueue(most: number): Promise<Row[]> {
  const small = await firstPage(1000);
  const large = await firstPage(most);
  return [
    {
      what: `queue, first page: ${most.toLocaleString("en")} reports; peer: 1,000`,
      unit: "ms",
      figure: large,
      peer: small,
      goal: { is: "at most", value: 1.5, of: "ratio" },
    },
  ];
}
