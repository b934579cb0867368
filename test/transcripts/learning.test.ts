/**
 * A week of one learner on every network, as the learner sees it, kept beside this file: a first set with one wrong
 * answer, a reminder, a pause in the middle of a set, a course, and its certificate. `UPDATE_TRANSCRIPTS=1 npx mocha
 * test/transcripts/learning.test.ts` writes them anew; read the difference before you commit it.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { newMemory } from "../../src/quiz/rules.ts";
import { Visitor } from "../platforms/web/visitor.ts";
import { askedIn, day, monday, picksOf, quizFolder, withCourse } from "../support/learner.ts";
import { type Networks, onBothNetworks } from "../support/networks.ts";
import { talker } from "../support/talker.ts";

/** Somebody with a client. */
interface Learner {
  /** What the client shows, what can be pressed in brackets. */
  shown(): string;
  /** What can be pressed or chosen. */
  labels(): string[];
  press(label: string): Promise<unknown>;
  choose(labels: string[]): Promise<unknown>;
  /** Fills the one field that is asked for. */
  fills(value: string): Promise<unknown>;
  /** Comes back to learning, as one does on this network. */
  returns(): Promise<unknown>;
  /** Looks at what came by itself, if anything can. */
  looks?(): string;
}
type Language = "en" | "zh-CN";

describe("a week of one learner, on every network", function () {
  this.timeout(60_000);
  const clock = { now: monday };
  let wired: Networks;
  let code: string;
  let people = 0;

  before(async () => {
    wired = await onBothNetworks({ now: () => clock.now, quizFolder, unpaced: true });
    const { core } = wired.service;
    core.quiz.store.fresh = (sector) => ({ memory: newMemory("always-the-same", sector), courses: {} });
    code = await (await withCourse(core))("north");
  });
  after(() => wired.close());

  const drawn = (text: string, labels: string[], files: string[] = []): string =>
    [text.trim(), ...files.map((file) => `📎 ${file}`), labels.map((label) => `[${label}]`).join(" ")]
      .filter(Boolean)
      .join("\n\n");
  const say = (language: Language, key: string, values?: Record<string, string | number>): string =>
    wired.service.core.words.say(language, key, values);

  const networks: Record<string, (language: Language) => Promise<Learner>> = {
    async console(language) {
      const person = await talker(wired.service.core, `learns ${++people}`, language);
      await person.press(say(language, "home:quiz"));
      const labels = () =>
        person
          .shown()
          .split("\n")
          .flatMap((line) => /^ +\d+ {2}(?:\[.\] )?(.+)$/.exec(line)?.[1] ?? []);
      return {
        shown: () => person.shown().trim(),
        labels,
        press: (label) => person.press(label),
        async choose(wanted) {
          for (const label of wanted) await person.press(label);
          await person.press(say(language, "bot:done"));
        },
        fills: (value) => person.say(value),
        returns: () => person.say("/quiz"),
      };
    },
    async telegram(language) {
      const person = wired.telegram.user(++people, language === "en" ? "en" : "zh-hans");
      await person.send("/start");
      await person.press(say(language, "home:quiz"));
      const files = () =>
        person
          .chat()
          .filter((m) => m.ours)
          .slice(-2)
          .flatMap((m) => m.document?.name ?? []);
      return {
        shown: () => drawn(person.seen().text, person.seen().buttons, files()),
        labels: () => person.seen().buttons,
        press: (label) => person.press(label),
        async choose(wanted) {
          for (const label of wanted) await person.press(label);
          await person.press(say(language, "bot:done"));
        },
        fills: (value) => person.send(value),
        returns: () => person.send("/quiz"),
        looks() {
          const last = person.chat().at(-1)!;
          return drawn(
            last.text ?? "",
            last.keyboard.flat().map((b) => b.text),
          );
        },
      };
    },
    async discord(language) {
      const person = wired.discord.account(++people, language === "en" ? "en-US" : "zh-CN");
      await person.command("quiz");
      const labels = () => [...person.seen().options, ...person.seen().buttons];
      return {
        shown: () => drawn(person.seen().text, labels(), person.seen().files),
        labels,
        press: (label) => person.press(label),
        choose: (wanted) => person.choose(wanted),
        async fills(value) {
          if (!person.modal) await person.openForm();
          const [field] = person.modal!.components;
          await person.fill({ [field.component.custom_id]: value });
        },
        returns: () => person.command("quiz"),
        looks() {
          const pushed = person.pushed()!;
          return drawn(pushed.text, [...pushed.options, ...pushed.buttons]);
        },
      };
    },
    async web(language) {
      const person = new Visitor(wired.service.page, { "accept-language": language });
      await person.get("/");
      await person.press(say(language, "home:quiz"));
      const page = () => person.page ?? assert.fail("no page");
      const labels = () => page().forms.flatMap((form) => form.controls.map((control) => control.label));
      return {
        shown: () =>
          [
            page()
              .text.split("\n")
              .map((line) => line.trim())
              .filter((line) => line !== "")
              // a button's label stands in the page's text, too; so does an option's
              .map((line) => (labels().includes(line) ? `[${line}]` : line))
              .join("\n"),
          ].join("\n"),
        labels,
        press: (label) => person.press(label),
        choose(wanted) {
          for (const form of page().forms) {
            const boxes = form.controls.filter((c) => c.type === "checkbox");
            const picked = boxes.filter((c) => wanted.includes(c.label)).map((c) => c.value);
            const done = form.controls.find((c) => c.tag === "button" && c.label === say(language, "bot:done"));
            if (done) return person.submit(form, done, { values: { [boxes[0]!.name]: picked } });
          }
          return assert.fail("nothing to choose");
        },
        fills(value) {
          const { form, button } = person.formWith("send");
          const field = form.controls.find((c) => c.name.startsWith("f."))!;
          return person.submit(form, button, { values: { [field.name]: [value] } });
        },
        async returns() {
          await person.press(say(language, "bot:home"));
          await person.press(say(language, "home:quiz"));
        },
      };
    },
  };

  for (const [name, enter] of Object.entries(networks))
    for (const language of ["en", "zh-CN"] as const)
      it(`${name}, ${language}`, async () => {
        const { core } = wired.service;
        const t = (key: string, values?: Record<string, string | number>) => say(language, key, values);
        clock.now = monday;
        const me = await enter(language);
        const talk: string[] = [];
        /** Does something and writes down what was done and what is shown then. */
        const act = async (what: string, work: () => Promise<unknown>): Promise<void> => {
          await work();
          talk.push(`> ${what}`, me.shown());
        };
        const press = (key: string, values?: Record<string, string | number>) =>
          act(t(key, values), () => me.press(t(key, values)));
        const labelOf = (text: string): string => {
          const whole = me.labels().find((l) => /^[A-E] {2}/.test(l) && l.endsWith(text));
          if (whole) return whole;
          const line = me
            .shown()
            .split("\n")
            .find((l) => /^[A-E] {2}/.test(l) && l.endsWith(text));
          return line?.[0] ?? assert.fail(`${text} is not among the options of:\n${me.shown()}`);
        };
        const answer = async (right: boolean): Promise<void> => {
          const item = await askedIn(core, me.shown(), language);
          const texts = picksOf(item, right).map((option) => item.options[option]![language].text);
          if (item.kind === "several") {
            const labels = texts.map(labelOf);
            await act(labels.join(", "), () => me.choose(labels));
          } else for (const text of texts) await act(labelOf(text), () => me.press(labelOf(text)));
        };
        const goOn = () => press(me.labels().includes(t("quiz:after.next")) ? "quiz:after.next" : "quiz:after.end");

        talk.push(me.shown());
        await press("quiz:sector.bank");
        await press("quiz:start.go");
        for (const right of [true, false, true]) {
          await answer(right);
          await goOn();
        }
        assert.ok(me.shown().includes(t("quiz:over.text", { right: 2, of: 3 })), me.shown());

        await press("quiz:over.start");
        await press("quiz:start.settings");
        if (me.looks) {
          await press("quiz:settings.hour");
          const hour = language === "en" ? "09:00" : "21:00"; // 13:00 in UTC
          await act(hour, () => me.press(hour));
          const zone = language === "en" ? "America/New_York" : "Asia/Shanghai";
          await act(zone, () => me.press(zone));
        }

        clock.now += day + 3 * 3_600_000 + 60_000;
        await core.delivered();
        if (me.looks) {
          const nudge = me.looks();
          assert.ok(nudge.includes(t("quiz:nudge.text")), nudge);
          talk.push(`— ${t("quiz:nudge.title")} —`, nudge);
          await press("quiz:nudge.go");
        } else {
          await act("/quiz", me.returns);
          await press("quiz:start.go");
        }
        await answer(true);

        clock.now += 5 * day; // a pause, in the middle of a set
        await act("/quiz", me.returns);
        await press("quiz:start.code");
        await act("(the code)", () => me.fills(code.toLowerCase()));
        await press("quiz:join.yes");
        await press("quiz:start.go-on");
        for (let left = 6; left > 0 && !me.labels().includes(t("quiz:over.start")); left--) {
          await answer(true);
          await goOn();
        }
        await press("quiz:over.start");
        await press("quiz:start.certificate");
        const learner = language === "en" ? "Ines Okonkwo" : "欧阳明月";
        await act(learner, () => me.fills(learner));
        assert.ok(me.shown().includes(t("quiz:paper.title")), me.shown());

        const text = `${talk.join("\n\n")}\n`
          .replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, "http://our.page")
          .replaceAll(/[\d.]+ ?(bytes|字节|kB)/g, "(so many) $1") // the code that is drawn in it differs
          .replaceAll(/[0-9A-Z]{4}(-[0-9A-Z]{4}){3}/g, "(the certificate’s code)");
        const path = new URL(`learning.${name}.${language}.txt`, import.meta.url);
        if (process.env.UPDATE_TRANSCRIPTS) writeFileSync(path, text);
        assert.ok(existsSync(path), `no learning.${name}.${language}.txt yet`);
        assert.equal(text, readFileSync(path, "utf8"));
      });
});
