/** Staff learn, a team takes a course, a certificate is checked, managers see groups; and nobody can be told from any of it. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { type Core, openCore } from "../../src/main.ts";
import { newMemory } from "../../src/quiz/rules.ts";
import { statementsOf } from "../../src/quiz/xapi.ts";
import { everyByte, Needles } from "../privacy/support.ts";
import { bare, type Caller, choices, network, tables } from "../support/caller.ts";
import { type TestHome, testHome } from "../support/house.ts";
import { type Talker, talker } from "../support/talker.ts";

const day = 86_400_000;
const monday = Date.UTC(2030, 4, 13, 10);

/** A house with the five items beside this test, whose clock the test turns. */
async function open(home: TestHome, clock: { now: number }): Promise<Core> {
  const options = { note: () => undefined, now: () => clock.now, dayKeyFolder: home.dayKeys };
  return openCore(home.config, { ...options, quizFolder: "test/quiz/items" });
}

async function withCourse(core: Core, languages = ["en", "zh-CN"]): Promise<(team: string) => Promise<string>> {
  const title = { en: "Spring, safely", "zh-CN": "春季课程" };
  const course = { id: "spring", title, themes: [], sectors: ["bank"], languages, deadline: 22_100, pass: 80 };
  await core.storage.transaction(core.quiz.store.addCourse(course));
  return async (team) => {
    const { code, write } = core.quiz.store.newCode("spring", team);
    await core.storage.transaction(write);
    return code;
  };
}

/** Answers the question on the screen, right or wrong. */
async function answers(core: Core, who: Caller, right = true): Promise<void> {
  const items = [...(await core.quiz.items()).values()];
  const item = items.find((i) => who.screen.text.includes(i.en.ask)) ?? assert.fail(who.screen.text);
  const values = () => (who.screen.menu?.options ?? []).map((o) => o.value);
  const choiceOf = (option: number) => values().find((v) => v.endsWith(`-${option}`)) ?? assert.fail(values().join());
  const good = item.options.flatMap((o, n) => (o.right ? [n] : []));
  if (item.kind === "order") {
    for (const option of right ? [0, 1] : [2, 1]) await who.does({ kind: "choice", value: choiceOf(option) });
  } else if (item.kind === "several") {
    for (const option of right ? good : good.slice(1)) await who.does({ kind: "choice", value: choiceOf(option) });
    await who.press("done");
  } else {
    const option = right ? good[0]! : item.options.findIndex((o) => !o.right);
    await who.does({ kind: "choice", value: choiceOf(option) });
  }
}

/** Joins the course and answers all of it. */
async function takes(core: Core, who: Caller, code: string, wrong: string[] = []): Promise<void> {
  await who.command("quiz");
  if (who.screen.menu) await who.press("bank");
  await who.press("code");
  await who.says(code);
  await who.press("join");
  await who.press("c-spring");
  for (let n = 0; n < 5; n++) {
    const item = [...(await core.quiz.items()).values()].find((i) => who.screen.text.includes(i.en.ask));
    await answers(core, who, !wrong.includes(item?.id ?? ""));
    await who.press("next");
  }
}

for (const locale of ["en", "zh-CN"])
  it(`a week of one learner reads as it is kept (${locale})`, async () => {
    const home = testHome();
    const clock = { now: monday };
    const core = await open(home, clock);
    try {
      core.quiz.store.fresh = (sector) => ({ memory: newMemory("always-the-same", sector), courses: {} });
      const code = await (await withCourse(core))("north");
      const t = (key: string, values?: Record<string, string | number>): string => core.words.say(locale, key, values);
      const me: Talker = await talker(core, "learner", locale);
      const items = [...(await core.quiz.items()).values()];
      const spoken = locale as "en" | "zh-CN";
      const answer = async (right: boolean): Promise<void> => {
        const item = items.find((i) => me.shown().includes(i[spoken].ask.slice(0, 30))) ?? assert.fail(me.shown());
        const press = (option: number) => {
          const text = item.options[option]![spoken].text;
          const found = me
            .shown()
            .split("\n")
            .find((l) => /^ +\d+ /.test(l) && l.endsWith(`  ${text}`));
          return me.say((found ?? assert.fail(`${text}\n${me.shown()}`)).trim().split(" ")[0]!);
        };
        if (item.kind === "order") for (const option of right ? [0, 1] : [1, 0]) await press(option);
        else if (item.kind === "several") {
          for (const [n, o] of item.options.entries()) if (o.right && right) await press(n);
          if (!right) await press(0);
          await me.press(t("bot:done"));
        } else await press(item.options.findIndex((o) => (o.right === true) === right));
      };
      await me.press(t("home:quiz"));
      await me.press(t("quiz:sector.bank"));
      await me.press(t("quiz:start.go"));
      await answer(true);
      await me.press(t("quiz:after.next"));
      await answer(false);
      await me.press(t("quiz:after.next"));
      await answer(true);
      await me.press(t("quiz:after.end"));
      clock.now += day;
      await me.say("/quiz");
      await me.press(t("quiz:start.go"));
      await answer(true);
      clock.now += 5 * day; // a pause, in the middle of a set
      await me.say("/quiz");
      assert.ok(me.shown().includes(t("quiz:start.go-on")), me.shown());
      await me.press(t("quiz:start.code"));
      await me.say(code.toLowerCase());
      await me.press(t("quiz:join.yes"));
      await me.press(t("quiz:start.go-on"));
      for (let left = 6; left > 0 && !me.shown().includes(t("quiz:over.title")); left--) {
        await answer(true);
        const more = me.shown().includes(t("quiz:after.next"));
        await me.press(t(more ? "quiz:after.next" : "quiz:after.end"));
      }
      await me.press(t("quiz:over.start"));
      await me.press(t("quiz:start.certificate"));
      assert.ok(me.shown().includes(t("quiz:name.title")), me.shown());
      compare(`learning.${locale}`, me.transcript().replaceAll(code.toLowerCase(), "(the code)"));
    } finally {
      await core.close();
      home.remove();
    }
  });

function compare(name: string, talk: string): void {
  const path = new URL(`../transcripts/${name}.txt`, import.meta.url);
  if (process.env.UPDATE_TRANSCRIPTS) writeFileSync(path, talk);
  assert.ok(existsSync(path), `no ${name}.txt yet`);
  assert.equal(talk, readFileSync(path, "utf8"));
}

describe("learning", () => {
  const clock = { now: monday };
  let home: TestHome;
  let core: Core;
  let as: (person: string, locale?: string) => Caller;

  beforeEach(async () => {
    clock.now = monday;
    home = testHome();
    core = await open(home, clock);
    const can = await tables();
    const net = await network(core, "telegram", can.telegram);
    as = (person, locale = "en") => net.as(person, { locale });
  });
  afterEach(async () => {
    await core.close();
    home.remove();
  });

  it("puts letters on buttons where the texts do not fit, and the texts above them", async () => {
    const who = as("1");
    await who.command("quiz");
    await who.press("bank");
    await who.press("go");
    for (let n = 0; n < 3; n++) {
      for (const choice of choices(who.screen)) assert.ok([...choice.label].length <= 40, choice.label);
      await answers(core, who);
      assert.match(who.screen.text, /✓|1\./);
      await who.press("next");
    }
    assert.equal(who.screen.title, "Done for now");
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

  it("goes on where it stopped after a restart", async () => {
    const who = as("3");
    await who.command("quiz");
    await who.press("bank");
    await who.press("go");
    await answers(core, who);
    await core.close();
    core = await open(home, clock);
    const again = (await network(core, "telegram", (await tables()).telegram)).as("3");
    await again.command("quiz");
    assert.match(again.screen.text, /2 questions left/);
  });

  it("why? leads to the knowledge entry", async () => {
    const who = as("4");
    await who.command("quiz");
    await who.press("bank");
    await who.press("go");
    await answers(core, who);
    await who.press("why");
    assert.notEqual(who.screen.title, undefined);
    assert.ok(choices(who.screen).some((c) => bare(c.value).includes("source") || bare(c.value) === "helped"));
  }).timeout(30_000);

  it("nudges at the learner's hour, three times at most, and says nothing about anybody", async () => {
    const who = as("5");
    await who.command("quiz");
    await who.press("bank");
    await who.press("hour");
    await who.press("9");
    await who.press("18"); // it is 18:00 there and 10:00 in UTC
    assert.equal(who.screen.notice, "I will remind you at 09:00.");
    const rows = await core.storage.read("outbox").orderBy("due");
    const hours = rows.map((r) => new Date(Number(r.due) * 1000).toISOString().slice(0, 13));
    assert.deepEqual(hours, ["2030-05-14T01", "2030-05-16T01", "2030-05-20T01"]);
    assert.ok(rows.every((r) => r.kind === "nudge" && Number(r.expires) > Number(r.due)));
    await who.press("quiet");
    assert.equal((await core.storage.read("outbox")).length, 0);
  });

  it("shows a team when it has five, and nothing of four; an admin sees it, nobody else does", async () => {
    const code = await (await withCourse(core))("north");
    const people = ["a", "b", "c", "d", "e"].map((name) => as(`10${name}`));
    for (const who of people.slice(0, 4)) await takes(core, who, code, ["favour-for-a-friend"]);
    const admin = as("admin");
    const invite = core.people.newInvite();
    await core.storage.transaction(core.people.addInvite(invite, { role: "admin" }, 99_999));
    await admin.command("join", invite);
    await admin.says("Heron");
    await admin.command("learning");
    assert.match(admin.screen.text, /1 group is too small/);
    assert.ok(!admin.screen.text.includes("north"));
    assert.deepEqual(await statementsOf(core.quiz, "https://tips.example.org/", 22_000), []);

    await takes(core, people[4]!, code);
    await admin.command("learning");
    assert.match(admin.screen.text, /Spring, safely · north: 5 people, 100 % completed/);
    assert.match(admin.screen.text, /favour-for-a-friend: 80 % wrong/);
    await admin.press("csv");
    const csv = await new Response(await admin.screen.attachments![0]!.open()).text();
    assert.match(csv, /^course,team,people,completed %,right at first try %,most missed\r\nspring,north,5,100,84,/);
    await admin.press("!back");
    await admin.press("picture");
    const png = Buffer.from(await new Response(await admin.screen.attachments![0]!.open()).arrayBuffer());
    assert.equal(png.subarray(1, 4).toString(), "PNG");
    if (process.env.QUIETLINE_SCREENSHOTS) writeFileSync(`${process.env.QUIETLINE_SCREENSHOTS}/teams.png`, png);

    const statements = await statementsOf(core.quiz, "https://tips.example.org/", 22_000);
    assert.equal(statements.length, 6);
    assert.ok(statements.every((s) => s.actor.objectType === "Group" && !("member" in s.actor)));
    await people[0]!.command("learning");
    assert.equal(people[0]!.screen.text.includes("north"), false);
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

  it("gives a certificate that anyone can check, names nobody, and slows down who guesses", async () => {
    const who = as("4815162342108");
    await takes(core, who, await (await withCourse(core))("north"));
    await who.press("start");
    await who.press("p-spring");
    await who.says("Wilhelmina Okonkwo-Featherstone");
    const pdf = Buffer.from(await new Response(await who.screen.attachments![0]!.open()).arrayBuffer());
    assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
    const code = who.screen.secret!;
    const stranger = as("31");
    await stranger.command("certificate");
    await stranger.says(code.toLowerCase().replaceAll("-", " "));
    assert.match(stranger.screen.text, /Spring, safely\nPassed on May 13, 2030/);
    const guesser = as("32");
    await guesser.command("certificate");
    for (let n = 0; n < 11; n++) await guesser.says(`AAAA-AAAA-AAAA-${1000 + n}`);
    assert.match(guesser.screen.notice ?? "", /Too many wrong codes/);
    await guesser.says(code);
    assert.match(guesser.screen.notice ?? "", /Too many wrong codes/);

    // every byte: no account, no name, no code
    const needles = new Needles();
    needles.number("the learner's account", "4815162342108");
    needles.text("the name on the certificate", "Wilhelmina Okonkwo-Featherstone");
    needles.text("the certificate's code", code);
    await who.command("start");
    await core.sweep();
    const found = everyByte(home.home).flatMap(({ where, bytes }) => needles.search(where, bytes));
    assert.deepEqual(found, []);
    // no identifier is shared with any other table
    const mine = new Set<string>();
    for (const [table, column] of [
      ["learners", "id"],
      ["course_members", "member"],
      ["certificates", "tag"],
    ] as const)
      for (const row of await core.storage.read(table)) {
        assert.ok(!mine.has(row[column]), "one name in two tables of the quiz");
        mine.add(row[column]);
      }
    for (const table of ["reports", "messages", "notify", "doors", "sessions", "reviewers", "tallies", "audit"])
      for (const row of await core.storage.read(table))
        for (const value of Object.values(row)) assert.ok(!mine.has(String(value)), table);

    await who.command("quiz");
    await who.press("kept");
    await who.press("erase");
    assert.equal((await core.storage.read("learners")).length, 0);
    assert.equal((await core.storage.read("course_members")).length, 0);
    await stranger.command("certificate");
    await stranger.says(code);
    assert.equal(stranger.screen.title, "This certificate is genuine");
  });
});
