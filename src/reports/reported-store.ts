/** How often people spoke up, counted by days and by nothing else: what may be laid beside the size of the staff. */
import type { Storage } from "../storage/storage.ts";
import { visible } from "./queue-store.ts";
import type { Viewer } from "./sight.ts";
import { weekOf } from "./sightings.ts";

/** Counts of whatever people can tell us. What else they can tell one day is one more line here and one in the query. */
export interface Reported {
  reports: number;
  sightings: number;
}

/**
 * Counts what came between two days (since 1970; both count) and is still kept; of sightings only the week is
 * known, and a week belongs to the days in which it ends.
 * @param viewer who is told: cases that they must not know of are not counted
 */
export async function reportedBetween(storage: Storage, from: number, to: number, viewer?: Viewer): Promise<Reported> {
  const reports = storage.read("reports").whereBetween("day", [from, to]).count("*");
  if (viewer) visible(reports, viewer);
  const [row] = await storage.read.select({
    reports,
    sightings: storage
      .read("sightings")
      .whereBetween("week", [weekOf(from - 1) + 1, weekOf(to)])
      .sum("n"),
  });
  return { reports: Number(row.reports), sightings: Number(row.sightings ?? 0) };
}
