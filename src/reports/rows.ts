/** A case as the database keeps it, and as the rooms read it. */
import type { Reason } from "./priority.ts";
import type { CaseState, CloseOutcome, Status } from "./review.ts";
import type { Guarded } from "./sight.ts";
import type { Summary } from "./told.ts";

/** The clocks of a case: a personal answer, the acknowledgement, feedback. */
export const clockNames = ["personal", "ack", "feedback"] as const;
export type ClockName = (typeof clockNames)[number];
/** Days since 1970: by when, and when it was done. */
export type Clocks = Record<ClockName, { due: number | null; done: number | null }>;

/** Why a case was closed, in codes of the taxonomy. */
export interface Closing {
  outcome: CloseOutcome;
  cause?: string;
  actions?: string[];
}

/** A report without its contents. */
export interface CaseRow extends CaseState, Guarded {
  id: string;
  code: string;
  day: number;
  version: number;
  closedDay: number | null;
  messages: number;
  /** Messages of the reporter that no reviewer has read. */
  unread: number;
  files: number;
  summary: Summary | null;
  outcome: CloseOutcome | null;
  cause: string | null;
  actions: string[];
  clocks: Clocks;
  /** The nearest day by which something has to be done. */
  nextDue: number | null;
  team: string;
  /** The day after which nothing of it is kept; nothing while it is open. */
  keepUntil: number | null;
  /** A legal hold: its clock stands still. */
  hold: boolean;
  /** The day since which it does; 0 without a hold. */
  heldSince: number;
  /** It came in a flood and nobody has taken it: with something to look at, or plain. */
  flood: "detailed" | "plain" | null;
}

export interface Row {
  id: string;
  code: string;
  day: number;
  status: Status;
  owner: string | null;
  version: number;
  recipient: string | null;
  summary: Buffer | null;
  body: Buffer | null;
  closed_day: number | null;
  messages: number;
  unread: number;
  files: number;
  waiting: number;
  priority: number;
  guard: number;
  excluded: string;
  recused: string;
  helpers: string;
  team: string;
  due_personal: number | null;
  due_ack: number | null;
  due_feedback: number | null;
  done_personal: number | null;
  done_ack: number | null;
  done_feedback: number | null;
  next_due: number | null;
  reminded: number;
  keep_until: number | null;
  hold: number;
  flood: number;
}

/** What the summary column holds. */
export interface SummaryColumn extends Partial<Closing> {
  summary: Summary;
}

/** How `flood` is stored: by its place. */
export const floodMarks = [null, "detailed", "plain"] as const;

export const words = (list: string): string[] => list.split(" ").filter(Boolean);

/** @param column the opened summary column */
export function caseOf(r: Row, column: SummaryColumn | undefined): CaseRow {
  return {
    id: r.id,
    code: r.code,
    day: r.day,
    status: r.status,
    owner: r.owner,
    helpers: r.helpers === "" ? [] : (JSON.parse(r.helpers) as string[]),
    version: r.version,
    closedDay: r.closed_day,
    messages: r.messages,
    unread: r.unread,
    files: r.files,
    summary: column?.summary ?? null,
    outcome: column?.outcome ?? null,
    cause: column?.cause ?? null,
    actions: column?.actions ?? [],
    guard: r.guard,
    excluded: words(r.excluded),
    recused: words(r.recused),
    clocks: {
      personal: { due: r.due_personal, done: r.done_personal },
      ack: { due: r.due_ack, done: r.done_ack },
      feedback: { due: r.due_feedback, done: r.done_feedback },
    },
    nextDue: r.next_due,
    team: r.team,
    keepUntil: r.keep_until,
    hold: r.hold > 0,
    heldSince: r.hold,
    flood: floodMarks[r.flood] ?? null,
  };
}

/** The nearest day by which something has to be done that has not been done. */
export function nearest(clocks: Clocks): number | null {
  const left = clockNames.flatMap((name) => (clocks[name].done === null ? (clocks[name].due ?? []) : []));
  return left.length > 0 ? Math.min(...left) : null;
}

export type { Reason };
