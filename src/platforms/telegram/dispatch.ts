/**
 * Who is served when: people never wait for each other, one person's updates keep their order, the items of an album
 * become one event, and an update that is delivered twice at once joins its own turn. Who sends much faster than we
 * answer is stopped and told, so that nobody fills the memory.
 */
import type { Update } from "node-telegram-bot-api";
import type { House } from "../platform.ts";
import { faultOf } from "./faults.ts";
import { type Event, joinAlbum } from "./read.ts";
import { type Times, within } from "./times.ts";

const MAX_TRIES = 5;
const ALBUM_ITEMS = 10;
/** So many updates of one person wait at most, each item of an album being one; a person may have three albums on the way. */
const WAITING = 30;

/** Runs turns: people side by side, one person's in order, an album's items as one. */
export interface Dispatch {
  /** Resolves when the update was handled (`true`) or has to be delivered again (`false`). Never rejects. */
  take(update: Update): Promise<boolean>;
  /** Ends the waiting for albums and resolves when no turn is running. */
  idle(): Promise<void>;
}

interface Album {
  event: Event;
  items: number;
  /** Resolves when the album was handled. */
  whole: Promise<boolean>;
  /** Starts the waiting for a next item anew. */
  wait(): void;
  /** Nothing more comes. */
  fire(): void;
}

/** What is done with an event; `false` where the person could not be answered and the update should come again. */
export interface Work {
  turn(event: Event): Promise<boolean>;
  /** Tells, in the person's order, that neither this event nor what followed was taken. */
  tooMuch(event: Event): Promise<boolean>;
  /** Something that followed. */
  skip(event: Event): Promise<void>;
}

/** What waits for one person. */
interface Line {
  tail: Promise<unknown>;
  waiting: number;
  /** It was too much: until the person has been told, nothing more is taken. */
  spilt: boolean;
}

/** Begins with nothing that waits. */
export function createDispatch(
  read: (update: Update) => Promise<Event | undefined>,
  { turn, tooMuch, skip }: Work,
  note: House["note"],
  times: Times,
): Dispatch {
  const running = new Map<number, Promise<boolean>>();
  const lines = new Map<string, Line>();
  const albums = new Map<string, Album>();
  const tries = new Map<number, number>();
  /** Updates that were too much, until the person has been told. */
  const untold = new Set<number>();
  const failed = (code: string): void => note("platform-turn-failed", { platform: "telegram", code });

  const lineOf = (person: string): Line => {
    const line = lines.get(person) ?? { tail: Promise.resolve(), waiting: 0, spilt: false };
    lines.set(person, line);
    return line;
  };
  const wait = (person: string, work: Promise<boolean>): Promise<boolean> => {
    const line = lineOf(person);
    line.waiting++;
    const over = (): void => {
      line.waiting--;
      if (line.waiting === 0) lines.delete(person);
    };
    void work.then(over, over);
    return work;
  };

  const inOrder = (person: string, work: () => Promise<boolean>): Promise<boolean> => {
    const line = lineOf(person);
    const run = line.tail
      .then(() => within(work(), times.turn, "late" as const))
      .then((end) => {
        if (end !== "late") return end;
        failed("slow");
        return true;
      });
    line.tail = run.catch(() => undefined);
    return run;
  };

  const albumOf = (event: Event): string => `${event.person}/${event.album}`;
  const collect = (event: Event): Promise<boolean> => {
    const key = albumOf(event);
    let album = albums.get(key);
    if (album !== undefined) joinAlbum(album.event, event);
    else {
      let timer: ReturnType<typeof setTimeout> | undefined;
      let ready = (): void => {};
      const complete = new Promise<void>((resolve) => {
        ready = resolve;
      });
      const fire = (): void => {
        clearTimeout(timer);
        albums.delete(key);
        ready();
      };
      const wait = (): void => {
        clearTimeout(timer);
        timer = setTimeout(fire, times.album);
      };
      const whole = inOrder(event.person, () => complete.then(() => turn(event)));
      album = { event, items: 0, whole, wait, fire };
      albums.set(key, album);
    }
    album.items++;
    if (album.items < ALBUM_ITEMS) album.wait();
    else album.fire();
    return album.whole;
  };

  /** Leaves an event that is too much, or follows one; the first of them waits until the person has been told of it. */
  const spill = async (event: Event, line: Line): Promise<boolean> => {
    if (event.searched) return true; // who types on asks anew
    if (line.spilt && !untold.has(event.id)) {
      await skip(event);
      return true;
    }
    line.spilt = true;
    untold.add(event.id);
    const told = inOrder(event.person, () => tooMuch(event)).finally(() => {
      line.spilt = false;
    });
    return wait(event.person, told);
  };

  const start = async (update: Update): Promise<boolean> => {
    const event = await read(update);
    if (event === undefined) return true;
    const { id, person, album, left } = event;
    const line = lineOf(person);
    const full = line.spilt || line.waiting >= WAITING;
    if (untold.has(id) || (full && !left && !albums.has(albumOf(event)))) return spill(event, line);
    if (album !== undefined) return wait(person, collect(event));
    return wait(
      person,
      inOrder(person, () => turn(event)),
    );
  };

  const forget = (id: number): void => {
    tries.delete(id);
    untold.delete(id);
  };

  return {
    take(update) {
      const id = update.update_id;
      const known = running.get(id);
      if (known !== undefined) return known;
      const run = start(update).then(
        (handled) => {
          const tried = (tries.get(id) ?? 0) + 1;
          tries.set(id, tried);
          if (!handled && tried < MAX_TRIES) return false;
          if (!handled) failed("unanswered");
          forget(id);
          return true;
        },
        (error: unknown) => {
          failed(faultOf(error).code);
          forget(id);
          return true;
        },
      );
      running.set(id, run);
      void run.then(() => running.delete(id));
      return run;
    },
    async idle() {
      for (const album of [...albums.values()]) album.fire();
      while (running.size > 0) await Promise.all(running.values());
    },
  };
}
