/**
 * Answers that reviewers send with one press, from `data/canned/*.yaml`: picked by a label in the reviewer's language, read
 * in the reporter's. Editors work on these files, so each fault is told with file, line and cure.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { ContentError, explain, kebab, type LocatedFault, readYaml } from "../content.ts";
import { findLeaks } from "./leaks.ts";

const said = (most: number) => z.string().trim().min(1, { error: "is empty" }).max(most);
const words = z.strictObject({ label: said(40), text: said(600) });
const schema = z.strictObject({
  theme: kebab,
  title: z.strictObject({ en: said(60), "zh-CN": said(60) }),
  answers: z.array(z.strictObject({ id: kebab, en: words, "zh-CN": words })).min(1),
});

export type Canned = z.infer<typeof schema>["answers"][number];

/** All of them, in the order of the files. Throws a `ContentError` that names every fault. */
export function loadCanned(folder: string): Canned[] {
  const { answers, faults } = read(folder);
  const [first, ...rest] = faults;
  if (first) throw new ContentError(first.file, [first, ...rest]);
  return answers;
}

function read(folder: string): { answers: Canned[]; faults: LocatedFault[] } {
  const answers: Canned[] = [];
  const faults: LocatedFault[] = [];
  const seen = new Set<string>();
  const names = readdirSync(join(folder, "canned")).filter((name) => name.endsWith(".yaml"));
  for (const name of names.sort()) {
    const file = join(folder, "canned", name);
    try {
      const { value, at } = readYaml(file);
      const parsed = schema.safeParse(value);
      if (!parsed.success) {
        for (const issue of parsed.error.issues)
          faults.push(...explain(issue, at).map((fault) => ({ file, ...fault })));
        continue;
      }
      for (const [i, answer] of parsed.data.answers.entries()) {
        if (seen.has(answer.id)) {
          const problem = `${answer.id} stands twice`;
          faults.push({ file, line: at(["answers", i, "id"]), problem, cure: "give one of them another id" });
        }
        seen.add(answer.id);
        for (const language of ["en", "zh-CN"] as const)
          for (const { sample } of findLeaks(answer[language].text, []))
            faults.push({
              file,
              line: at(["answers", i, language, "text"]),
              problem: `“${sample}” asks for or gives away what an answer must not`,
              cure: "ask openly, without name, place of work, contact or further look-ups",
            });
        answers.push(answer);
      }
    } catch (error) {
      if (!(error instanceof ContentError)) throw error;
      faults.push(...error.faults);
    }
  }
  return { answers, faults };
}

/** The language that a text is most likely read in by its writer: Chinese where Han characters prevail. */
export function languageOf(text: string): "en" | "zh-CN" {
  const han = text.match(/\p{Script=Han}/gu)?.length ?? 0;
  const latin = text.match(/\p{Script=Latin}+/gu)?.length ?? 0;
  return han > latin ? "zh-CN" : "en";
}
