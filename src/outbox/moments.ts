/** A day and an hour as people write them, by the clock of a zone. */
import { DateTime } from "luxon";

const shape = "yyyy-MM-dd HH:mm";

/** `2026-12-01 9:00` as milliseconds since 1970; nothing where it is no moment. An hour that daylight saving leaves out is the one after it. */
export function momentIn(typed: string, zone: string): number | undefined {
  const [, year = "", month = "", day = "", hour = "", minute = ""] =
    /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[ T]*(\d{1,2})[:：](\d{2})$/.exec(typed.trim()) ?? [];
  const two = (n: string) => n.padStart(2, "0");
  const at = DateTime.fromFormat(`${year}-${two(month)}-${two(day)} ${two(hour)}:${minute}`, shape, { zone });
  return at.isValid ? at.toMillis() : undefined;
}

/** The same, written. */
export const writeMoment = (at: number, zone: string): string => DateTime.fromMillis(at, { zone }).toFormat(shape);
