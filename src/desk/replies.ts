/**
 * Answers to the reporter: written, kept back for a moment in which they can be taken back, then a message. Until then an
 * answer lies in a table of its own, so that whoever looks in time finds it, also after the process died.
 */
import type { Visitor } from "../desk.ts";
import { codeOf, fail } from "../errors.ts";
import type { PendingReply } from "../reports/replies-store.ts";
import { decide } from "../reports/review.ts";
import type { CaseRow, Write } from "../reports/store.ts";
import { type Carriers, type Counter, readers, reviewer } from "./counter.ts";

export type ReplyCommand =
  | { kind: "reply"; code: string; text: string }
  /** Takes the visitor's last answer back, if it has not gone out. */
  | { kind: "undo"; code: string };

export interface ReplyQueries {
  /** Seconds in which an answer can be taken back; 0 where it goes at once. */
  undoWindow(): number;
  /** The visitor's answer in a case that can still be taken back. */
  pending(code: string): Promise<{ text: string; left: number } | undefined>;
}

export function replyOrders(counter: Counter): Carriers<ReplyCommand["kind"]> {
  const { reports, replies, now } = counter;
  return {
    async reply(visitor, { code, text }) {
      const { alias } = reviewer(visitor.actor, ...readers);
      const row = await counter.whole(visitor, code);
      if (!decide(row, { kind: "reply", alias }).ok) throw fail("stale");
      const record: Write = counter.record(alias, "reply", code);
      if (counter.undo === 0) return { writes: [...(await message(counter, row, text)), record] };
      const due = Math.ceil(now() / 1000) + counter.undo;
      return {
        writes: [
          // the case moves on with it, so that a redaction that is under way meets every answer
          reports.change(row, row, {}),
          replies.add({ report: row.id, alias, due, text }),
          record,
        ],
      };
    },
    async undo(visitor, { code }) {
      const { alias } = reviewer(visitor.actor, ...readers);
      const row = await counter.whole(visitor, code);
      const last = latest(await replies.of(row.id), alias);
      if (!last) throw fail("stale");
      return {
        writes: [replies.take(last.id), counter.record(alias, "take back reply", code)],
      };
    },
  };
}

export function replyQueries(counter: Counter, { actor }: Visitor): ReplyQueries {
  return {
    undoWindow: () => counter.undo,
    async pending(code) {
      const { alias } = reviewer(actor, ...readers);
      const row = await counter.known({ actor }, code);
      const last = row && latest(await counter.replies.of(row.id), alias);
      // the moment is rounded up to a whole second, the window that is told is not
      const left = last ? Math.min(counter.undo, last.due - Math.floor(counter.now() / 1000)) : 0;
      return last?.text !== undefined && left > 0 ? { text: last.text, left } : undefined;
    },
  };
}

const latest = (all: PendingReply[], alias: string) => all.filter((r) => r.alias === alias).at(-1);

/** What makes an answer a message. */
async function message(counter: Counter, row: CaseRow, text: string): Promise<Write[]> {
  const said = { side: "team" as const, day: counter.today(), text };
  return [
    await counter.reports.append(row, said, []),
    await counter.cards(row.code, 0),
    ...(await counter.noticeTo(row)),
  ];
}

/** Sends every answer whose moment has come; called every few seconds by each process. One that cannot go out holds up no other. */
export async function releaseReplies(counter: Counter): Promise<void> {
  const { replies, now, note } = counter;
  const seconds = Math.floor(now() / 1000);
  for (const reply of await replies.due(seconds)) {
    if (reply.text === undefined) {
      note("reply-waits", { code: "key-wrong" });
      await replies.putOff(reply.id, seconds + longer);
      continue;
    }
    await release(counter, reply, reply.text).catch((error: unknown) => note("reply-waits", { code: codeOf(error) }));
  }
}

/** Seconds after which an answer that cannot be opened is tried again. */
const longer = 3600;

async function release(counter: Counter, reply: PendingReply, text: string): Promise<void> {
  const { replies, reports, storage, people } = counter;
  const row = await reports.byId(reply.report);
  // who was shut out or must not know of the case meanwhile sends nothing more
  const wanted = row && row.status !== "withdrawn" && counter.maySee(await people.get(reply.alias), row);
  const writes = wanted ? await message(counter, row, text) : [];
  await storage
    .transaction(async (trx) => {
      await replies.take(reply.id)(trx); // whoever comes second finds nothing to take
      for (const write of writes) await write(trx);
      if (row && !wanted) await counter.record("(clock)", `drop reply of ${reply.alias}`, row.code)(trx);
    })
    .catch((error: unknown) => {
      // another process sent it, or the case moved on this very moment: then the next look does it
      if (codeOf(error) !== "stale") throw error;
    });
}
