/** The end of a case, whoever decides it: outcome, last word, clocks, and until when it is kept. */
import type { Decision } from "../reports/review.ts";
import type { CaseRow, Closing, Write } from "../reports/store.ts";
import { keptUntil } from "../reports/teams.ts";
import type { Counter } from "./counter.ts";

/** @param decision what `decide` came to; @param text the last word to the reporter, or nothing */
export async function closing(
  counter: Counter,
  row: CaseRow,
  decision: Extract<Decision, { ok: true }>,
  end: Closing,
  text: string,
): Promise<Write[]> {
  const { reports, today, teams } = counter;
  const last = text === "" ? undefined : await reports.append(row, { side: "team", day: today(), text }, []);
  const after = last ? { ...row, version: row.version + 1, messages: row.messages + 1 } : row;
  return [
    ...(last ? [last] : []),
    reports.change(after, decision.state, {
      closedDay: today(),
      closing: end,
      done: { clocks: ["ack", "feedback", ...(last ? ["personal" as const] : [])], day: today() },
      keepUntil: keptUntil(teams.law(row.team), end.outcome, today()),
    }),
    await counter.cards(row.code, 0),
    ...(await counter.noticeTo(row)),
    reports.setNotify(row.id, null),
  ];
}
