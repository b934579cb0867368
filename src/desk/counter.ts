/** What every part of the counter uses: who may do what, the cards of a case, and what an order comes to. */

import type { Actor, Command, DeskParts, Role, Visitor } from "../desk.ts";
import { codeOf, fail } from "../errors.ts";
import type { Reviewer } from "../reports/people-store.ts";
import { type Guarded, hangs, sees, type Viewer } from "../reports/sight.ts";
import type { CaseRow, Write } from "../reports/store.ts";
import { coverAt } from "./cover.ts";

/** What an order comes to: changes for one transaction, bytes to remove and a figure to count once it is stored. */
export interface Made {
  writes: Write[];
  remove?: string[];
  counted?: "report" | "message" | "refused" | "withdrawn" | "sighting";
  /** What is done in memory alone, once it is stored. */
  after?(): Promise<unknown>;
  /** What was deleted must leave the database's files at once. */
  forget?: true;
}

/** Who carries out the orders of these kinds. */
export type Carriers<Kinds extends Command["kind"]> = {
  [K in Kinds]: (visitor: Visitor, command: Extract<Command, { kind: K }>) => Promise<Made>;
};

/** Roles that may see reports. An auditor sees the log and the counts, never a case. */
export const readers: Role[] = ["reviewer", "deputy", "admin"];

/** The reviewer, if this is one of these roles. Throws `not-allowed`. */
export function reviewer(actor: Actor, ...allowed: Role[]): { alias: string; role: Role } {
  if (actor.kind !== "reviewer" || (allowed.length > 0 && !allowed.includes(actor.role))) throw fail("not-allowed");
  return actor;
}

export interface Counter extends DeskParts {
  /** Days and minutes since 1970. */
  today(): number;
  minute(): number;
  /** The cards of a case on all boards, after at most `delay` seconds. */
  cards(code: string, delay: number): Promise<Write>;
  /** The same, unless it came in a flood and nobody has taken it: then it hangs nowhere. */
  cardsOf(row: CaseRow, delay: number): Promise<Write>;
  /** Who looks, as the rule of sight wants to know it. Throws `not-allowed` for who may not see reports at all. */
  viewer(actor: Actor): Viewer & { alias: string };
  /** Which cases exist for this visitor. */
  mayKnow(visitor: Pick<Visitor, "actor" | "place">): (row: Guarded) => boolean;
  /** A case, if it exists for this visitor; in a shared place only what may hang there. */
  known(visitor: Pick<Visitor, "actor" | "place">, code: string): Promise<CaseRow | undefined>;
  /** The whole of a case that exists for this visitor, for what is decided on it: a board may show a part. Throws `stale`. */
  whole(visitor: Pick<Visitor, "actor" | "place">, code: string): Promise<CaseRow>;
  /** May a colleague, who is with us and reads reports, know of a case? */
  maySee(person: Reviewer | undefined, row: CaseRow): person is Reviewer;
  /** Puts something on record. */
  record(alias: string, action: string, code?: string): Write;
  /** Puts looks on record; nothing is handed out before that is stored. */
  look(alias: string, action: string, codes: readonly (string | undefined)[]): Promise<void>;
  /** A notice to the reporter, if they asked for one. */
  noticeTo(row: CaseRow): Promise<Write[]>;
  /** Removes the files of what is destroyed. It is destroyed all the same: one that cannot be removed is noted, and is nobody's to a sweep. */
  unlink(ids: readonly string[]): Promise<void>;
  /** Takes what is destroyed out of the database's files. Where somebody reads an old state that is noted, and the next sweep does it. */
  forget(): Promise<void>;
}

export function createCounter(parts: DeskParts): Counter {
  const { outbox, reports, columns, now, people, audit, storage } = parts;
  const today = () => Math.floor(now() / 86_400_000);
  const viewer: Counter["viewer"] = (actor) => {
    const { alias, role } = reviewer(actor, ...readers);
    return { alias, tag: people.tag(alias), senior: role !== "reviewer" };
  };
  const record: Counter["record"] = (alias, action, code) => (trx) =>
    audit.append(trx, { day: today(), alias, action, ...(code === undefined ? {} : { code }) });
  /** How much of a case may be shown to this visitor where they are. */
  const showing = ({ actor, place }: Pick<Visitor, "actor" | "place">) => {
    const house = actor.kind === "house";
    const by = house ? undefined : viewer(actor);
    return (row: Guarded): ReturnType<typeof hangs> =>
      by && !sees(row, by) ? "nothing" : house || place ? hangs(row) : "all";
  };
  /** A case that exists for this visitor, and how much of it may hang where they are. */
  const met = async (visitor: Pick<Visitor, "actor" | "place">, code: string) => {
    const shows = showing(visitor);
    const row = await reports.byCode(code);
    const shown = row ? shows(row) : "nothing";
    return row && shown !== "nothing" ? { row, shown } : undefined;
  };
  const known: Counter["known"] = async (visitor, code) => {
    const found = await met(visitor, code);
    return found?.shown === "all" ? found.row : found && { ...found.row, summary: null };
  };
  const cards: Counter["cards"] = async (code, delay) => {
    const boards = await outbox.boards();
    return async (trx) => {
      for (const board of boards) await outbox.card(trx, board, code, delay);
    };
  };
  const late = (error: unknown) => parts.note("forget-failed", { code: codeOf(error) });
  return {
    ...parts,
    today,
    minute: () => Math.floor(now() / 60_000),
    viewer,
    mayKnow(visitor) {
      const shows = showing(visitor);
      return (row) => shows(row) !== "nothing";
    },
    known,
    async whole(visitor, code) {
      const found = await met(visitor, code);
      if (!found) throw fail("stale");
      return found.row;
    },
    maySee: (person, row): person is Reviewer =>
      person?.status === "active" &&
      readers.includes(person.role) &&
      sees(row, { tag: people.tag(person.alias), senior: person.role !== "reviewer" }),
    record,
    async look(alias, action, codes) {
      await storage.transaction(async (trx) => {
        for (const code of codes) await record(alias, action, code)(trx);
      });
      for (const _ of codes) parts.count("look");
    },
    cards,
    cardsOf: async (row, delay) => (row.flood === null ? cards(row.code, delay) : async () => undefined),
    async noticeTo(row) {
      const sealed = await reports.notifyOf(row.id);
      if (!sealed) return [];
      const { address, locale } = columns.open<{ address: string; locale: string }>("notify", sealed);
      const cover = parts.cover ? coverAt(parts.tips.all, locale, now()) : undefined;
      return [(trx) => outbox.notice(trx, row.id, Buffer.from(address, "base64"), locale, cover)];
    },
    async unlink(ids) {
      for (const id of ids) await parts.blobs.remove(id).catch(late);
    },
    forget: () =>
      storage.forget().catch((error: unknown) => {
        parts.unforgotten();
        late(error);
      }),
  };
}
