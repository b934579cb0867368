/**
 * Which entry a question means. Three views are added up: a linear SVM, BM25 over entries, and the nearest phrasing; each
 * is put on the same footing first (mean nought, spread one over all entries). Training sorts its examples, so the order
 * of files and entries changes nothing, and there is no chance in it.
 */
import { bm25, bm25Of } from "./bm25.ts";
import { cosines, NO_ENTRY, nearest } from "./nearest.ts";
import { type Effort, QUICK, type Svm, svm, svmOf, THOROUGH } from "./svm.ts";
import { type Features, features, type Meanings, reader } from "./text.ts";
import { type Found, lookUp, type Rows, rowsOf, type Space, spaceOf, turned, vectorOf } from "./vectors.ts";

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

/** A trained engine as plain data: it can be sent to another thread or written to a file. */
export interface Model {
  labels: readonly string[];
  /** Groups of words that mean about the same, as `stem` leaves them. */
  meanings: Meanings;
  space: Space;
  entryOf: Int32Array;
  postings: Rows;
  worth: Rows;
  machine: Svm;
  /** Tells the asides, what asks for an entry, and what asks for none of them from each other. */
  asides?: Model;
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
const EACH = 4;

/**
 * Learns which phrasing asks for which entry, and which ask for none of them. Asides are learnt apart: what tells danger
 * from all else is not what tells one entry from another, and a few of them would drown among thousands.
 */
export function train(examples: readonly Example[], meanings: Meanings = new Map()): Model {
  const isAside = ({ label }: Example) => label?.startsWith("!") ?? false;
  const asides = examples.filter(isAside);
  const others = examples.filter((example) => !isAside(example)).sort(byLabel);
  const read = reader(meanings);
  const model = trained(others, meanings, read, QUICK);
  if (asides.length === 0) return model;
  // counted within each entry, so that one more phrasing here changes nothing there
  let first = 0;
  const rest = others.flatMap(({ text, label, neutral }, at) => {
    if (label !== others[first]?.label) first = at;
    if (label === undefined) return [{ text, label: STRANGE }];
    return neutral || (at - first) % EACH > 0 ? [] : [{ text, label: ENTRY }];
  });
  return { ...model, asides: trained([...asides, ...rest], meanings, read, THOROUGH) };
}

function trained(
  examples: readonly Example[],
  meanings: Meanings,
  read: (text: string) => Features,
  effort: Effort,
): Model {
  const sorted = [...examples].sort(byLabel);
  const labels = [...new Set(sorted.flatMap((example) => example.label ?? []))];
  const places = new Map<string | undefined, number>(labels.map((label, place) => [label, place]));
  const entryOf = Int32Array.from(sorted, (example) => places.get(example.label) ?? NO_ENTRY);
  const texts = sorted.map((example) => read(example.text));
  const { space, found } = spaceOf(texts, entryOf, labels.length);
  const counts = new Uint16Array(space.keys.length);
  const rows = rowsOf(found.map((text) => vectorOf(space, text, counts)));
  const postings = turned(rows, space.keys.length);
  return {
    labels,
    meanings,
    space,
    entryOf,
    postings,
    worth: bm25Of(found, entryOf, labels.length, space.keys.length),
    machine: svmOf(rows, postings, entryOf, labels.length, effort),
  };
}

/** Makes a model answer. */
export function engineOf(model: Model): Engine {
  const { labels, meanings, space, entryOf, postings, worth, machine } = model;
  const counts = new Uint16Array(space.keys.length);
  const asides = model.asides && noticing(model.asides);
  return {
    labels,
    ask(question, likeness) {
      const taken = features(question, meanings);
      const text = lookUp(space, taken);
      const cosine = cosines(postings, entryOf.length, vectorOf(space, text, counts));
      const close = nearest(cosine, entryOf, labels.length);
      const sides = svm(machine, cosine);
      const scores = standard(sides);
      add(scores, standard(bm25(worth, labels.length, text)), BM25_SHARE);
      add(scores, standard(close), NEAREST_SHARE);
      if (likeness) add(scores, standard(likeness), 1);
      const order = labels.map((_, place) => place).sort((a, b) => scores[b]! - scores[a]! || a - b);
      const [first = -1, second = -1] = order;
      const { [STRANGE]: strange = -1, [ENTRY]: _, ...noticed } = asides?.(taken) ?? {};
      const clues: Clues = {
        cosine: close.reduce((best, value) => Math.max(best, value), 0),
        known: knownPart(space, text),
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

/** The side of each aside. */
function noticing({ labels, space, entryOf, postings, machine }: Model): (text: Features) => Record<string, number> {
  const counts = new Uint16Array(space.keys.length);
  return (taken) => {
    const text = lookUp(space, taken);
    const sides = svm(machine, cosines(postings, entryOf.length, vectorOf(space, text, counts)));
    // where no word is known, the machine only says what it says of everything
    const known = text[0]!.some((id) => id >= 0);
    return Object.fromEntries(labels.map((label, place) => [label, known ? sides[place]! : -1]));
  };
}

/** The part of a question's rarity that stands in words the phrasings have; 0 for no words. */
function knownPart(space: Space, text: Found): number {
  const unknown = Math.log((space.phrasings + 1) / 0.5);
  let all = 0;
  let ours = 0;
  for (const id of distinct(text[0]!)) {
    const rarity = id < 0 ? unknown : space.rarity[id]!;
    all += rarity;
    if (rarity < unknown) ours += rarity;
  }
  return all === 0 ? 0 : ours / all;
}

/** Each known word once, each unknown one as often as it stands there: they cannot be told apart any more. */
function distinct(ids: readonly number[]): number[] {
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
