/** What an operator does at the machine: reviewers are shut out, let in again, removed; all of it put on record. */
import type { DeskParts } from "../desk.ts";
import type { Write } from "../reports/store.ts";
import { removal } from "./deeds.ts";

/** Who did it, in the audit log. */
export const operator = "(operator)";

export interface Operator {
  /** Shuts a reviewer out at once and gives their open cases back, or lets them in again; false if there is none. */
  suspend(alias: string, suspended: boolean): Promise<boolean>;
  /** Shuts a reviewer out for good and gives their open cases back; false if there is none. Throws `stale` for the last admin. */
  remove(alias: string): Promise<boolean>;
  /** Puts something that an operator did at the machine on record. */
  record(action: string): Promise<void>;
}

type Parts = Pick<DeskParts, "storage" | "people" | "reports" | "factors" | "requests" | "audit" | "now">;

export function createOperator(parts: Parts): Operator {
  const { storage, people, reports, audit, now } = parts;
  const done = (writes: Write[], action: string): Promise<void> =>
    storage.transaction(async (trx) => {
      for (const write of writes) await write(trx);
      await audit.append(trx, { day: Math.floor(now() / 86_400_000), alias: operator, action });
    });
  return {
    async suspend(alias, suspended) {
      if (!(await people.get(alias))) return false;
      const writes = [people.suspend(alias, suspended), ...(suspended ? [reports.releaseAll(alias)] : [])];
      await done(writes, `${suspended ? "suspend" : "resume"} ${alias}`);
      return true;
    },
    async remove(alias) {
      if (!(await people.get(alias))) return false;
      await done(removal(parts, alias), `remove ${alias}`);
      return true;
    },
    record: (action) => done([], action),
  };
}
