/** The queue at the counter: which cases wait for this reviewer, how pressing each is, and who else may take one. */
import type { Behind, CloseOutcome, Status, Summary, Visitor } from "../desk.ts";
import { reasons } from "../reports/priority.ts";
import type { CaseRow, Filter } from "../reports/store.ts";
import { type Counter, reviewer } from "./counter.ts";
import { lettable } from "./life.ts";
import { deadlinesOf } from "./tend.ts";

/** A case as its card shows it: nothing that was typed. */
export interface Card {
  code: string;
  day: number;
  status: Status;
  owner: string | null;
  messages: number;
  unread: number;
  files: number;
  summary: Summary | null;
  outcome: CloseOutcome | null;
  helpers: string[];
  cause: string | null;
  actions: string[];
  /** The reporter excluded people, and nobody has said yet who is meant: deputies see it, nobody else. */
  guard: boolean;
  /** Why it weighs more than others. */
  why: string[];
  /** Days by which something is due, and days on which it was done. */
  clocks: Record<"personal" | "ack" | "feedback", { due: number | null; done: number | null }>;
  nextDue: number | null;
  team: string;
  keepUntil: number | null;
  hold: boolean;
  /** It came in a flood, and nobody has taken it. */
  flood: boolean;
}

/** Which cases are wanted. `sealed`: those with one of these codes of a list (`level` too), or this text in the case's code. */
export type Wanted =
  | { by: "all" | "mine" | "unowned" | "overdue" | "shared" | "guarded" | "flood" }
  | { by: "status"; status: Status }
  | { by: "sealed"; codes: Partial<Record<string, string[]>>; text: string };

/** What may be asked of the queue. */
export interface QueueQueries {
  /** Cases, the most pressing first. `end`: so far was searched, and more lie behind. @param behind where an earlier search ended */
  queue(page: number, wanted?: Wanted, behind?: Behind): Promise<{ cards: Card[]; more: boolean; end?: Behind }>;
  /** What is due within a week, as anybody in the team may see it. */
  deadlines(): Promise<{ late: number; soon: number; cases: { code: string; due: number; owner: string | null }[] }>;
  /** Colleagues who may see this case. */
  colleagues(code: string): Promise<string[]>;
  /** For a deputy: who was excluded by a deputy's tick, and can be let in again. */
  lettable(code: string): Promise<string[]>;
  /** For a deputy: everybody whom a reporter might have meant. */
  excludable(code: string): Promise<{ alias: string; excluded: boolean }[]>;
  counts(): Promise<Record<string, number>>;
  card(code: string): Promise<Card | undefined>;
}

/** Cards on one page of the queue. */
const pageSize = 8;

export function queueQueries(counter: Counter, visitor: Visitor): QueueQueries {
  const { reports, people, today } = counter;
  const { actor } = visitor;
  return {
    async queue(page, wanted = { by: "all" }, behind) {
      const viewer = counter.viewer(actor);
      const filter: Filter =
        wanted.by === "sealed" ? { by: "sealed", holds: (row) => holds(row, wanted.codes, wanted.text) } : wanted;
      const { rows, end } = await reports.queue(page * pageSize, pageSize + 1, viewer, filter, today(), behind);
      return {
        cards: rows.slice(0, pageSize).map((row) => cardOf(row, counter)),
        more: rows.length > pageSize,
        ...(end ? { end } : {}),
      };
    },
    async counts() {
      const { alias, role } = reviewer(actor);
      // whoever may look at no case at all is still told of none that they must not know of
      const viewer = role === "auditor" ? { tag: people.tag(alias), senior: false } : counter.viewer(actor);
      return reports.counts(viewer);
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
      return (await people.list()).filter((p) => p.alias !== alias && counter.maySee(p, row)).map((p) => p.alias);
    },
    async lettable(code) {
      const { senior } = counter.viewer(actor);
      const row = await counter.known({ actor }, code);
      return row && senior ? lettable(counter, row) : [];
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
    flood: row.flood !== null,
  };
}
