/**
 * How a learner learns: which items come today, what an answer changes, how far the learner is. No clock, no chance, no
 * database: a memory and a day come in, a memory goes out. Days are counted since 1970.
 */
import { createHash } from "node:crypto";
import { type Card, createEmptyCard, type FSRS, forgetting_curve, fsrs, type Grade, Rating, State } from "ts-fsrs";

/** What a rule must know of an item. */
export interface ItemFacts {
  id: string;
  difficulty: number;
  sectors: readonly string[];
  theme: string;
  /** Changes when the item is edited. */
  print: string;
}

/**
 * What is remembered of one item: stability (days), difficulty, day due, day last seen, times seen, lapses, whether the last
 * answer was right, and the item's print at that time.
 */
export type Trace = [number, number, number, number, number, number, 0 | 1, string];

export interface TodaysSet {
  day: number;
  items: string[];
  /** How many are answered, and how many of those were right. */
  at: number;
  right: number;
  /** The course that it belongs to; a set of one's own otherwise. */
  course?: string;
}

export interface Memory {
  /** Random; the order of new items and of options follows from it. */
  seed: string;
  sector: string;
  /** Where the learner stands on the items' scale of difficulty (1 to 5, and beyond), and after how many first tries. */
  level: number;
  tries: number;
  traces: Record<string, Trace>;
  set?: TodaysSet;
  /** Days with a whole set; a pause takes nothing away. */
  days: number;
  lastDay: number;
  /** The last day that counted among `days`. */
  doneDay: number;
}

const scheduler: FSRS = fsrs({
  request_retention: 0.85,
  enable_fuzz: false,
  enable_short_term: false,
  maximum_interval: 730,
});
const dayMs = 86_400_000;

/** While no more than so many items are due, half of a set and more is new: who begins gets to know much soon. */
const few = 30;

/** The share of first tries that should succeed: hard enough to learn from, easy enough to come back to. */
export const wanted = 0.8;
/** How far below the learner's level an item lies that succeeds with `wanted`. */
const margin = Math.log(wanted / (1 - wanted));

export const newMemory = (seed: string, sector: string): Memory => ({
  seed,
  sector,
  level: 3.4,
  tries: 0,
  traces: {},
  days: 0,
  lastDay: 0,
  doneDay: -1,
});

/** A clock that went back changes nothing: a day that was is not lived again. */
export const dayOf = (memory: Memory, today: number): number => Math.max(today, memory.lastDay);

/**
 * The items of today. A set that was begun is finished first, also after midnight and after a restart; items that are gone
 * drop out of it.
 */
export function todaysSet(
  memory: Memory,
  items: ReadonlyMap<string, ItemFacts>,
  size: number,
  today: number,
): TodaysSet {
  const day = dayOf(memory, today);
  const { set } = memory;
  if (set?.items.some((id, n) => n >= set.at && items.has(id))) {
    const left = set.items.filter((id, n) => n < set.at || items.has(id));
    return { ...set, items: left };
  }
  if (set?.day === day) return { ...set, items: set.items.slice(0, set.at) };
  return { day, items: choose(memory, items, size, day), at: 0, right: 0 };
}

/**
 * Up to `size` items, best first: what was got wrong, what is about to be forgotten, what is new for the learner's sector and
 * about as hard as it should be. One new item is always among them while there is one, so that nobody only repeats; more
 * of them while few are due.
 */
export function choose(memory: Memory, items: ReadonlyMap<string, ItemFacts>, size: number, today: number): string[] {
  const due: { id: string; wrong: boolean; recall: number }[] = [];
  for (const id in memory.traces) {
    const trace = memory.traces[id]!;
    const item = items.get(id);
    if (!item) continue;
    const edited = item.print !== trace[7];
    if (trace[2] > today && !edited) continue;
    const recall = edited ? 0.5 : forgetting_curve(scheduler.parameters.w, Math.max(0, today - trace[3]), trace[0]);
    due.push({ id, wrong: trace[6] === 0, recall });
  }
  due.sort((a, b) => Number(b.wrong) - Number(a.wrong) || a.recall - b.recall || (a.id < b.id ? -1 : 1));
  const fresh = freshItems(memory, items, size);
  const most = Math.max(1, due.length <= few ? Math.floor(size / 2) : size - 1);
  const old = Math.min(due.length, Math.max(size - fresh.length, most));
  return [...due.slice(0, old).map((d) => d.id), ...fresh.slice(0, size - old)];
}

/** New items of the learner's sector (or for everybody), nearest first to the difficulty that succeeds as often as is wanted. */
function freshItems(memory: Memory, items: ReadonlyMap<string, ItemFacts>, count: number): string[] {
  const aim = memory.level - margin;
  const best: { id: string; far: number; turn: number }[] = [];
  for (const [id, item] of items) {
    if (memory.traces[id]) continue;
    const own = item.sectors.includes(memory.sector);
    if (!own && !item.sectors.includes("any") && memory.sector !== "any") continue;
    const far = Math.abs(item.difficulty - aim) - (own && memory.sector !== "any" ? 0.5 : 0);
    const last = best.at(-1);
    if (last && best.length === count && far > last.far) continue;
    best.push({ id, far, turn: turnOf(memory.seed, id) });
    best.sort((a, b) => a.far - b.far || a.turn - b.turn);
    if (best.length > count) best.pop();
  }
  return best.map((b) => b.id);
}

/** A number that looks random and is always the same for one learner and item. */
function turnOf(seed: string, id: string): number {
  let hash = 2166136261;
  for (const text of [seed, id])
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16777619);
  return hash >>> 0;
}

/** What an answer was, for the counts that managers see: never who gave it. */
export interface Answered {
  first: boolean;
  right: boolean;
  /** The answer before was right. */
  afterRight: boolean;
  /** Days since the item was last seen, as one of the intervals at which recall is measured. */
  interval?: 7 | 30 | 90;
}

/** Takes an answer to an item into the memory. */
export function answer(
  memory: Memory,
  item: ItemFacts,
  right: boolean,
  today: number,
): { memory: Memory; answered: Answered } {
  const day = dayOf(memory, today);
  const before = memory.traces[item.id];
  const card = before ? cardOf(before) : createEmptyCard(new Date(day * dayMs));
  const next = scheduler.next(
    card,
    new Date(Math.max(day, before?.[3] ?? 0) * dayMs),
    (right ? Rating.Good : Rating.Again) as Grade,
  ).card;
  const trace: Trace = [
    round(next.stability),
    round(next.difficulty),
    Math.max(day + 1, Math.round(next.due.getTime() / dayMs)),
    day,
    next.reps,
    next.lapses,
    right ? 1 : 0,
    item.print,
  ];
  const first = before === undefined;
  const since = before ? day - before[3] : 0;
  const interval =
    since >= 5 && since <= 12 ? 7 : since >= 21 && since <= 45 ? 30 : since >= 60 && since <= 130 ? 90 : undefined;
  return {
    memory: {
      ...memory,
      lastDay: day,
      traces: { ...memory.traces, [item.id]: trace },
      ...(first ? { level: levelAfter(memory, item, right), tries: memory.tries + 1 } : {}),
    },
    answered: { first, right, afterRight: before?.[6] === 1, ...(interval ? { interval } : {}) },
  };
}

/** The learner's level after a first try: surprised a little less by each (Elo's rule). */
function levelAfter(memory: Memory, item: ItemFacts, right: boolean): number {
  const expected = 1 / (1 + Math.exp(item.difficulty - memory.level));
  const step = Math.max(0.25, 0.8 / (1 + memory.tries / 6));
  return Math.min(8, Math.max(0, round(memory.level + step * ((right ? 1 : 0) - expected))));
}

/** An answer within today's set; the last one ends the day. */
export function answerInSet(
  memory: Memory,
  set: TodaysSet,
  item: ItemFacts,
  right: boolean,
  today: number,
): { memory: Memory; answered: Answered } {
  const taken = answer(memory, item, right, today);
  const at = set.at + 1;
  const over = at >= set.items.length;
  return {
    ...taken,
    memory: {
      ...taken.memory,
      set: { ...set, at, right: set.right + (right ? 1 : 0) },
      ...(over && taken.memory.doneDay < dayOf(memory, today)
        ? { days: memory.days + 1, doneDay: dayOf(memory, today) }
        : {}),
    },
  };
}

/** Is exactly that what is right? For `order`, the options are written in the right order. */
export function isRight(kind: string, right: readonly boolean[], picked: readonly number[]): boolean {
  if (kind === "order") return picked.length === right.length && picked.every((option, n) => option === n);
  const wants = right.flatMap((r, n) => (r ? [n] : []));
  return wants.length === new Set(picked).size && wants.every((n) => picked.includes(n));
}

/** In which order the options are shown this time: another one at each showing, the same while it is looked at. */
export function shuffled(count: number, memory: Memory, item: string, ordering = false): number[] {
  const times = memory.traces[item]?.[4] ?? 0;
  const bytes = createHash("sha256").update(`${memory.seed} ${item} ${times}`).digest();
  const order = Array.from({ length: count }, (_, n) => n);
  for (let n = count - 1; n > 0; n--) {
    const other = bytes[n]! % (n + 1);
    [order[n], order[other]] = [order[other]!, order[n]!];
  }
  // steps that stand in the right order already would be no question
  if (ordering && order.every((option, n) => option === n)) order.reverse();
  return order;
}

/** The chance that an item is remembered on a day, by the scheduler's own model; 0 for one that was never seen. */
export function recallOf(trace: Trace | undefined, today: number): number {
  return trace ? forgetting_curve(scheduler.parameters.w, Math.max(0, today - trace[3]), trace[0]) : 0;
}

function cardOf([stability, difficulty, due, seen, reps, lapses]: Trace): Card {
  return {
    stability,
    difficulty,
    due: new Date(due * dayMs),
    last_review: new Date(seen * dayMs),
    reps,
    lapses,
    elapsed_days: 0,
    scheduled_days: due - seen,
    learning_steps: 0,
    state: State.Review,
  };
}

const round = (n: number): number => Math.round(n * 1000) / 1000;
