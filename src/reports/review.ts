/** The life of a case as rules: a state and an action in, a new state or a refusal out. No clock, no database. */

export type Status = "received" | "acknowledged" | "closed" | "withdrawn";

/** Outcomes a reviewer may close with; `withdrawn` and `knowingly-false` are not among them. */
export const outcomes = [
  "substantiated",
  "partly-substantiated",
  "not-confirmed",
  "out-of-scope",
  "duplicate",
] as const;
export type CloseOutcome = (typeof outcomes)[number];

export interface CaseState {
  status: Status;
  owner: string | null;
}

export type Action =
  | { kind: "claim"; alias: string }
  | { kind: "release"; alias: string }
  | { kind: "reply"; alias: string }
  | { kind: "close"; alias: string; outcome: CloseOutcome }
  | { kind: "reopen"; alias: string }
  | { kind: "withdraw" };

export type Decision =
  | { ok: true; state: CaseState }
  | { ok: false; why: "taken" | "not-yours" | "closed" | "open" | "withdrawn"; by?: string };

/** Decides one action. */
export function decide(state: CaseState, action: Action): Decision {
  if (state.status === "withdrawn") return { ok: false, why: "withdrawn" };
  if (action.kind === "withdraw") return { ok: true, state: { status: "withdrawn", owner: null } };
  if (action.kind === "reopen") {
    return state.status === "closed"
      ? { ok: true, state: { status: "acknowledged", owner: action.alias } }
      : { ok: false, why: "open" };
  }
  if (state.status === "closed") return { ok: false, why: "closed" };
  if (action.kind === "claim") {
    if (state.owner && state.owner !== action.alias) return { ok: false, why: "taken", by: state.owner };
    return { ok: true, state: { status: "acknowledged", owner: action.alias } };
  }
  if (state.owner !== action.alias) return { ok: false, why: "not-yours", ...(state.owner ? { by: state.owner } : {}) };
  if (action.kind === "release") return { ok: true, state: { status: state.status, owner: null } };
  if (action.kind === "close") return { ok: true, state: { status: "closed", owner: state.owner } };
  return { ok: true, state };
}
