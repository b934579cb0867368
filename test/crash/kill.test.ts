/**
 * Promise P4: a receipt shown is a report kept. People file reports on the web page while its process is killed again
 * and again; they retry, reload and press twice, as people do. A start costs more than a second of CPU, so that 200
 * kills take several minutes: `QUIETLINE_KILLS=200` asks for them.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { createVault } from "../../src/crypto/vault.ts";
import type { Told } from "../../src/desk.ts";
import type { Core } from "../../src/main.ts";
import { consoleCan } from "../../src/platforms/console.ts";
import type { House, Incoming } from "../../src/platforms/platform.ts";
import { Visitor } from "../platforms/web/visitor.ts";
import { testHome } from "../support/house.ts";
import { Victims } from "./victim.ts";

const kills = Number(process.env.QUIETLINE_KILLS ?? 40);
/**
 * Every other kill comes at any moment of so many milliseconds after somebody got a page from the new process; every
 * other one waits (at most so long) until somebody sends a report, and then strikes within so many milliseconds.
 */
const moment = { any: 1000, patience: 5000, sending: 900 };
const people = 6;

const words = (name: string) => JSON.parse(readFileSync(`locales/en/${name}.json`, "utf8"));
const [bot, report, home, web, desk] = ["bot", "report", "home", "web", "review"].map(words);
const receiptShape = /[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}-[0-9A-Z]{5}/;

/** What people saw, and what must not have happened. */
interface Seen {
  receipts: { receipt: string; story: string }[];
  wrong: string[];
  retried: number;
}

/** Somebody with a browser who does not give up. */
class Person {
  private readonly visitor: Visitor;
  private readonly victims: Victims;
  constructor(base: string, victims: Victims) {
    this.visitor = new Visitor(base, { "sec-fetch-site": "same-origin", "accept-language": "en" });
    this.victims = victims;
  }

  /** How many things had to be tried again. */
  retried = 0;
  /** Told when a page has arrived, and when a report is being sent. */
  arrived = (): void => {};
  sending = (): void => {};

  get page() {
    return this.visitor.page!;
  }

  /** Opens an address; again until it arrives whole. */
  async open(path: string, fresh = false): Promise<void> {
    if (fresh) this.visitor.cookies.clear();
    await this.insist(() => this.visitor.get(path));
  }

  /** Does something with the page; when the line breaks, sends the same form again or reloads, as chance has it. */
  async act(what: () => Promise<unknown>): Promise<void> {
    try {
      await what();
      this.arrived();
    } catch (error) {
      if (!broken(error)) throw error;
      this.retried += 1;
      await this.insist(() => (Math.random() < 0.5 ? this.visitor.again() : this.visitor.get("/talk")));
    }
  }

  press(label: string): Promise<void> {
    return this.act(() => this.visitor.press(label));
  }

  /** Presses twice at once. */
  pressTwice(label: string): Promise<void> {
    return this.act(() => {
      const first = this.visitor.press(label);
      return Promise.all([first, this.visitor.again()]);
    });
  }

  send(values: Record<string, string>): Promise<void> {
    const { form, button } = this.visitor.formWith("send");
    const named = Object.entries(values).map(([name, value]) => [`f.${name}`, [value]]);
    return this.act(() => this.visitor.submit(form, button, { values: Object.fromEntries(named) }));
  }

  has(label: string): boolean {
    return this.page.forms.some((f) => f.controls.some((c) => c.label === label || c.name === label));
  }

  private async insist(what: () => Promise<unknown>): Promise<void> {
    for (;;) {
      await this.victims.up;
      try {
        await what();
        return this.arrived();
      } catch (error) {
        if (!broken(error)) throw error;
      }
      this.retried += 1;
      await new Promise(setImmediate);
    }
  }
}

/** Did the line break (and not the test)? */
function broken(error: unknown): boolean {
  return error instanceof TypeError && /fetch failed|terminated/.test(error.message);
}

let stories = 1;

/** Files one report and takes its receipt along; gives up only when it is over before anything was told. */
async function fileOne(person: Person, name: string, over: () => boolean, seen: Seen): Promise<void> {
  const story = `Story ${stories++} of ${name}: a clerk sells lists.`;
  const twice = Math.random() < 0.5;
  let noted: string | undefined;
  let told = false;
  await person.open("/report", true);
  for (let turns = 0; turns < 60; turns++) {
    const shown = receiptShape.exec(person.page.text)?.[0];
    if (shown && noted && shown !== noted) seen.wrong.push("a second receipt for one report");
    if (shown && !noted) seen.receipts.push({ receipt: shown, story });
    noted ??= shown;
    if ((noted && !shown) || (over() && !told)) return;
    if (shown) await person.press(report.receipt.noted);
    else if (person.has(web.begin.go)) await person.press(web.begin.go);
    else if (person.has(report.facts.go)) await person.press(report.facts.go);
    else if (person.has(kindLabel)) await person.press(kindLabel);
    else if (person.has("f.story")) {
      told = true;
      await person.send({ story });
    } else if (person.has(report.preview.send)) {
      person.sending();
      await (twice ? person.pressTwice(report.preview.send) : person.press(report.preview.send));
    } else if (person.has(bot.skip)) await person.press(bot.skip);
    else if (person.has(bot.continue)) await person.press(bot.continue);
    // the answer that brought the cookie was lost: this visit has not begun
    else if (person.has(home.report) && !told) await person.open("/report");
    else break;
  }
  seen.wrong.push(`where is the draft? ${person.page.status} ${person.page.text.slice(0, 200)}`);
}

const kindLabel = JSON.parse(readFileSync("locales/en/taxonomy.json", "utf8")).kind.selling as string;

/** Joins as a reviewer. */
async function enter(person: Person, invite: string): Promise<void> {
  await person.open(`/join/${invite}`, true);
  await person.press(web.join.go);
  await person.send({ alias: "Heron", passphrase: "a long passphrase", again: "a long passphrase" });
  await person.press(home.review);
}

const casesOn = (person: Person) =>
  person.page.forms.flatMap((f) => f.controls).filter((c) => /^[2-9A-Z]{6} · /.test(c.label));

/** Looks at the first case, so that there is something on record. */
async function lookOnce(person: Person): Promise<void> {
  await person.press(desk.queue.look);
  await person.press(casesOn(person)[0]!.label);
  await person.press(desk.card.read);
  await person.press(desk.conflict.clear);
}

/** Takes, reads and gives back cases, so that the audit log grows while the process dies. */
async function review(person: Person, over: () => boolean, seen: Seen): Promise<void> {
  const { card, conflict } = desk;
  while (!over()) {
    const here = [conflict.clear, card.read, card.claim, card.release, card.queue].filter((label) => person.has(label));
    const label = [...here, ...casesOn(person).map((c) => c.label)].sort(() => Math.random() - 0.5)[0];
    await (label ? person.press(label) : person.open("/queue").then(() => person.press(web.begin.go)));
    if (person.page.status >= 500) seen.wrong.push(`the reviewer met ${person.page.status}`);
  }
}

const after = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/** Resolves when one of them gets there. */
function told(crowd: Person[], what: "arrived" | "sending"): Promise<void> {
  return new Promise((resolve) => {
    for (const person of crowd) person[what] = resolve;
  });
}

describe("killed at any moment", () => {
  it(`${kills} times: every receipt shown opens its report, no report exists twice`, async function () {
    this.timeout(60_000 + kills * 3000);
    const t = testHome({ QUIETLINE_LISTEN: `127.0.0.1:${await freePort()}` });
    const first = await t.core();
    const invite = first.people.newInvite();
    await first.storage.transaction(first.people.addInvite(invite, { role: "admin" }, 99_999));
    await first.close();

    const victims = new Victims(t.config, t.dayKeys);
    const base = `http://${t.config.listen}`;
    const seen: Seen = { receipts: [], wrong: [], retried: 0 };
    let finished = false;
    try {
      await victims.start();
      const crowd = Array.from({ length: people + 1 }, () => new Person(base, victims));
      await enter(crowd[people]!, invite);
      const over = () => finished;
      await fileOne(crowd[0]!, "the first", over, seen);
      await lookOnce(crowd[people]!);
      const working = crowd.map(async (person, i) => {
        if (i === people) return review(person, over, seen);
        while (!finished) await fileOne(person, String(i), over, seen);
      });
      const failed = Promise.all(working);
      failed.catch(() => {}); // looked at below; the kills go on meanwhile
      for (let kill = 0; kill < kills; kill++) {
        await told(crowd, "arrived");
        if (kill % 2) await Promise.race([told(crowd, "sending"), after(moment.patience)]);
        await after(Math.random() * (kill % 2 ? moment.sending : moment.any));
        await victims.kill();
      }
      finished = true;
      await failed;
      seen.retried = crowd.reduce((sum, person) => sum + person.retried, 0);
    } finally {
      finished = true;
      await victims.end();
    }

    const core = await t.core();
    try {
      await core.storage.check();
      const stories = await storiesIn(core);
      const { entries, broken } = await core.audit.verify();
      process.stdout.write(
        `      ${seen.receipts.length} receipts, ${stories.length} reports, ${entries} audit entries, ${seen.retried} retries\n`,
      );
      assert.deepEqual(seen.wrong, []);
      assert.equal(new Set(stories).size, stories.length, "a report exists twice");
      assert.ok(stories.length >= seen.receipts.length, "fewer reports than receipts");
      assert.equal(
        new Set(seen.receipts.map((r) => r.receipt)).size,
        seen.receipts.length,
        "one receipt for two reports",
      );
      assert.equal(broken, undefined, "the audit chain is broken");
      const mailbox = await openMailboxes(core);
      for (const { receipt, story } of seen.receipts)
        assert.equal(await mailbox(receipt), story, "a receipt does not open its report");
      assert.ok(entries >= 2, "no look was put on record");
      assert.ok(seen.retried >= kills, "the kills hit nobody: this proved nothing");
      assert.ok(seen.receipts.length > kills / 10, "too few reports came through to prove anything");
    } finally {
      await core.close();
      t.remove();
    }
  });
});

/** The story of every report in the database. */
async function storiesIn(core: Core): Promise<string[]> {
  const vault = createVault(core.keys);
  const rows = (await core.storage.read("reports").select("body")) as { body: Buffer }[];
  const told: string[] = [];
  for (const { body } of rows) told.push((await vault.open<Told>(body)).story ?? "");
  return told;
}

/** Opens mailboxes through the house, each as another person, and answers the story that is in it. */
async function openMailboxes(core: Core): Promise<(receipt: string) => Promise<string | undefined>> {
  let house: House | undefined;
  await core.connect({
    name: "web",
    can: { ...consoleCan, formFields: 20 },
    open: async (given) => {
      house = given;
    },
    send: async () => ({ ok: true }),
    close: async () => {},
  });
  let events = 0;
  return async (receipt) => {
    const from = { platform: "web", id: `prober-${receipt}` };
    const hear = (input: Incoming["input"]) => house!.hear({ id: `probe-${events++}`, from, locale: "en", input });
    const asked = await hear({ kind: "command", name: "mailbox", rest: "" });
    const opened = await hear({ kind: "form", value: asked!.form!.send.value, values: { receipt } });
    const told = opened?.buttons?.find((b) => b.value.endsWith(".told"));
    if (!told) return undefined;
    const shown = await hear({ kind: "choice", value: told.value });
    return shown?.quotes?.find((q) => q.by === report.field.story)?.text;
  };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
