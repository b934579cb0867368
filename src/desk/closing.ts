/** The end of a case, whoever decides it: outcome, last word, clocks, and until when it is kept. */
import type { CaseState, Decision } from "../reports/review.ts";
import type { CaseRow, ClockName, Closing, Write } from "../reports/store.ts";
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
  const { reports, replies, people, today } = counter;
  const said: Write[] = [];
  let after = row;
  const say = async (words: string) => {
    said.push(await reports.append(after, { side: "team", day: today(), text: words }, []));
    after = { ...after, version: after.version + 1, messages: after.messages + 1 };
  };
  // what still waits was said before: the last word is the last one. Who must not know of the case any more says nothing
  for (const { id, alias, text: words } of await replies.of(row.id)) {
    if (words === undefined || !counter.maySee(await people.get(alias), row)) continue;
    said.push(replies.take(id));
    await say(words);
  }
  if (text !== "") await say(text);
  return [
    ...said,
    ended(counter, after, decision.state, end, said.length > 0 ? ["personal"] : []),
    await counter.cards(row.code, 0),
    ...(await counter.noticeTo(row)),
    reports.setNotify(row.id, null),
  ];
}

/** What the case itself says of its end. @param answered clocks that stop with it, beside those that always do */
export function ended(
  { reports, today, teams }: Counter,
  row: CaseRow,
  state: CaseState,
  end: Closing,
  answered: ClockName[] = [],
): Write {
  return reports.change(row, state, {
    closedDay: today(),
    closing: end,
    done: { clocks: ["ack", "feedback", ...answered], day: today() },
    keepUntil: keptUntil(teams.law(row.team), end.outcome, today()),
  });
}
