/**
 * `npm run bench`: a table, each row measured against a peer in the same run. It informs: it always ends with 0.
 * `--quick` runs small counts; `--only reports,chat,start,upload,knowledge,learning,queue,trade,processes,drafts,restore,courier,day` runs parts;
 * `--json FILE` also writes the figures.
 */
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { measureChat } from "./chat.ts";
import { measureCourier } from "./courier.ts";
import { measureDay } from "./day.ts";
import { knowledgeRows } from "./knowledge.ts";
import { measureLearning } from "./learning.ts";
import { measureQueue } from "./queue.ts";
import { measureReports } from "./reports.ts";
import { measureStart, measureUpload } from "./rest.ts";
import { measureDrafts, measureProcesses, measureRestore } from "./scale.ts";
import { drawTable, type Row, ratio, verdict } from "./table.ts";
import { measureTrade } from "./trade.ts";

const { values } = parseArgs({
  options: { quick: { type: "boolean", default: false }, json: { type: "string" }, only: { type: "string" } },
});
const { quick } = values;
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const parts: Record<string, () => Promise<Row[]>> = {
  reports: () => measureReports(quick ? 40 : 400),
  chat: () => measureChat(quick ? 5 : 50),
  start: () => measureStart(quick ? 2 : 5),
  upload: () => measureUpload(quick ? 50 : 200),
  knowledge: () => knowledgeRows(say),
  learning: () => measureLearning(quick),
  queue: () => measureQueue(quick ? 20_000 : 1_000_000),
  trade: () => measureTrade(quick ? 20_000 : 1_000_000),
  processes: () => measureProcesses(quick ? 24 : 200, quick ? 8 : 40),
  drafts: () => measureDrafts(quick ? 10_000 : 100_000),
  restore: () => measureRestore(quick ? 10_000 : 100_000),
  courier: () =>
    measureCourier(
      quick
        ? { counted: 2000, limited: 300, free: 2000, small: 2000, large: 20_000, looked: 2000 }
        : { counted: 100_000, limited: 5400, free: 20_000, small: 10_000, large: 1_000_000, looked: 100_000 },
    ),
  day: () => measureDay(quick ? 100_000 : 10_000_000),
};

const machine = { node: process.version, processor: cpus()[0]?.model ?? "unknown", cores: cpus().length, quick };
say(
  `Node ${machine.node} on ${machine.processor}, ${machine.cores} cores${quick ? "; quick: small counts, rough figures" : ""}\n`,
);

if (process.platform !== "linux")
  say("Processor time and memory are read from /proc: the benchmark runs on Linux only.");
else {
  const wanted = values.only?.split(",") ?? Object.keys(parts);
  const rows: Row[] = [];
  for (const name of wanted) {
    const measure = parts[name];
    if (!measure) say(`There is no part “${name}”; there are ${Object.keys(parts).join(", ")}.`);
    else rows.push(...(await measure().catch((error: Error) => failed(name, error))));
  }
  say(drawTable(rows));
  say(`
Each peer ran in this same run. Reports and uploads: a bare Hono server that takes as many requests, seals the same JSON
to as many age hybrid recipients (or the same file) and stores it. Chat: a bare node-telegram-bot-api echo over the same
stand-in that makes the same calls. Several processes: one process over the same servers. Open drafts: a hundredth of them. Start and memory: a bare Hono page. A row marked "stated, not measured" is a figure
from elsewhere.`);
  const results = rows.map((row) => ({ ...row, ratio: ratio(row), verdict: verdict(row) || undefined }));
  if (values.json) writeFileSync(values.json, `${JSON.stringify({ ...machine, results }, null, 2)}\n`);
}

function failed(name: string, error: Error): Row[] {
  say(`${name} could not be measured: ${error.message}`);
  return [];
}
