/**
 * The questions and answers, read from `data/knowledge/*.yaml` (one file a topic) and `data/contacts.yaml`. Editors work
 * on these files, so everything wrong with any of them is told at once, with file, line and cure.
 */
import { join } from "node:path";
import { z } from "zod";
import {
  blameName,
  each,
  inOrder,
  kebab,
  type LocatedFault,
  readSheet,
  readSheets,
  said,
  stopAll,
} from "../content.ts";
import { contactFaults, duplicates, entryFaults, nameless, ties } from "./rules.ts";

/** The languages every entry is written in. */
export const LANGUAGES = ["en", "zh-CN"] as const;
export type Language = (typeof LANGUAGES)[number];

const day = z.iso.date({ error: "is not a day such as 2026-11-23" });
const country = z.string().regex(/^([A-Z]{2}|any)$/, { error: "is not a country code such as CN, EU or UK, or any" });
const link = z.url({ protocol: /^https?$/, error: "is not a web address that starts with https://" });

const wordsSchema = z.strictObject({
  title: said(60),
  answer: said(300),
  steps: z.array(said(160)).max(3, { error: "has more than three steps" }).default([]),
  more: said(1500).optional(),
  ask: z.array(said(300)).min(20, { error: "has fewer than 20 phrasings" }),
});
const sourceSchema = z
  .strictObject({
    /** Its number in the collection of facts; absent where it was read for this entry alone. */
    fact: z
      .string()
      .regex(/^[A-Z]{2,3}-\d+$/, { error: "is not a fact such as CN-31" })
      .optional(),
    title: said(200),
    article: z.union([said(60), z.int().positive().transform(String)]).optional(),
    url: link.optional(),
  })
  .refine(({ fact, url }) => fact !== undefined || url !== undefined, { error: "has neither a fact nor a url" });
const entrySchema = z.strictObject({
  id: kebab,
  as_of: day,
  jurisdiction: z.array(country).min(1, { error: "is empty; write [any] if the answer holds everywhere" }),
  legal: z.boolean().default(false),
  report: z.boolean().default(false),
  danger: z.boolean().default(false),
  related: z
    .array(kebab)
    .min(1, { error: "names no entry; name one to four" })
    .max(4, { error: "names more than four entries" }),
  contacts: z.array(kebab).default([]),
  sources: z.array(sourceSchema).min(1, { error: "names no source" }),
  ...each(wordsSchema).shape,
});
const fileSchema = z.strictObject({ topic: kebab, title: each(said(40)), entries: z.array(z.unknown()).min(1) });
const contactSchema = z.strictObject({
  country,
  kind: z.enum(["emergency", "police", "anti-fraud", "regulator", "consumer", "advice"]),
  name: each(said(120)),
  number: z
    .string({ error: "is not text; put the number in quotes" })
    .regex(/^[+\d][\d -]*$/)
    .optional(),
  url: link.optional(),
  as_of: day,
  source: said(200),
  checked: z.enum(["V", "S", "K"]),
});
const phrasings = each(z.array(said(300)).min(60, { error: "has fewer than 60 phrasings" }));
const signalsSchema = z.strictObject({
  danger: phrasings,
  alarm: each(z.array(said(60))),
  calm: phrasings,
  report: phrasings,
  elsewhere: phrasings,
});
/** What a source that entries name in English is called in Chinese. */
const namesSchema = z.record(said(200), said(200));
const groups = z.array(z.string().regex(/^\S+( \S+)+$/, { error: "is not a line of two or more words" }));
const alikeSchema = each(groups);

export type Words = z.infer<typeof wordsSchema>;
export type Entry = z.infer<typeof entrySchema> & { topic: string };
export type Contact = z.infer<typeof contactSchema> & { key: string };
export interface Topic {
  topic: string;
  title: Record<Language, string>;
}
/** Phrasings that are no question to an entry: somebody in danger or only sounding so, a report, something else altogether. */
export type Signals = z.infer<typeof signalsSchema>;

/** Groups of words that mean about the same; each group is one text, its words apart by spaces. */
export type Alike = z.infer<typeof alikeSchema>;

/** All of it, in the order of file names and of each file. */
export interface Content {
  topics: readonly Topic[];
  entries: readonly Entry[];
  contacts: readonly Contact[];
  signals: Signals;
  alike: Alike;
  /** Chinese names of sources, by the English one. */
  names: Readonly<Record<string, string>>;
}

/** A thing that was read, and where it stands. */
export interface Placed<T> {
  value: T;
  file: string;
  line(keys?: readonly PropertyKey[]): number;
}

/**
 * Reads and checks everything that is known.
 *
 * @param folder with `contacts.yaml` and the folder `knowledge`
 * @throws ContentError with every fault
 */
export function loadKnowledge(folder: string): Content {
  const { content, faults } = readKnowledge(folder);
  stopAll(faults);
  return content;
}

/** Every fault of the content in this folder (see `loadKnowledge`), by file and line; none if it can be used. */
export function checkKnowledge(folder: string): LocatedFault[] {
  return readKnowledge(folder).faults;
}

/** What can be read of the content, and what is wrong with the rest: good entries are there although others are not. */
export function readKnowledge(folder: string, today = new Date().toISOString().slice(0, 10)) {
  const faults: LocatedFault[] = [];
  const contacts = readContacts(join(folder, "contacts.yaml"), faults);
  const room = join(folder, "knowledge");
  const topics: Topic[] = [];
  const entries: Placed<Entry>[] = [];
  const ids = new Set<string>();
  for (const sheet of readSheets(room, fileSchema, CURE, faults)) {
    const { file, value, at } = sheet;
    const { topic, title } = value;
    topics.push({ topic, title });
    blameName(sheet, "topic");
    value.entries.forEach((raw, index) => {
      const within = ["entries", index];
      const id = (raw as { id?: unknown } | null)?.id;
      if (typeof id === "string") ids.add(id);
      const entry = sheet.part(entrySchema, raw, within, id);
      const line = (keys: readonly PropertyKey[] = []) => at([...within, ...keys]);
      if (entry) entries.push({ value: { ...entry, topic }, file, line });
    });
  }
  faults.push(...entries.flatMap((entry) => entryFaults(entry, today)));
  faults.push(...contactFaults(contacts, today), ...duplicates(entries), ...ties(entries, ids, contacts));
  const none = { en: [], "zh-CN": [] };
  const side = <T>(name: string, schema: z.ZodType<T>, instead: T): T =>
    readSheet(join(room, name), schema, CURE, faults)?.value ?? instead;
  const unsaid = { danger: none, alarm: none, calm: none, report: none, elsewhere: none };
  const signals = side("_signals.yaml", signalsSchema, unsaid);
  const alike = side("_words.yaml", alikeSchema, none);
  const names = side("_sources.yaml", namesSchema, {});
  faults.push(...nameless(entries, names));
  const content: Content = {
    topics,
    entries: entries.map((entry) => entry.value),
    contacts: contacts.map((contact) => contact.value),
    signals,
    alike,
    names,
  };
  return { content, faults: inOrder(faults) };
}

const CURE = "mend it; the README's chapter for editors shows a whole entry";

function readContacts(file: string, faults: LocatedFault[]): Placed<Contact>[] {
  const sheet = readSheet(file, z.record(z.string(), z.unknown()), "write it like the other contacts", faults);
  return Object.entries(sheet?.value ?? {}).flatMap(([key, raw]) => {
    const contact = sheet!.part(contactSchema, raw, [key], key);
    const line = (keys: readonly PropertyKey[] = []) => sheet!.at([key, ...keys]);
    return contact ? [{ value: { ...contact, key }, file, line }] : [];
  });
}
