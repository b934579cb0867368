/** Permanent redaction: values and passages are taken out of the texts of a case and a mark stays, the same for all lengths. */
import { masksIn } from "./masking.ts";
import type { Question, Told } from "./told.ts";

/** Why an attached file is destroyed for good; codes, so that the record holds nothing that was typed. */
export const shredReasons = ["others", "unrelated", "reporter", "harmful"] as const;

/** What stands where something was. */
export const mark = "████";

/** Questions that are answered in one's own words; the others hold codes. */
const typed: readonly Question[] = ["story", "organisation", "handle", "price", "region", "exclude"];

/** Values by kind as they are compared (`keyOf`), and a passage as it stands. */
export interface Redaction {
  values: readonly string[];
  passage: string;
}

/** One text without what is to go. */
export function redact(text: string, { values, passage }: Redaction): string {
  // the passage first: it was read with its values in place
  const cut = passage === "" ? text : text.split(passage).join(mark);
  let out = "";
  let at = 0;
  for (const { key, from, to } of masksIn(cut)) {
    if (!values.includes(key)) continue;
    out += cut.slice(at, from) + mark;
    at = to;
  }
  return out + cut.slice(at);
}

/** A report without what is to go. */
export function redactTold(told: Told, what: Redaction): Told {
  return Object.fromEntries(
    Object.entries(told).map(([name, text]) => [name, typed.includes(name as Question) ? redact(text, what) : text]),
  );
}
