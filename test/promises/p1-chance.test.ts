/**
 * P1, attacked by somebody who watched eight people chat, in which order and when, and who holds the database without the
 * key: which report is the first one's? Every trick that we could think of is played; none may do better than chance. The
 * worst that can be is that no card could be delivered for hours: they wait, and name their cases.
 * TEST_RUNS says how often, also for one database alone (`-g PostgreSQL`).
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createColumns } from "../../src/crypto/columns.ts";
import { createVault } from "../../src/crypto/vault.ts";
import type { Core } from "../../src/main.ts";
import type { Board } from "../../src/outbox/outbox.ts";
import { consoleCan } from "../../src/platforms/console.ts";
import type { Sent } from "../../src/platforms/platform.ts";
import { createReportStore, type ReportStore } from "../../src/reports/store.ts";
import { homeOn } from "../support/databases.ts";
import type { TestHome } from "../support/house.ts";
import { times } from "../support/long.ts";
import { fileStraight } from "../support/straight.ts";

const people = 8;
const minute = 60_000;
/** A network with a board that takes nothing, in the ways in which one may not. */
const shut: Sent[] = [
  { ok: false, retry: true, after: 600, shut: true, code: "board-shut" },
  { ok: false, retry: true, code: "network-away" },
];

for (const kind of ["SQLite", "PostgreSQL"]) {
  describe(`P1: who came first, on ${kind}`, function () {
    this.timeout(6 * 3_600_000);
    const runs = Number(process.env.TEST_RUNS) || times(kind === "SQLite" ? 12 : 4, 1000);
    let home: TestHome;
    let core: Core;
    let reports: ReportStore;
    let clock = Date.UTC(2030, 4, 14, 6);
    const boards: Board[] = [];
    let drop: () => Promise<void> = async () => {};
    before(async function () {
      ({ home, drop } = await homeOn(kind, this));
      core = await home.core(() => clock, { unpaced: true });
      const columns = createColumns(core.keys.derive("columns"));
      reports = createReportStore(core.storage, createVault(core.keys), columns);
      for (const [i, sent] of shut.entries()) {
        const name = `net${i}`;
        await core.connect({
          name,
          can: consoleCan,
          open: async () => undefined,
          send: async () => sent,
          close: async () => undefined,
        });
        const address = columns.seal("address", { platform: name, id: "1" });
        boards.push({ id: name, address, locale: "en" });
      }
    });
    after(async () => {
      await core?.close();
      await drop();
    });

    /** Time goes by; @param courier somebody tries to deliver what is due */
    async function pass(minutes: number, courier: boolean): Promise<void> {
      for (let n = 0; n < minutes; n++) {
        clock += minute;
        if (courier) await core.delivered();
      }
    }

    /** Eight reports, one some minutes after another, with cards that never get through; answers their ids as they came. */
    async function arrive(courier: boolean): Promise<string[]> {
      const ids: string[] = [];
      for (let n = 0; n < people; n++) {
        const id = await fileStraight(core.storage, reports, `Lists, told by ${n}.`);
        ids.push(id);
        const { code } = (await reports.byId(id))!;
        await core.storage.transaction(async (trx) => {
          for (const board of boards) await core.outbox.card(trx, board, code, 180);
        });
        await pass(4, courier);
      }
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
    interface Card {
      once: string;
      due: number;
      attempts: number;
      lease: number;
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
      for (const { id } of boards) {
        const cards: Card[] = await core.storage.read("outbox").where("once", "like", `card ${id} %`);
        const of = new Map(cards.map((card) => [card.once.split(" ").at(-1), card]));
        assert.equal(of.size, people);
        all[`moment of its card, ${id}`] = least((r) => of.get(r.code)!.due);
        all[`moment less its tries, ${id}`] = least((r) => of.get(r.code)!.due - 600 * of.get(r.code)!.attempts);
        all[`tries of its card, ${id}`] = least((r) => -of.get(r.code)!.attempts);
        all[`hold on its card, ${id}`] = least((r) => of.get(r.code)!.lease);
      }
      return all;
    }

    it("is guessed as often as by chance", async () => {
      const right = new Map<string, number>();
      for (let run = 0; run < runs; run++) {
        const courier = run % 2 === 0;
        const ids = await arrive(courier);
        await pass(65, courier);
        await core.sweep();
        await core.storage.shuffle();
        for (const [trick, guess] of Object.entries(await tricks()))
          right.set(trick, (right.get(trick) ?? 0) + (guess === ids[0] ? 1 : 0));
        await core.storage.transaction(async (trx) => {
          await trx("outbox").delete();
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
      const ids = await arrive(false);
      const guesses = await tricks();
      assert.equal(guesses[`moment of its card, ${boards[0]!.id}`], ids[0]);
      if (kind === "PostgreSQL") assert.equal(guesses.transaction, ids[0]);
      else assert.ok(Object.values(guesses).length >= 8);
    });
  });
}
