/**
 * Which entry a question means. Three views are added up: a linear SVM, BM25 over entries, and the nearest phrasing; each
 * is put on the same footing first (mean nought, spread one over all entries). Training sorts its examples, so the order
 * of files and entries changes nothing, and there is no chance in it.
 */
import { bm25, bm25Of } from "./bm25.ts";
import { cosines, NO_ENTRY, nearest } from "./nearest.ts";
import { type Effort, QUICK, type Svm, svm, svmOf, THOROUGH } from "./svm.ts";
import { type Bags, bagsOf, type Meanings } from "./text.ts";
import { type Rows, turned, vectorsOf, weigh } from "./vectors.ts";
import { learner, numberOf, type Vocabulary } from "./vocabulary.ts";

/**
 * A phrasing and the entry it asks for; without an entry, a phrasing that asks for something else altogether. A label
 * that starts with `!` is an aside: no entry, but something to notice in any question (`Ranking.asides`).
 */
export interface Example {
  text: string;
  label?: string;
  /** So like an aside that it must not speak against any. */
  neutral?: true;
}

/** What tells some labels from each other, as plain data. */
interface Views {
  labels: readonly string[];
  /** How well each feature tells the labels apart. */
  weights: Float32Array;
  entryOf: Int32Array;
  postings: Rows;
  machine: Svm;
}

/** A trained engine as plain data: it can be sent to another thread or written to a file. */
export interface Model extends Views {
  /** Groups of words that mean about the same, as `stem` leaves them. */
  meanings: Meanings;
  vocabulary: Vocabulary;
  /** How rare a feature is among the entries' phrasings: ln((n + 1) / (phrasings with it + 0.5)). */
  rarity: Float32Array;
  worth: Rows;
  /** Tells the asides, what asks for an entry, and what asks for none of them from each other. */
  asides?: Views;
}

/** What the engine thinks of a question. */
export interface Ranking {
  /** Entries, best first; equal ones by label. */
  ranked: { label: string; score: number }[];
  /** 0 to 1: the root of how like the nearest phrasing is, times the known part of the question, the best entry's side, and how little it is like what asks for none. */
  confidence: number;
  clues: Clues;
  /** The side of each aside in the SVM: above nought where the question is one. */
  asides: Record<string, number>;
}

/** What `gate.ts` judges by. */
export interface Clues {
  /** Best cosine with any phrasing. */
  cosine: number;
  /** Part of the question's rarity that stands in words we know. */
  known: number;
  /** The best entry's side in the SVM. */
  side: number;
  /** How far the best entry is ahead of the second. */
  lead: number;
  /** The side of what asks for no entry: -1 and below for what surely asks for one. */
  strange: number;
}

/** A model of sentences that finds likeness of meaning; none is shipped, and the engine does well without. */
export type Encoder = (text: string) => Float32Array;

export interface Engine {
  readonly labels: readonly string[];
  /** @param likeness of each of `labels` from an encoder, if there is one: added to the other views */
  ask(question: string, likeness?: Float32Array): Ranking;
}

/** How much BM25 and the nearest phrasing count beside the SVM; chosen on the validation questions, see `bench/`. */
const BM25_SHARE = 0.6;
const NEAREST_SHARE = 0.1;

/** Among the asides: what asks for an entry, and what for none. */
const ENTRY = "";
const STRANGE = "~";
/** Of the entries' phrasings one in so many is enough to tell the asides apart from. */
const EACH = 2;

/**
 * Learns which phrasing asks for which entry, and which ask for none of them. Asides are learnt apart: what tells danger
 * from all else is not what tells one entry from another, and a few of them would drown among thousands.
 */
export function train(examples: readonly Example[], meanings: Meanings = new Map()): Model {
  const sorted = [...examples].sort(byLabel);
  const { number, taken } = learner();
  const texts = sorted.map(({ text }) => text);
  const bags = bagsOf(texts, meanings, number);
  const vocabulary = taken();
  const features = vocabulary.keys.length;
  const own: Lesson = [];
  const apart: Lesson = [];
  // counted within each entry, so that one more phrasing here changes nothing there
  let first = 0;
  sorted.forEach(({ label, neutral }, at) => {
    if (label !== sorted[first]!.label) first = at;
    if (label?.startsWith("!")) apart.push([at, label]);
    else {
      own.push([at, label]);
      if (label === undefined) apart.push([at, STRANGE]);
      else if (!neutral && (at - first) % EACH === 0) apart.push([at, ENTRY]);
    }
  });
  const { having, chosen, ...views } = viewsOf(bags, own, features, QUICK);
  const model = {
    ...views,
    meanings,
    vocabulary,
    rarity: Float32Array.from(having, (count) => Math.log((own.length + 1) / (count + 0.5))),
    worth: bm25Of(bags, chosen, views.entryOf, views.labels.length, features),
  };
  if (!apart.some(([, label]) => label?.startsWith("!"))) return model;
  const { having: _, chosen: __, ...asides } = viewsOf(bags, apart.sort(byPlace), features, THOROUGH);
  return { ...model, asides };
}

/** Texts by their place, and the label that each is learnt for; those of one label next to each other. */
type Lesson = [number, string | undefined][];

function viewsOf(bags: Bags, lesson: Lesson, features: number, effort: Effort) {
  const chosen = Int32Array.from(lesson, ([place]) => place);
  const labels = [...new Set(lesson.flatMap(([, label]) => label ?? []))];
  const places = new Map<string | undefined, number>(labels.map((label, place) => [label, place]));
  const entryOf = Int32Array.from(lesson, ([, label]) => places.get(label) ?? NO_ENTRY);
  const { weights, having } = weigh(bags, chosen, entryOf, labels.length, features);
  const rows = vectorsOf(bags, chosen, weights, new Uint16Array(features));
  const postings = turned(rows, features);
  const machine = svmOf(rows, postings, entryOf, labels.length, effort);
  return { labels, weights, entryOf, postings, machine, having, chosen };
}

/** Makes a model answer. */
export function engineOf(model: Model): Engine {
  const { labels, meanings, vocabulary, entryOf, worth, machine } = model;
  const number = (hash: number) => numberOf(vocabulary, hash);
  const counts = new Uint16Array(vocabulary.keys.length);
  return {
    labels,
    ask(question, likeness) {
      const text = bagsOf([question], meanings, number);
      const cosine = cosinesOf(model, text, counts);
      const close = nearest(cosine, entryOf, labels.length);
      const sides = svm(machine, cosine, labels.length);
      const scores = standard(sides);
      add(scores, standard(bm25(worth, labels.length, text)), BM25_SHARE);
      add(scores, standard(close), NEAREST_SHARE);
      if (likeness) add(scores, standard(likeness), 1);
      const order = labels.map((_, place) => place).sort((a, b) => scores[b]! - scores[a]! || a - b);
      const [first = -1, second = -1] = order;
      const { [STRANGE]: strange = -1, [ENTRY]: _, ...noticed } = sidesOf(model.asides, text, counts);
      const clues: Clues = {
        cosine: close.reduce((best, value) => Math.max(best, value), 0),
        known: knownPart(model, text),
        side: sides[first] ?? -1,
        lead: (scores[first] ?? 0) - (scores[second] ?? 0),
        strange,
      };
      return {
        ranked: order.map((place) => ({ label: labels[place]!, score: scores[place]! })),
        confidence: Math.sqrt(clues.cosine) * clues.known * part((1 + clues.side) / 2) * part((1 - strange) / 2) ** 2,
        clues,
        asides: noticed,
      };
    },
  };
}

const ALONE = Int32Array.of(0);

function cosinesOf({ weights, postings, entryOf }: Views, text: Bags, counts: Uint16Array): Float32Array {
  return cosines(postings, entryOf.length, vectorsOf(text, ALONE, weights, counts));
}

/** The side of each aside. */
function sidesOf(asides: Views | undefined, text: Bags, counts: Uint16Array): Record<string, number> {
  if (!asides) return {};
  const sides = svm(asides.machine, cosinesOf(asides, text, counts), asides.labels.length);
  // where no word is known, the machine only says what it says of everything
  const known = wordsIn(text).some((id) => id >= 0 && asides.weights[id]! > 0);
  return Object.fromEntries(asides.labels.map((label, place) => [label, known ? sides[place]! : -1]));
}

/** The part of a question's rarity that stands in words the phrasings have; 0 for no words. */
function knownPart({ entryOf, rarity }: Model, text: Bags): number {
  const unknown = Math.fround(Math.log((entryOf.length + 1) / 0.5)); // as it stands in `rarity`
  let all = 0;
  let ours = 0;
  for (const id of distinct(wordsIn(text))) {
    const rare = id < 0 ? unknown : rarity[id]!;
    all += rare;
    if (rare < unknown) ours += rare;
  }
  return all === 0 ? 0 : ours / all;
}

function wordsIn({ ids, starts }: Bags): Int32Array {
  return ids.subarray(0, starts[1]);
}

/** Each known word once, each unknown one as often as it stands there: they cannot be told apart any more. */
function distinct(ids: Int32Array): number[] {
  return [...new Set(ids.filter((id) => id >= 0)), ...ids.filter((id) => id < 0)];
}

function standard(scores: Float32Array): Float32Array {
  const mean = scores.reduce((sum, score) => sum + score, 0) / (scores.length || 1);
  const spread = Math.sqrt(scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / (scores.length || 1)) || 1;
  return scores.map((score) => (score - mean) / spread);
}

function add(to: Float32Array, from: Float32Array, share: number): void {
  for (let at = 0; at < to.length; at += 1) to[at]! += share * from[at]!;
}

function part(value: number): number {
  return Math.min(1, Math.max(0, value));
}

function byLabel(a: Example, b: Example): number {
  return compare(a.label, b.label) || compare(a.text, b.text);
}

/** By code unit, so that it is the same on every machine; what has no label comes last. */
function compare(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  return a !== undefined && (b === undefined || a < b) ? -1 : 1;
}

function byPlace([a, one]: Lesson[number], [b, other]: Lesson[number]): number {
  return compare(one, other) || a - b;
}
