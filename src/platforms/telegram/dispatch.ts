/**
 * Who is served when: people never wait for each other, one person's updates keep their order, the items of an album
 * become one event, and an update that is delivered twice at once joins its own turn.
 */
import type { Update } from "node-telegram-bot-api";
import type { House } from "../platform.ts";
import { faultOf } from "./faults.ts";
import { type Event, joinAlbum } from "./read.ts";
import { type Times, within } from "./times.ts";

const MAX_TRIES = 5;
const ALBUM_ITEMS = 10;

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

/** `turn` answers `false` where the person could not be answered and the update should come again. */
export function createDispatch(
  read: (update: Update) => Promise<Event | undefined>,
  turn: (event: Event) => Promise<boolean>,
  note: House["note"],
  times: Times,
): Dispatch {
  const running = new Map<number, Promise<boolean>>();
  const tails = new Map<string, Promise<unknown>>();
  const albums = new Map<string, Album>();
  const tries = new Map<number, number>();
  const failed = (code: string): void => note("platform-turn-failed", { platform: "telegram", code });

  const inOrder = (person: string, work: () => Promise<boolean>): Promise<boolean> => {
    const run = (tails.get(person) ?? Promise.resolve())
      .then(() => within(work(), times.turn, "late" as const))
      .then((end) => {
        if (end !== "late") return end;
        failed("slow");
        return true;
      });
    tails.set(person, run);
    void run.then(() => {
      if (tails.get(person) === run) tails.delete(person);
    });
    return run;
  };

  const collect = (event: Event): Promise<boolean> => {
    const key = `${event.person}/${event.album}`;
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

  const start = async (update: Update): Promise<boolean> => {
    const event = await read(update);
    if (event === undefined) return true;
    if (event.album !== undefined) return collect(event);
    return inOrder(event.person, () => turn(event));
  };

  return {
    take(update) {
      const id = update.update_id;
      const known = running.get(id);
      if (known !== undefined) return known;
      const run = start(update).then(
        (handled) => {
          const tried = (tries.get(id) ?? 0) + 1;
          tries.delete(id);
          if (handled) return true;
          if (tried < MAX_TRIES) tries.set(id, tried);
          else failed("unanswered");
          return tried >= MAX_TRIES;
        },
        (error: unknown) => {
          failed(faultOf(error).code);
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
