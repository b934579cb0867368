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

/** Smaller values are left out: a third of all, the commonest pieces; no question was answered worse without them. */
const LEAST = 0.05;

/**
 * Numbers the features of all phrasings and weighs them: ln(entries) minus the entropy of the entries that have the
 * feature, so that a word of one entry counts in full and a word of all of them hardly.
 *
 * @param entryOf the entry of each phrasing, those of one entry next to each other, or -1 for none of them
 * @returns the space, and each phrasing in it
 */
export function spaceOf(
  phrasings: readonly Features[],
  entryOf: Int32Array,
  entries: number,
): { space: Space; found: Found[] } {
  const { keys, table, found } = numbered(phrasings);
  // by feature: phrasings with it, those of no entry, the entry seen last and how often, the sum of count * ln(count)
  const total = new Int32Array(keys.length);
  const strange = new Int32Array(keys.length);
  const last = new Int32Array(keys.length).fill(-2);
  const run = new Int32Array(keys.length);
  const counted = new Float64Array(keys.length);
  const seen = new Int32Array(keys.length).fill(-1);
  found.forEach((groups, phrasing) => {
    const entry = entryOf[phrasing]!;
    for (const group of groups) {
      for (const id of group) {
        if (seen[id] === phrasing) continue;
        seen[id] = phrasing;
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
  });
  const weights = new Float32Array(keys.length);
  const rarity = new Float32Array(keys.length);
  for (let id = 0; id < keys.length; id += 1) {
    // the entropy of the entries that have it: ln(total) - sum of count * ln(count) / total
    const sum = counted[id]! + run[id]! * Math.log(run[id]! || 1);
    const information = Math.log(entries) - (Math.log(total[id]!) - sum / total[id]!);
    weights[id] = Math.max(0.05, information) ** POWER;
    rarity[id] = Math.log((phrasings.length + 1) / (total[id]! - strange[id]! + 0.5));
  }
  return { space: { keys, table, weights, rarity, phrasings: phrasings.length }, found };
}

/** Every hash once, and each phrasing by their numbers. */
function numbered(phrasings: readonly Features[]): { keys: Uint32Array; table: Int32Array; found: number[][][] } {
  let keys = new Uint32Array(1 << 15);
  // grows with what it holds: a table for all that might come would not stay near the processor
  let table = tableOf(keys.subarray(0, 0), keys.length * 2);
  let size = 0;
  const found = phrasings.map((groups) =>
    groups.map((group) => {
      if (size + group.length > keys.length) {
        const wider = new Uint32Array(2 ** Math.ceil(Math.log2(size + group.length + 1)));
        wider.set(keys);
        keys = wider;
        table = tableOf(keys.subarray(0, size), keys.length * 2);
      }
      const mask = table.length - 1;
      return group.map((key) => {
        let slot = spread(key) & mask;
        while (table[slot] !== -1 && keys[table[slot]!] !== key) slot = (slot + 1) & mask;
        if (table[slot] === -1) {
          keys[size] = key;
          table[slot] = size;
          size += 1;
        }
        return table[slot]!;
      });
    }),
  );
  const kept = byUse(keys.subarray(0, size), found);
  return { keys: kept, table: tableOf(kept), found };
}

/**
 * Numbers features anew, the commonest first, so that what is used most lies close together.
 *
 * @param found is changed in place
 */
function byUse(keys: Uint32Array, found: readonly number[][][]): Uint32Array {
  const often = new Int32Array(keys.length);
  for (const groups of found) for (const group of groups) for (const id of group) often[id]! += 1;
  const room = 2 ** 26;
  const order = Float64Array.from(often, (count, id) => id - count * room).sort();
  const places = new Int32Array(keys.length);
  const sorted = new Uint32Array(keys.length);
  order.forEach((mixed, place) => {
    const id = mixed - Math.floor(mixed / room) * room;
    places[id] = place;
    sorted[place] = keys[id]!;
  });
  for (const groups of found)
    for (const group of groups) for (let at = 0; at < group.length; at += 1) group[at] = places[group[at]!]!;
  return sorted;
}

/** Mixes the bits of a hash: short pieces of words differ in the upper ones only. */
function spread(key: number): number {
  return Math.imul(key ^ (key >>> 15), 0x2c1b3c6d) ^ (key >>> 12);
}

function tableOf(keys: Uint32Array, size = 2 ** Math.ceil(Math.log2(keys.length * 2 + 2))): Int32Array {
  const table = new Int32Array(size).fill(-1);
  for (let id = 0; id < keys.length; id += 1) {
    let slot = spread(keys[id]!) & (size - 1);
    while (table[slot] !== -1) slot = (slot + 1) & (size - 1);
    table[slot] = id;
  }
  return table;
}

/** The numbers of a text's features. */
export function lookUp({ keys, table }: Space, groups: Features): Found {
  const mask = table.length - 1;
  return groups.map((group) =>
    group.map((key) => {
      let slot = spread(key) & mask;
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

/**
 * The vector of a text, of length one but for what is left out (of length nought if nothing in it is known).
 *
 * @param counts one nought for each feature, and left so: saves a map when there are thousands of texts
 */
export function vectorOf(space: Space, found: Found, counts = new Uint16Array(space.keys.length)): Vector {
  const ids: number[] = [];
  const values: number[] = [];
  let length = 0;
  found.forEach((group, index) => {
    const from = ids.length;
    for (const id of group) {
      if (id < 0) continue;
      if (counts[id] === 0) ids.push(id);
      counts[id]! += 1;
    }
    let square = 0;
    for (let at = from; at < ids.length; at += 1) {
      const id = ids[at]!;
      const value = (counts[id] === 1 ? 1 : 1 + Math.log(counts[id]!)) * space.weights[id]!;
      counts[id] = 0;
      values.push(value);
      square += value * value;
    }
    if (square === 0) return;
    const scale = SHARES[index]! / Math.sqrt(square);
    for (let at = from; at < values.length; at += 1) values[at]! *= scale;
    length += SHARES[index]! ** 2;
  });
  length = Math.sqrt(length) || 1;
  let size = 0;
  for (let at = 0; at < ids.length; at += 1) {
    if (values[at]! < LEAST * length) continue;
    ids[size] = ids[at]!;
    values[size] = values[at]! / length;
    size += 1;
  }
  ids.length = size;
  values.length = size;
  return { ids, values };
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
