/**
 * A linear support vector machine, one entry against all others, squared hinge, by dual coordinate descent with
 * shrinking (Hsieh et al., "A Dual Coordinate Descent Method for Large-scale Linear SVM", ICML 2008, algorithms 1 and 3).
 * What is kept are the phrasings' multipliers, not weights by feature: the cosines that `nearest` needs anyway then give
 * every score, and the whole machine is a few hundred kilobytes.
 */
import { type Rows, turned } from "./vectors.ts";

/** Multipliers by phrasing: row `i` has one value for each entry that phrasing `i` speaks for or against. */
export type Svm = Rows;

/**
 * Where a question stands that shares nothing with an entry: on the far margin. A threshold that is learnt too came out
 * near this, and cost another two hundred phrasings an entry to be learnt from.
 */
const FAR = -1;

/** How hard the machine tries; chosen on the validation questions of BANKING77 and CLINC150. */
const COST = 0.3;
/** An entry's own phrasings are few against all others: together they count as much as this part of those. */
const OWN = 0.3;

/** How long a machine is trained, and on what. */
export interface Effort {
  passes: number;
  /** It ends before, where nothing is further off than this. */
  close: number;
  /** Of the other entries' phrasings, about as many as are most like the entry's own. */
  others: number;
}

/** More passes, closer, and more others were worth nothing on the same questions, and cost as much again. */
export const QUICK: Effort = { passes: 8, close: 0.3, others: 400 };
/** Where a score itself is judged, not which is the greatest, it must not hang on what the machine happened to see last. */
export const THOROUGH: Effort = { passes: 20, close: 0.05, others: Number.POSITIVE_INFINITY };
/** Multipliers below this part of the greatest change no ranking, and most are. */
const KEPT = 0.003;
/** Phrasings that are this near to where they belong are left there; fewer moves, and no question answered worse. */
const SMALL = 0.05;
/** What more than this part of all phrasings have says little about likeness, and is most of the work. */
const COMMON = 0.1;

/**
 * Trains one machine for each entry.
 *
 * @param columns the same rows by feature (`turned`)
 * @param entryOf the entry of each row, in ascending order, then -1 for rows that speak against all of them
 */
export function svmOf(rows: Rows, columns: Rows, entryOf: Int32Array, entries: number, effort: Effort): Svm {
  const plane = new Float32Array(columns.starts.length - 1);
  const like = new Float32Array(entryOf.length);
  const starts = new Int32Array(entries + 1);
  const ids: number[] = [];
  const values: number[] = [];
  let to = 0;
  for (let entry = 0; entry < entries; entry += 1) {
    const from = to;
    while (entryOf[to] === entry) to += 1;
    const taken = choose(rows, columns, from, to, plane, like, effort.others);
    const multipliers = separate(rows, taken, to - from, plane, entry + 1, effort);
    let most = 0;
    for (const value of multipliers) most = Math.max(most, Math.abs(value));
    for (let at = 0; at < taken.length; at += 1) {
      if (Math.abs(multipliers[at]!) <= KEPT * most) continue;
      ids.push(taken[at]!);
      values.push(multipliers[at]!);
    }
    starts[entry + 1] = ids.length;
  }
  return turned({ starts, ids: Int32Array.from(ids), values: Float32Array.from(values) }, entryOf.length);
}

/**
 * What an entry is learnt from: its own rows, which come first, and about as many `others` as are most like their sum.
 *
 * @param from its first row
 * @param to the row after its last
 * @param sum all noughts, and left so
 * @param like one place for each row
 */
function choose(
  rows: Rows,
  columns: Rows,
  from: number,
  to: number,
  sum: Float32Array,
  like: Float32Array,
  others: number,
): Int32Array {
  const taken: number[] = [];
  for (let row = from; row < to; row += 1) taken.push(row);
  let least = 0;
  if (like.length - taken.length > others) {
    likeness(rows, columns, from, to, sum, like);
    like.fill(0, from, to);
    least = Math.max(leastOf(like, others), Number.MIN_VALUE);
  }
  for (let row = 0; row < like.length; row += 1) {
    if (row >= from && row < to) row = to;
    if (row < like.length && (least === 0 || like[row]! >= least)) taken.push(row);
  }
  return Int32Array.from(taken);
}

/** How like every row is to the sum of some. */
function likeness(rows: Rows, columns: Rows, from: number, to: number, sum: Float32Array, like: Float32Array): void {
  const common = COMMON * like.length;
  like.fill(0);
  for (let at = rows.starts[from]!; at < rows.starts[to]!; at += 1) sum[rows.ids[at]!]! += rows.values[at]!;
  for (let at = rows.starts[from]!; at < rows.starts[to]!; at += 1) {
    const feature = rows.ids[at]!;
    const value = sum[feature]!;
    sum[feature] = 0;
    const end = columns.starts[feature + 1]!;
    if (value === 0 || end - columns.starts[feature]! > common) continue;
    for (let k = columns.starts[feature]!; k < end; k += 1) like[columns.ids[k]!]! += value * columns.values[k]!;
  }
}

/** A value that about `wanted` of the likenesses reach; by counting them in bands, which is quicker than sorting. */
function leastOf(like: Float32Array, wanted: number): number {
  let most = 0;
  for (let row = 0; row < like.length; row += 1) if (like[row]! > most) most = like[row]!;
  const bands = new Int32Array(1024);
  const width = 1023 / (most || 1);
  for (let row = 0; row < like.length; row += 1) bands[Math.floor(like[row]! * width)]! += 1;
  let band = 1023;
  for (let reached = bands[band]!; reached < wanted && band > 0; reached += bands[band]!) band -= 1;
  return (band / 1023) * most;
}

/**
 * The multiplier of each row, signed: positive for the first `own` rows, negative for the others.
 *
 * @param plane all noughts, and left so
 */
function separate(
  { starts, ids, values }: Rows,
  taken: Int32Array,
  own: number,
  plane: Float32Array,
  seed: number,
  { passes, close }: Effort,
): Float64Array {
  const count = taken.length;
  const multipliers = new Float64Array(count);
  const order = Int32Array.from(taken.keys());
  let state = seed;
  const softOwn = (0.5 * own) / (COST * OWN * (count - own));
  const softOther = 0.5 / COST;
  let active = count;
  for (let pass = 0; pass < passes; pass += 1) {
    let worst = 0;
    for (let at = 0; at < active; at += 1) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      const other = at + Math.floor((state / 4294967296) * (active - at));
      const row = order[other]!;
      order[other] = order[at]!;
      order[at] = row;
    }
    for (let at = 0; at < active; at += 1) {
      const row = order[at]!;
      const y = row < own ? 1 : -1;
      const soft = y > 0 ? softOwn : softOther;
      const from = starts[taken[row]!]!;
      const to = starts[taken[row]! + 1]!;
      const before = multipliers[row]!;
      let score = FAR;
      for (let k = from; k < to; k += 1) score += plane[ids[k]!]! * values[k]!;
      const slope = y * score - 1 + soft * before;
      if (before === 0 && slope > 0) {
        // far on the right side: out of sight until the end; the first pass knows too little to say so
        if (pass > 0 && slope > 0.3) {
          active -= 1;
          order[at] = order[active]!;
          order[active] = row;
          at -= 1;
        }
        continue;
      }
      if (Math.abs(slope) < SMALL) continue;
      worst = Math.max(worst, Math.abs(slope));
      // rows have length one
      const after = Math.max(before - slope / (1 + soft), 0);
      const change = (after - before) * y;
      multipliers[row] = after;
      for (let k = from; k < to; k += 1) plane[ids[k]!]! += change * values[k]!;
    }
    if (worst < close) break;
  }
  plane.fill(0);
  for (let row = own; row < count; row += 1) multipliers[row]! *= -1;
  return multipliers;
}

/** The score of every entry: above nought where the question is on the entry's side. @param cosines with every row */
export function svm({ starts, ids, values }: Svm, cosines: Float32Array, entries: number): Float32Array {
  const scores = new Float32Array(entries).fill(FAR);
  for (let row = 0; row < cosines.length; row += 1) {
    const cosine = cosines[row]!;
    if (cosine === 0) continue;
    for (let at = starts[row]!; at < starts[row + 1]!; at += 1) scores[ids[at]!]! += cosine * values[at]!;
  }
  return scores;
}
