/**
 * Answers that whoever asks for them may post where others read: found while somebody types, drawn whole, with sources.
 * What is typed is looked up and forgotten; no word of it is in what is posted.
 */
import { sourceLines } from "./conversations/sources.ts";
import type { Words } from "./i18n/words.ts";
import type { EntryView, Knowledge } from "./knowledge/knowledge.ts";
import type { Answers, Ready } from "./platforms/platform.ts";

/** Networks cut a longer list; nobody reads one. */
const most = 10;
/** What is longer is no search. */
const longest = 300;

/** @param knowledge what is known, learned at the first question */
export function readyAnswers(knowledge: () => Promise<Knowledge>, words: Words): Answers {
  const ready = (entry: EntryView, locale: string): Ready => ({
    id: entry.id,
    title: entry.title,
    ...drawn(entry, (key, values) => words.say(locale, key, values)),
  });
  return {
    async find(locale, typed) {
      const spoken = words.pick(locale);
      const known = await knowledge();
      const text = typed.trim().slice(0, longest);
      const topics = known.topics(spoken);
      if (text === "")
        return entriesOf(
          known,
          spoken,
          topics.flatMap((topic) => topic.entries.slice(0, 1)),
          ready,
        );
      const answered = known.ask(text, spoken).entries;
      const small = text.toLowerCase();
      const titled = topics.flatMap((topic) => topic.entries).filter((e) => e.title.toLowerCase().includes(small));
      const ids = new Set(answered.map((entry) => entry.id));
      const others = titled.filter((entry) => !ids.has(entry.id));
      return [
        ...answered.map((entry) => ready(entry, spoken)),
        ...entriesOf(known, spoken, others.slice(0, most), ready),
      ].slice(0, most);
    },
    async get(locale, id) {
      const spoken = words.pick(locale);
      const entry = (await knowledge()).entry(id, spoken);
      return entry && ready(entry, spoken);
    },
  };
}

function entriesOf(
  known: Knowledge,
  locale: string,
  links: { id: string }[],
  ready: (entry: EntryView, locale: string) => Ready,
): Ready[] {
  return links.slice(0, most).flatMap(({ id }) => {
    const entry = known.entry(id, locale);
    return entry ? [ready(entry, locale)] : [];
  });
}

/** The answer and its steps, as of when, and folded where it comes from; without the long part, which is for who asked. */
function drawn(
  entry: EntryView,
  t: (key: string, values?: Record<string, string>) => string,
): Pick<Ready, "text" | "fold"> {
  const text = [
    entry.answer,
    ...(entry.steps.length > 0 ? [entry.steps.map((step, i) => `${i + 1}. ${step}`).join("\n")] : []),
    [t("ask:as-of", { day: entry.asOf }), ...(entry.legal ? [t("ask:legal")] : [])].join("\n"),
  ].join("\n\n");
  return { text, fold: { title: t("ask:from"), text: sourceLines(entry, t) } };
}
