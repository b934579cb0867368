/**
 * Answers that reviewers send with one press, from `data/canned/*.yaml`: picked by a label in the reviewer's language, read
 * in the reporter's. Editors work on these files, so each fault is told with file, line and cure.
 */
import { join } from "node:path";
import { z } from "zod";
import { inOrder, kebab, type LocatedFault, readSheets, stopAll } from "../content.ts";
import { findLeaks } from "./leaks.ts";

const said = (most: number) => z.string().trim().min(1, { error: "is empty" }).max(most);
const words = z.strictObject({ label: said(40), text: said(600) });
const schema = z.strictObject({
  theme: kebab,
  title: z.strictObject({ en: said(60), "zh-CN": said(60) }),
  answers: z.array(z.strictObject({ id: kebab, en: words, "zh-CN": words })).min(1),
});

const CURE = "write it like the other answers of this file";

export type Canned = z.infer<typeof schema>["answers"][number];

/** All of them, in the order of the files. Throws a `ContentError` that names every fault. */
export function loadCanned(folder: string): Canned[] {
  const answers: Canned[] = [];
  const faults: LocatedFault[] = [];
  const seen = new Set<string>();
  for (const { value, blame } of readSheets(join(folder, "canned"), schema, CURE, faults)) {
    for (const [i, answer] of value.answers.entries()) {
      if (seen.has(answer.id)) blame(["answers", i, "id"], `${answer.id} stands twice`, "give one of them another id");
      seen.add(answer.id);
      for (const language of ["en", "zh-CN"] as const)
        for (const { sample } of findLeaks(answer[language].text, []))
          blame(
            ["answers", i, language, "text"],
            `“${sample}” asks for or gives away what an answer must not`,
            "ask openly, without name, place of work, contact or further look-ups",
          );
      answers.push(answer);
    }
  }
  stopAll(inOrder(faults));
  return answers;
}

/** The language that a text is most likely read in by its writer: Chinese where Han characters prevail. */
export function languageOf(text: string): "en" | "zh-CN" {
  const han = text.match(/\p{Script=Han}/gu)?.length ?? 0;
  const latin = text.match(/\p{Script=Latin}+/gu)?.length ?? 0;
  return han > latin ? "zh-CN" : "en";
}
