/** What goes wrong while staff learn: items that change under a learner, presses that come twice, clocks, teams, languages. */
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import type { Core } from "../../src/main.ts";
import { bare, type Caller, network, tables } from "../support/caller.ts";
import { type TestHome, testHome } from "../support/house.ts";
import {
  answers,
  askedIn,
  day,
  monday,
  openLearning,
  picksOf,
  quizFolder,
  takes,
  withCourse,
} from "../support/learner.ts";

/** An item as it stands in its file, as far as these tests change it. */
interface Edited {
  id: string;
  en: { ask: string };
}

describe("learning, when something is wrong", () => {
  const clock = { now: monday };
  let home: TestHome;
  let core: Core;
  let items: string;
  let as: (person: string, locale?: string) => Caller;

  /** Opens the house (again). */
  async function open(): Promise<void> {
    core = await openLearning(home, clock, items);
    const net = await network(core, "telegram", (await tables()).telegram);
    as = (person, locale = "en") => net.as(person, { locale });
  }
  /** An editor changes the items while the house is closed. */
  async function reopen(change: (all: Edited[]) => Edited[]): Promise<void> {
    await core.close();
    const path = join(items, "quizzes/first-steps.yaml");
    const file = parse(readFileSync(path, "utf8"));
    writeFileSync(path, stringify({ ...file, items: change(file.items) }));
    await open();
  }

  beforeEach(async () => {
    clock.now = monday;
    home = testHome();
    items = mkdtempSync(join(tmpdir(), "quietline-items-"));
    cpSync(quizFolder, items, { recursive: true });
    await open();
  });
  afterEach(async () => {
    await core.close();
    home.remove();
    rmSync(items, { recursive: true });
  });

  /** Begins a set and answers its first question. */
  async function begins(who: Caller): Promise<string> {
    await who.command("quiz");
    await who.press("bank");
    await who.press("go");
    const { id } = await askedIn(core, who.screen.text);
    await answers(core, who);
    return id;
  }

  it("an item is removed in the middle of a set: the set goes on without it", async () => {
    const who = as("1");
    await begins(who);
    await who.press("next");
    const { id } = await askedIn(core, who.screen.text);
    await reopen((all) => all.filter((item) => item.id !== id));
    const again = as("1");
    await again.command("quiz");
    assert.match(again.screen.text, /1 question left/);
    await again.press("go");
    assert.notEqual((await askedIn(core, again.screen.text)).id, id);
    await answers(core, again);
    await again.press("next");
    assert.match(again.screen.text, /2 of 2 right/);
  });

  it("an item is edited after it was answered: it is asked again at once, and the rest when it is due", async () => {
    const who = as("1");
    const id = await begins(who);
    for (let n = 0; n < 2; n++) {
      await who.press("next");
      await answers(core, who);
    }
    await reopen((all) =>
      all.map((item) => (item.id === id ? { ...item, en: { ...item.en, ask: `Think: ${item.en.ask}` } } : item)),
    );
    const again = as("1");
    await again.command("quiz");
    await again.press("more");
    const seen = [];
    for (let n = 0; n < 3; n++) {
      seen.push((await askedIn(core, again.screen.text)).id);
      await answers(core, again);
      await again.press("next");
    }
    assert.ok(seen.includes(id), `${id} is not among ${seen}`);
  });

  it("takes an answer once: the same event twice, yesterday's button, a question that is over", async () => {
    const who = as("2");
    await who.command("quiz");
    await who.press("bank");
    await who.press("go");
    const first = who.screen.menu!.options[0]!.value;
    await answers(core, who);
    await who.does({ kind: "choice", value: first });
    assert.match(who.screen.notice ?? "", /button|screen|earlier/i);
    await who.press("next");
    const moved = `${who.screen.menu!.options[0]!.value.split(".")[0]}.${bare(first)}`;
    await who.does({ kind: "choice", value: moved });
    assert.equal(who.screen.notice, "That question is answered already. Here is the one that is asked now.");
    assert.equal(who.screen.progress?.at, 2);
  });

  it("the same press delivered twice is one answer", async () => {
    const who = as("2");
    await who.command("quiz");
    await who.press("bank");
    await who.press("go");
    const item = await askedIn(core, who.screen.text);
    const picks = picksOf(item, true);
    for (const option of picks) {
      const { value } = who.screen.menu!.options.find((o) => o.value.endsWith(`-${option}`))!;
      const id = `press ${option}`;
      await who.does({ kind: "choice", value }, { id });
      await who.does({ kind: "choice", value }, { id });
    }
    assert.equal(who.screen.title, "Right");
    assert.deepEqual(
      (await core.quiz.store.counts("")).map((c) => [c.item, c.what, c.n]),
      [
        [item.id, "first", 1],
        [item.id, "first-right", 1],
      ],
    );
  });

  it("a clock that goes back takes no day away, gives none twice, and asks nothing before it is due", async () => {
    const who = as("3");
    await begins(who);
    for (let n = 0; n < 2; n++) {
      await who.press("next");
      await answers(core, who);
    }
    clock.now -= 3 * day;
    await who.command("quiz");
    assert.match(who.screen.text, /done for today/);
    assert.match(who.screen.text, /learned on 1 day\./);
    clock.now += 4 * day;
    await who.command("quiz");
    assert.match(who.screen.text, /ready for you/);
  });

  it("counts who moves to another team of the course once", async () => {
    const code = await withCourse(core);
    const who = as("20");
    await takes(core, who, await code("north"));
    await who.press("start");
    await who.press("code");
    await who.says(await code("south"));
    await who.press("join");
    assert.deepEqual(await core.quiz.store.teams(), [{ course: "spring", team: "south", members: 1, done: 1 }]);
  });

  it("shows a course in a language of its own when yours is not among them, and says so", async () => {
    const code = await (await withCourse(core, ["en"]))("north");
    const who = as("21", "zh-CN");
    await who.command("quiz");
    await who.press("bank");
    await who.press("code");
    await who.says(code);
    await who.press("join");
    await who.press("c-spring");
    assert.ok(who.screen.text.includes(core.words.say("zh-CN", "quiz:fallback")), who.screen.text);
    assert.match(who.screen.text, /[a-z]{4}/);
  });
});
