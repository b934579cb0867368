/** What an auditor sees: who did what to which case and when, counts, and whether the log holds. Never what a case says. */
import type { Visitor } from "../desk.ts";
import type { Entry } from "../reports/audit-store.ts";
import { sees } from "../reports/sight.ts";
import { type Counter, reviewer } from "./counter.ts";
import { leaverIn } from "./foureyes.ts";

/** One entry, without its number: a gap would tell of a case that somebody must not know of. */
export interface LogLine {
  day: number;
  alias: string;
  action: string;
  code: string | null;
}

export interface AuditQueries {
  mayAudit(): boolean;
  /** Entries, the newest first. @param before where the page before ended; no visitor may see that number */
  log(before?: number): Promise<{ lines: LogLine[]; next?: number }>;
  /** Cases destroyed when their time was over, by outcome. */
  purged(): Promise<Record<string, number>>;
  /** Does the chain hold? With the hash of the newest entry that the visitor may know of: a count, or a later hash, would tell of others. */
  chainHolds(): Promise<{ holds: boolean; head: string }>;
}

const page = 15;
/** Entries that are looked through at a time for a page that the visitor may know of. */
const portion = 200;

export function auditQueries(counter: Counter, { actor }: Visitor): AuditQueries {
  const { audit, reports, people, tallies } = counter;
  const auditor = () => reviewer(actor, "auditor", "admin");

  /** The newest entries that the visitor may know of: none of a case that is hidden from them, nor of their own removal. */
  async function visible(before: number | undefined, count: number): Promise<Entry[]> {
    const { alias, role } = auditor();
    const viewer = { tag: people.tag(alias), senior: role === "admin" };
    const hidden = new Map<string, boolean>();
    const shown: Entry[] = [];
    for (let from = before; ; ) {
      const found = await audit.before(from, portion);
      const codes = [...new Set(found.flatMap((e) => e.code ?? []))].filter((code) => !hidden.has(code));
      await Promise.all(
        codes.map(async (code) => {
          const row = await reports.byCode(code);
          hidden.set(code, row !== undefined && !sees(row, viewer));
        }),
      );
      shown.push(...found.filter((e) => !hidden.get(e.code ?? "") && leaverIn(e.action) !== alias));
      if (shown.length >= count || found.length < portion) return shown.slice(0, count);
      from = found.at(-1)!.number;
    }
  }

  return {
    mayAudit: () => actor.kind === "reviewer" && (actor.role === "auditor" || actor.role === "admin"),
    async log(before) {
      const found = await visible(before, page + 1);
      return {
        lines: found.slice(0, page).map(({ day, alias, action, code }) => ({ day, alias, action, code })),
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
      const [newest] = await visible(undefined, 1);
      const { broken, head } = await audit.verify();
      return { holds: broken === undefined, head: broken === undefined ? (newest?.hash ?? "") : head };
    },
  };
}
