/** The kinds of content that there are. A new kind is one file beside this one, and one line in the list below. */
import { codeOf } from "../errors.ts";
import { questionsContent } from "./content-questions.ts";
import { quizContent } from "./content-quizzes.ts";
import { tipsContent } from "./content-tips.ts";

/** One kind of content, as the commands `content check|stats|preview|test` meet it. */
export interface Kind {
  /** What the heading says: `questions`. */
  name: string;
  /** @param folder of the content, without a slash at its end. @returns a text for each fault: file, line, problem, cure */
  check(folder: string): Promise<string[]>;
  /** Lines that say what there is. */
  stats?(folder: string): Promise<string[]>;
  /** One thing as people will see it, in every language; undefined where this kind has no such id. */
  preview?(folder: string, id: string): Promise<string | undefined>;
  /** Tries the content out, which may take a minute. @returns lines for the editors */
  test?(folder: string): Promise<string[]>;
}

const taxonomy: Kind = {
  name: "taxonomy",
  check: async (folder) => {
    const { loadTaxonomy } = await import("../reports/taxonomy.ts");
    return faultsOf(() => loadTaxonomy(`${folder}/taxonomy.yaml`));
  },
};

const canned: Kind = {
  name: "canned answers",
  check: async (folder) => {
    const { loadCanned } = await import("../reports/canned.ts");
    return faultsOf(() => loadCanned(folder));
  },
};

/** In the order in which they are printed. */
export const kinds: Kind[] = [taxonomy, canned, questionsContent, quizContent, tipsContent];

/** The faults that a loader throws as `content-invalid`; none if it loads. For kinds whose loader says it all. */
export async function faultsOf(load: () => unknown): Promise<string[]> {
  try {
    await load();
    return [];
  } catch (error) {
    if (codeOf(error) !== "content-invalid") throw error;
    return [error instanceof Error ? error.message : String(error)];
  }
}
