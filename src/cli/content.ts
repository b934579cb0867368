/** `content`: what the organisation edits. */
import type { Command } from "commander";
import { codeOf } from "../errors.ts";
import { complain, say } from "./terminal.ts";

export function contentCommands(program: Command): void {
  const content = program.command("content").description("what the organisation edits");
  content
    .command("check")
    .description("check every content file; print file, line and cure of each fault")
    .action(async () => {
      const { root } = await import("../main.ts");
      const { checkKnowledge } = await import("../knowledge/content.ts");
      const { loadTaxonomy } = await import("../reports/taxonomy.ts");
      const faults = checkKnowledge(`${root}data`).map((f) => `${f.file}:${f.line}: ${f.problem}\n    ${f.cure}`);
      try {
        loadTaxonomy(`${root}data/taxonomy.yaml`);
      } catch (error) {
        if (codeOf(error) !== "content-invalid") throw error;
        faults.push(error instanceof Error ? error.message : String(error));
      }
      for (const fault of faults) complain(fault);
      if (faults.length === 0) say("No faults.");
      else process.exitCode = 1;
    });
}
