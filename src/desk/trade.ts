/** What the counter tells of the trade behind the cases: links between them, and canary records that turned up. */
import type { Queries, TakenFile, Visitor } from "../desk.ts";
import { fail } from "../errors.ts";
import { type Chain, chainOf } from "../reports/chain.ts";
import type { Links } from "../reports/links-store.ts";
import { drawRows, type Rows, warmRows } from "../reports/pictures.ts";
import type { SeriesRow } from "../reports/series-store.ts";
import type { CaseRow, KeptFile, Write } from "../reports/store.ts";
import { type Weighing, weigh } from "../reports/thresholds.ts";
import type { Summary, Told } from "../reports/told.ts";
import { type Carriers, type Counter, readers, reviewer } from "./counter.ts";

/** What a case has in common with others, for a reviewer's eyes. */
export interface Connections extends Links {
  /** Where canary records that the report holds were planted. */
  planted: string[];
  /** The series that it is in. */
  series: string | undefined;
}

/** What the counter answers of the trade. */
export interface TradeQueries {
  /** How many other cases name the same things; without opening any. */
  seen(code: string): Promise<number>;
  /** What a case has in common with others. */
  connections(code: string): Promise<Connections | undefined>;
  /** What a report would come to by the thresholds of the law: a look, put on record. */
  thresholds(code: string): Promise<Weighing[] | undefined>;
  newSeries(): string;
  series(): Promise<SeriesRow[]>;
  /** The chain that a series tells, and its cases: a look at each, put on record. */
  chain(series: string): Promise<{ chain: Chain; codes: string[] } | undefined>;
  /** Draws words that the conversation has chosen. */
  drawRows(graph: Rows): Promise<Uint8Array>;
}

/** What joins cases. */
export type TradeCommand =
  /** Puts cases into a series, which is made if it is new. */
  { kind: "join-series"; series: string; codes: string[] } | { kind: "leave-series"; code: string };

/** Most cases whose reports are opened for one picture. */
const mostInChain = 100;

/** SHA-256 of files as they are kept, by which the same file is known again. */
export const hashes = (files: (KeptFile | TakenFile)[]) =>
  files.flatMap((f) => [f.blob.sha256, ...(f.original ? [f.original.sha256] : [])]).filter(Boolean);

/** A summary that says: look at once. Where the canary was planted stands on no card. */
const raised = (summary: Summary): Summary => ({ ...summary, level: "P0", canary: true });

/** Fingerprints of a report that is being filed, and its summary, raised if it holds a canary record. */
export async function fingerprinted(
  counter: Counter,
  report: { id: string; told: Told; summary: Summary; files: KeptFile[] },
): Promise<{ summary: Summary; write: Write }> {
  const { write, canary } = await counter.trade.links.ofReport(report.id, report.told, hashes(report.files));
  return { summary: canary ? raised(report.summary) : report.summary, write };
}

/** Fingerprints of a reporter's message; written after the message, as it may raise the case. */
export async function fingerprintedText(
  counter: Counter,
  row: CaseRow,
  text: string,
  files: KeptFile[],
): Promise<Write> {
  const { write, canary } = await counter.trade.links.ofText(row.id, text, hashes(files));
  const { summary } = row;
  return async (trx) => {
    await write(trx);
    if (canary && summary) await counter.trade.series.summarise(trx, row, raised(summary));
  };
}

/** Orders about series: a case is put into one, or taken out. */
export function tradeOrders(counter: Counter): Carriers<"join-series" | "leave-series"> {
  const { trade, today } = counter;
  async function open(visitor: Visitor, code: string): Promise<CaseRow> {
    const row = await counter.known(visitor, code);
    if (!row || row.status === "withdrawn") throw fail("stale");
    return row;
  }
  return {
    async "join-series"(visitor, { series, codes }) {
      const { alias } = reviewer(visitor.actor, ...readers);
      if (!/^S[0-9A-Z]{5}$/.test(series)) throw fail("stale");
      const rows = await Promise.all(codes.map((code) => open(visitor, code)));
      return {
        writes: [
          trade.series.join(
            series,
            today(),
            alias,
            rows.map((row) => row.id),
          ),
          ...codes.map((code) => counter.record(alias, `join ${series}`, code)),
        ],
      };
    },
    async "leave-series"(visitor, { code }) {
      const { alias } = reviewer(visitor.actor, ...readers);
      const row = await open(visitor, code);
      return {
        writes: [trade.series.leave(row.id), counter.record(alias, "leave series", code)],
      };
    },
  };
}

export function tradeQueries(counter: Counter, visitor: Visitor): Pick<Queries, keyof TradeQueries> {
  const { actor } = visitor;
  const { reports, trade, taxonomy } = counter;
  const facts = {
    classOf: (code: string) => taxonomy.entry("data-type", code),
    band: (code: string) => taxonomy.entry("volume-band", code),
  };
  /** Puts looks on record; nothing is opened before that is stored. */
  async function look(action: string, codes: string[]): Promise<void> {
    await counter.look(reviewer(actor, ...readers).alias, action, codes);
  }
  /** Links without the cases that this visitor must not know of. */
  const visible = (id: string): Promise<Links> => trade.links.links(id, counter.mayKnow(visitor));

  /** The cases of a series that this visitor may know of. */
  async function casesIn(series: string): Promise<CaseRow[]> {
    const found = await Promise.all((await trade.series.members(series)).map((id) => reports.byId(id)));
    const known = await Promise.all(found.flatMap((row) => (row ? [counter.known(visitor, row.code)] : [])));
    return known.flatMap((row) => (row && row.status !== "withdrawn" ? [row] : []));
  }

  return {
    async seen(code) {
      if (actor.kind !== "house") reviewer(actor, ...readers);
      const row = await counter.known({ actor }, code);
      return row && row.status !== "withdrawn" ? (await visible(row.id)).seen : 0;
    },
    async connections(code) {
      reviewer(actor, ...readers);
      const row = await counter.known({ actor }, code);
      if (!row || row.status === "withdrawn") return undefined;
      const [links, planted, series] = await Promise.all([
        visible(row.id),
        trade.links.planted(row.id),
        trade.series.of(row.id),
      ]);
      return { ...links, planted, series };
    },
    async thresholds(code) {
      reviewer(actor, ...readers);
      const row = await counter.known(visitor, code);
      if (!row || row.status === "withdrawn") return undefined;
      await look("thresholds", [code]);
      const told = (await reports.told(row.id)) ?? {};
      return counter.thresholds.map((rule) => weigh(rule, told, facts));
    },
    newSeries: () => trade.series.newCode(),
    async series() {
      reviewer(actor, ...readers);
      warmRows(); // somebody is about to look at a chain
      const shown: SeriesRow[] = [];
      for (const one of await trade.series.list(200)) {
        const cases = (await casesIn(one.code)).length;
        if (cases > 0) shown.push({ ...one, cases });
        if (shown.length === 20) break;
      }
      return shown;
    },
    async chain(series) {
      reviewer(actor, ...readers);
      // what this visitor must not know of is not in their picture either
      const rows = await casesIn(series);
      if (rows.length === 0) return undefined;
      const opened = rows.sort((a, b) => (a.code < b.code ? -1 : 1)).slice(0, mostInChain);
      await look(
        `chain ${series}`,
        opened.map((row) => row.code),
      );
      const told = await Promise.all(opened.map(async (row) => (await reports.told(row.id)) ?? {}));
      return { chain: chainOf(told, taxonomy.codes("volume-band")), codes: opened.map((row) => row.code) };
    },
    drawRows,
  };
}
