/**
 * What the house does by itself, once an hour: reminds of deadlines before and after they pass, asks a deputy where that did
 * not help, keeps one card of deadlines on each board, and destroys or forgets what has been kept long enough.
 */

import type { Queries } from "../desk.ts";
import { blobIds, type CaseRow } from "../reports/store.ts";
import { dayIn } from "../reports/teams.ts";
import { markOf } from "../reports/tend-store.ts";
import type { Counter } from "./counter.ts";
import { caseOf, named } from "./foureyes.ts";
import { nudge } from "./nudge.ts";
import { anyUnseen } from "./unseen.ts";

/** Days before a deadline, and before a case is destroyed, on which somebody is reminded. */
const ahead = { due: 1, kept: 14 };
/** Days after which a card that its board could not take is forgotten: its case stands in the queue, and has a new card with each change. */
const uncarded = 30;
/** Days that the card of deadlines looks ahead, and cases that it names. */
const card = { days: 7, named: 12 };

export interface Tender {
  tend(): Promise<void>;
}

export function createTender(counter: Counter): Tender {
  const { reports, people, outbox, storage, teams, now, today } = counter;
  /** What each board's card of deadlines said last. */
  const said = new Map<string, string>();
  /** The day on which it was last looked for a case that nobody may see. */
  let looked = 0;
  const dayFor = (row: CaseRow): number => dayIn(teams.team(row.team), now());

  /** Who is to be reminded: who works on it, else its team, else (or when it is late: also) the deputies. Never one who must not know of it. */
  async function whom(row: CaseRow, late: boolean): Promise<string[]> {
    const may = (await people.list()).filter((p) => counter.maySee(p, row));
    const here = (aliases: string[]) => may.filter((p) => aliases.includes(p.alias)).map((p) => p.alias);
    const workers = here([...(row.owner ? [row.owner] : []), ...row.helpers]);
    const first = workers.length > 0 ? workers : here(teams.team(row.team).members ?? []);
    const deputies = may.filter((p) => p.role === "deputy").map((p) => p.alias);
    const admins = may.filter((p) => p.role === "admin").map((p) => p.alias);
    const seniors = deputies.length > 0 ? deputies : admins;
    return [...new Set([...first, ...(late || first.length === 0 ? seniors : [])])];
  }

  async function remind(row: CaseRow, day: number, over: boolean): Promise<void> {
    const write = await nudge(counter, await whom(row, over), "reminder");
    await storage.transaction(async (trx) => {
      if (await reports.mark(trx, row.id, markOf(day, over))) await write(trx);
    });
  }

  async function clocks(): Promise<void> {
    for (const row of await reports.toRemind(today() + ahead.due + 1)) {
      const left = row.nextDue! - dayFor(row);
      if (left <= ahead.due) await remind(row, row.nextDue!, left < 0);
    }
  }

  async function retention(): Promise<void> {
    let purged = false;
    try {
      for (const row of await reports.keptBy(today() + ahead.kept)) {
        if (row.keepUntil! >= today()) {
          await remind(row, row.keepUntil!, false);
          continue;
        }
        const files = await reports.files(row.id);
        const redraw = await counter.cardsOf(row, 0);
        const gone = await storage.transaction(async (trx) => {
          // a hold or a reopening was faster: nothing is put on record that did not happen
          if (!(await reports.purge(trx, row))) return false;
          await counter.record("(clock)", "purge", row.code)(trx);
          await redraw(trx);
          return true;
        });
        if (!gone) continue;
        purged = true;
        await counter.unlink(files.flatMap(blobIds));
      }
    } finally {
      // those before the one that failed are destroyed, and no later tend would know of them
      if (purged) await counter.forget();
    }
  }

  /** Requests that nobody confirmed in time, and what was granted and never fetched. */
  async function lapses(): Promise<void> {
    const minute = counter.minute();
    for (const request of await counter.requests.over(minute))
      await storage.transaction(async (trx) => {
        const dropped = await counter.requests.drop(trx, request.id, minute);
        if (dropped && request.granted === null)
          await counter.record("(clock)", `lapse ${named(request)}`, caseOf(request))(trx);
      });
  }

  async function boards(): Promise<void> {
    const now = JSON.stringify([today(), await deadlinesOf(counter)]);
    for (const board of await outbox.boards()) {
      if (said.get(board.id) === now) continue;
      await storage.transaction((trx) =>
        outbox.put(trx, {
          kind: "deadline",
          once: `card ${board.id} deadlines`,
          due: Math.floor(counter.now() / 1000),
          address: board.address,
          payload: { step: "review.deadlines", key: "all", locale: board.locale, post: `${board.id} deadlines` },
        }),
      );
      said.set(board.id, now);
    }
  }

  /**
   * Tells the operator of a case that nobody may see. The log has seconds, and a report has a day: so it is looked for once a
   * day, and what came today waits until tomorrow, as another process or a start may look later today.
   */
  async function unseen(): Promise<void> {
    if (looked === today()) return;
    looked = today();
    if (await anyUnseen(counter, today())) counter.note("case-unseen");
  }

  return {
    async tend() {
      await unseen();
      await clocks();
      await retention();
      await lapses();
      await boards();
      await outbox.forgetCards(today() - uncarded);
      await outbox.forgetPosts();
      counter.wake();
    },
  };
}

/** What is due, as a board may show it: no case that anybody must not know of. */
export async function deadlinesOf(counter: Counter): ReturnType<Queries["deadlines"]> {
  const { reports, today } = counter;
  const until = today() + card.days;
  const [all, late, first] = await Promise.all([
    reports.countOnBoards(until),
    reports.countOnBoards(today() - 1),
    reports.dueOnBoards(until, card.named),
  ]);
  return {
    late,
    soon: Math.max(0, all - late),
    cases: first.map((row) => ({ code: row.code, due: row.nextDue!, owner: row.owner })),
  };
}
