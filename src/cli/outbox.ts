/** `outbox`: what waits to be sent, and what was given up and why. */
import type { Command } from "commander";
import { say, withHouse } from "./terminal.ts";

export function outboxCommands(program: Command): void {
  const outbox = program.command("outbox").description("what is still to be sent");
  outbox
    .command("list")
    .description("how many messages wait; which were given up, and why")
    .option("--most <n>", "list at most so many", "50")
    .action((options: { most: string }) =>
      withHouse(async ({ outbox, storage }) => {
        const { waiting, parked } = await outbox.counts();
        say(`${waiting} wait, ${parked} were given up.`);
        for (const lane of await storage.read("lanes").where("quiet", ">", Date.now()))
          say(`${lane.name} wants silence until ${new Date(lane.quiet).toISOString()} (${lane.why}).`);
        for (const row of await outbox.parked(Number(options.most) || 50))
          say(
            `${row.id}  ${row.kind}  ${row.code}  ${row.attempts} tries${row.campaign ? `  campaign ${row.campaign}` : ""}`,
          );
      }),
    );
  outbox
    .command("retry [id]")
    .description("send again what was given up: all of it, one message, or all with one code")
    .option("--code <code>", "only what was given up with this code")
    .action((id: string | undefined, { code }: { code?: string }) =>
      withHouse(async ({ outbox, storage, record }) => {
        const n = await storage.transaction((trx) =>
          outbox.retry(trx, { ...(id ? { id } : {}), ...(code ? { code } : {}) }),
        );
        if (n > 0) await record("outbox retry");
        say(`${n} will be sent again.`);
      }),
    );
}
