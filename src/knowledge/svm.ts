/**
 * A linear support vector machine, one entry against all others, squared hinge, by dual coordinate descent with
 * shrinking (Hsieh et al., "A Dual Coordinate Descent Method for Large-scale Linear SVM", ICML 2008, algorithms 1 and 3).
 * What is kept are the phrasings' multipliers, not weights by feature: the cosines that `nearest` needs anyway then give
 * every score, and the whole machine is a few hundred kilobytes.
 */
import type { Rows } from "./vectors.ts";

/** Multipliers by phrasing: row `i` has one value for each entry that phrasing `i` speaks for or against. */
export interface Svm {
  of: Rows;
  bias: Float32Array;
}

/** How hard the machine tries; chosen on the validation questions of BANKING77 and CLINC150. */
const COST = 0.3;
/** An entry's own phrasings are few against all others: together they count as much as this part of those. */
const OWN = 0.3;

/** How long a machine is trained, and on what. */
export interface Effort {
  passes: number;
  /** It ends before, where nothing is further off than this. */
  close: number;
  /** Of the other entries' phrasings, those most like the entry's own. */
  others: number;
  /** And as many as this of the rest, evenly out of all of them, so that the machine knows where "far off" is. */
  spread: number;
}

/** More passes, and closer, were worth nothing on the same questions and cost half as much time again; all others, ten times. */
export const QUICK: Effort = { passes: 8, close: 0.3, others: 300, spread: 200 };
/** Where a score itself is judged, not which is the greatest, it must not hang on what the machine happened to see last. */
export const THOROUGH: Effort = { passes: 20, close: 0.05, others: Number.POSITIVE_INFINITY, spread: 0 };
/** Multipliers below this part of the greatest change no ranking, and most are. */
const KEPT = 0.003;

/**
 * Trains one machine for each entry.
 *
 * @param columns the same rows by feature (`turned`)
 * @param entryOf the entry of each row, or -1 for a row that speaks against all of them
 */
export function svmOf(rows: Rows, columns: Rows, entryOf: Int32Array, entries: number, effort: Effort): Svm {
  const count = rows.starts.length - 1;
  const sum = new Float32Array(columns.starts.length - 1);
  const seen = new Int32Array(sum.length);
  const bias = new Float32Array(entries);
  const kept: { ids: number[]; values: number[] }[] = Array.from({ length: count }, () => ({ ids: [], values: [] }));
  for (let entry = 0; entry < entries; entry += 1) {
    const taken = choose(rows, columns, entryOf, entry, sum, effort);
    const sign = Float64Array.from(taken, (row) => (entryOf[row] === entry ? 1 : -1));
    const multipliers = separate(gather(rows, taken, seen), sign, entry + 1, effort);
    bias[entry] = multipliers.reduce((sum, value) => sum + value, 0);
    const least = KEPT * multipliers.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    multipliers.forEach((value, at) => {
      if (Math.abs(value) <= least) return;
      kept[taken[at]!]!.ids.push(entry);
      kept[taken[at]!]!.values.push(value);
    });
  }
  const starts = new Int32Array(count + 1);
  kept.forEach((row, index) => {
    starts[index + 1] = starts[index]! + row.ids.length;
  });
  return {
    of: {
      starts,
      ids: Int32Array.from(kept.flatMap((row) => row.ids)),
      values: Float32Array.from(kept.flatMap((row) => row.values)),
    },
    bias,
  };
}

/**
 * The rows to learn an entry from: its own and the others that are most like the sum of its own.
 *
 * @param sum all noughts, and left so
 */
function choose(
  rows: Rows,
  columns: Rows,
  entryOf: Int32Array,
  entry: number,
  sum: Float32Array,
  { others: most, spread }: Effort,
): Int32Array {
  const count = entryOf.length;
  const own: number[] = [];
  const touched: number[] = [];
  for (let row = 0; row < count; row += 1) {
    if (entryOf[row] !== entry) continue;
    own.push(row);
    for (let at = rows.starts[row]!; at < rows.starts[row + 1]!; at += 1) {
      const feature = rows.ids[at]!;
      if (sum[feature] === 0) touched.push(feature);
      sum[feature]! += rows.values[at]!;
    }
  }
  if (count - own.length <= most + spread) {
    for (const feature of touched) sum[feature] = 0;
    return Int32Array.from({ length: count }, (_, row) => row);
  }
  const like = new Float32Array(count);
  const common = count / 10;
  for (const feature of touched) {
    const value = sum[feature]!;
    sum[feature] = 0;
    // what a tenth of all phrasings have says little about likeness, and is most of the work
    if (columns.starts[feature + 1]! - columns.starts[feature]! > common) continue;
    for (let at = columns.starts[feature]!; at < columns.starts[feature + 1]!; at += 1) {
      like[columns.ids[at]!]! += value * columns.values[at]!;
    }
  }
  for (const row of own) like[row] = -1;
  const least = leastOf(like, most);
  const others: number[] = [];
  for (let row = 0; row < count && others.length < most; row += 1) if (like[row]! >= least) others.push(row);
  const near = others.length;
  const far = count - own.length - near;
  const step = Math.max(1, far / spread);
  let next = step / 2;
  let passed = 0;
  for (let row = 0; row < count; row += 1) {
    if (like[row]! >= least || entryOf[row] === entry) continue;
    passed += 1;
    if (passed <= next) continue;
    others.push(row);
    next += step;
  }
  return Int32Array.from([...own, ...others]);
}

/** A value that about `wanted` of the likenesses reach; by counting them in bands, which is quicker than sorting. */
function leastOf(like: Float32Array, wanted: number): number {
  let most = 0;
  for (let row = 0; row < like.length; row += 1) most = Math.max(most, like[row]!);
  const bands = new Int32Array(1024);
  const width = 1023 / (most || 1);
  for (let row = 0; row < like.length; row += 1) if (like[row]! >= 0) bands[Math.floor(like[row]! * width)]! += 1;
  let band = 1023;
  for (let reached = bands[band]!; reached < wanted && band > 0; reached += bands[band]!) band -= 1;
  return (band / 1023) * most;
}

/** Some rows by themselves. */
interface Gathered extends Rows {
  /** The square of what each row has and no other: it needs no place of its own. */
  alone: Float64Array;
  /** How many features more than one of them have. */
  shared: number;
}

/**
 * Copies the rows taken and numbers the features that they share anew: what is read again and again is then small
 * enough to stay near the processor.
 *
 * @param seen all noughts, and left so
 */
function gather({ starts, ids, values }: Rows, taken: Int32Array, seen: Int32Array): Gathered {
  let size = 0;
  for (const row of taken) {
    size += starts[row + 1]! - starts[row]!;
    for (let k = starts[row]!; k < starts[row + 1]!; k += 1) seen[ids[k]!]! += 1;
  }
  const found = {
    starts: new Int32Array(taken.length + 1),
    ids: new Int32Array(size),
    values: new Float32Array(size),
    alone: new Float64Array(taken.length),
  };
  const numbered: number[] = [];
  let place = 0;
  for (let at = 0; at < taken.length; at += 1) {
    const row = taken[at]!;
    for (let k = starts[row]!; k < starts[row + 1]!; k += 1) {
      const id = ids[k]!;
      if (seen[id] === 1) {
        found.alone[at]! += values[k]! ** 2;
        seen[id] = 0;
        continue;
      }
      // from now on below nought: its new number
      if (seen[id]! > 0) {
        numbered.push(id);
        seen[id] = -numbered.length;
      }
      found.ids[place] = -seen[id]! - 1;
      found.values[place] = values[k]!;
      place += 1;
    }
    found.starts[at + 1] = place;
  }
  for (const id of numbered) seen[id] = 0;
  return { ...found, shared: numbered.length };
}

/**
 * The multiplier of each row, signed: positive for rows of the entry, negative for the others.
 *
 * @param sign 1 for rows of the entry, -1 for the others
 */
function separate(
  { starts, ids, values, alone, shared }: Gathered,
  sign: Float64Array,
  seed: number,
  { passes, close }: Effort,
): Float64Array {
  const count = sign.length;
  const plane = new Float32Array(shared);
  let offset = 0;
  const multipliers = new Float64Array(count);
  const order = Int32Array.from({ length: count }, (_, at) => at);
  let state = seed;
  const ours = sign.reduce((sum, y) => sum + (y > 0 ? 1 : 0), 0);
  const softOwn = (0.5 * ours) / (COST * OWN * (count - ours));
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
      const y = sign[row]!;
      const soft = y > 0 ? softOwn : softOther;
      const from = starts[row]!;
      const to = starts[row + 1]!;
      const before = multipliers[row]!;
      let score = offset + before * y * alone[row]!;
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
      worst = Math.max(worst, Math.abs(slope));
      // rows have length one, and the offset counts as one feature more
      const after = Math.max(before - slope / (2 + soft), 0);
      const change = (after - before) * y;
      multipliers[row] = after;
      for (let k = from; k < to; k += 1) plane[ids[k]!]! += change * values[k]!;
      offset += change;
    }
    if (worst < close) break;
  }
  return multipliers.map((value, at) => value * sign[at]!);
}

/** The score of every entry: above nought where the question is on the entry's side. @param cosines with every row */
export function svm(machine: Svm, cosines: Float32Array): Float32Array {
  const scores = machine.bias.slice();
  const { starts, ids, values } = machine.of;
  for (let row = 0; row < cosines.length; row += 1) {
    const cosine = cosines[row]!;
    if (cosine === 0) continue;
    for (let at = starts[row]!; at < starts[row + 1]!; at += 1) scores[ids[at]!]! += cosine * values[at]!;
  }
  return scores;
}
