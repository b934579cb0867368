/** How often people spoke up, counted by days and by nothing else: what may be laid beside the size of the staff. */
import type { Storage } from "../storage/storage.ts";

/** Counts of whatever people can tell us. What else they can tell one day is one more line here and one in the query. */
export interface Reported {
  reports: number;
}

/** Counts what came between two days (since 1970; both count) and is still kept. */
export async function reportedBetween(storage: Storage, from: number, to: number): Promise<Reported> {
  const [row] = await storage.read.select({
    reports: storage.read("reports").whereBetween("day", [from, to]).count("*"),
  });
  return { reports: Number(row.reports) };
}
