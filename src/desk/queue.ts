/** The queue at the counter: which cases wait for this reviewer, how pressing each is, and who else may take one. */
import type { Card, Queries, Visitor } from "../desk.ts";
import { reasons } from "../reports/priority.ts";
import { sees } from "../reports/sight.ts";
import type { CaseRow, Filter } from "../reports/store.ts";
import { type Counter, readers, reviewer } from "./counter.ts";
import { deadlinesOf } from "./tend.ts";

/** Cards on one page of the queue. */
const pageSize = 8;

type Asked = Pick<Queries, "queue" | "counts" | "card" | "colleagues" | "excludable" | "deadlines">;

export function queueQueries(counter: Counter, visitor: Visitor): Asked {
  const { reports, people, today } = counter;
  const { actor } = visitor;
  return {
    async queue(page, wanted = { by: "all" }) {
      const viewer = counter.viewer(actor);
      const filter: Filter =
        wanted.by === "sealed" ? { by: "sealed", holds: (row) => holds(row, wanted.codes, wanted.text) } : wanted;
      const { rows, end } = await reports.queue(page * pageSize, pageSize + 1, viewer, filter, today());
      return {
        cards: rows.slice(0, pageSize).map((row) => cardOf(row, counter)),
        more: rows.length > pageSize,
        ...(end ? { end } : {}),
      };
    },
    async counts() {
      reviewer(actor);
      const auditor = actor.kind === "reviewer" && actor.role === "auditor";
      return reports.counts(auditor ? undefined : counter.viewer(actor));
    },
    async card(code) {
      const row = await counter.known(visitor, code);
      return row && cardOf(row, counter);
    },
    async deadlines() {
      if (actor.kind !== "house") counter.viewer(actor);
      return deadlinesOf(counter);
    },
    async colleagues(code) {
      const { alias } = counter.viewer(actor);
      const row = await counter.known({ actor }, code);
      if (!row) return [];
      return (await people.list())
        .filter((p) => p.status === "active" && readers.includes(p.role) && p.alias !== alias)
        .filter((p) => sees(row, { tag: people.tag(p.alias), senior: p.role !== "reviewer" }))
        .map((p) => p.alias);
    },
    async excludable(code) {
      const { alias, senior } = counter.viewer(actor);
      const row = await counter.known({ actor }, code);
      if (!row || !senior) return [];
      return (await people.list())
        .filter((p) => p.alias !== alias)
        .map((p) => ({ alias: p.alias, excluded: row.excluded.includes(people.tag(p.alias)) }));
    },
  };
}

/** Does a case have one of these codes, or this text in its own code? */
function holds(row: CaseRow, codes: Partial<Record<string, string[]>>, text: string): boolean {
  const s = row.summary;
  if (text !== "" && row.code.includes(text.toUpperCase())) return true;
  if (!s) return false;
  const has: Record<string, string[]> = {
    kind: [s.kind],
    sector: s.sector ? [s.sector] : [],
    "data-type": s.data,
    "volume-band": s.volume ? [s.volume] : [],
    urgency: s.urgency,
    level: [s.level],
  };
  return Object.entries(codes).some(([list, wanted]) => wanted?.some((code) => has[list]?.includes(code)));
}

export function cardOf(row: CaseRow, { taxonomy }: Counter): Card {
  const { code, day, status, owner, helpers, messages, unread, files, summary, outcome, cause, actions } = row;
  return {
    code,
    day,
    status,
    owner,
    helpers,
    messages,
    unread,
    files,
    summary,
    outcome,
    cause,
    actions,
    guard: row.guard === 1,
    why: summary ? reasons(summary, taxonomy) : [],
    clocks: row.clocks,
    nextDue: row.nextDue,
    team: row.team,
    keepUntil: row.keepUntil,
    hold: row.hold,
  };
}
