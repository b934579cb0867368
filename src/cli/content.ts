/** `content`: what the organisation edits. Each kind of content is a file of its own (see `content-kinds.ts`). */
import type { Command } from "commander";
import { editorCommands } from "./content-editors.ts";
import { complain, say } from "./terminal.ts";

export function contentCommands(program: Command): void {
  const content = program.command("content").description("what the organisation edits");
  editorCommands(content);
  content
    .command("check")
    .description("check every content file; print file, line and cure of each fault")
    .action(async () => {
      const faults: string[] = [];
      for (const kind of (await shelf()).kinds) faults.push(...(await kind.check(await folder())));
      for (const fault of faults) complain(fault);
      if (faults.length === 0) say("No faults.");
      else process.exitCode = 1;
    });
  content
    .command("stats")
    .description("what there is, by kind, topic and language, and how old it is")
    .action(async () => {
      for (const kind of (await shelf()).kinds) {
        if (!kind.stats) continue;
        say(`## ${kind.name}\n`);
        for (const line of await kind.stats(await folder())) say(line);
        say();
      }
    });
  content
    .command("preview <id>")
    .description("show one entry as people will read it, in every language, with its sources")
    .action(async (id: string) => {
      for (const kind of (await shelf()).kinds) {
        const text = await kind.preview?.(await folder(), id);
        if (text === undefined) continue;
        say(text);
        return;
      }
      complain(`Nothing has the id ${id}. “quietline content stats” lists what there is.`);
      process.exitCode = 1;
    });
  content
    .command("test")
    .description("try the content out: what pulls toward the wrong entry")
    .action(async () => {
      for (const kind of (await shelf()).kinds) {
        if (!kind.test) continue;
        say(`## ${kind.name}\n`);
        for (const line of await kind.test(await folder())) say(line);
        say();
      }
    });
}

const shelf = () => import("./content-kinds.ts");
const folder = async () => `${(await import("../main.ts")).root}data`;
