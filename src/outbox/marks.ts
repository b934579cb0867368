/**
 * Notes how sendings went. Each note is on disk when its promise resolves, but many share one transaction: what comes
 * while one is being written goes with the next, so that a fast courier does not wait for the disk once a message.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Columns } from "../crypto/columns.ts";
import { codeOf, type ErrorCode } from "../errors.ts";
import type { Storage, Transaction } from "../storage/storage.ts";
import type { Due, End, Row } from "./rows.ts";

export interface Marks {
  /** The sending begins: after a crash it is known that this one may have arrived. */
  begin(row: Due): Promise<void>;
  /** It is over. `post`: where the sent message's mark is kept. */
  done(row: Due, end: End, post?: { name: string; ref: string }): Promise<void>;
  /** Why notes cannot be written at the moment: until they can, nothing more should be sent. */
  stuck(): ErrorCode | undefined;
  /** Told when notes cannot be written, at each try. */
  onStuck(told: (code: ErrorCode) => void): void;
  /** Waits for no disk any more: the process ends. */
  hurry(): void;
}

interface Note {
  row: Due;
  end?: End;
  post?: { name: string; ref: string };
  resolve(): void;
  reject(error: unknown): void;
}

/** What passes: a note that fails so is written later, since what it says has happened. */
const passing: ErrorCode[] = ["disk-full", "database-locked", "database-unreachable"];
/** How long to wait before the next try (milliseconds). */
const pause = 500;
/** Most notes in one transaction. */
const most = 500;

export function createMarks(storage: Storage, columns: Columns): Marks {
  const waiting: Note[] = [];
  let writing = false;
  let stuck: ErrorCode | undefined;
  let hurried = false;
  let told = (_code: ErrorCode): void => {};

  async function write(): Promise<void> {
    if (writing) return;
    writing = true;
    // what is noted in this same moment goes together
    await Promise.resolve();
    while (waiting.length > 0) {
      const notes = waiting.splice(0, most);
      try {
        await storage.transaction((trx) => put(trx, notes));
        stuck = undefined;
        for (const { resolve } of notes) resolve();
      } catch (error) {
        const code = codeOf(error);
        if (hurried || !passing.includes(code)) {
          // nothing waits that could still find out that they can be written again
          stuck = undefined;
          for (const { reject } of notes) reject(error);
          continue;
        }
        stuck = code;
        waiting.unshift(...notes);
        told(code);
        await sleep(pause);
      }
    }
    writing = false;
  }

  async function put(trx: Transaction, notes: Note[]): Promise<void> {
    const posts = new Map<string, string>();
    for (const { post } of notes) if (post) posts.set(post.name, post.ref);
    if (posts.size > 0)
      await trx("posts")
        .insert([...posts].map(([place, ref]) => ({ place, body: columns.seal("posts", ref) })))
        .onConflict("place")
        .merge();
    for (const [lease, ids] of byLease(notes.filter((n) => !n.end)))
      await trx<Row>("outbox").where({ lease }).whereIn("id", ids).update({ begun: 1 });
    const counts = new Map<string, { campaign: string; lane: string; what: End; n: number }>();
    for (const end of ["sent", "failed", "gone", "late"] as const)
      for (const [lease, ids] of byLease(notes.filter((n) => n.end === end))) {
        // only what is still there counts: a campaign may have been cancelled meanwhile
        const over = await storage.takeOut<Row>(trx, "outbox", { lease }, ids, ["campaign", "lane"]);
        for (const { campaign, lane } of over) {
          if (!campaign) continue;
          const key = `${campaign} ${lane} ${end}`;
          const count = counts.get(key) ?? { campaign, lane: lane ?? "", what: end, n: 0 };
          counts.set(key, { ...count, n: count.n + 1 });
        }
      }
    await addCounts(trx, [...counts.values()]);
  }

  const note = (row: Due, end?: End, post?: Note["post"]): Promise<void> =>
    new Promise((resolve, reject) => {
      waiting.push({ row, ...(end ? { end } : {}), ...(post ? { post } : {}), resolve, reject });
      void write();
    });

  return {
    begin: (row) => note(row),
    done: (row, end, post) => note(row, end, post),
    stuck: () => stuck,
    onStuck(listener) {
      told = listener;
    },
    hurry() {
      hurried = true;
    },
  };
}

/** Rows by the lease that they were taken with: who took one since has another. */
function byLease(notes: Note[]): Map<number, string[]> {
  const found = new Map<number, string[]>();
  for (const { row } of notes) found.set(row.lease, [...(found.get(row.lease) ?? []), row.id]);
  return found;
}

/** Adds to the counts of campaigns. */
export async function addCounts(
  trx: Transaction,
  counts: { campaign: string; lane: string; what: string; n: number }[],
): Promise<void> {
  // always in the same order, so that two couriers never wait for each other in a circle
  for (const count of counts.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)))
    await trx("campaign_counts")
      .insert(count)
      .onConflict(["campaign", "lane", "what"])
      .merge({ n: trx.raw("campaign_counts.n + ?", [count.n]) });
}
