/**
 * Promise P4: a receipt shown is a report kept. People file reports on the web page while its process is killed again
 * and again; they retry, reload and press twice, as people do. A start costs more than a second of CPU and people wait for no
 * one, so that a kill takes almost two seconds of two cores: `QUIETLINE_KILLS=200` asks for 200 of them.
 */
import assert from "node:assert/strict";
import { invited } from "../support/caller.ts";
import { testHome } from "../support/house.ts";
import { freePort } from "../support/servers.ts";
import { openMailboxes, storiesIn } from "./kept.ts";
import { desk, fileOne, home, Person, type Seen, web } from "./person.ts";
import { Victims } from "./victim.ts";

const kills = Number(process.env.QUIETLINE_KILLS ?? 12);
/**
 * Every other kill comes at any moment of so many milliseconds after somebody got a page from the new process; every
 * other one waits (at most so long) until somebody sends a report, and then strikes within so many milliseconds.
 */
const moment = { any: 1000, patience: 5000, sending: 900 };
const people = 6;

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
    this.timeout(60_000 + kills * 9000);
    const t = testHome({ QUIETLINE_LISTEN: `127.0.0.1:${await freePort()}` });
    const first = await t.core();
    const invite = await invited(first, "admin");
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
