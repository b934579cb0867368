/**
 * The quiz items, read from `data/quizzes/*.yaml` (one file a theme). Editors work on these files, so everything wrong
 * with any of them is told at once, with file, line and cure.
 */
import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import { z } from "zod";
import { blameName, each, inOrder, kebab, type LocatedFault, readSheets, said, stopAll } from "../content.ts";
import { sectors } from "./sectors.ts";

/** The languages every item is written in. */
export const languages = ["en", "zh-CN"] as const;
export type Language = (typeof languages)[number];
export const kinds = ["single", "several", "true-false", "order", "next", "spot"] as const;

const optionSchema = z.strictObject({
  right: z.literal(true).optional(),
  ...each(z.strictObject({ text: said(160), why: said(300) })).shape,
});
const itemSchema = z.strictObject({
  id: kebab,
  as_of: z.iso.date({ error: "is not a day such as 2026-11-23" }),
  kind: z.enum(kinds),
  sectors: z.array(z.enum(["any", ...sectors])).min(1, { error: "is empty; write [any] if it is for everybody" }),
  difficulty: z.int().min(1).max(5),
  knowledge: kebab,
  sources: z
    .array(
      z.strictObject({
        fact: z.string().regex(/^[A-Z]{2,3}-\d+$/, { error: "is not a fact such as CN-31" }),
        title: said(200),
        article: z.union([said(60), z.int().positive().transform(String)]).optional(),
        url: z.url({ protocol: /^https?$/, error: "is not a web address that starts with https://" }).optional(),
      }),
    )
    .min(1, { error: "names no source" }),
  goal: each(said(120)),
  ...each(z.strictObject({ ask: said(500), excerpt: said(700).optional() })).shape,
  options: z.array(optionSchema).min(2, { error: "has fewer than two options" }).max(5, { error: "has over five" }),
});
const fileSchema = z.strictObject({ theme: kebab, title: each(said(40)), items: z.array(z.unknown()).min(1) });

type Parsed = z.infer<typeof itemSchema>;
/** One question. `print` changes when what is asked or what is right changes, not when a reason is reworded. */
export type Item = Parsed & { theme: string; print: string };
export interface Theme {
  theme: string;
  title: Record<Language, string>;
}
export interface QuizContent {
  themes: Theme[];
  items: Item[];
}

const CURE = "mend it; the README's chapter for editors shows a whole item";

/**
 * What can be read of the items, and what is wrong with the rest: good items are there although others are not.
 * @param knowledge ids of the entries that *why?* may lead to; not checked if absent
 */
export function readQuizzes(
  folder: string,
  knowledge?: ReadonlySet<string>,
  today = new Date().toISOString().slice(0, 10),
): { content: QuizContent; faults: LocatedFault[] } {
  const faults: LocatedFault[] = [];
  const content: QuizContent = { themes: [], items: [] };
  const seen = new Map<string, string>();
  for (const sheet of readSheets(join(folder, "quizzes"), fileSchema, CURE, faults)) {
    const { theme, title, items } = sheet.value;
    content.themes.push({ theme, title });
    blameName(sheet, "theme");
    items.forEach((raw, index) => {
      const within = ["items", index];
      const item = sheet.part(itemSchema, raw, within, (raw as { id?: unknown } | null)?.id);
      if (!item) return;
      const found = itemFaults(item, today);
      if (seen.has(item.id)) found.push([["id"], `the id is taken in ${seen.get(item.id)}`, "give it another id"]);
      if (knowledge && !knowledge.has(item.knowledge))
        found.push([
          ["knowledge"],
          `there is no entry "${item.knowledge}"`,
          "write the id of an entry in data/knowledge",
        ]);
      seen.set(item.id, basename(sheet.file));
      for (const [keys, problem, cure] of found) sheet.blame([...within, ...keys], `${item.id}: ${problem}`, cure);
      content.items.push({ ...item, theme, print: printOf(item) });
    });
  }
  return { content, faults: inOrder(faults) };
}

/** All items, or none. @throws ContentError with every fault */
export function loadQuizzes(folder: string): QuizContent {
  const { content, faults } = readQuizzes(folder);
  stopAll(faults);
  return content;
}

/** What the schema cannot say. */
function itemFaults(item: Parsed, today: string): [PropertyKey[], string, string][] {
  const found: [PropertyKey[], string, string][] = [];
  const right = item.options.filter((o) => o.right).length;
  if (item.kind === "order" && right > 0)
    found.push([
      ["options"],
      "an order has no right option",
      'take out "right:"; write the options in the right order',
    ]);
  if (item.kind === "several" && right < 2)
    found.push([["options"], "fewer than two options are right", "mark two or more with right: true, or use single"]);
  if (item.kind !== "order" && item.kind !== "several" && right !== 1)
    found.push([["options"], `${right} options are right`, "mark exactly one with right: true"]);
  if (item.kind === "true-false" && item.options.length !== 2)
    found.push([["options"], "true or false has two options", "leave two options"]);
  for (const language of languages) {
    if (item.kind === "spot" && !item[language].excerpt)
      found.push([[language], "there is no excerpt to spot a sign in", `add "excerpt:" under ${language}`]);
    const texts = item.options.map((o) => o[language].text);
    if (new Set(texts).size < texts.length)
      found.push([["options"], `two options read the same (${language})`, "write each option differently"]);
  }
  if (item.sectors.length > 1 && item.sectors.includes("any"))
    found.push([["sectors"], '"any" stands beside other sectors', "write any alone, or name the sectors"]);
  if (item.as_of > today) found.push([["as_of"], "the day has not come", "write the day it was last checked"]);
  return found;
}

function printOf(item: Parsed): string {
  const asked = [item.kind, item.en, item["zh-CN"], item.options.map((o) => [o.right, o.en.text, o["zh-CN"].text])];
  return createHash("sha256").update(JSON.stringify(asked)).digest("base64url").slice(0, 6);
}
