/** Content that is edited while the house runs: read again as a whole when the files have come to rest, or not at all. */
import { type FSWatcher, watch } from "node:fs";
import { basename, join } from "node:path";
import { ContentError } from "../content.ts";

/** What may be told the operator: names of files and lines, never what stands there. */
type Note = (code: string, values?: Record<string, string | number>) => void;

/** Editors write several files, and some programs write one in pieces (milliseconds). */
const rest = 500;

/**
 * Watches the files of questions and answers.
 *
 * @param folder of the content
 * @param reload reads everything anew; throws where it has faults, and what was known stays in use
 * @returns ends the watching
 */
export function watchContent(folder: string, reload: () => Promise<void>, note: Note, pause = rest): () => void {
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  const again = async () => {
    try {
      await reload();
      note("content-reloaded");
    } catch (error) {
      if (error instanceof ContentError) note("content-invalid", { file: basename(error.file), line: error.line });
      else note("content-invalid");
    }
  };
  const changed = (file: string | null) => {
    if (file !== null && !file.endsWith(".yaml")) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      running = running.then(again);
    }, pause);
    timer.unref();
  };
  const watchers: FSWatcher[] = [];
  try {
    watchers.push(watch(join(folder, "knowledge"), { persistent: false }, (_event, file) => changed(file)));
    watchers.push(
      watch(folder, { persistent: false }, (_event, file) => {
        if (file === "contacts.yaml") changed(file);
      }),
    );
    for (const watcher of watchers) watcher.on("error", () => note("content-unwatched"));
  } catch {
    note("content-unwatched"); // this system has no more watches to give: a restart reads what is new
  }
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}
