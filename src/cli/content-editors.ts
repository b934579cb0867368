/** What editors read of people's questions: counts, and those whose writers agreed; and the beginning of a new entry. */
import type { Command } from "commander";
import type { KeptQuestion } from "../knowledge/questions-store.ts";
import { complain, say, withHouse } from "./terminal.ts";

export function editorCommands(content: Command): void {
  content
    .command("questions")
    .description("questions without an answer, by nearest topic, and those that editors may read")
    .action(() =>
      withHouse(async (core) => {
        const counts = (await core.tallies.list()).map(({ name, n }) => ({ words: name.split(" "), n }));
        for (const [what, heading] of [
          ["unknown", "Without an answer, by nearest topic:"],
          ["missed", "Answers that were not what was meant:"],
        ] as const) {
          say(heading);
          const of = counts.filter(({ words }) => words[0] === what);
          for (const { words, n } of of) say(`  ${String(n).padStart(6)}  ${words[1] ?? ""}`);
          if (of.length === 0) say("  none");
        }
        const kept = await core.questions.list();
        say(`\nThat editors may read, for 30 days: ${kept.length}`);
        for (const { id, day, topic, text, locale } of kept)
          say(`  ${id}  ${dayOf(day)}  ${topic} (${locale})\n      ${text.replaceAll("\n", "\n      ")}`);
      }),
    );
  content
    .command("useful")
    .description("which tips people called useful, and how often")
    .action(() =>
      withHouse(async (core) => {
        for (const line of useful(await core.tallies.list())) say(line);
      }),
    );
  content
    .command("stub <id>")
    .description("print the beginning of a new entry for one of these questions, to be put into the topic's file")
    .action((id: string) =>
      withHouse(async (core) => {
        const question = await core.questions.get(id);
        if (question) return say(stub(question, new Date().toISOString().slice(0, 10)));
        complain(`There is no question ${id}. “quietline content questions” lists them.`);
        process.exitCode = 1;
      }),
    );
}

/** The tips that were called useful, most often first. @param counts under the names of `tallies` */
export function useful(counts: readonly { name: string; n: number }[]): string[] {
  const tips = counts.flatMap(({ name, n }) => {
    const [, id] = /^helped tip-(.+)$/.exec(name) ?? [];
    return id ? [`${String(n).padStart(6)}  ${id}`] : [];
  });
  return tips.length > 0 ? tips : ["No tip has been called useful yet."];
}

const dayOf = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10);

/** The YAML of an entry, with the question as its first phrasing; `content check` names what is still to be written. */
export function stub({ text, locale }: KeptQuestion, today: string): string {
  const asked = locale.startsWith("zh") ? "zh-CN" : "en";
  const words = (language: string): string[] => [
    `    ${language}:`,
    `      title: ""`,
    `      answer: ""`,
    "      steps: []",
    language === asked ? `      ask:\n        - ${JSON.stringify(text.replace(/\s+/g, " ").trim())}` : "      ask: []",
  ];
  return [
    "  - id: new-entry",
    `    as_of: ${today}`,
    "    jurisdiction: [ any ]",
    "    related: []",
    "    sources: []",
    ...words("en"),
    ...words("zh-CN"),
  ].join("\n");
}
