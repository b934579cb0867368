/**
 * The awareness tips, read from `data/tips/*.yaml` (one file a theme, every language side by side). Editors work on these
 * files, so everything wrong with any of them is told at once, with file, line and cure.
 */
import { join } from "node:path";
import { z } from "zod";
import { blameName, inOrder, kebab, type LocatedFault, readSheets, stopAll } from "../content.ts";

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
  stopAll(faults);
  return tips;
}

/** Every fault of the tips, by file and line; none if they can be used. */
export function checkTips(folder: string): LocatedFault[] {
  return readTips(folder).faults;
}

const CURE = "mend it; write it like the other tips of this file";

/** An organisation may have no tips: no folder is no fault. */
function readTips(folder: string): { tips: Tip[]; faults: LocatedFault[] } {
  const faults: LocatedFault[] = [];
  const tips: Tip[] = [];
  const today = new Date().toISOString().slice(0, 10);
  for (const sheet of readSheets(join(folder, "tips"), fileSchema, CURE, faults, "be missing")) {
    blameName(sheet, "theme");
    const { theme, title } = sheet.value;
    sheet.value.tips.forEach((raw, index) => {
      const within = ["tips", index];
      const tip = sheet.part(tipSchema, raw, within);
      if (!tip) return;
      if (tips.some((other) => other.id === tip.id))
        sheet.blame([...within, "id"], `${tip.id} stands twice`, "give each tip an id of its own");
      if (tip.as_of > today) {
        const cure = "write the day on which its facts were checked";
        sheet.blame([...within, "as_of"], `${tip.id}: as_of lies in the future`, cure);
      }
      tips.push({ ...tip, theme, title });
    });
  }
  return { tips, faults: inOrder(faults) };
}
