/** The quiz items, as the commands `content …` meet them. */
import type { Kind } from "./content-kinds.ts";

export const quizContent: Kind = {
  name: "quizzes",
  async check(folder) {
    const { readQuizzes } = await import("../quiz/content.ts");
    const { readKnowledge } = await import("../knowledge/content.ts");
    const known = new Set(readKnowledge(folder).content.entries.map((entry) => entry.id));
    return readQuizzes(folder, known).faults.map((f) => `${f.file}:${f.line}: ${f.problem}\n    ${f.cure}`);
  },
  async stats(folder) {
    const { readQuizzes } = await import("../quiz/content.ts");
    const { sectors } = await import("../quiz/sectors.ts");
    const { items } = readQuizzes(folder).content;
    const count = (name: string, of: (item: (typeof items)[number]) => string[]) => {
      const n = new Map<string, number>();
      for (const value of items.flatMap(of)) n.set(value, (n.get(value) ?? 0) + 1);
      return `${name}: ${[...n]
        .sort()
        .map(([value, times]) => `${value} ${times}`)
        .join(", ")}`;
    };
    return [
      `${items.length} items, each in English and Simplified Chinese`,
      count("theme", (i) => [i.theme]),
      count("sector", (i) => i.sectors),
      `no item of its own: ${sectors.filter((s) => !items.some((i) => i.sectors.includes(s))).join(", ") || "none"}`,
      count("kind", (i) => [i.kind]),
      count("difficulty", (i) => [String(i.difficulty)]),
      count("checked", (i) => [i.as_of.slice(0, 7)]),
    ];
  },
  async preview(folder, id) {
    const { readQuizzes, languages } = await import("../quiz/content.ts");
    const item = readQuizzes(folder).content.items.find((i) => i.id === id);
    if (!item) return undefined;
    const { loadWords } = await import("../i18n/words.ts");
    const { root } = await import("../main.ts");
    const { previewItem } = await import("./quiz-preview.ts");
    const words = await loadWords(`${root}locales`);
    const drawn: string[] = [];
    for (const language of languages)
      drawn.push(`[${language}] ${item.goal[language]}\n\n${await previewItem(item, language, words)}`);
    const sources = item.sources.map((s) => `  ${s.fact} ${s.title}${s.article ? `, ${s.article}` : ""}`);
    return [
      `${item.id} (${item.kind}, ${item.sectors.join("/")}, difficulty ${item.difficulty})`,
      ...drawn,
      ...sources,
    ].join("\n\n");
  },
};
