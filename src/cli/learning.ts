/** `course` and `learning`: what staff are asked to know, and what groups have learned. */
import type { Command } from "commander";
import { pageOf } from "../config.ts";
import { complain, exit, say, withHouse } from "./terminal.ts";

const today = () => Math.floor(Date.now() / 86_400_000);
const list = (text: string): string[] =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean);

export function learningCommands(program: Command): void {
  const course = program.command("course").description("what staff are asked to know");
  course
    .command("create <id>")
    .description("make a course, or change one")
    .requiredOption("--title <title>", "its title in English")
    .option("--title-zh <title>", "its title in Chinese")
    .option("--themes <themes>", "items of these themes, joined by commas (`content stats` names them)", "")
    .option("--sectors <sectors>", "items for these sectors, joined by commas", "")
    .option("--languages <locales>", "languages it is given in, joined by commas", "en,zh-CN")
    .requiredOption("--deadline <day>", "until when: 2026-12-31")
    .option("--pass <percent>", "how many percent must be right", "80")
    .action((id: string, options: Record<string, string>) =>
      withHouse(async (core) => {
        const { sectors } = await import("../quiz/sectors.ts");
        const deadline = Math.floor(Date.parse(`${options.deadline}T00:00:00Z`) / 86_400_000);
        const pass = Number(options.pass);
        const made = {
          id,
          title: { en: options.title!, ...(options.titleZh ? { "zh-CN": options.titleZh } : {}) },
          themes: list(options.themes!),
          sectors: list(options.sectors!),
          languages: list(options.languages!),
          deadline,
          pass,
        };
        const unknown = made.sectors.find((s) => !(sectors as readonly string[]).includes(s));
        const wrong = !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id)
          ? "The id is not a code in small letters, digits and hyphens."
          : !Number.isInteger(deadline) || !/^\d{4}-\d\d-\d\d$/.test(options.deadline!)
            ? "The deadline is not a day such as 2026-12-31."
            : !Number.isInteger(pass) || pass < 1 || pass > 100
              ? "The pass mark is not a number from 1 to 100."
              : unknown
                ? `There is no sector ${unknown}. Choose among: ${sectors.join(", ")}.`
                : (await core.quiz.courseItems(made)).length === 0
                  ? "No item belongs to it. “quietline content stats” lists themes and sectors."
                  : undefined;
        if (wrong) {
          complain(wrong);
          process.exitCode = exit.config;
          return;
        }
        await core.storage.transaction(core.quiz.store.addCourse(made));
        await core.record(`course ${id}`);
        say(`${id}: ${(await core.quiz.courseItems(made)).length} items. Next: quietline course code ${id} TEAM`);
      }),
    );
  course
    .command("code <course> <team>")
    .description("make a code by which staff join a team of a course")
    .action((id: string, team: string) =>
      withHouse(async (core) => {
        if (!(await core.quiz.course(id, "en"))) {
          complain("There is no such course. “quietline course list” names them.");
          process.exitCode = exit.config;
          return;
        }
        const { code, write } = core.quiz.store.newCode(id, team);
        await core.storage.transaction(write);
        await core.record(`course-code ${id}`);
        say(`${code}   (in Quietline: /quiz, “Join a course”)`);
      }),
    );
  course
    .command("list")
    .description("list courses")
    .action(() =>
      withHouse(async (core) => {
        for (const c of await core.quiz.store.courses()) {
          const until = new Date(c.deadline * 86_400_000).toISOString().slice(0, 10);
          say(
            `${c.id}  ${c.title.en}  ${(await core.quiz.courseItems(c)).length} items  until ${until}  pass ${c.pass} %`,
          );
        }
      }),
    );

  const learning = program.command("learning").description("what groups have learned; nothing of a group under five");
  learning
    .command("figures")
    .description("completion, first tries and most missed items by team, as CSV")
    .action(() =>
      withHouse(async (core) => {
        const { csvOf, figuresOf } = await import("../quiz/figures.ts");
        process.stdout.write(csvOf(await figuresOf(core.quiz, "en")));
      }),
    );
  learning
    .command("xapi")
    .description("xAPI statements of groups, for a learning system; no person is in them")
    .action(() =>
      withHouse(async (core, config) => {
        const { statementsOf } = await import("../quiz/xapi.ts");
        const home = pageOf(config);
        say(JSON.stringify(await statementsOf(core.quiz, home, today()), null, 2));
      }),
    );
}
