/** `campaign`: one message to many, from a file; looked at and counted before it goes, watched while it goes. */
import type { Command } from "commander";
import { z } from "zod";
import type { Core } from "../main.ts";
import type { CampaignBody } from "../outbox/campaigns.ts";
import { tell, unknown, watch } from "./campaign-watch.ts";
import { complain, giveUp, say, withHouse } from "./terminal.ts";

/** Fits one message on every network, with its title and its buttons. */
const longest = { title: 100, text: 1500 };
const units: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };

const shape = z.strictObject({
  tip: z
    .string()
    .regex(/^[\w-]+$/)
    .optional(),
  texts: z
    .record(
      z.string(),
      z.strictObject({
        title: z.string().min(1).max(longest.title, `is longer than ${longest.title} characters`),
        text: z.string().min(1).max(longest.text, `is longer than ${longest.text} characters`),
      }),
    )
    .optional(),
  audience: z.string().optional(),
  sector: z.string().optional(),
  platforms: z.array(z.string()).min(1).optional(),
  start: z.iso
    .datetime({ offset: true, local: false, error: "is no moment; write 2026-12-01T09:00:00+08:00" })
    .optional(),
  spread: z
    .string()
    .regex(/^\d+[smhd]$/, "is no length of time; write 90m or 2h")
    .optional(),
});

interface Plan {
  body: CampaignBody;
  begins: number;
  spread: number;
}

/** Reads a campaign's file; ends with file, line and cure of each fault. */
async function readPlan(path: string, core: Core): Promise<Plan> {
  const { readAs, stop } = await import("../content.ts");
  try {
    const { value: plan, at } = readAs(path, shape);
    const { tip, texts, audience, sector, platforms, start, spread } = plan;
    if (!tip === !texts)
      stop(path, [{ line: 1, problem: "it names no message, or two", cure: "write either tip: or texts:" }]);
    const spoken = core.words.locales.map((l) => l.value);
    if (start && Date.parse(start) < Date.now())
      stop(path, [
        { line: at(["start"]), problem: "start lies in the past", cure: "leave start out to begin at once" },
      ]);
    const missing = texts ? spoken.filter((locale) => !texts[locale]) : [];
    stop(
      path,
      missing.map((locale) => ({
        line: at(["texts"]),
        problem: `there is no text in ${locale}`,
        cure: `add ${locale}: with title and text`,
      })),
    );
    const known = core.campaigns.networks();
    stop(
      path,
      (platforms ?? [])
        .filter((name) => !known.includes(name))
        .map((name) => ({
          line: at(["platforms"]),
          problem: `there is no platform ${name}`,
          cure: `write one of: ${known.join(", ")}`,
        })),
    );
    const { audiences, sectors } = await import("../tips/content.ts");
    for (const [key, value, codes] of [
      ["audience", audience, audiences],
      ["sector", sector, sectors],
    ] as const)
      if (value && !(codes as readonly string[]).includes(value))
        stop(path, [
          { line: at([key]), problem: `there is no ${key} ${value}`, cure: `write one of: ${codes.join(", ")}` },
        ]);
    const chosen = tip ? core.tips.find(({ id }) => id === tip) : undefined;
    if (tip && !chosen)
      stop(path, [{ line: at(["tip"]), problem: `there is no tip ${tip}`, cure: "take an id from data/tips/*.yaml" }]);
    const { textsOf } = await import("../desk/campaigns.ts");
    return {
      body: {
        platforms: platforms ?? known,
        texts: texts ?? (chosen ? textsOf(chosen) : {}),
        ...(tip ? { tip } : {}),
        ...(audience ? { audience } : {}),
        ...(sector ? { sector } : {}),
      },
      begins: Math.floor((start ? Date.parse(start) : Date.now()) / 1000),
      spread: spread ? Number(spread.slice(0, -1)) * (units[spread.slice(-1)] ?? 1) : 0,
    };
  } catch (error) {
    return giveUp(error);
  }
}

/** Shows each text as each network will draw it, and whom it reaches and until when. */
async function preview({ body, begins, spread }: Plan, core: Core): Promise<number> {
  const { sketch } = await import("../sketch.ts");
  for (const [locale, message] of Object.entries(body.texts))
    for (const name of body.platforms) {
      say(`--- ${name}, ${locale} ${"-".repeat(Math.max(0, 50 - name.length - locale.length))}`);
      say(await sketch(name, message, locale, core.words));
    }
  const { reach, by, seconds, second } = await core.campaigns.forecast(body, spread);
  say();
  say(
    `It reaches ${reach} people${
      reach > 0
        ? `: ${Object.entries(by)
            .map(([name, n]) => `${name} ${n}`)
            .join(", ")}`
        : ""
    }.`,
  );
  say(
    `It begins ${new Date(begins * 1000).toISOString()} and ends about ${new Date((begins + seconds) * 1000).toISOString()}.`,
  );
  if (second) say("It reaches more than 1,000 people: an admin has to confirm it in chat (/campaign).");
  return reach;
}

/** Makes it; where it reaches many every admin is asked. `replaces`: one that waits and is withdrawn for it. */
async function make(plan: Plan, reach: number, core: Core, replaces?: string): Promise<string> {
  const { askAdmins } = await import("../desk/campaigns.ts");
  const { operator } = await import("../desk/operator.ts");
  const id = core.campaigns.newId();
  const parts = { ...core, now: Date.now };
  const ask = await askAdmins(parts, id, operator, (await core.outbox.boards())[0]?.locale ?? "en");
  const day = Math.floor(Date.now() / 86_400_000);
  const state = await core.storage.transaction(async (trx) => {
    const made = { ...plan, id, askedBy: operator, reach, day, ...(replaces ? { replaces } : {}) };
    const { state } = await core.campaigns.make(trx, made);
    if (state === "waiting") await ask(trx);
    return state;
  });
  await core.record(`campaign make ${id}`);
  say(`Campaign ${id}: ${state}.`);
  return id;
}

function nobody(): void {
  complain("Nobody is reached, so nothing was made.");
  process.exitCode = 1;
}

export function campaignCommands(program: Command): void {
  const campaign = program.command("campaign").description("one message to many");
  campaign
    .command("preview <file>")
    .description("a dry run: how each platform draws it, whom it reaches, and until when; nothing is sent")
    .action((file: string) => withHouse(async (core) => void (await preview(await readPlan(file, core), core))));
  campaign
    .command("start <file>")
    .description("preview it, then make it; the running service sends it")
    .option("--watch", "stay and show how far it is")
    .action((file: string, options: { watch?: boolean }) =>
      withHouse(async (core) => {
        const plan = await readPlan(file, core);
        const reach = await preview(plan, core);
        if (reach === 0) return nobody();
        const id = await make(plan, reach, core);
        if (options.watch) await watch(core, id);
      }),
    );
  campaign
    .command("change <id> <file>")
    .description("put another one in the place of one that still waits to be confirmed")
    .action((id: string, file: string) =>
      withHouse(async (core) => {
        const p = await core.campaigns.progress(id);
        if (p?.state !== "waiting") {
          const going = p?.state === "running" || p?.state === "paused";
          if (!p) complain(unknown);
          else if (!going) complain(`Campaign ${id} is ${p.state}. Start another.`);
          else
            complain(
              `Campaign ${id} is ${p.state}: ${p.sent} people have its words, and all must get the same. Cancel it and start another.`,
            );
          process.exitCode = 1;
          return;
        }
        const plan = await readPlan(file, core);
        const reach = await preview(plan, core);
        if (reach === 0) return nobody();
        await make(plan, reach, core, id);
      }),
    );
  campaign
    .command("list")
    .description("the latest campaigns")
    .action(() =>
      withHouse(async (core) => {
        for (const { id } of await core.campaigns.list()) {
          const p = await core.campaigns.progress(id);
          if (p) say(`${id}  ${p.state}  sent ${p.sent} of ${p.reach}, failed ${p.failed}`);
        }
      }),
    );
  campaign
    .command("watch <id>")
    .description("a bar that moves until it is over")
    .action((id: string) => withHouse((core) => watch(core, id)));
  campaign
    .command("summary <id>")
    .description("counts by platform, and the feedback")
    .action((id: string) =>
      withHouse(async (core) => {
        const p = await core.campaigns.progress(id);
        if (p) tell(p);
        else complain(unknown);
      }),
    );
  for (const [name, description] of [
    ["pause", "hold it; what is on the wire arrives"],
    ["resume", "go on"],
    ["cancel", "stop it for good"],
  ] as const)
    campaign
      .command(`${name} <id>`)
      .description(description)
      .action((id: string) =>
        withHouse(async (core) => {
          const { codeOf } = await import("../errors.ts");
          try {
            await core.storage.transaction((trx) => core.campaigns[name](trx, id));
            await core.record(`campaign ${name} ${id}`);
          } catch (error) {
            if (codeOf(error) !== "stale") throw error;
            complain(
              "There is no such campaign, or it is not in a state for that. `quietline campaign list` shows them.",
            );
            process.exitCode = 1;
          }
        }),
      );
}
