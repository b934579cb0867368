/** Questions and answers, as the commands of `content` meet them. */
import type { Kind } from "./content-kinds.ts";

export const questionsContent: Kind = {
  name: "questions",
  async check(folder) {
    const { checkKnowledge } = await import("../knowledge/content.ts");
    return checkKnowledge(folder).map((f) => `${f.file}:${f.line}: ${f.problem}\n    ${f.cure}`);
  },
  async stats(folder) {
    const { readKnowledge } = await import("../knowledge/content.ts");
    const { coverage } = await import("../knowledge/stats.ts");
    return coverage(readKnowledge(folder).content, new Date().toISOString().slice(0, 10));
  },
  async test(folder) {
    const { loadKnowledge } = await import("../knowledge/content.ts");
    const { tryout } = await import("../knowledge/tryout.ts");
    return tryout(loadKnowledge(folder));
  },
  async preview(folder, id) {
    const { readKnowledge } = await import("../knowledge/content.ts");
    const { printed } = await import("../knowledge/stats.ts");
    return printed(readKnowledge(folder).content, id);
  },
};
