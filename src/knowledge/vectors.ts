/** Phrasings as sparse vectors of length one over the features they have, and the weight that each feature deserves. */
import type { Features } from "./text.ts";

/** Rows of sparse vectors: row `i` has `ids` and `values` from `starts[i]` to `starts[i + 1]`. */
export interface Rows {
  starts: Int32Array;
  ids: Int32Array;
  values: Float32Array;
}

/** All features of the phrasings. A feature's number is its place in `keys`; `table` finds it by its hash. */
export interface Space {
  keys: Uint32Array;
  table: Int32Array;
  /** How well a feature tells the entries apart. */
  weights: Float32Array;
  /** How rare a feature is among the entries' phrasings: ln((n + 1) / (phrasings with it + 0.5)). */
  rarity: Float32Array;
  phrasings: number;
}

/** The features of a text by number, for each of `GROUPS`; -1 for one that no phrasing has. */
export type Found = readonly (readonly number[])[];

/** How much each of `GROUPS` counts in a vector. Chosen on the validation questions of BANKING77 and CLINC150. */
const SHARES = [1, 0.6, 1, 0.5, 0.5];
/** Root of the information that a feature gives on the entry; 0.3 and 0.7 were a little worse on the same questions. */
const POWER = 0.5;

/** Smaller values are left out: a quarter of all, the commonest pieces; no question was answered worse without them. */
const LEAST = 0.03;

/**
 * Numbers the features of all phrasings and weighs them: ln(entries) minus the entropy of the entries that have the
 * feature, so that a word of one entry counts in full and a word of all of them hardly.
 */
export function spaceOf(phrasings: readonly Features[], entryOf: Int32Array, entries: number): Space {
  const pairs: number[] = [];
  phrasings.forEach((groups, index) => {
    const keys = Float64Array.from(groups.flat()).sort();
    keys.forEach((key, at) => {
      if (key !== keys[at - 1]) pairs.push(key * MOST + 1 + entryOf[index]!);
    });
  });
  const sorted = Float64Array.from(pairs).sort();
  const keys: number[] = [];
  const weights: number[] = [];
  const rarity: number[] = [];
  for (let at = 0; at < sorted.length; ) {
    const key = Math.floor(sorted[at]! / MOST);
    const from = at;
    let counted = 0;
    // no entry comes first, as -1
    while (at < sorted.length && sorted[at] === key * MOST) at += 1;
    const strange = at - from;
    at = from;
    for (let entry = at; at < sorted.length && sorted[at]! < (key + 1) * MOST; at += 1) {
      if (at + 1 < sorted.length && sorted[at + 1] === sorted[at]) continue;
      const count = at + 1 - entry;
      counted += count * Math.log(count);
      entry = at + 1;
    }
    const total = at - from;
    // the entropy of the entries that have it: ln(total) - sum of count * ln(count) / total
    const information = Math.log(entries) - (Math.log(total) - counted / total);
    keys.push(key);
    weights.push(Math.max(0.05, information) ** POWER);
    rarity.push(Math.log((phrasings.length + 1) / (total - strange + 0.5)));
  }
  return {
    keys: Uint32Array.from(keys),
    table: tableOf(keys),
    weights: Float32Array.from(weights),
    rarity: Float32Array.from(rarity),
    phrasings: phrasings.length,
  };
}

/** More entries than there can be, so that a hash and an entry fit into one number. */
const MOST = 2 ** 20;

function tableOf(keys: readonly number[]): Int32Array {
  const table = new Int32Array(2 ** Math.ceil(Math.log2(keys.length * 2 + 2))).fill(-1);
  keys.forEach((key, id) => {
    let slot = key & (table.length - 1);
    while (table[slot] !== -1) slot = (slot + 1) & (table.length - 1);
    table[slot] = id;
  });
  return table;
}

/** The numbers of a text's features. */
export function lookUp({ keys, table }: Space, groups: Features): Found {
  const mask = table.length - 1;
  return groups.map((group) =>
    group.map((key) => {
      let slot = key & mask;
      while (table[slot] !== -1 && keys[table[slot]!] !== key) slot = (slot + 1) & mask;
      return table[slot]!;
    }),
  );
}

/** A sparse vector: `values[k]` at `ids[k]`. */
export interface Vector {
  ids: number[];
  values: number[];
}

/** The vector of a text, of length one but for what is left out (of length nought if nothing in it is known). */
export function vectorOf(space: Space, found: Found): Vector {
  const ids: number[] = [];
  const values: number[] = [];
  found.forEach((group, index) => {
    const counts = new Map<number, number>();
    for (const id of group) if (id >= 0) counts.set(id, (counts.get(id) ?? 0) + 1);
    const from = values.length;
    let square = 0;
    for (const [id, count] of counts) {
      const value = (1 + Math.log(count)) * space.weights[id]!;
      ids.push(id);
      values.push(value);
      square += value * value;
    }
    const scale = SHARES[index]! / Math.sqrt(square || 1);
    for (let at = from; at < values.length; at += 1) values[at]! *= scale;
  });
  const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0)) || 1;
  const kept = values.flatMap((value, at) => (value >= LEAST * length ? [at] : []));
  return { ids: kept.map((at) => ids[at]!), values: kept.map((at) => values[at]! / length) };
}

/** Many vectors in one block of memory. */
export function rowsOf(vectors: readonly Vector[]): Rows {
  const starts = new Int32Array(vectors.length + 1);
  vectors.forEach((vector, row) => {
    starts[row + 1] = starts[row]! + vector.ids.length;
  });
  const ids = new Int32Array(starts[vectors.length]!);
  const values = new Float32Array(ids.length);
  vectors.forEach((vector, row) => {
    ids.set(vector.ids, starts[row]);
    values.set(vector.values, starts[row]);
  });
  return { starts, ids, values };
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
