/** The door of the room: questions in, entries out, in one language; what is known is replaced as a whole or not at all. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type Contact, type Content, type Entry, LANGUAGES, type Language, loadKnowledge } from "./content.ts";
import { type Engine, type Example, engineOf, type Ranking } from "./engine.ts";
import { CALM, DANGER, judge, LIMITS, noticed, REPORT } from "./gate.ts";
import { languageOf } from "./language.ts";
import { learn, readOnce } from "./trainer.ts";

/** An entry as a button. */
export interface EntryLink {
  id: string;
  title: string;
}
/** A topic as a button, with its entries in the order of the file. */
export interface TopicView {
  topic: string;
  title: string;
  entries: EntryLink[];
}
/** Whom to call. `asOf` is the day it was checked. */
export interface ContactView extends Pick<Contact, "key" | "country" | "kind" | "number" | "url" | "source"> {
  name: string;
  asOf: string;
}
/** An entry in one language. `jurisdiction` holds country codes, or `any`; `asOf` is the day the facts were read. */
export interface EntryView extends EntryLink, Pick<Entry, "topic" | "jurisdiction" | "legal" | "report" | "danger"> {
  /** Each once, although several facts may rest on it. */
  sources: Omit<Entry["sources"][number], "fact">[];
  answer: string;
  steps: string[];
  more?: string;
  asOf: string;
  related: EntryLink[];
  contacts: ContactView[];
}

/** What is known about a question. */
export interface Answer {
  /** One entry answers; or up to three might be meant; or none. */
  kind: "answer" | "choices" | "unknown";
  /** The language of the entries. */
  language: Language;
  /** The language of the question where there are no entries in it; then nothing is answered. */
  foreign?: string;
  entries: EntryView[];
  /** Topics nearest to the question, nearest first, at most three; none where nothing is near. */
  topics: string[];
  /** Somebody may be in danger: the emergency contact comes first. */
  danger?: boolean;
  /** The question tells what somebody saw: offer the report, and keep nothing. */
  report?: boolean;
}

export interface Knowledge {
  /**
   * @param locale the person's setting: used where the question itself gives no language away
   * @param after the entry that was shown last, where the question goes on from it ("and in Germany?")
   */
  ask(question: string, locale: string, after?: string): Answer;
  /** @returns undefined if there is no such entry (any more) */
  entry(id: string, locale: string): EntryView | undefined;
  topics(locale: string): TopicView[];
  related(id: string, locale: string): EntryLink[];
  /** Contacts of a country, then those that hold anywhere; emergency first. */
  contacts(country: string, locale: string): ContactView[];
  /**
   * Reads the content again and learns it.
   *
   * @throws ContentError when it has faults; what was known stays in use
   */
  reload(): Promise<void>;
}

interface Known {
  content: Content;
  entries: ReadonlyMap<string, Entry>;
  dangerous: ReadonlySet<string>;
  engines: Record<Language, Engine>;
}

/**
 * Learns the content.
 *
 * @param from the folder (see `loadKnowledge`), or content that is already read
 * @param cache a folder to keep what was learnt in; it holds nothing that people asked
 * @throws ContentError when the content has faults
 */
export async function createKnowledge(from: string | Content, cache?: string): Promise<Knowledge> {
  const read = async () => know(typeof from === "string" ? contentOf(from, cache) : from, cache);
  let known = await read();
  return {
    ask: (question, locale, after) => ask(known, question, languageFor(locale), known.entries.get(after ?? "")),
    entry: (id, locale) => {
      const entry = known.entries.get(id);
      return entry && view(known, entry, languageFor(locale));
    },
    topics: (locale) => topics(known.content, languageFor(locale)),
    related: (id, locale) => links(known, known.entries.get(id)?.related ?? [], languageFor(locale)),
    contacts: (country, locale) => contacts(known.content, country, languageFor(locale)),
    async reload() {
      known = await read();
    },
  };
}

/** The examples that teach an engine this content in one language. */
export function examplesOf({ entries, signals }: Content, language: Language): Example[] {
  return [
    ...entries.flatMap((entry) => {
      const { ask, title, answer, steps } = entry[language];
      const neutral = entry.danger || entry.report ? { neutral: true as const } : {};
      return [...ask, title, ...sentences(answer), ...steps].map((text) => ({ text, label: entry.id, ...neutral }));
    }),
    ...signals.danger[language].map((text) => ({ text, label: DANGER })),
    ...signals.calm[language].map((text) => ({ text, label: CALM })),
    ...signals.report[language].map((text) => ({ text, label: REPORT })),
    ...signals.elsewhere[language].map((text) => ({ text })),
  ];
}

/** The answer's words are worth having: they were measured to bring 1 to 2 more of 100 unseen phrasings home. */
function sentences(text: string): string[] {
  return text.split(/(?<=[.!?;。！？；])\s*/).filter((sentence) => sentence !== "");
}

function contentOf(from: string, cache?: string): Content {
  const load = () => loadKnowledge(from);
  const room = join(from, "knowledge");
  if (cache === undefined || !existsSync(room)) return load();
  const files = [join(from, "contacts.yaml"), ...readdirSync(room).map((name) => join(room, name))];
  return readOnce(files, join(cache, "content.kept"), load);
}

async function know(content: Content, cache?: string): Promise<Known> {
  const [en, zh] = await Promise.all(
    LANGUAGES.map((language) => {
      const lesson = { examples: examplesOf(content, language), alike: content.alike[language] };
      return learn(lesson, cache && join(cache, `knowledge-${language}.model`));
    }),
  );
  return {
    content,
    entries: new Map(content.entries.map((entry) => [entry.id, entry])),
    dangerous: new Set(content.entries.flatMap((entry) => (entry.danger ? [entry.id] : []))),
    engines: { en: engineOf(en!), "zh-CN": engineOf(zh!) },
  };
}

function ask(known: Known, question: string, setting: Language, after?: Entry): Answer {
  const spoken = languageOf(question, setting);
  const language = LANGUAGES.find((each) => each === spoken.language);
  if (!language) return { kind: "unknown", language: setting, foreign: spoken.language, entries: [], topics: [] };
  const tries = spoken.sure ? [language] : [setting, ...LANGUAGES.filter((each) => each !== setting)];
  const asked = tries.map((each) => ({ language: each, ranking: known.engines[each].ask(question) }));
  // the person's own language, unless only another has something to say
  const found = asked.find((each) => judge(each.ranking, LIMITS[each.language]) !== "unknown") ?? asked[0]!;
  const { language: answered, ranking } = found;
  return after ? goneOn(known, question, answered, ranking, after) : answerOf(known, question, answered, ranking);
}

/** So much (in spreads of all scores) an entry gains by being related to the one before, and must lead by to be the answer. */
const RELATED = 1.5;
const AHEAD = 5;

/** What a question means that says little without the one before: what fits both, the entry before left out. */
function goneOn(known: Known, question: string, language: Language, alone: Ranking, after: Entry): Answer {
  const answer = answerOf(known, question, language, alone);
  if (alone.confidence < LIMITS[language].choices) return answer;
  const both = known.engines[language].ask(`${after[language].title} ${question}`);
  const scores = new Map(alone.ranked.map(({ label, score }) => [label, score]));
  const ranked = both.ranked
    .filter(({ label }) => label !== after.id)
    .map(({ label, score }) => ({
      label,
      score: score + scores.get(label)! + (after.related.includes(label) ? RELATED : 0),
    }))
    .sort((a, b) => b.score - a.score);
  const [first, second] = ranked;
  const sure = (first?.score ?? 0) - (second?.score ?? 0) >= AHEAD;
  const near = ranked.slice(0, sure ? 1 : 3).map(({ label }) => known.entries.get(label)!);
  return {
    ...answer,
    kind: sure ? "answer" : "choices",
    entries: near.map((entry) => view(known, entry, language)),
    topics: [...new Set(near.map((entry) => entry.topic))],
  };
}

function answerOf(known: Known, question: string, language: Language, ranking: Ranking): Answer {
  const alarm = known.content.signals.alarm[language];
  const { danger, report } = noticed(question, ranking, language, known.dangerous, alarm);
  const judged = judge(ranking, LIMITS[language]);
  // nobody in danger is told that we do not know, or left to choose among other things: what is nearest of what helps
  const helping = danger && judged !== "answer";
  const kind = helping ? "choices" : judged;
  const ranked = ranking.ranked.filter(({ label }) => !helping || known.dangerous.has(label));
  const near = ranked.slice(0, 3).map(({ label }) => known.entries.get(label)!);
  const shown = kind === "answer" ? near.slice(0, 1) : kind === "choices" ? near : [];
  return {
    kind,
    language,
    entries: shown.map((entry) => view(known, entry, language)),
    topics: ranking.clues.cosine > 0 && ranking.clues.strange < 0 ? [...new Set(near.map((entry) => entry.topic))] : [],
    ...(danger && { danger }),
    ...(report && { report }),
  };
}

function view(known: Known, entry: Entry, language: Language): EntryView {
  const { title, answer, steps, more } = entry[language];
  const { id, topic, jurisdiction, legal, report, danger } = entry;
  const sources = new Map(
    entry.sources.map(({ fact: _, ...source }) => {
      const named = language === "en" ? source : inChinese(source, known.content.names);
      return [JSON.stringify(named), named];
    }),
  );
  return {
    ...{ id, topic, title, jurisdiction, legal, report, danger, answer, steps },
    sources: [...sources.values()],
    ...(more !== undefined && { more }),
    asOf: entry.as_of,
    related: links(known, entry.related, language),
    contacts: entry.contacts.flatMap((key) => {
      const contact = known.content.contacts.find((each) => each.key === key);
      return contact ? [contactView(contact, language)] : [];
    }),
  };
}

function inChinese(source: EntryView["sources"][number], names: Content["names"]): EntryView["sources"][number] {
  const { title, article } = source;
  return {
    ...source,
    title: names[title] ?? title,
    ...(article !== undefined && { article: article.replaceAll(/[,;] /g, "、") }),
  };
}

function links(known: Known, ids: readonly string[], language: Language): EntryLink[] {
  return ids.flatMap((id) => {
    const entry = known.entries.get(id);
    return entry ? [{ id, title: entry[language].title }] : [];
  });
}

function topics(content: Content, language: Language): TopicView[] {
  return content.topics.map(({ topic, title }) => ({
    topic,
    title: title[language],
    entries: content.entries
      .filter((entry) => entry.topic === topic)
      .map((entry) => ({ id: entry.id, title: entry[language].title })),
  }));
}

function contacts(content: Content, country: string, language: Language): ContactView[] {
  const rank = (contact: Contact) => (contact.country === "any" ? 2 : 0) + (contact.kind === "emergency" ? 0 : 1);
  return content.contacts
    .filter((contact) => contact.country === country || contact.country === "any")
    .sort((a, b) => rank(a) - rank(b))
    .map((contact) => contactView(contact, language));
}

function contactView(
  { key, country, kind, number, url, source, name, as_of }: Contact,
  language: Language,
): ContactView {
  return {
    key,
    country,
    kind,
    source,
    name: name[language],
    asOf: as_of,
    ...(number && { number }),
    ...(url && { url }),
  };
}

function languageFor(locale: string): Language {
  return locale.toLowerCase().startsWith("zh") ? "zh-CN" : "en";
}
