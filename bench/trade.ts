/** A look at a case, linking a new report against so many fingerprints, and the picture of a chain. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createColumns } from "../src/crypto/columns.ts";
import { drawRows } from "../src/reports/pictures.ts";
import { createTradeStore } from "../src/reports/trade-store.ts";
import { openStorage } from "../src/storage/storage.ts";
import { files, joins, network, tables } from "../test/support/caller.ts";
import { testHome } from "../test/support/house.ts";
import type { Row } from "./table.ts";

/** Milliseconds of `work`, at the median of so many times. */
async function median(times: number, work: (i: number) => Promise<unknown>): Promise<number> {
  const all: number[] = [];
  for (let i = 0; i < times; i++) {
    const start = process.hrtime.bigint();
    await work(i);
    all.push(Number(process.hrtime.bigint() - start) / 1e6);
  }
  return all.sort((a, b) => a - b)[Math.floor(times / 2)]!;
}

/** A whole turn in which a reviewer reads a case: opened, masked, put on record, drawn. Peer: a turn that reads nothing. */
async function look(): Promise<Row> {
  const home = testHome();
  const core = await home.core();
  try {
    const chat = await network(core, "chat", (await tables()).telegram);
    await files(chat.as("reporter"), "A clerk sells lists; call 13812345678. ".repeat(50));
    const heron = await joins(core, chat, "Heron", "reviewer");
    const nothing = await median(100, () => heron.command("help"));
    await heron.command("queue");
    await heron.does({ kind: "choice", value: heron.screen.menu!.options[0]!.value });
    await heron.press("Read");
    await heron.press("clear");
    if (!heron.screen.quotes?.length) throw new Error("the case is not read");
    const read = await median(100, () => heron.does({ kind: "look" }));
    return {
      what: "a look at a case, on record; peer: a turn that reads nothing",
      unit: "ms",
      figure: read,
      peer: nothing,
      goal: { is: "at most", value: 20, of: "figure" },
    };
  } finally {
    await core.close();
    home.remove();
  }
}

/** Milliseconds to link a report of five things, stored, with what else names them found. */
async function link(count: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "quietline-links-"));
  const storage = await openStorage(`sqlite:${join(folder, "links.sqlite")}`);
  try {
    const { links } = createTradeStore(storage, createColumns(randomBytes(32)), () => Buffer.alloc(32, 7));
    await storage.transaction(async (trx) => {
      await trx.raw(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
         INSERT INTO reports (id, code, day, status, version, messages, unread, files) SELECT 'r' || i, 'C' || i, 20000, 'received', 1, 0, 0, 0 FROM n`,
        [Math.ceil(count / 5)],
      );
      await trx.raw(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
         INSERT INTO fingerprints (tag, report, kind) SELECT randomblob(16), 'r' || (1 + i / 5 % ?), 'handle' FROM n`,
        [count, Math.ceil(count / 5)],
      );
    });
    const told = (i: number) => ({
      story: `@seller_${i} and @data_king, t.me/lists_${i}, 1381234${String(1000 + i).slice(-4)}, wx: zhang_${i}`,
    });
    return await median(200, async (i) => {
      const id = `r${1 + i}`;
      const { write } = await links.ofReport(id, told(i), []);
      await storage.transaction(write);
      await links.links(id);
    });
  } finally {
    await storage.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param most how many fingerprints there are */
export async function measureTrade(most: number): Promise<Row[]> {
  const small = await link(1000);
  const large = await link(most);
  const lines = ["3 reports", "500–2,499 people", "90–120 CNY", "Bank account, balance or assets", "Telegram"];
  const rows = Array.from({ length: 6 }, (_, at) => ({
    title: `Tier ${at}`,
    boxes: [1, 2].map((n) => ({ title: `Role ${n}`, lines })),
    gap: "no report yet",
  }));
  const start = process.hrtime.bigint();
  await drawRows({ title: "The chain", rows });
  const first = Number(process.hrtime.bigint() - start) / 1e6;
  const picture = await median(20, () => drawRows({ title: "The chain", rows }));
  return [
    await look(),
    {
      what: `linking a report, stored: ${most.toLocaleString("en")} fingerprints; peer: 1,000`,
      unit: "ms",
      figure: large,
      peer: small,
      goal: { is: "at most", value: 10, of: "figure" },
    },
    {
      what: "the picture of a chain of twelve roles; peer: the first one, which the list of series asks for ahead",
      unit: "ms",
      figure: picture,
      peer: first,
      goal: { is: "at most", value: 300, of: "figure" },
    },
  ];
}
