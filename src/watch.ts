/** Content that is edited while the house runs: read again as a whole when the files have come to rest, or not at all. */
import { type FSWatcher, watch } from "node:fs";
import { basename } from "node:path";
import type { ContentError } from "./content.ts";
import { codeOf } from "./errors.ts";
import type { Quiz } from "./quiz/quiz.ts";
import { loadTips, type Tip } from "./tips/content.ts";

/** What may be told the operator: names of files and lines, never what stands there. */
type Note = (code: string, values?: Record<string, string | number>) => void;

/** A folder of content files. */
export interface Place {
  folder: string;
  /** The only file there that matters. */
  only?: string;
  /** Reads everything of it anew; throws where it has faults, and what was known stays in use. */
  reload(): Promise<unknown>;
}

/** Editors write several files, and some programs write one in pieces (milliseconds). */
const rest = 500;

/** What editors work on, and who has to know. @param folders that hold the folders of these names */
export function editedContent(
  folders: { knowledge: string; tips: string; quizzes: string },
  rooms: { relearn(): Promise<unknown>; tips: Tip[]; quiz: Quiz },
): Place[] {
  return [
    { folder: `${folders.knowledge}/knowledge`, reload: rooms.relearn },
    { folder: folders.knowledge, only: "contacts.yaml", reload: rooms.relearn },
    {
      folder: `${folders.tips}/tips`,
      // in place: whoever shows tips holds this list
      reload: async () => rooms.tips.splice(0, Number.POSITIVE_INFINITY, ...loadTips(folders.tips)),
    },
    {
      folder: `${folders.quizzes}/quizzes`,
      reload: async () => rooms.quiz.use((await import("./quiz/content.ts")).loadQuizzes(folders.quizzes)),
    },
  ];
}

/** Watches content files. @returns ends the watching */
export function watchContent(places: Place[], note: Note, pause = rest): () => void {
  const timers = new Map<Place, NodeJS.Timeout>();
  let running = Promise.resolve();
  const again = async ({ reload }: Place) => {
    try {
      await reload();
      note("content-reloaded");
    } catch (error) {
      const { file, line = 0 } = codeOf(error) === "content-invalid" ? (error as ContentError) : {};
      note("content-invalid", file === undefined ? undefined : { file: basename(file), line });
    }
  };
  const changed = (place: Place, file: string | null) => {
    if (file !== null && (place.only ? file !== place.only : !file.endsWith(".yaml"))) return;
    clearTimeout(timers.get(place));
    const timer = setTimeout(() => {
      running = running.then(() => again(place));
    }, pause);
    timers.set(place, timer.unref());
  };
  const watchers: FSWatcher[] = [];
  for (const place of places) {
    try {
      const watcher = watch(place.folder, { persistent: false }, (_event, file) => changed(place, file));
      watchers.push(watcher.on("error", () => note("content-unwatched")));
    } catch {
      note("content-unwatched"); // this system has no more watches to give: a restart reads what is new
    }
  }
  return () => {
    for (const timer of timers.values()) clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}
