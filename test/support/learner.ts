/** Learners in tests: a house with the five items beside the quiz's tests, a course, and what there is to press for an answer. */
import assert from "node:assert/strict";
import { type Core, openCore } from "../../src/main.ts";
import type { Item } from "../../src/quiz/content.ts";
import { type Caller, choices } from "./caller.ts";
import type { TestHome } from "./house.ts";

/** Where the five items lie. */
export const quizFolder = "test/quiz/items";
export const day = 86_400_000;
/** A Monday at ten in the morning, UTC. */
export const monday = Date.UTC(2030, 4, 13, 10);

/** A house whose clock the test turns. */
export async function openLearning(home: TestHome, clock: { now: number }, folder = quizFolder): Promise<Core> {
  const options = { note: () => undefined, now: () => clock.now, dayKeyFolder: home.dayKeys };
  return openCore(home.config, { ...options, quizFolder: folder });
}

/** Makes the course “spring” of all items for a bank; answers what makes codes of its teams. */
export async function withCourse(core: Core, languages = ["en", "zh-CN"]): Promise<(team: string) => Promise<string>> {
  const title = { en: "Spring, safely", "zh-CN": "春季课程" };
  const course = { id: "spring", title, themes: [], sectors: ["bank"], languages, deadline: 22_100, pass: 80 };
  await core.storage.transaction(core.quiz.store.addCourse(course));
  return async (team) => {
    const { code, write } = core.quiz.store.newCode("spring", team);
    await core.storage.transaction(write);
    return code;
  };
}

/** The item that is asked in this text. */
export async function askedIn(core: Core, shown: string, language: "en" | "zh-CN" = "en"): Promise<Item> {
  const items = [...(await core.quiz.items()).values()];
  // a terminal breaks lines; the first words are enough to know an item by
  const flat = (text: string) => text.replaceAll(/\s+/g, " ");
  const item = items.find((i) => flat(shown).includes(flat(i[language].ask).slice(0, 30)));
  return item ?? assert.fail(`no item is asked in:\n${shown}`);
}

/** Options to pick, in order, for a right answer to an item, or for one that is not. */
export function picksOf(item: Item, right: boolean): number[] {
  const good = item.options.flatMap((o, n) => (o.right ? [n] : []));
  if (item.kind === "order") return right ? [0, 1] : [2, 1];
  if (item.kind === "several") return right ? good : good.slice(1);
  return [right ? good[0]! : item.options.findIndex((o) => !o.right)];
}

/** Answers the question on the screen. */
export async function answers(core: Core, who: Caller, right = true): Promise<void> {
  const item = await askedIn(core, who.screen.text);
  for (const option of picksOf(item, right)) {
    const found = (who.screen.menu?.options ?? []).find((o) => o.value.endsWith(`-${option}`));
    await who.does({ kind: "choice", value: found?.value ?? assert.fail(JSON.stringify(who.screen.menu)) });
  }
  if (item.kind === "several") await who.press("done");
}

/** Joins a course and answers all of it. */
export async function takes(core: Core, who: Caller, code: string, wrong: string[] = []): Promise<void> {
  await who.command("quiz");
  if (who.screen.menu) await who.press("bank");
  await who.press("code");
  await who.says(code);
  await who.press("join");
  await who.press("c-spring");
  while (!choices(who.screen).some((c) => c.value.endsWith("more"))) {
    const { id } = await askedIn(core, who.screen.text);
    await answers(core, who, !wrong.includes(id));
    await who.press("next");
  }
}
