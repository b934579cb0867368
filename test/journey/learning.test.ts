/** Staff learn, a team takes a course, a certificate is checked, managers see groups; and nobody can be told from any of it. */
import assert from "node:assert/strict";
import type { Core } from "../../src/main.ts";
import { statementsOf } from "../../src/quiz/xapi.ts";
import { bare, type Caller, choices, enters, network, tables } from "../support/caller.ts";
import { type TestHome, testHome } from "../support/house.ts";
import { answers, monday, openLearning as open, takes, withCourse } from "../support/learner.ts";

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

  it("nudges at the hour of the learner's own clock, three times at most, and says nothing about anybody", async () => {
    clock.now = Date.UTC(2030, 2, 29, 10); // summer time begins in Berlin two nights later
    const who = as("5");
    await who.command("quiz");
    await who.press("bank");
    await who.press("settings");
    await who.press("hour");
    await who.press("9");
    await who.says("Middle/Earth");
    assert.equal(who.screen.notice, core.words.say("en", "quiz:zone.unknown"));
    await who.says("europe/berlin");
    assert.equal(who.screen.notice, "I will remind you at 09:00.");
    assert.match(who.screen.text, /09:00 \(Europe\/Berlin\)/);
    const rows = await core.storage.read("outbox").orderBy("due");
    const hours = rows.map((r) => new Date(Number(r.due) * 1000).toISOString().slice(0, 13));
    assert.deepEqual(hours, ["2030-03-30T08", "2030-04-01T07", "2030-04-05T07"]);
    assert.ok(rows.every((r) => r.kind === "nudge" && Number(r.expires) > Number(r.due)));
    await who.press("quiet");
    assert.equal((await core.storage.read("outbox")).length, 0);
  });

  it("shows a team when it has five, and nothing of four; an admin sees it, nobody else does", async () => {
    const code = await (await withCourse(core))("north");
    const people = ["a", "b", "c", "d", "e"].map((name) => as(`10${name}`));
    for (const who of people.slice(0, 4)) await takes(core, who, code, ["favour-for-a-friend"]);
    const admin = as("admin");
    await enters(core, admin, "Heron", "admin");
    await admin.command("learning");
    assert.match(admin.screen.text, /1 group is too small/);
    assert.ok(!admin.screen.text.includes("north"));
    assert.deepEqual(await statementsOf(core.quiz, "https://tips.example.org/", 22_000), []);

    await takes(core, people[4]!, code);
    await admin.command("learning");
    assert.match(admin.screen.text, /Spring, safely · north: 5 people, 100 % completed/);
    assert.match(
      admin.screen.text,
      /Refuse a look-up without a work reason, also for friends \(favour-for-a-friend\): 80 % wrong/,
    );
    await admin.press("csv");
    const csv = await new Response(await admin.screen.attachments![0]!.open()).text();
    assert.match(csv, /^course,team,people,completed %,right at first try %,most missed\r\nspring,north,5,100,84,/);
    await admin.press("!back");
    await admin.press("picture");
    assert.match(admin.screen.picture!.alt, /north: 5 people, 100 % completed/);
    assert.equal(
      Buffer.from(await admin.screen.picture!.png())
        .subarray(1, 4)
        .toString(),
      "PNG",
    );

    const statements = await statementsOf(core.quiz, "https://tips.example.org/", 22_000);
    assert.equal(statements.length, 6);
    assert.ok(statements.every((s) => s.actor.objectType === "Group" && !("member" in s.actor)));
    await people[0]!.command("learning");
    assert.equal(people[0]!.screen.text.includes("north"), false);
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

    await who.command("quiz");
    await who.press("settings");
    await who.press("kept");
    await who.press("erase");
    assert.equal((await core.storage.read("learners")).length, 0);
    assert.equal((await core.storage.read("course_members")).length, 0);
    await stranger.command("certificate");
    await stranger.says(code);
    assert.equal(stranger.screen.title, "This certificate is genuine");
  });
});
