/**
 * What we remember of private chats, in memory only: the numbers of messages that the machine was not yet told of, so
 * that they can be erased later, and which message is the last, so that only that one is redrawn in place. Telegram
 * lets nobody delete a message older than 48 hours, so nothing older is kept. Accounts stand there as hashes under a key
 * that this process forgets with its end, so that its memory holds no list of them.
 */
import { createHmac, randomBytes } from "node:crypto";

const KEEP = 48 * 60 * 60 * 1000;
const MOST = 1000;

interface Talk {
  marks: Set<number>;
  /** The last message, if it is ours; 0 where the person wrote last; absent where we do not know (a new start). */
  last?: number;
  at: number;
}

/** Remembers talks by account; `now` gives milliseconds. */
export function createTalks(now: () => number = Date.now) {
  const talks = new Map<string, Talk>();
  const key = randomBytes(32);
  const nameOf = (person: string): string => createHmac("sha256", key).update(person).digest("base64url");
  const sweep = (): void => {
    for (const [name, { at }] of talks) {
      if (at > now() - KEEP) break;
      talks.delete(name);
    }
  };
  const touch = (person: string): Talk => {
    const name = nameOf(person);
    const talk = talks.get(name) ?? { marks: new Set<number>(), at: 0 };
    talk.at = now();
    talks.delete(name);
    talks.set(name, talk);
    sweep();
    return talk;
  };
  const mark = (person: string, id: number): Talk => {
    const talk = touch(person);
    talk.marks.add(id);
    if (talk.marks.size > MOST) talk.marks.delete(Math.min(...talk.marks));
    return talk;
  };
  return {
    /** The person wrote a message: what we sent before is no longer at the bottom of the chat. */
    wrote(person: string, id: number): void {
      mark(person, id).last = 0;
    },
    sent(person: string, id: number): void {
      mark(person, id).last = id;
    },
    /** A button under this message was pressed. After a new start we learn of our own message from that. */
    pressed(person: string, id: number): void {
      if (talks.get(nameOf(person))?.last === undefined) mark(person, id);
    },
    /** True where a message may be redrawn: nothing that we know of stands below it. */
    isLast(person: string, id: number): boolean {
      const last = talks.get(nameOf(person))?.last;
      return last === undefined || last === id;
    },
    /** Hands the marks over; they are ours no longer. */
    take(person: string): string[] {
      const talk = touch(person);
      const marks = [...talk.marks].map((id) => `m${id}`);
      talk.marks.clear();
      return marks;
    },
    /** Forgets talks that are too old to be erased. */
    sweep,
    forget(person: string): void {
      talks.delete(nameOf(person));
    },
  };
}

/** Message numbers of marks, each once; what is no mark of ours is left out. */
export function idsOf(marks: string[]): number[] {
  const ids = marks.flatMap((mark) => (/^m\d{1,15}$/.test(mark) ? [Number(mark.slice(1))] : []));
  return [...new Set(ids)];
}
