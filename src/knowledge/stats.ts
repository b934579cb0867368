/** What editors want to know of the content: how much there is where, how old its sources are, how an entry reads. */
import { type Content, type Entry, LANGUAGES, type Language } from "./content.ts";
import { normalise } from "./text.ts";

/** Days after which facts deserve another look. */
const oldAfter = 365;
/** Phrasings in common from which two entries are worth comparing. */
const alikeFrom = 0.5;

/**
 * Coverage by topic and language, the age of sources, and entries that ask nearly the same.
 *
 * @param today such as 2026-11-23
 * @returns lines of text
 */
export function coverage(content: Content, today: string): string[] {
  const age = (day: string) => Math.round((Date.parse(today) - Date.parse(day)) / 86_400_000);
  const lines = [`${content.entries.length} entries in ${content.topics.length} topics`, ""];
  const columns = (cells: (string | number)[]) =>
    cells.map((cell, i) => (i === 0 ? String(cell).padEnd(14) : String(cell).padStart(9))).join("");
  lines.push(columns(["topic", "entries", ...LANGUAGES, "steps", "more", "report", "oldest"]));
  for (const { topic } of [...content.topics, { topic: "all" }]) {
    const of = content.entries.filter((entry) => topic === "all" || entry.topic === topic);
    const count = (has: (entry: Entry) => boolean) => of.filter(has).length;
    lines.push(
      columns([
        topic,
        of.length,
        ...LANGUAGES.map((language) => of.reduce((sum, entry) => sum + entry[language].ask.length, 0)),
        count((entry) => entry.en.steps.length > 0),
        count((entry) => entry.en.more !== undefined),
        count((entry) => entry.report),
        of.length > 0 ? `${Math.max(...of.map((entry) => age(entry.as_of)))} d` : "-",
      ]),
    );
  }
  lines.push("(a language's column counts phrasings; “oldest” is the age of the facts in days)", "");
  lines.push(...listed("entries whose facts are older than a year", old(content.entries, age)));
  lines.push(...listed("contacts that were checked more than a year ago", old(named(content.contacts), age)));
  lines.push(...listed("entries without a link to the law or page", linkless(content)));
  lines.push(...listed("entries that ask nearly the same", twins(content)));
  return lines;
}

function listed(what: string, items: string[]): string[] {
  return [`${what}: ${items.length === 0 ? "none" : items.length}`, ...items.map((item) => `  ${item}`)];
}

function old(things: readonly { id: string; as_of: string }[], age: (day: string) => number): string[] {
  return things
    .filter((thing) => age(thing.as_of) > oldAfter)
    .sort((a, b) => a.as_of.localeCompare(b.as_of))
    .map((thing) => `${thing.id} (${thing.as_of})`);
}

function named(contacts: Content["contacts"]) {
  return contacts.map(({ key, as_of }) => ({ id: key, as_of }));
}

function linkless(content: Content): string[] {
  return content.entries
    .filter((entry) => entry.sources.every((source) => !source.url && !source.article))
    .map((entry) => entry.id);
}

/** Pairs of entries of which one shares many of its words, in the wording of its phrasings, with the other. */
function twins(content: Content): string[] {
  const found: string[] = [];
  for (const language of LANGUAGES) {
    const words = content.entries.map((entry) => ({ id: entry.id, frequent: frequentPairs(entry, language) }));
    words.forEach((one, i) => {
      for (const other of words.slice(i + 1)) {
        const shared = [...one.frequent].filter((pair) => other.frequent.has(pair)).length;
        const part = shared / Math.min(one.frequent.size, other.frequent.size);
        if (part >= alikeFrom)
          found.push(`${one.id} and ${other.id} (${language}, ${Math.round(part * 100)} % of the commoner turns)`);
      }
    });
  }
  return found;
}

/** Turns of phrase (two words, two characters in Chinese) that several phrasings of an entry use. */
function frequentPairs(entry: Entry, language: Language): Set<string> {
  const counts = new Map<string, number>();
  for (const text of entry[language].ask) {
    const plain = normalise(text);
    const units = language === "zh-CN" ? [...plain.replace(/\s/g, "")] : plain.split(/\s+/);
    for (const pair of new Set(units.slice(1).map((unit, i) => `${units[i]} ${unit}`)))
      counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  const pairs = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 25);
  return new Set(pairs.map(([pair]) => pair));
}

/** An entry as people will read it, in every language, with what only editors see; undefined if there is none. */
export function printed(content: Content, id: string): string | undefined {
  const entry = content.entries.find((each) => each.id === id);
  if (!entry) return undefined;
  const texts = LANGUAGES.map((language) => {
    const { title, answer, steps, more, ask } = entry[language];
    return [
      `── ${language} · ${ask.length} phrasings ──`,
      title,
      answer,
      ...(steps.length > 0 ? [steps.map((step, i) => `${i + 1}. ${step}`).join("\n")] : []),
      ...(more ? [more] : []),
    ].join("\n\n");
  });
  const contacts = content.contacts.filter((contact) => entry.contacts.includes(contact.key));
  const flags = (["legal", "report", "danger"] as const).filter((flag) => entry[flag]);
  const behind = [
    `topic ${entry.topic} · as of ${entry.as_of} · ${entry.jurisdiction.join(", ")}${flags.map((f) => ` · ${f}`).join("")}`,
    ...contacts.map((c) => `contact ${c.key}: ${c.name.en}, ${[c.number, c.url].filter(Boolean).join(", ")}`),
    ...entry.sources.map((s) =>
      [`source${s.fact ? ` ${s.fact}` : ""}: ${s.title}`, s.article && `article ${s.article}`, s.url]
        .filter(Boolean)
        .join(", "),
    ),
    `related: ${entry.related.join(", ")}`,
  ];
  return [...texts, behind.join("\n")].join("\n\n");
}
