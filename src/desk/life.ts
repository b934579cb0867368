/** What moves a case on: taken, given back, moved, handed over, shared, left for a conflict of interest, reopened. */
import type { Visitor } from "../desk.ts";
import { fail } from "../errors.ts";
import { type Action, decide, type Move, moves } from "../reports/review.ts";
import { names } from "../reports/sight.ts";
import type { CaseRow, Change, ClockName } from "../reports/store.ts";
import type { Carriers, Counter, Made } from "./counter.ts";

/** What moves a case on. */
export type LifeCommand =
  | { kind: "claim"; code: string }
  | { kind: "release"; code: string }
  | { kind: "reopen"; code: string }
  | { kind: "move"; code: string; to: Move }
  /** Gives a case to a colleague, shares it with one, or leaves it for a conflict of interest. */
  | { kind: "hand"; code: string; to: string }
  | { kind: "share"; code: string; with: string }
  | { kind: "recuse"; code: string }
  /** Says whom a reporter meant who named people that must not see the case. */
  | { kind: "guard"; code: string; aliases: string[] }
  /** Takes an exclusion back that was a deputy's mistake. */
  | { kind: "let-in"; code: string; alias: string };

type Kinds = LifeCommand["kind"];

/** Moves that tell the reporter what was done: that is feedback (Directive (EU) 2019/1937, art. 5(13)). */
const feedback: readonly string[] = moves.filter((to) => to.startsWith("referred") || to === "action-taken");

export function lifeOrders(counter: Counter): Carriers<Kinds> {
  const { reports, people, today, cards, noticeTo } = counter;

  async function act(
    visitor: Visitor,
    code: string,
    make: (alias: string, senior: boolean) => Action,
    word: string,
    options: Change | ((row: CaseRow) => Change) = {},
    tell = false,
  ): Promise<Made> {
    const { alias, senior } = counter.viewer(visitor.actor);
    const row = await counter.whole(visitor, code);
    const decision = decide(row, make(alias, senior));
    if (!decision.ok) throw fail("stale");
    return {
      writes: [
        reports.change(row, decision.state, typeof options === "function" ? options(row) : options),
        counter.record(alias, word, code),
        await cards(code, 0),
        ...(tell ? await noticeTo(row) : []),
      ],
    };
  }

  /** Somebody who may see the case, or `stale`; whoever may not ask that is told nothing of the case. */
  async function colleague(visitor: Visitor, code: string, alias: string): Promise<void> {
    counter.viewer(visitor.actor);
    const [row, person] = await Promise.all([reports.byCode(code), people.get(alias)]);
    if (!row || !counter.maySee(person, row)) throw fail("stale");
  }
  const done = (...clocks: ClockName[]) => ({ clocks, day: today() });

  return {
    claim: (visitor, { code }) =>
      act(visitor, code, (alias) => ({ kind: "claim", alias }), "claim", { done: done("ack") }),
    release: (visitor, { code }) => act(visitor, code, (alias) => ({ kind: "release", alias }), "release"),
    reopen: (visitor, { code }) =>
      act(
        visitor,
        code,
        (alias) => ({ kind: "reopen", alias }),
        "reopen",
        (row) => ({ closedDay: null, ...(row.hold ? {} : { keepUntil: null }) }),
        true,
      ),
    move: (visitor, { code, to }) =>
      act(
        visitor,
        code,
        (alias) => ({ kind: "move", alias, to }),
        `move ${to}`,
        feedback.includes(to) ? { done: done("feedback") } : {},
        true,
      ),
    async hand(visitor, { code, to }) {
      await colleague(visitor, code, to);
      return act(visitor, code, (alias, senior) => ({ kind: "hand", alias, to, senior }), `hand to ${to}`, {
        done: done("ack"),
      });
    },
    async share(visitor, { code, with: other }) {
      await colleague(visitor, code, other);
      return act(visitor, code, (alias) => ({ kind: "share", alias, with: other }), `share with ${other}`);
    },
    recuse: (visitor, { code }) =>
      act(
        visitor,
        code,
        (alias) => ({ kind: "recuse", alias }),
        "recuse",
        (row) => ({ recused: [...new Set([...row.recused, counter.viewer(visitor.actor).tag])] }),
      ),
    async "let-in"(visitor, { code, alias: other }) {
      const { alias, senior } = counter.viewer(visitor.actor);
      const row = await counter.whole(visitor, code);
      if (!senior || !(await lettable(counter, row)).includes(other)) throw fail("stale");
      const tag = people.tag(other);
      return {
        writes: [
          reports.change(row, row, { excluded: row.excluded.filter((one) => one !== tag) }),
          // for whom is not in it: that would tell them that they had been suspected
          counter.record(alias, "let in 1", code),
          await cards(code, 0),
        ],
      };
    },
    async guard(visitor, { code, aliases }) {
      const { alias, senior } = counter.viewer(visitor.actor);
      // whoever looks may not exclude themselves here: that is what `recuse` is for
      if (!senior || aliases.includes(alias)) throw fail("not-allowed");
      const row = await counter.whole(visitor, code);
      // only ever more: who was named outright, or left for a conflict, is not let in by a tick that was left off
      const excluded = [...new Set([...row.excluded, ...aliases.map((name) => people.tag(name))])];
      const gone = aliases.filter((name) => name === row.owner || row.helpers.includes(name));
      const state = {
        status: row.status,
        owner: gone.includes(row.owner ?? "") ? null : row.owner,
        helpers: row.helpers.filter((name) => !gone.includes(name)),
      };
      return {
        writes: [
          reports.change(row, state, { guard: 2, excluded }),
          // the log is read by many: who was excluded is not in it
          counter.record(alias, `exclude ${aliases.length}`, code),
          await cards(code, 0),
        ],
      };
    },
  };
}

/** Who was excluded by a deputy's tick alone: whoever the reporter named outright stays so, whatever anybody thinks. */
export async function lettable({ people, reports }: Counter, row: CaseRow): Promise<string[]> {
  if (row.guard !== 2 || row.excluded.length === 0) return [];
  const { exclude = "" } = (await reports.told(row.id)) ?? {};
  return (await people.list())
    .map((p) => p.alias)
    .filter((alias) => row.excluded.includes(people.tag(alias)) && !names(exclude, alias));
}
