/**
 * What waits between two requests of one visit, in memory only and for a short time: the answer to a POST until the
 * page that shows it is fetched, and the files of the last page until they are. Of many processes any may be asked for
 * the page, so that answers wait in the memory that they share. Losing any of it costs nothing: the machine draws the
 * current screen again when looked at.
 */
import type { Attachment, Screen } from "../../bot/screen.ts";
import type { Kept } from "../platform.ts";
import { freshId } from "./visits.ts";

const answerLife = 30_000;
const fileLife = 15 * 60_000;
const most = 1_000;

export interface Shelf {
  /** There are other processes, and this is where they look. */
  share(kept: Kept | undefined): void;
  /** Keeps the answer to an input until the next page of this visit. */
  put(visit: string, screen: Screen): Promise<void>;
  /** Takes that answer, once. */
  take(visit: string): Promise<Screen | undefined>;
  /** Forgets the files of this visit's last page. */
  clearFiles(visit: string): void;
  /** Keeps a file for one download by this visit; returns the last part of its address. */
  offer(visit: string, file: Attachment): string;
  /** Takes a file, once, and only for the visit it was offered to. */
  fetch(visit: string | undefined, token: string): Attachment | undefined;
  /** Drops what is too old; called now and then. */
  sweep(): void;
}

/** Makes an empty shelf; `now` is a clock in milliseconds. */
export function makeShelf(now: () => number = Date.now): Shelf {
  const answers = new Map<string, { screen: Screen; until: number }>();
  const files = new Map<string, { visit: string; file: Attachment; until: number }>();
  let shared: Kept | undefined;
  const bound = (map: Map<string, unknown>): void => {
    for (const oldest of map.keys()) {
      if (map.size <= most) return;
      map.delete(oldest);
    }
  };
  return {
    share(kept) {
      shared = kept;
    },
    async put(visit, screen) {
      // what is drawn when it is sent stays with who can draw it
      if (shared && !screen.attachments?.length && !screen.picture)
        return shared.put(`answer ${visit}`, screen, answerLife / 1000).catch(() => undefined);
      answers.delete(visit);
      answers.set(visit, { screen, until: now() + answerLife });
      bound(answers);
    },
    async take(visit) {
      const other = await shared?.take(`answer ${visit}`).catch(() => undefined);
      const kept = answers.get(visit);
      answers.delete(visit);
      if (other) return other as Screen;
      return kept && kept.until > now() ? kept.screen : undefined;
    },
    clearFiles(visit) {
      for (const [token, kept] of files) if (kept.visit === visit) files.delete(token);
    },
    offer(visit, file) {
      const token = freshId();
      files.set(token, { visit, file, until: now() + fileLife });
      bound(files);
      return token;
    },
    fetch(visit, token) {
      const kept = files.get(token);
      if (!kept || kept.visit !== visit) return undefined;
      files.delete(token);
      return kept.until > now() ? kept.file : undefined;
    },
    sweep() {
      for (const map of [answers, files]) for (const [key, kept] of map) if (kept.until <= now()) map.delete(key);
    },
  };
}
