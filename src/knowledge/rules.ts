/** What a schema cannot say of the content: rules between fields, between entries, and between files. */
import type { LocatedFault } from "../content.ts";
import { type Contact, type Entry, LANGUAGES, type Language, type Placed } from "./content.ts";
import { normalise } from "./text.ts";

const NAMES: Record<Language, string> = { en: "English", "zh-CN": "Chinese" };
const HAN = /\p{Script=Han}/u;

/** Faults of one entry alone: days to come, a text in the wrong language, the same phrasing twice, itself as related. */
export function entryFaults({ value, file, line }: Placed<Entry>, today: string): LocatedFault[] {
  const faults: LocatedFault[] = [];
  const blame = (keys: PropertyKey[], problem: string, cure: string) =>
    faults.push({ file, line: line(keys), problem: `${value.id}: ${problem}`, cure });
  if (value.as_of > today)
    blame(["as_of"], "as_of lies in the future", `write the day the facts were read, ${today} or before`);
  value.related.forEach((id, index) => {
    if (id === value.id) blame(["related", index], "is related to itself", "name another entry");
    if (value.related.indexOf(id) < index) blame(["related", index], `names "${id}" twice`, "take one of the two out");
  });
  for (const language of LANGUAGES) {
    const words = value[language];
    for (const [key, text] of [
      ["title", words.title],
      ["answer", words.answer],
    ] as const) {
      const chinese = language === "zh-CN";
      if (HAN.test(text) === chinese) continue;
      const problem = `${language}.${key} is not written in ${NAMES[language]}`;
      blame([language, key], problem, `write it in ${NAMES[language]}`);
    }
  }
  return faults;
}

/** Faults of contacts: days to come, and numbers that nobody checked. */
export function contactFaults(contacts: readonly Placed<Contact>[], today: string): LocatedFault[] {
  return contacts.flatMap(({ value, file, line }) => {
    const faults: LocatedFault[] = [];
    const blame = (keys: PropertyKey[], problem: string, cure: string) =>
      faults.push({ file, line: line(keys), problem: `${value.key}: ${problem}`, cure });
    if (value.as_of > today)
      blame(["as_of"], "as_of lies in the future", `write the day it was checked, ${today} or before`);
    if (value.checked === "K" && value.number && value.kind !== "emergency") {
      blame(
        ["number"],
        "gives a number that nobody has checked",
        "check it and write checked: S or V, or take the number out",
      );
    }
    return faults;
  });
}

/** Ids and phrasings that stand more than once, in whatever file. */
export function duplicates(entries: readonly Placed<Entry>[]): LocatedFault[] {
  const faults: LocatedFault[] = [];
  const seen = new Map<string, Placed<Entry>>();
  const asked = new Map<string, { entry: Placed<Entry>; keys: readonly PropertyKey[] }>();
  for (const entry of entries) {
    const { value, file, line } = entry;
    const twin = seen.get(value.id);
    if (twin) {
      const problem = `"${value.id}" is there already (${twin.file}:${twin.line()})`;
      faults.push({ file, line: line(["id"]), problem, cure: "give this entry another id, or join the two" });
    }
    seen.set(value.id, entry);
    for (const language of LANGUAGES) {
      value[language].ask.forEach((text, index) => {
        const key = `${language} ${normalise(text)}`;
        const keys = [language, "ask", index];
        const first = asked.get(key);
        if (!first) {
          asked.set(key, { entry, keys });
          return;
        }
        const { entry: other } = first;
        const problem = `${value.id}: "${text}" is asked already by ${other.value.id} (${other.file}:${other.line(first.keys)})`;
        faults.push({ file, line: line(keys), problem, cure: "ask it in other words, or take it out" });
      });
    }
  }
  return faults;
}

/** Links to entries or contacts that are not there, and contacts' numbers written into a text. */
export function ties(
  entries: readonly Placed<Entry>[],
  ids: ReadonlySet<string>,
  contacts: readonly Placed<Contact>[],
): LocatedFault[] {
  const faults: LocatedFault[] = [];
  const keys = new Set(contacts.map((contact) => contact.value.key));
  const numbers = new Map(contacts.flatMap(({ value }) => (value.number ? [[value.number, value.key] as const] : [])));
  for (const { value, file, line } of entries) {
    const blame = (path: PropertyKey[], problem: string, cure: string) =>
      faults.push({ file, line: line(path), problem: `${value.id}: ${problem}`, cure });
    value.related.forEach((id, index) => {
      if (!ids.has(id))
        blame(["related", index], `is related to "${id}", which is not there`, "correct the id, or take it out");
    });
    value.contacts.forEach((key, index) => {
      if (!keys.has(key))
        blame(["contacts", index], `names the contact "${key}", which is not there`, "use a key of contacts.yaml");
    });
    for (const language of LANGUAGES) {
      const { answer, steps, more = "" } = value[language];
      for (const [path, text] of [
        ["answer", answer],
        ["more", more],
        ...steps.map((step, i) => [i, step] as const),
      ] as const) {
        const keysOf = typeof path === "number" ? [language, "steps", path] : [language, path];
        for (const number of phoneNumbers(text, numbers)) {
          const cure = `take it out and add "${numbers.get(number)}" to contacts, where numbers are kept up to date`;
          blame(keysOf, `${keysOf.join(".")} has the phone number ${number}`, cure);
        }
      }
    }
  }
  return faults;
}

/** Sources that have no name in Chinese. */
export function nameless(entries: readonly Placed<Entry>[], names: Readonly<Record<string, string>>): LocatedFault[] {
  return entries.flatMap(({ value, file, line }) =>
    value.sources.flatMap(({ title }, index) => {
      if (Object.hasOwn(names, title)) return [];
      const problem = `${value.id}: the source “${title}” has no name in Chinese`;
      const cure = "write it as another entry does, or add its name to knowledge/_sources.yaml";
      return [{ file, line: line(["sources", index]), problem, cure }];
    }),
  );
}

/** The known numbers in a text, but not where they are the number of an article or an amount. */
function phoneNumbers(text: string, known: ReadonlyMap<string, string>): string[] {
  return [...known.keys()].filter((number) => {
    const plain = number.replace(/[^\d]/g, "");
    const spaced = number
      .replace(/[^\d+ -]/g, "")
      .replace(/[ -]/g, "[ -]?")
      .replace("+", "\\+");
    const before = plain.length > 4 ? "" : "(?<!(?:Art\\.?|Article|Articles|Rule|s\\.|§|第|CFR|U\\.S\\.C\\.) ?)(?<!第)";
    const after = plain.length > 4 ? "" : "(?! ?(?:条|款|项|%|yuan|元|人|items|records|days|天|日))";
    return new RegExp(`${before}(?<![\\d.,])${spaced}(?![\\d]|[.,]\\d)${after}`, "i").test(text);
  });
}
