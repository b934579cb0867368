/**
 * P1, attacked by somebody who watched eight people chat, in which order and when, and who holds the database without the
 * key: which report is the first one's? Every trick that we could think of is played; none may do better than chance.
 * TEST_RUNS says how often, also for one database alone (`-g PostgreSQL`).
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createColumns } from "../../src/crypto/columns.ts";
import { createVault, type Vault } from "../../src/crypto/vault.ts";
import type { Core } from "../../src/main.ts";
import { createReportStore } from "../../src/reports/store.ts";
import { homeOn } from "../support/databases.ts";
import type { TestHome } from "../support/house.ts";
import { times } from "../support/long.ts";
import { fileStraight } from "../support/straight.ts";

const people = 8;

for (const kind of ["SQLite", "PostgreSQL"]) {
  describe(`P1: who came first, on ${kind}`, function () {
    this.timeout(6 * 3_600_000);
    const runs = Number(process.env.TEST_RUNS) || times(kind === "SQLite" ? 12 : 4, 1000);
    let home: TestHome;
    let core: Core;
    let vault: Vault;
    let drop: () => Promise<void> = async () => {};
    before(async function () {
      ({ home, drop } = await homeOn(kind, this));
      core = await home.core();
      vault = createVault(core.keys);
    });
    after(async () => {
      await core?.close();
      await drop();
    });

    /** Eight reports, one after another; answers their ids as they came. */
    async function arrive(): Promise<string[]> {
      const reports = createReportStore(core.storage, vault, createColumns(core.keys.derive("columns")));
      const ids: string[] = [];
      for (let n = 0; n < people; n++) ids.push(await fileStraight(core.storage, reports, `Lists, told by ${n}.`));

      return ids;
    }

    interface Row {
      id: string;
      code: string;
      body: Buffer;
      summary: Buffer;
      place?: string;
      transaction?: string;
    }

    /** Each trick names the report that it takes for the first one's. */
    async function tricks(): Promise<Record<string, string>> {
      const columns = kind === "PostgreSQL" ? ", ctid::text AS place, xmin::text AS transaction" : "";
      const found = await core.storage.read.raw(`SELECT id, code, body, summary${columns} FROM reports`);
      const rows: Row[] = kind === "PostgreSQL" ? found.rows : found;
      const least = (by: (row: Row) => string | number) => rows.reduce((a, b) => (by(a) <= by(b) ? a : b)).id;
      const all: Record<string, string> = {
        "as they are read": rows[0]!.id,
        "least code": least((r) => r.code),
        "least id": least((r) => r.id),
        "least sealed body": least((r) => Buffer.from(r.body).toString("hex")),
        "least sealed summary": least((r) => Buffer.from(r.summary).toString("hex")),
      };
      if (kind === "PostgreSQL") {
        all["place in the table"] = least((r) => r.place!.replace(/\d+/g, (n) => n.padStart(9, "0")));
        all.transaction = least((r) => Number(r.transaction));
      } else {
        const file = readFileSync(core.storage.read.client.config.connection.filename);
        all["first place in the file"] = least((r) => file.indexOf(r.id));
        all["last place in the file"] = least((r) => file.lastIndexOf(r.id));
        all["place of the code in the file"] = least((r) => file.indexOf(r.code));
      }
      return all;
    }

    it("is guessed as often as by chance", async () => {
      const right = new Map<string, number>();
      for (let run = 0; run < runs; run++) {
        const ids = await arrive();
        await core.storage.shuffle();
        for (const [trick, guess] of Object.entries(await tricks()))
          right.set(trick, (right.get(trick) ?? 0) + (guess === ids[0] ? 1 : 0));
        await core.storage.transaction(async (trx) => {
          await trx("notify").delete();
          await trx("fingerprints").delete();
          await trx("reports").delete();
        });
      }
      const chance = 1 / people;
      // 4.5 deviations of the number of hits: once in 300,000 runs by chance alone, for each trick
      const most = runs * chance + 4.5 * Math.sqrt(runs * chance * (1 - chance));
      for (const [trick, hits] of right) assert.ok(hits <= most, `${trick}: right ${hits} times of ${runs}`);
      console.log(
        `      chance ${(chance * 100).toFixed(1)} %, ${runs} runs: ${[...right].map(([trick, hits]) => `${trick} ${((100 * hits) / runs).toFixed(1)} %`).join(", ")}`,
      );
    });

    it("is known before the sweep, so that the tricks are good ones", async () => {
      const ids = await arrive();
      const guesses = await tricks();
      if (kind === "PostgreSQL") assert.equal(guesses.transaction, ids[0]);
      else assert.ok(Object.values(guesses).length >= 8);
    });
  });
}
