/** Cases that nobody here may see: their reporters excluded everybody who could, or nobody is there any more. */
import type { DeskParts } from "../desk.ts";
import { readers } from "./counter.ts";

/** Is there one? Whoever is invited as a deputy from now on sees it. @param before only of those that came before this day (since 1970) */
export async function anyUnseen(
  { people, reports }: Pick<DeskParts, "people" | "reports">,
  before?: number,
): Promise<boolean> {
  const here = (await people.list()).filter((p) => p.status === "active" && readers.includes(p.role));
  const viewers = here.map(({ alias, role }) => ({ tag: people.tag(alias), senior: role !== "reviewer" }));
  return reports.unseen(viewers, before);
}
