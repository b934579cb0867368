/** The life of a case as rules: a state and an action in, a new state or a refusal out. No clock, no database. */

/** Where a case can be moved while somebody works on it. */
export const moves = [
  "need-info",
  "investigating",
  "referred-police",
  "referred-regulator",
  "referred-other",
  "action-taken",
] as const;
export type Move = (typeof moves)[number];

export type Status = "received" | "acknowledged" | Move | "reopened" | "closed" | "withdrawn";

/** In these a case waits for the team. */
export const open: readonly Status[] = ["received", "acknowledged", ...moves, "reopened"];

/** Outcomes a reviewer may close with; `withdrawn` and `knowingly-false` are not among them. */
export const outcomes = [
  "substantiated",
  "partly-substantiated",
  "not-confirmed",
  "out-of-scope",
  "duplicate",
] as const;
/** `knowingly-false` takes two. */
export type CloseOutcome = (typeof outcomes)[number] | "knowingly-false";

export interface CaseState {
  status: Status;
  owner: string | null;
  /** Others who read, answer and decide with the owner. */
  helpers: string[];
}

export type Action =
  | { kind: "claim"; alias: string }
  | { kind: "release"; alias: string }
  | { kind: "reply"; alias: string }
  | { kind: "move"; alias: string; to: Move }
  /** Gives it to somebody else; a deputy (`senior`) may do that with any case. */
  | { kind: "hand"; alias: string; to: string; senior: boolean }
  | { kind: "share"; alias: string; with: string }
  /** Declares a conflict of interest: from now on the case does not exist for them. */
  | { kind: "recuse"; alias: string }
  | { kind: "close"; alias: string; outcome: CloseOutcome }
  | { kind: "reopen"; alias: string }
  /** The reporter wrote. */
  | { kind: "answered" }
  | { kind: "withdraw" };

export type Refusal = "taken" | "not-yours" | "closed" | "open" | "withdrawn" | "already";
export type Decision = { ok: true; state: CaseState } | { ok: false; why: Refusal; by?: string };

/** Decides one action. */
export function decide(state: CaseState, action: Action): Decision {
  const { status, owner, helpers } = state;
  const to = (change: Partial<CaseState>): Decision => ({ ok: true, state: { ...state, ...change } });
  if (status === "withdrawn") return { ok: false, why: "withdrawn" };
  if (action.kind === "withdraw") return { ok: true, state: { status: "withdrawn", owner: null, helpers: [] } };
  if (action.kind === "answered") return status === "need-info" ? to({ status: "investigating" }) : to({});
  if (action.kind === "recuse") {
    const { alias } = action;
    return to({ owner: owner === alias ? null : owner, helpers: helpers.filter((h) => h !== alias) });
  }
  if (action.kind === "reopen")
    return status === "closed"
      ? { ok: true, state: { status: "reopened", owner: action.alias, helpers: [] } }
      : { ok: false, why: "open" };
  if (status === "closed") return { ok: false, why: "closed" };
  if (action.kind === "claim") {
    if (owner && owner !== action.alias) return { ok: false, why: "taken", by: owner };
    return to({
      status: status === "received" ? "acknowledged" : status,
      owner: action.alias,
      helpers: helpers.filter((h) => h !== action.alias),
    });
  }
  const theirs = owner === action.alias;
  const refused: Decision = { ok: false, why: "not-yours", ...(owner ? { by: owner } : {}) };
  if (action.kind === "hand") {
    if (!theirs && !action.senior) return refused;
    if (owner === action.to) return { ok: false, why: "already", by: action.to };
    return to({
      status: status === "received" ? "acknowledged" : status,
      owner: action.to,
      helpers: helpers.filter((h) => h !== action.to),
    });
  }
  if (action.kind === "release") return theirs ? to({ owner: null, helpers: [] }) : refused;
  if (action.kind === "share") {
    if (!theirs) return refused;
    if (action.with === owner || helpers.includes(action.with)) return { ok: false, why: "already", by: action.with };
    return to({ helpers: [...helpers, action.with] });
  }
  if (!theirs && !(owner && helpers.includes(action.alias))) return refused;
  if (action.kind === "move")
    return status === action.to ? { ok: false, why: "already", by: "" } : to({ status: action.to });
  if (action.kind === "close") return to({ status: "closed" });
  return to({});
}
