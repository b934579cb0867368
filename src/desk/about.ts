/** What a request for a second person is about, as it is now, and who could be that person. */
import { type Leaver, type Person, type Plain, type Standing, senior } from "../reports/requests.ts";
import type { Request } from "../reports/requests-store.ts";
import type { CaseRow } from "../reports/store.ts";
import type { Counter } from "./counter.ts";
import { dayOf } from "./floods.ts";

/** What a request is about as it is now: nothing if it is gone, or if who asked or who looks must not know of it. */
export function createAbout(counter: Counter) {
  const { people, reports } = counter;
  const leaver = async (alias: string): Promise<Leaver | undefined> => {
    const all = await people.list();
    const found = all.find((p) => p.alias === alias);
    const admins = all.filter((p) => p.role === "admin" && p.status === "active" && p.alias !== alias);
    return found && { alias, role: found.role, otherAdmins: admins.length };
  };
  const visible = async (row: CaseRow, alias: string): Promise<boolean> => counter.maySee(await people.get(alias), row);
  return {
    leaver,
    async about(request: Request, by: Person): Promise<CaseRow | Leaver | Plain | undefined> {
      const asker = await people.get(request.alias);
      if (asker?.status !== "active") return undefined;
      if (request.kind === "remove") return leaver(request.subject);
      if (request.kind === "flood") {
        const found = (await reports.plainDays()).find(({ day }) => day === dayOf(request.subject));
        return found && { plain: found.count };
      }
      const row = await reports.byCode(request.subject);
      return row && (await visible(row, request.alias)) && (await visible(row, by.alias)) ? row : undefined;
    },
    /** Everybody who could be the second person. @param row the case, if it is about one */
    async seconds(request: Pick<Request, "subject" | "alias">, row?: CaseRow): Promise<string[]> {
      return (await people.list())
        .filter((p) => p.status === "active" && senior(p) && p.alias !== request.alias && p.alias !== request.subject)
        .filter((p) => !row || counter.maySee(p, row))
        .map((p) => p.alias);
    },
  };
}

export const standing = (row: CaseRow): Standing => ({
  status: row.status,
  owner: row.owner,
  helpers: row.helpers,
  hold: row.hold,
  files: row.files,
});
export const asAbout = (found: CaseRow | Leaver | Plain | undefined) =>
  found && "code" in found ? standing(found) : found;
