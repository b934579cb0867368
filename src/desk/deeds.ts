/** What is done once a second person has confirmed it. */
import { fail } from "../errors.ts";
import { type Redaction, redact, redactTold } from "../reports/redact.ts";
import type { Request } from "../reports/requests-store.ts";
import { decide } from "../reports/review.ts";
import { blobIds, type CaseRow, type KeptFile, type Write } from "../reports/store.ts";
import { closing } from "./closing.ts";
import type { Counter, Made } from "./counter.ts";
import { hashes } from "./trade.ts";

/** Carries out what was asked about a case, all but handing it over, which is fetched. @param row the case as it stands now */
export async function caseDeed(counter: Counter, request: Request, row: CaseRow): Promise<Made> {
  const { reports, today, cards } = counter;
  const { kind, wish } = request;
  if (kind === "hold") return { writes: [reports.change(row, row, { hold: today() }), await cards(row.code, 0)] };
  if (kind === "unhold") {
    // the clock stood still since the hold began, or since it began to run
    const since = Math.max(row.heldSince, row.closedDay ?? 0);
    const keepUntil = row.keepUntil === null ? null : row.keepUntil + Math.max(0, today() - since);
    return { writes: [reports.change(row, row, { hold: 0, keepUntil }), await cards(row.code, 0)] };
  }
  if (kind === "false") {
    const decision = decide(row, { kind: "close", alias: request.alias, outcome: "knowingly-false" });
    if (!decision.ok) throw fail("stale");
    return { writes: await closing(counter, row, decision, { outcome: "knowingly-false" }, wish.text ?? "") };
  }
  if (kind === "erase") return erase(counter, row);
  if (kind === "redact") return redaction(counter, request, row);
  if (kind === "shred") return shredding(counter, request, row);
  throw fail("stale");
}

/** Destroys a closed case before its day, just as on its day. */
async function erase(counter: Counter, row: CaseRow): Promise<Made> {
  const files = await counter.reports.files(row.id);
  return {
    writes: [
      async (trx) => {
        // what has moved on meanwhile is left alone; then nothing of this is done
        if (!(await counter.reports.purge(trx, row))) throw fail("stale");
      },
      await counter.cardsOf(row, 0),
    ],
    remove: files.flatMap(blobIds),
    forget: true,
  };
}

/** Takes values and passages out of everything that is written on a case, and out of what ties it to others. */
async function redaction(counter: Counter, { wish }: Request, row: CaseRow): Promise<Made> {
  const { reports, notes, replies } = counter;
  const what = { values: wish.values ?? [], passage: wish.passage ?? "" };
  const text = (typed: string) => redact(typed, what);
  return {
    writes: [
      await reports.rewrite(row, (all) => redactTold(all, what), text),
      await notes.rewrite(row.id, text),
      await replies.rewrite(row.id, text),
      ...(await printedAnew(counter, row, what, await reports.files(row.id))),
    ],
    forget: true,
  };
}

/** Destroys one attached file: its bytes, the key that opens them, and what ties it to other cases. */
async function shredding(counter: Counter, { wish }: Request, row: CaseRow): Promise<Made> {
  const files = await counter.reports.files(row.id);
  const file = files.find(({ number }) => number === wish.file);
  if (!file) throw fail("stale");
  const left = files.filter((one) => one !== file);
  return {
    writes: [
      counter.reports.shred(row, file.number),
      ...(await printedAnew(counter, row, { values: [], passage: "" }, left)),
      await counter.cardsOf(row, 0),
    ],
    remove: blobIds(file),
    forget: true,
  };
}

/** Fingerprints of what is left of a case, in place of those it had. @param files those that are left */
async function printedAnew(counter: Counter, { id }: CaseRow, what: Redaction, files: KeptFile[]): Promise<Write[]> {
  const { links } = counter.trade;
  const [told, thread] = await Promise.all([counter.reports.told(id), counter.reports.messages(id)]);
  const prints = [links.forget(id), (await links.ofReport(id, redactTold(told ?? {}, what), hashes(files))).write];
  for (const message of thread)
    if (message.side === "reporter") prints.push((await links.ofText(id, redact(message.text, what), [])).write);
  return prints;
}

/** Shuts a colleague out for good and gives their open cases back; never the last admin. */
export function removal(counter: Pick<Counter, "people" | "reports" | "factors" | "requests">, alias: string): Write[] {
  const { people, reports, factors, requests } = counter;
  return [reports.releaseAll(alias), factors.drop(alias), requests.forget({ alias }), people.remove(alias)];
}
