/**
 * What we remember of private chats, in memory only: the numbers of messages that the machine was not yet told of, so
 * that they can be erased later, and which message is the last, so that only that one is redrawn in place. Telegram
 * lets nobody delete a message older than 48 hours, so nothing older is kept. Accounts stand there as hashes under a key
 * that this process forgets with its end, so that its memory holds no list of them.
 */
import { createHmac, randomBytes } from "node:crypto";

const KEEP = 48 * 60 * 60 * 1000;
const MOST = 1000;
/** So many chats at most in which we alone wrote: a campaign to a million must not fill the memory. */
const SILENT = 20_000;

interface Talk {
  marks: Set<number>;
  /** The last message, if it is ours; 0 where the person wrote last; absent where we do not know (a new start). */
  last?: number;
  at: number;
}

/** Remembers talks by account; `now` gives milliseconds. */
export function createTalks(now: () => number = Date.now) {
  /** With people who wrote or pressed, and with those who only got something; each with the oldest first. */
  const [talks, silent] = [new Map<string, Talk>(), new Map<string, Talk>()];
  const key = randomBytes(32);
  const nameOf = (person: string): string => createHmac("sha256", key).update(person).digest("base64url");
  const sweep = (): void => {
    for (const [name, { at }] of talks) {
      if (at > now() - KEEP) break;
      talks.delete(name);
    }
    for (const [name, { at }] of silent) {
      if (at > now() - KEEP && silent.size <= SILENT) break;
      silent.delete(name);
    }
  };
  const find = (name: string): Talk | undefined => talks.get(name) ?? silent.get(name);
  const touch = (person: string, acted: boolean): Talk => {
    const name = nameOf(person);
    const kept = acted || talks.has(name) ? talks : silent;
    const talk = find(name) ?? { marks: new Set<number>(), at: 0 };
    talk.at = now();
    talks.delete(name);
    silent.delete(name);
    kept.set(name, talk);
    sweep();
    return talk;
  };
  const mark = (person: string, id: number, acted: boolean): Talk => {
    const talk = touch(person, acted);
    talk.marks.add(id);
    if (talk.marks.size > MOST) talk.marks.delete(Math.min(...talk.marks));
    return talk;
  };
  return {
    /** The person wrote a message: what we sent before is no longer at the bottom of the chat. */
    wrote(person: string, id: number): void {
      mark(person, id, true).last = 0;
    },
    sent(person: string, id: number): void {
      mark(person, id, false).last = id;
    },
    /** A button under this message was pressed. After a new start we learn of our own message from that. */
    pressed(person: string, id: number): void {
      if (find(nameOf(person))?.last === undefined) mark(person, id, true);
    },
    /** True where a message may be redrawn: nothing that we know of stands below it. */
    isLast(person: string, id: number): boolean {
      const last = find(nameOf(person))?.last;
      return last === undefined || last === id;
    },
    /** Marks that are not yet handed over. */
    marks(person: string): string[] {
      return marksOf(find(nameOf(person)));
    },
    /** Hands the marks over; they are ours no longer. */
    take(person: string): string[] {
      const talk = touch(person, true);
      const marks = marksOf(talk);
      talk.marks.clear();
      return marks;
    },
    /** Forgets talks that are too old to be erased. */
    sweep,
    forget(person: string): void {
      talks.delete(nameOf(person));
      silent.delete(nameOf(person));
    },
  };
}

const marksOf = (talk: Talk | undefined): string[] => [...(talk?.marks ?? [])].map((id) => `m${id}`);

/** Message numbers of marks, each once; what is no mark of ours is left out. */
export function idsOf(marks: string[]): number[] {
  const ids = marks.flatMap((mark) => (/^m\d{1,15}$/.test(mark) ? [Number(mark.slice(1))] : []));
  return [...new Set(ids)];
}
