/** Questions as Telegram's own quizzes: for whoever likes them, where they fit, through restarts, and never twice. */
import assert from "node:assert/strict";
import { newMemory } from "../../src/quiz/rules.ts";
import type { Service } from "../../src/service.ts";
import { createTelegramServer, type TelegramServer, type User } from "../standins/telegram.ts";
import { type TestHome, testHome } from "../support/house.ts";
import { askedIn, monday, picksOf, quizFolder } from "../support/learner.ts";

describe("Telegram's own quiz", function () {
  this.timeout(20_000);
  let telegram: TelegramServer;
  let home: TestHome;
  let service: Service;
  let who: User;

  async function start(): Promise<void> {
    service = await home.service({ quizFolder, now: () => monday });
    service.core.quiz.store.fresh = (sector) => ({ memory: newMemory("always-the-same", sector), courses: {} });
  }
  beforeEach(async () => {
    telegram = await createTelegramServer();
    home = testHome({ TELEGRAM_BOT_TOKEN: telegram.token, TELEGRAM_API_ROOT: telegram.url });
    await start();
    who = telegram.user(1);
    await who.send("/quiz");
    await who.press("Bank or finance");
    await who.press("How I learn");
    await who.press("Use the chat’s own quiz");
    assert.match(who.seen().text, /Short questions will come as the chat’s own quiz/);
    await who.press("Back");
    await who.press("Begin");
  });
  afterEach(async () => {
    await service.close();
    await telegram.close();
    home.remove();
  });

  const polls = () => telegram.called("sendPoll");
  const counts = async () => (await service.core.quiz.store.counts("")).map((c) => `${c.item} ${c.what} ${c.n}`);

  /** Answers what does not fit with its buttons, until a quiz is drawn. */
  async function untilQuiz(): Promise<string> {
    for (let n = 0; n < 3; n++) {
      const item = await askedIn(service.core, who.seen().text);
      if (polls().length > 0) {
        const text = item.options[picksOf(item, true)[0]!]!.en.text;
        return text;
      }
      for (const option of picksOf(item, true)) {
        const letter = who
          .seen()
          .text.split("\n")
          .find((l) => l.endsWith(`  ${item.options[option]!.en.text}`))?.[0];
        await who.press(letter ?? who.seen().buttons.find((b) => b.endsWith(item.options[option]!.en.text))!);
      }
      await who.press("Next question");
    }
    return assert.fail("no quiz was drawn");
  }

  it("what does not fit comes with buttons; what fits is a quiz that cannot be forwarded, and its answer counts", async () => {
    assert.equal(polls().length, 0, "an order was drawn as a quiz");
    const right = await untilQuiz();
    const [poll] = polls();
    assert.equal(poll!.protect_content, true);
    assert.equal(poll!.is_anonymous, false);
    assert.equal(poll!.type, "quiz");
    assert.match(String(poll!.description), /Question 2 of 3/);
    assert.ok(String(poll!.explanation).length > 10);
    assert.deepEqual(telegram.refusals, []);
    const before = await counts();
    const seen = await who.vote(right);
    assert.match(seen.text, /^Right/);
    assert.ok(seen.text.includes(`${right}  ← your choice`), seen.text);
    assert.equal((await counts()).length, before.length + 2);
  });

  it("an answer is understood after a restart", async () => {
    const right = await untilQuiz();
    await service.close();
    await start();
    assert.match((await who.vote(right)).text, /^Right/);
  });

  it("an answer that comes twice, or to a quiz of before, changes nothing and leads to where the talk is", async () => {
    const right = await untilQuiz();
    await who.vote(right);
    const before = await counts();
    await who.again();
    assert.deepEqual(await counts(), before);
    await who.press("Next question");
    const seen = await who.vote(right);
    assert.match(seen.text, /^That question is over/);
    assert.match(seen.text, /Question 3 of 3/);
    assert.deepEqual(await counts(), before);
  });

  it("a server that knows no such quiz is asked with buttons", async () => {
    telegram.misbehave("sendPoll", { status: 400, description: "Bad Request: wrong correct option ID specified" });
    const right = await untilQuiz();
    assert.ok(
      who.seen().buttons.some((b) => b.endsWith(right)),
      JSON.stringify(who.seen()),
    );
    await who.press(who.seen().buttons.find((b) => b.endsWith(right))!);
    assert.match(who.seen().text, /^Right/);
  });

  it("a button below a quiz leads on, though a quiz cannot be redrawn", async () => {
    await untilQuiz();
    assert.match((await who.press("Home")).text, /^Quietline/);
  });

  it("whoever likes buttons better gets them back", async () => {
    await who.send("/quiz");
    await who.press("How I learn");
    await who.press("Use messages with buttons");
    await who.press("Back");
    await who.press("Go on").catch(() => who.press("Begin"));
    await assert.rejects(untilQuiz(), /no such button: Next question/); // the third question has “Finish” below it
    assert.equal(polls().length, 0);
  });
});
