/** What the counter tells of the trade behind the cases: links between them, and canary records that turned up. */
import type { Queries, TakenFile, Visitor } from "../desk.ts";
import type { Links } from "../reports/links-store.ts";
import type { CaseRow, KeptFile, Write } from "../reports/store.ts";
import type { Summary, Told } from "../reports/told.ts";
import { type Counter, readers, reviewer } from "./counter.ts";

/** What a case has in common with others, for a reviewer's eyes. */
export interface Connections extends Links {
  /** Where canary records that the report holds were planted. */
  planted: string[];
}

/** SHA-256 of files as they are kept, by which the same file is known again. */
const hashes = (files: (KeptFile | TakenFile)[]) =>
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

export function tradeQueries(counter: Counter, visitor: Visitor): Pick<Queries, "seen" | "connections"> {
  const { trade } = counter;
  const { actor } = visitor;

  /** Links without the cases that this visitor must not know of. */
  async function visible(links: Links): Promise<Links> {
    const codes = [...new Set(links.kinds.flatMap((k) => k.codes))];
    const known = new Map(await Promise.all(codes.map(async (c) => [c, await counter.known(visitor, c)] as const)));
    const kinds = links.kinds
      .map((k) => ({ ...k, codes: k.codes.filter((c) => known.get(c)) }))
      .filter((k) => k.codes.length > 0);
    const hidden = codes.filter((c) => !known.get(c)).length;
    return { seen: Math.max(0, links.seen - hidden), kinds };
  }

  return {
    async seen(code) {
      if (actor.kind !== "house") reviewer(actor, ...readers);
      const row = await counter.known({ actor }, code);
      return row && row.status !== "withdrawn" ? (await visible(await trade.links.links(row.id))).seen : 0;
    },
    async connections(code) {
      reviewer(actor, ...readers);
      const row = await counter.known({ actor }, code);
      if (!row || row.status === "withdrawn") return undefined;
      const [links, planted] = await Promise.all([trade.links.links(row.id), trade.links.planted(row.id)]);
      return { ...(await visible(links)), planted };
    },
  };
}
