/**
 * What no one person does alone: one asks, a second one confirms within the hour. Rules only: who may ask, who may be the
 * second, and whether what was asked for still makes sense. Time comes in as minutes since 1970.
 */
import type { Role } from "./people-store.ts";
import { type CaseState, open } from "./review.ts";

export const requestKinds = [
  "redact",
  "shred",
  "erase",
  "export",
  "hold",
  "unhold",
  "false",
  "remove",
  "flood",
] as const;
export type RequestKind = (typeof requestKinds)[number];

/** Minutes after which a request lapses, and after which what was granted can be fetched no more. */
export const lapse = 60;

export interface Person {
  alias: string;
  role: Role;
}

/** What is asked for something about a case: how it stands now. */
export interface Standing extends CaseState {
  hold: boolean;
  /** How many attached files are there. */
  files: number;
}

/** Whom a removal is about, and how many other admins would be left. */
export interface Leaver extends Person {
  otherAdmins: number;
}

/** What a flood left that can be closed together. */
export interface Plain {
  plain: number;
}

/** What is asked for about one case. */
export type CaseKind = Exclude<RequestKind, "remove" | "flood">;

export interface Asked {
  kind: RequestKind;
  alias: string;
  minute: number;
  /** The second person, once there is one. */
  granted: string | null;
}

export type NoRequest =
  | "gone"
  | "held"
  | "not-held"
  | "not-closed"
  | "no-files"
  | "closed"
  | "not-yours"
  | "senior"
  | "self"
  | "last-admin"
  | "admin"
  | "own"
  | "lapsed"
  | "granted";
export type May = { ok: true } | { ok: false; why: NoRequest };

const yes: May = { ok: true };
const no = (why: NoRequest): May => ({ ok: false, why });

/** A deputy or an admin. */
export const senior = ({ role }: Person): boolean => role === "deputy" || role === "admin";

/** Can this be done with a case as it stands? Under a legal hold nothing of it is destroyed. */
export function fits(kind: CaseKind, { status, hold, files }: Standing): May {
  if (status === "withdrawn") return no("gone");
  if (kind === "hold") return hold ? no("held") : yes;
  if (kind === "unhold") return hold ? yes : no("not-held");
  if (kind === "redact") return hold ? no("held") : yes;
  if (kind === "shred") return hold ? no("held") : files > 0 ? yes : no("no-files");
  if (kind === "erase") return hold ? no("held") : status === "closed" ? yes : no("not-closed");
  if (kind === "false") return open.includes(status) ? yes : no("closed");
  return yes;
}

/** May this person ask for it? Whoever works on the case, or a deputy; that a report was a lie only who has looked into it. */
export function mayAsk(kind: CaseKind, who: Person, standing: Standing): May {
  const works = standing.owner === who.alias || standing.helpers.includes(who.alias);
  if (!works && (kind === "false" || !senior(who))) return no("not-yours");
  return fits(kind, standing);
}

/** May this person ask that a colleague is removed? */
export function mayAskRemoval(who: Person, leaver: Leaver | undefined): May {
  if (!senior(who)) return no("senior");
  if (!leaver) return no("gone");
  if (leaver.alias === who.alias) return no("self");
  return leaver.role === "admin" && leaver.otherAdmins === 0 ? no("last-admin") : yes;
}

/**
 * May this person be the second one? Only a deputy or an admin who is somebody else, in time. `about` is what the request is
 * about as it stands now: nothing when it is gone, or must not be known to the one who asked or who confirms.
 */
export function mayConfirm(
  asked: Asked,
  by: Person,
  minute: number,
  about: Standing | Leaver | Plain | undefined,
): May {
  if (asked.alias === by.alias) return no("own");
  if (!senior(by)) return no("senior");
  if (asked.granted !== null) return no("granted");
  if (lapsed(asked, minute)) return no("lapsed");
  if (!about) return no("gone");
  if (asked.kind === "flood") return "plain" in about && about.plain > 0 ? yes : no("gone");
  if (asked.kind !== "remove") return "hold" in about ? fits(asked.kind, about) : no("gone");
  if (!("otherAdmins" in about)) return no("gone");
  if (about.alias === by.alias) return no("self");
  // a deputy does not remove an admin at another deputy's word
  if (about.role === "admin" && by.role !== "admin") return no("admin");
  return about.role === "admin" && about.otherAdmins === 0 ? no("last-admin") : yes;
}

/** Is it over? @param minute now */
export function lapsed({ minute }: Pick<Asked, "minute">, now: number): boolean {
  return now - minute >= lapse;
}
