/**
 * The awareness tips, read from `data/tips/*.yaml` (one file a theme, every language side by side). Editors work on these
 * files, so everything wrong with any of them is told at once, with file, line and cure.
 */
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { z } from "zod";
import { ContentError, explain, type Fault, kebab, type LocatedFault, readYaml } from "../content.ts";

export const audiences = ["staff", "managers", "public", "reviewers"] as const;
export const sectors = [
  "any",
  "bank",
  "telecom",
  "courier",
  "traffic",
  "health",
  "travel",
  "commerce",
  "public",
] as const;
export type Audience = (typeof audiences)[number];
export type Sector = (typeof sectors)[number];

/** Most characters of a tip and its thing to do, together: it fits one message of every platform. */
const longest = 600;

const id = kebab.max(30, { error: "is longer than 30 characters; it travels in buttons" });
const said = z.string().trim().min(1, { error: "is empty" });
const words = z
  .strictObject({ text: said, today: said })
  .refine(({ text, today }) => [...text, ...today].length <= longest, {
    error: `is longer than ${longest} characters (text and today together); shorten it or make two tips of it`,
  });
const tipSchema = z.strictObject({
  id,
  as_of: z.iso.date({ error: "is not a day such as 2026-11-23" }),
  audiences: z.array(z.enum(audiences)).min(1, { error: "names nobody" }),
  sectors: z.array(z.enum(sectors)).min(1, { error: "is empty; write [any] if the tip fits every sector" }),
  sources: z
    .array(
      z.strictObject({
        fact: z.string().regex(/^[A-Z]{2,3}-\d+$/, { error: "is not a fact such as CS-04" }),
        title: z.strictObject({ en: said, "zh-CN": said }),
        article: z.union([said, z.int().positive().transform(String)]).optional(),
        url: z.url({ protocol: /^https?$/, error: "is not a web address that starts with https://" }).optional(),
      }),
    )
    .min(1, { error: "names no source" }),
  quiz: z.boolean().default(false),
  report: z.boolean().default(false),
  en: words,
  "zh-CN": words,
});
const fileSchema = z.strictObject({
  theme: id,
  title: z.strictObject({ en: said, "zh-CN": said }),
  tips: z.array(z.unknown()).min(1, { error: "has no tip" }),
});

export type Tip = z.infer<typeof tipSchema> & { theme: string; title: { en: string; "zh-CN": string } };

/** Reads and checks all tips. @param folder that holds the folder `tips` @throws ContentError with every fault */
export function loadTips(folder: string): Tip[] {
  const { tips, faults } = readTips(folder);
  const [first, ...rest] = faults;
  if (first) throw new ContentError(first.file, [first, ...rest]);
  return tips;
}

/** Every fault of the tips, by file and line; none if they can be used. */
export function checkTips(folder: string): LocatedFault[] {
  return readTips(folder).faults;
}

function readTips(folder: string): { tips: Tip[]; faults: LocatedFault[] } {
  const faults: LocatedFault[] = [];
  const tips: Tip[] = [];
  const today = new Date().toISOString().slice(0, 10);
  const blame = (file: string, found: Fault[]) => faults.push(...found.map((fault) => ({ file, ...fault })));
  const cure = "mend it; write it like the other tips of this file";
  for (const file of yamlFiles(join(folder, "tips"))) {
    let opened: ReturnType<typeof readYaml>;
    try {
      opened = readYaml(file);
    } catch (error) {
      if (!(error instanceof ContentError)) throw error;
      faults.push(...error.faults);
      continue;
    }
    const { at } = opened;
    const parsed = fileSchema.safeParse(opened.value);
    for (const issue of parsed.error?.issues ?? []) blame(file, explain(issue, at, [], cure));
    if (!parsed.success) continue;
    const { theme, title } = parsed.data;
    if (`${theme}.yaml` !== basename(file)) {
      const mend = `write theme: ${basename(file, ".yaml")}, or rename the file`;
      blame(file, [{ line: at(["theme"]), problem: `theme "${theme}" is not the file's name`, cure: mend }]);
    }
    parsed.data.tips.forEach((raw, index) => {
      const within = ["tips", index];
      const tip = tipSchema.safeParse(raw);
      for (const issue of tip.error?.issues ?? []) blame(file, explain(issue, at, within, cure));
      if (!tip.success) return;
      if (tips.some((other) => other.id === tip.data.id)) {
        const problem = `${tip.data.id} stands twice`;
        blame(file, [{ line: at([...within, "id"]), problem, cure: "give each tip an id of its own" }]);
      }
      if (tip.data.as_of > today) {
        const mend = "write the day on which its facts were checked";
        blame(file, [
          { line: at([...within, "as_of"]), problem: `${tip.data.id}: as_of lies in the future`, cure: mend },
        ]);
      }
      tips.push({ ...tip.data, theme, title });
    });
  }
  return { tips, faults };
}

/** The themes' files by name; none where an organisation has no tips. */
function yamlFiles(room: string): string[] {
  try {
    const names = readdirSync(room).filter((name) => name.endsWith(".yaml"));
    return names.sort().map((name) => join(room, name));
  } catch {
    return []; // no folder, no tips
  }
}
