/** Phrasings as sparse vectors of length one over the features they have, and the weight that each feature deserves. */
import { type Bags, GROUPS } from "./text.ts";

/** Rows of sparse vectors: row `i` has `ids` and `values` from `starts[i]` to `starts[i + 1]`. */
export interface Rows {
  starts: Int32Array;
  ids: Int32Array;
  values: Float32Array;
}

/** How much each of `GROUPS` counts in a vector. Chosen on the validation questions of BANKING77 and CLINC150. */
const SHARES = [1, 0.6, 1, 0.5, 0.5];
/** Root of the information that a feature gives on the entry; 0.3 and 0.7 were a little worse on the same questions. */
const POWER = 0.5;

/** Smaller values are left out: a third of all, the commonest pieces; no question was answered worse without them. */
const LEAST = 0.05;

/** What the phrasings tell of each feature; nought for those that none of them has. */
export interface Weights {
  /**
   * How well it tells the entries apart: ln(entries) minus the entropy of the entries that have it, so that a word of one
   * entry counts in full and a word of all of them hardly.
   */
  weights: Float32Array;
  /** How many of the entries' phrasings have it. */
  having: Int32Array;
}

/**
 * @param chosen the phrasings to weigh by: those of one entry next to each other
 * @param entryOf the entry of each of these, or -1 for none of them
 */
export function weigh(
  { ids, starts }: Bags,
  chosen: Int32Array,
  entryOf: Int32Array,
  entries: number,
  features: number,
): Weights {
  // by feature: phrasings with it, those of no entry, the entry seen last and how often, the sum of count * ln(count)
  const total = new Int32Array(features);
  const strange = new Int32Array(features);
  const last = new Int32Array(features).fill(-2);
  const run = new Int32Array(features);
  const counted = new Float64Array(features);
  const seen = new Int32Array(features).fill(-1);
  for (let row = 0; row < chosen.length; row += 1) {
    const entry = entryOf[row]!;
    const to = starts[(chosen[row]! + 1) * GROUPS.length]!;
    for (let at = starts[chosen[row]! * GROUPS.length]!; at < to; at += 1) {
      const id = ids[at]!;
      if (seen[id] === row) continue;
      seen[id] = row;
      total[id]! += 1;
      if (entry < 0) strange[id]! += 1;
      if (last[id] !== entry) {
        counted[id]! += run[id]! * Math.log(run[id]! || 1);
        last[id] = entry;
        run[id] = 0;
      }
      run[id]! += 1;
    }
  }
  const weights = new Float32Array(features);
  for (let id = 0; id < features; id += 1) {
    if (total[id] === 0) continue;
    // the entropy of the entries that have it: ln(total) - sum of count * ln(count) / total
    const sum = counted[id]! + run[id]! * Math.log(run[id]! || 1);
    const information = Math.log(entries) - (Math.log(total[id]!) - sum / total[id]!);
    weights[id] = Math.max(0.05, information) ** POWER;
  }
  return { weights, having: total.map((count, id) => count - strange[id]!) };
}

/**
 * The vectors of texts, of length one but for what is left out (of length nought if nothing in it is known).
 *
 * @param counts one nought for each feature, and left so: saves a map when there are thousands of texts
 */
export function vectorsOf({ ids, starts }: Bags, chosen: Int32Array, weights: Float32Array, counts: Uint16Array): Rows {
  let most = 0;
  for (const text of chosen) most += starts[(text + 1) * GROUPS.length]! - starts[text * GROUPS.length]!;
  const found = {
    starts: new Int32Array(chosen.length + 1),
    ids: new Int32Array(most),
    values: new Float32Array(most),
  };
  let end = 0;
  for (let row = 0; row < chosen.length; row += 1) {
    const first = end;
    let length = 0;
    for (let group = 0; group < GROUPS.length; group += 1) {
      const from = end;
      const bag = chosen[row]! * GROUPS.length + group;
      for (let at = starts[bag]!; at < starts[bag + 1]!; at += 1) {
        const id = ids[at]!;
        if (id < 0 || weights[id] === 0) continue;
        if (counts[id] === 0) {
          found.ids[end] = id;
          end += 1;
        }
        counts[id]! += 1;
      }
      let square = 0;
      for (let at = from; at < end; at += 1) {
        const id = found.ids[at]!;
        const value = (counts[id] === 1 ? 1 : 1 + Math.log(counts[id]!)) * weights[id]!;
        counts[id] = 0;
        found.values[at] = value;
        square += value * value;
      }
      if (square === 0) continue;
      const scale = SHARES[group]! / Math.sqrt(square);
      for (let at = from; at < end; at += 1) found.values[at]! *= scale;
      length += SHARES[group]! ** 2;
    }
    length = Math.sqrt(length);
    const read = end;
    end = first;
    for (let at = first; at < read; at += 1) {
      if (found.values[at]! < LEAST * length) continue;
      found.ids[end] = found.ids[at]!;
      found.values[end] = found.values[at]! / length;
      end += 1;
    }
    found.starts[row + 1] = end;
  }
  return { starts: found.starts, ids: found.ids.slice(0, end), values: found.values.slice(0, end) };
}

/** The same numbers by column: row `f` of the answer lists the rows that have `f`. */
export function turned(rows: Rows, columns: number): Rows {
  const starts = new Int32Array(columns + 1);
  for (const id of rows.ids) starts[id + 1]! += 1;
  for (let column = 0; column < columns; column += 1) starts[column + 1]! += starts[column]!;
  const next = starts.slice();
  const ids = new Int32Array(rows.ids.length);
  const values = new Float32Array(rows.ids.length);
  for (let row = 0; row + 1 < rows.starts.length; row += 1) {
    for (let at = rows.starts[row]!; at < rows.starts[row + 1]!; at += 1) {
      const place = next[rows.ids[at]!]!;
      next[rows.ids[at]!] = place + 1;
      ids[place] = row;
      values[place] = rows.values[at]!;
    }
  }
  return { starts, ids, values };
}
