/** The quiz as the counter meets it: a learner's state, the question that is asked now, what an answer comes to, courses. */
import { createHash } from "node:crypto";
import type { Item, Language, QuizContent } from "./content.ts";
import type { Nudge } from "./nudges.ts";
import { answerInSet, choose, dayOf, isRight, type Memory, shuffled, type TodaysSet, todaysSet } from "./rules.ts";
import { sectors } from "./sectors.ts";
import type { Course, Kept, Learner, QuizStore } from "./store.ts";

export interface CourseView {
  id: string;
  title: string;
  team: string;
  items: number;
  answered: number;
  right: number;
  deadline: number;
  pass: number;
  passed: boolean;
}
export interface LearnerView {
  sector: string;
  /** Days on which a whole set was answered. */
  days: number;
  /** Items met so far. */
  met: number;
  set: { at: number; of: number; right: number; course?: string };
  nudge?: Nudge;
  native: boolean;
  courses: CourseView[];
}
export interface QuestionView {
  id: string;
  kind: Item["kind"];
  /** Travels in the buttons, so that yesterday's answer is not today's. */
  turn: string;
  at: number;
  of: number;
  ask: string;
  excerpt?: string;
  /** In the order they are shown this time; `option` is the place in the file. */
  options: { option: number; text: string }[];
  /** The course has no words in the language that is spoken: it is shown in another one. */
  fallback: boolean;
  /** The learner likes it as the network's own quiz, and one option is right: which, and what to tell then. */
  native?: { right: number; why: string; goal: string };
}
export interface GradedView {
  right: boolean;
  goal: string;
  knowledge: string;
  options: { option: number; text: string; why: string; right: boolean }[];
  sources: string[];
}
/** What an answer changes. */
export interface AnswerMade {
  learner: Learner;
  answered: Parameters<QuizStore["count"]>[1];
  /** Groups that the answer counts for. */
  groups: string[];
  /** Courses that are passed by it. */
  passed: string[];
  /** It ended a set. */
  over: boolean;
}

export interface Quiz {
  store: QuizStore;
  sectors: readonly string[];
  view(kept: Kept, locale: string, today: number): Promise<LearnerView>;
  question(kept: Kept, locale: string, today: number): Promise<QuestionView | undefined>;
  /** Reasons for every option of an item, whatever was picked. */
  graded(item: string, picked: number[], locale: string): Promise<GradedView | undefined>;
  /** Nothing when that is not the item that is asked now. */
  answer(kept: Kept, item: string, picked: number[], today: number): Promise<AnswerMade | undefined>;
  /** Another set now: one of a course, or one more of one's own. */
  begin(kept: Kept, course: string | undefined, today: number): Promise<Learner>;
  course(id: string, locale: string): Promise<{ id: string; title: string; pass: number } | undefined>;
  courseItems(course: Course): Promise<Item[]>;
  items(): Promise<ReadonlyMap<string, Item>>;
  /** Asks these from now on: somebody has edited them. */
  use(content: QuizContent): void;
}

const byId = ({ items }: QuizContent) => new Map(items.map((item) => [item.id, item]));

/** @param load reads the items when they are first wanted */
export function createQuiz(parts: { store: QuizStore; load(): Promise<QuizContent>; size: number }): Quiz {
  const { store, size } = parts;
  let loaded: Promise<ReadonlyMap<string, Item>> | undefined;
  const items = () => {
    loaded ??= parts.load().then(byId);
    return loaded;
  };
  const matching = (course: Course, all: ReadonlyMap<string, Item>): Item[] =>
    [...all.values()].filter(
      (item) =>
        (course.themes.length === 0 || course.themes.includes(item.theme)) &&
        (course.sectors.length === 0 || item.sectors.some((s) => s === "any" || course.sectors.includes(s))),
    );
  const coursesOf = async (learner: Learner) =>
    (await store.courses()).filter((course) => Object.hasOwn(learner.courses, course.id));

  function progress(course: Course, all: ReadonlyMap<string, Item>, memory: Memory) {
    const wanted = matching(course, all);
    const traces = wanted.flatMap((item) => (memory.traces[item.id] ? [memory.traces[item.id]!] : []));
    const right = traces.filter((trace) => trace[6] === 1).length;
    const passed = wanted.length > 0 && traces.length === wanted.length && right * 100 >= course.pass * wanted.length;
    return { items: wanted.length, answered: traces.length, right, passed };
  }

  async function now(kept: Kept, today: number): Promise<{ set: TodaysSet; item: Item | undefined }> {
    const all = await items();
    const set = todaysSet(kept.learner.memory, all, size, today);
    const id = set.items[set.at];
    return { set, item: id === undefined ? undefined : all.get(id) };
  }

  return {
    store,
    sectors,
    items,
    use(content) {
      loaded = Promise.resolve(byId(content));
    },
    courseItems: async (course) => matching(course, await items()),

    async view({ learner, version }, locale, today) {
      const all = await items();
      const { set } = await now({ learner, version }, today);
      const { memory } = learner;
      return {
        sector: memory.sector,
        days: memory.days,
        met: Object.keys(memory.traces).length,
        set: { at: set.at, of: set.items.length, right: set.right, ...(set.course ? { course: set.course } : {}) },
        ...(learner.nudge ? { nudge: learner.nudge } : {}),
        native: learner.native === true,
        courses: (await coursesOf(learner)).map((course) => ({
          id: course.id,
          title: titleOf(course, locale),
          team: learner.courses[course.id]!,
          deadline: course.deadline,
          pass: course.pass,
          ...progress(course, all, memory),
        })),
      };
    },

    async question(kept, locale, today) {
      const { set, item } = await now(kept, today);
      if (!item) return undefined;
      const course = set.course ? (await store.courses()).find((c) => c.id === set.course) : undefined;
      const spoken = languageOf(item, locale, course?.languages);
      const { memory } = kept.learner;
      return {
        ...questionOf(item, spoken, memory, kept.learner.native === true),
        at: set.at,
        of: set.items.length,
        fallback: spoken !== locale,
      };
    },

    async graded(id, picked, locale) {
      const item = (await items()).get(id);
      return item && gradedOf(item, languageOf(item, locale), picked);
    },

    async answer(kept, id, picked, today) {
      const all = await items();
      const { set, item } = await now(kept, today);
      if (!item || item.id !== id) return undefined;
      const right = isRight(
        item.kind,
        item.options.map((o) => o.right === true),
        picked,
      );
      const { memory, answered } = answerInSet(kept.learner.memory, set, item, right, today);
      const courses = (await coursesOf(kept.learner)).filter((course) => matching(course, all).includes(item));
      return {
        learner: { ...kept.learner, memory: tidy(memory, all) },
        answered,
        groups: courses.map((course) => `${course.id} ${kept.learner.courses[course.id]}`),
        passed: courses.filter((course) => progress(course, all, memory).passed).map((course) => course.id),
        over: set.at + 1 >= set.items.length,
      };
    },

    async begin({ learner }, id, today) {
      const all = await items();
      const { memory } = learner;
      const day = dayOf(memory, today);
      const course = id === undefined ? undefined : (await coursesOf(learner)).find((c) => c.id === id);
      const open = course
        ? matching(course, all)
            .filter((item) => memory.traces[item.id]?.[6] !== 1)
            .sort((a, b) => Number(memory.traces[a.id]?.[3] ?? 0) - Number(memory.traces[b.id]?.[3] ?? 0))
            .slice(0, Math.max(size, 5))
            .map((item) => item.id)
        : choose(memory, all, size, day);
      const set: TodaysSet = { day, items: open, at: 0, right: 0, ...(course ? { course: course.id } : {}) };
      return { ...learner, memory: { ...memory, set } };
    },

    async course(id, locale) {
      const found = (await store.courses()).find((course) => course.id === id);
      return found && { id, title: titleOf(found, locale), pass: found.pass };
    },
  };
}

export const titleOf = (course: Course, locale: string): string =>
  course.title[locale] ?? course.title.en ?? Object.values(course.title)[0] ?? course.id;

/** The language that an item is shown in: the one that is spoken, if the course allows it and the item has it. */
function languageOf(item: Item, locale: string, allowed?: readonly string[]): Language {
  const wishes = allowed && allowed.length > 0 && !allowed.includes(locale) ? [...allowed, locale] : [locale, "en"];
  return (wishes.find((l) => Object.hasOwn(item, l) && (l === "en" || l === "zh-CN")) ?? "en") as Language;
}

/** What a network must know that draws an item itself; nothing where several are right, or an order is. */
function nativeOf(item: Item, spoken: Language): Pick<QuestionView, "native"> {
  const right = item.options.findIndex((o) => o.right);
  if (item.kind === "several" || right < 0) return {};
  return { native: { right, why: item.options[right]![spoken].why, goal: item.goal[spoken] } };
}

/** An item as it is asked of a learner, in one language. @param native as the network's own quiz, where it fits */
export function questionOf(
  item: Item,
  spoken: Language,
  memory: Memory,
  native: boolean,
): Omit<QuestionView, "at" | "of" | "fallback"> {
  const order = shuffled(item.options.length, memory, item.id, item.kind === "order");
  return {
    id: item.id,
    kind: item.kind,
    turn: turnOf(memory, item.id),
    ask: item[spoken].ask,
    ...(item[spoken].excerpt ? { excerpt: item[spoken].excerpt } : {}),
    options: order.map((option) => ({ option, text: item.options[option]![spoken].text })),
    ...(native ? nativeOf(item, spoken) : {}),
  };
}

/** An item with its reasons, in one language, after these options were picked. */
export function gradedOf(item: Item, spoken: Language, picked: number[]): GradedView {
  const rights = item.options.map((o) => o.right === true);
  return {
    right: isRight(item.kind, rights, picked),
    goal: item.goal[spoken],
    knowledge: item.knowledge,
    options: item.options.map((o, option) => ({
      option,
      text: o[spoken].text,
      why: o[spoken].why,
      right: rights[option]!,
    })),
    sources: item.sources.map((s) => [s.title, s.article, s.url].filter(Boolean).join(", ")),
  };
}

function turnOf(memory: Memory, item: string): string {
  const times = memory.traces[item]?.[4] ?? 0;
  return createHash("sha256").update(`${memory.seed} ${item} ${times} turn`).digest("hex").slice(0, 6);
}

/** What is remembered of items that are gone goes too. */
function tidy(memory: Memory, all: ReadonlyMap<string, Item>): Memory {
  const gone = Object.keys(memory.traces).filter((id) => !all.has(id));
  if (gone.length === 0) return memory;
  return { ...memory, traces: Object.fromEntries(Object.entries(memory.traces).filter(([id]) => all.has(id))) };
}
