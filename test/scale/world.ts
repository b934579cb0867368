/**
 * Three hosts, PostgreSQL, Redis and people on the web and on Telegram, while hosts are killed, restarted and cut off and
 * both servers are restarted. Runs in the middle of a laboratory; prints what was found as JSON. Arguments: the kind of
 * laboratory, who built it, how many blows.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { generateHybridIdentity } from "age-encryption";
import { type Config, readConfig } from "../../src/config.ts";
import { createColumns } from "../../src/crypto/columns.ts";
import { type Core, openCore } from "../../src/main.ts";
import { confirmAbove } from "../../src/outbox/campaigns.ts";
import { telegram as speakTelegram } from "../../src/platforms/telegram/index.ts";
import { openStorage } from "../../src/storage/storage.ts";
import { createTipStore } from "../../src/tips/store.ts";
import { openMailboxes, storiesIn } from "../crash/kept.ts";
import { fileOne, Person, receiptShape, type Seen } from "../crash/person.ts";
import { send, tell, told, words } from "../privacy/people.ts";
import { createTelegramServer } from "../standins/telegram.ts";
import { balancer } from "../support/balancer.ts";
import { enters, files, network, tables } from "../support/caller.ts";
import { freePort, ownPostgres, ownRedis } from "../support/servers.ts";
import { Hosts } from "./hosts.ts";
import { type Lab, site as siteOf } from "./lab.ts";

const [, , kind = "processes", builder = "0", blows = "6"] = process.argv;
const site = siteOf(kind as Lab["kind"], Number(builder));
const hostCount = 3;
/** Before the first blow and with each one so many subscribers' tip comes due, and one case is late. */
const rounds = Number(blows) + 1;
/** More people than that are warned only when a second person agrees. */
const due = { tips: Math.min(50, Math.floor(confirmAbove / rounds)) };
/** More reports in a minute than that are a flood, and ask a question before they are sent. */
const late = Math.min(rounds, 40);
const people = { web: 2, telegram: 2, subscribers: rounds * due.tips };
/** Over how long the warning is spread, so that some of it is on its way at every blow (seconds). */
const spread = 3 * rounds;
/** Numbers of accounts at the stand-in. */
const numbers = { subscriber: 1000, reviewer: 900, deputy: 899 };
const warning = "Beware of a call about your parcel.";

export interface Found {
  receipts: number;
  reports: number;
  /** Receipts that somebody was shown and that open no report. */
  lost: number;
  /** Receipts that open another report than the one that was sent, as its writer saw it. */
  mixed: number;
  /** Stories that were kept twice. */
  twice: number;
  wrong: string[];
  retried: number;
  blows: Record<string, number>;
  /** Subscribers by how many copies of the warning, and of a tip, they got. */
  warnings: number[];
  tips: number[];
  /** Late cases by how many reminders their reviewer got. */
  reminders: number[];
  notes: Record<string, number>;
}

const began = Date.now();
/** For who looks for time. */
const mark = (what: string): void => {
  if (process.env.QUIETLINE_SCALE_MARKS)
    process.stderr.write(`      ${((Date.now() - began) / 1000).toFixed(1)} ${what}\n`);
};

const postgres = (await ownPostgres(site.middle))!;
const redis = (await ownRedis({ host: site.middle }))!;
await Promise.all([postgres.start(), redis.start()]);
const telegram = await createTelegramServer(undefined, site.middle);
const front = await balancer([], 3000);
const folder = mkdtempSync(join(tmpdir(), "quietline-hosts-"));
const env = {
  QUIETLINE_KEY: await generateHybridIdentity(),
  QUIETLINE_CARD_DELAY: "0",
  QUIETLINE_PUBLIC_URL: "https://tips.example.org",
  DATABASE_URL: postgres.url,
  REDIS_URL: redis.url,
  TELEGRAM_BOT_TOKEN: telegram.token,
  TELEGRAM_API_ROOT: telegram.url,
  TELEGRAM_MODE: "webhook",
  TELEGRAM_WEBHOOK_SECRET: "a-webhook-secret_1",
};
function configOf(name: string, more: Record<string, string> = {}): Config {
  const read = readConfig({ ...env, QUIETLINE_HOME: join(folder, name), ...more });
  if ("problems" in read) throw new Error(JSON.stringify(read.problems));
  read.config.telegram!.webhook!.url = `${front.url}/telegram`; // the stand-in and the browsers speak no TLS
  delete read.config.publicUrl;
  return read.config;
}
const open = (ahead = 0): Promise<Core> =>
  openCore(configOf("operator"), { note: () => undefined, now: () => Date.now() + ahead });

mark("servers");
// reviewers whose case will be late, subscribers whom a tip will be due, and a warning to all of them
const subscribers = Array.from({ length: people.subscribers }, (_, i) => telegram.meet(numbers.subscriber + i));
const reviewers = Array.from({ length: late }, (_, i) => telegram.meet(numbers.reviewer + i));
const cases: string[] = [];
const ids: string[] = [];
{
  const core = await open();
  const net = await network(core, "telegram", (await tables()).telegram);
  await enters(core, net.as(String(telegram.meet(numbers.deputy))), "Owl", "deputy");
  for (const [n, account] of reviewers.entries()) await enters(core, net.as(String(account)), `Wren ${n}`, "reviewer");
  for (let n = 0; n < late; n++) await files(net.as(`reporter ${n}`), `Case ${n}, which will be late.`);
  cases.push(...(await core.storage.read("reports").orderBy("code").select("code")).map((row) => row.code as string));
  const columns = createColumns(core.keys.derive("columns"));
  const tips = createTipStore(core.storage, core.keys.derive);
  const zone = {
    frequency: "daily",
    hour: (new Date().getUTCHours() + 12) % 24,
    zone: "UTC",
    audience: "public",
    sector: "any",
  } as const;
  for (const account of subscribers) {
    const address = columns.seal("address", { platform: "telegram", id: String(account) });
    await core.storage.transaction(
      tips.keep(`door ${account}`, { lane: "telegram", locale: "en", address, settings: zone }, Date.now()),
    );
  }
  const now = Math.floor(Date.now() / 1000);
  await core.storage.transaction(async (trx) => {
    await trx("subscribers").update({ due: now + 86_400 });
    ids.push(...(await trx("subscribers").orderBy("id").select("id")).map((row) => row.id as string));
    await trx("reports").update({ next_due: null, status: "acknowledged" });
    for (const [n, code] of cases.entries())
      await trx("reports")
        .where({ code })
        .update({ owner: `Wren ${n}` });
    const body = { platforms: ["telegram"], texts: { en: { title: "Parcels", text: warning } } };
    const reach = subscribers.length;
    await core.campaigns.make(trx, { body, begins: now - 1, spread, askedBy: "Heron", reach, day: 1 });
  });
  await core.close();
}

mark("people");
/** Nothing of it stays behind, also when who asked for it has gone. */
async function end(): Promise<void> {
  await hosts.end(false);
  await Promise.all([postgres.remove(), redis.remove()]);
  rmSync(folder, { recursive: true, force: true });
  process.exit();
}
const ports = await Promise.all(Array.from({ length: hostCount }, freePort));
const configs = ports.map((port, n) => configOf(`host${n}`, { QUIETLINE_LISTEN: `${site.host(n)}:${port}` }));
front.servers = configs.map((config) => `http://${config.listen}`);
const hosts = new Hosts(site, configs);
process.once("disconnect", () => void end());

const seen: Seen = { receipts: [], wrong: [], retried: 0 };
let finished = false;
let stories = 0;

async function onTheWeb(name: string): Promise<void> {
  const person = new Person(front.url, { up: Promise.resolve() });
  while (!finished) {
    const before = seen.receipts.length;
    await fileOne(person, name, () => finished, seen, true);
    if (seen.receipts.length === before) await sleep(100);
  }
  seen.retried += person.retried;
}

/** Telegram delivers an update until it is answered; who is told that something did not work begins anew. */
async function onTelegram(n: number): Promise<void> {
  const user = telegram.user(n);
  async function act(what: () => Promise<{ text: string }>) {
    if (finished) throw new Error("it is over");
    const { text } = await what();
    if (text.includes(words("errors:turn-failed"))) throw new Error("told that it did not work");
  }
  async function type(text: string) {
    // who types on where the draft was lost would ask a question
    if (!text.startsWith("/") && user.seen().buttons.includes(words("home:report")))
      throw new Error("the draft was lost");
    return act(() => user.send(text));
  }
  const press = (label: string) => act(() => user.press(label));
  const person = {
    platform: "telegram",
    known: [],
    command: (name: string) => type(`/${name}`),
    press,
    async answer(values: Record<string, string>) {
      for (const value of Object.values(values)) await (value ? type(value) : press(words("bot:skip")));
      const rest = [words("bot:skip-rest"), words("bot:continue")].find((l) => user.seen().buttons.includes(l));
      if (rest && !("exclude" in values)) await press(rest);
    },
    attach: async () => undefined,
    text: () => user.seen().text,
    leave: async () => {},
  };
  while (!finished) {
    const story = `Telegram story ${++stories} of ${n}`;
    try {
      await type("/cancel");
      if (user.seen().buttons.includes(words("bot:leave.leave"))) await press(words("bot:leave.leave"));
      // an earlier report may still be open where one of its answers came late
      if (!user.seen().buttons.includes(words("home:report"))) throw new Error("not at home yet");
      await tell({ ...person, text: () => previewOf(story, user.seen().text) }, told(story));
      const receipt = await send(person, told(story)).catch(async () => {
        // told that it did not work: the same button once more
        await press(words("report:reach.quiet"));
        return receiptShape.exec(user.seen().text)?.[0];
      });
      // one that was shown before, drawn once more by whoever did not know that it was
      const known = seen.receipts.some((s) => s.receipt === receipt);
      if (receipt && !known) seen.receipts.push({ receipt, story });
    } catch {
      seen.retried += 1;
      await sleep(50);
    }
  }
}

/** What a person reads before sending, if the story stands where it belongs: typed into a later question it is another's. */
const previewOf = (story: string, text: string): string =>
  text.includes(`${words("report:field.story")}\n${story}\n`) ? text : "";

const storage = await openStorage(postgres.url);
/** Something comes due, and all hosts look at once. */
async function comesDue(round: number): Promise<void> {
  const now = Math.floor(Date.now() / 1000);
  await storage.transaction(async (trx) => {
    await trx("subscribers")
      .whereIn("id", ids.slice(round * due.tips, (round + 1) * due.tips))
      .update({ due: now - 60 });
    const code = cases[round];
    if (code)
      await trx("reports")
        .where({ code })
        .update({ next_due: Math.floor(now / 86_400) - 1 });
    await trx("clocks").where({ name: "tend" }).update({ next: 0 });
  });
  hosts.look();
}

/** What happens to them. */
const harm: Record<string, () => Promise<void>> = {
  async kill() {
    const n = Math.floor(Math.random() * hostCount);
    await hosts.stop(n, false);
    await hosts.start(n);
  },
  async restart() {
    const n = Math.floor(Math.random() * hostCount);
    await hosts.stop(n, true);
    await hosts.start(n);
  },
  async cut() {
    const n = Math.floor(Math.random() * hostCount);
    hosts.cable(n, false);
    await sleep(300 + Math.random() * 1500);
    hosts.cable(n, true);
  },
  async postgres() {
    await postgres.stop();
    await sleep(Math.random() * 300);
    await postgres.start();
  },
  async redis() {
    await redis.stop();
    await sleep(Math.random() * 300);
    await redis.start();
  },
};

const dealt: Record<string, number> = {};
try {
  await Promise.all(configs.map((_, n) => hosts.start(n)));
  mark("hosts");
  const crowd = [
    ...Array.from({ length: people.web }, (_, i) => onTheWeb(`web ${i}`)),
    ...Array.from({ length: people.telegram }, (_, i) => onTelegram(i + 1)),
  ];
  const working = Promise.all(crowd);
  working.catch(() => {}); // looked at below; the blows go on meanwhile
  await comesDue(0);
  const names = Object.keys(harm);
  for (let blow = 0; blow < Number(blows); blow++) {
    // each kind once, then as chance has it
    const name = names[blow] ?? names[Math.floor(Math.random() * names.length)]!;
    await sleep(300 + Math.random() * 700);
    await comesDue(blow + 1);
    await sleep(Math.random() * 300);
    await harm[name]!();
    mark(name);
    dealt[name] = (dealt[name] ?? 0) + 1;
  }
  await sleep(1500);
  finished = true;
  await working;
  mark("people stopped");
} finally {
  finished = true;
  await hosts.end(true);
}

mark("hosts stopped");
// what a dead courier had in hand is free again after its lease of two minutes
const core = await open(150_000);
await core.connect(speakTelegram({ token: telegram.token, apiRoot: telegram.url, mode: "polling" }), true);
await core.tick();
await core.clocks.run("tend", 3_600_000, core.tend);
await core.delivered();
mark("delivered");
const kept = await storiesIn(core);
const mailbox = await openMailboxes(core);
const opened = new Map<string, string | undefined>();
// also those that nobody waited for
const shown = telegram.calls.flatMap((call) => receiptShape.exec(String(call.params.text))?.[0] ?? []);
for (const receipt of new Set([...seen.receipts.map((s) => s.receipt), ...shown]))
  opened.set(receipt, await mailbox(receipt));
const textsOf = (chat: number): string[] =>
  telegram.calls
    .filter((call) => call.method === "sendMessage" && Number(call.params.chat_id) === chat)
    .map((call) => String(call.params.text));
mark("opened");
const found: Found = {
  receipts: seen.receipts.length,
  reports: kept.length,
  lost: [...opened.values()].filter((story) => story === undefined).length,
  mixed: seen.receipts.filter(({ receipt, story }) => opened.get(receipt) && opened.get(receipt) !== story).length,
  twice: kept.length - new Set(kept).size,
  wrong: seen.wrong,
  retried: seen.retried,
  blows: dealt,
  warnings: subscribers.map((chat) => textsOf(chat).filter((text) => text.includes(warning)).length),
  tips: subscribers.map((chat) => textsOf(chat).filter((text) => !text.includes(warning)).length),
  reminders: reviewers.map((account) => textsOf(account).length),
  notes: Object.fromEntries(hosts.notes),
};
await Promise.all([core.close(), storage.close()]);
process.send?.(found, () => end());
