/** What an auditor sees: who did what to which case and when, counts, and whether the log holds. Never what a case says. */
import type { Visitor } from "../desk.ts";
import { sees } from "../reports/sight.ts";
import { type Counter, reviewer } from "./counter.ts";

/** One entry, without its number: a gap would tell of a case that somebody must not know of. */
export interface LogLine {
  day: number;
  alias: string;
  action: string;
  code: string | null;
}

export interface AuditQueries {
  mayAudit(): boolean;
  /** Entries, the newest first. @param before where the page before ended */
  log(before?: number): Promise<{ lines: LogLine[]; next?: number }>;
  /** Cases destroyed when their time was over, by outcome. */
  purged(): Promise<Record<string, number>>;
  /** Does the chain hold? */
  chainHolds(): Promise<{ entries: number; broken?: number; head: string }>;
}

const page = 15;

export function auditQueries(counter: Counter, { actor }: Visitor): AuditQueries {
  const { audit, reports, people, tallies } = counter;
  const auditor = () => reviewer(actor, "auditor", "admin");
  return {
    mayAudit: () => actor.kind === "reviewer" && (actor.role === "auditor" || actor.role === "admin"),
    async log(before) {
      const { alias, role } = auditor();
      const viewer = { tag: people.tag(alias), senior: role === "admin" };
      const found = await audit.before(before, page + 1);
      const codes = [...new Set(found.flatMap((e) => e.code ?? []))];
      const rows = await Promise.all(codes.map((code) => reports.byCode(code)));
      const hidden = new Set(rows.flatMap((row) => (row && !sees(row, viewer) ? row.code : [])));
      return {
        lines: found
          .slice(0, page)
          .filter((e) => e.code === null || !hidden.has(e.code))
          .map(({ day, alias, action, code }) => ({ day, alias, action, code })),
        ...(found.length > page ? { next: found[page - 1]!.number } : {}),
      };
    },
    async purged() {
      auditor();
      const mark = "purged ";
      const kept = (await tallies.list()).filter(({ name }) => name.startsWith(mark));
      return Object.fromEntries(kept.map(({ name, n }) => [name.slice(mark.length), n]));
    },
    async chainHolds() {
      auditor();
      return audit.verify();
    },
  };
}
