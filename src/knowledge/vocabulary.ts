/** Numbers for features: hashes are counted through as they are met, so that the commonest have the smallest numbers. */

/** A feature's number is its place in `keys`; `table` finds it by its hash. */
export interface Vocabulary {
  keys: Int32Array;
  table: Int32Array;
}

/** The number of a feature; -1 if it was never met. */
export function numberOf({ keys, table }: Vocabulary, hash: number): number {
  return table[slotOf(keys, table, hash)]!;
}

/** A vocabulary that learns: `number` gives a hash its number, `taken` what was met so far. */
export function learner(): { number(hash: number): number; taken(): Vocabulary } {
  let keys = new Int32Array(1 << 14);
  // grows with what it holds: a table for all that might come would not stay near the processor
  let table = tableOf(keys, 0);
  let size = 0;
  return {
    number(hash) {
      const slot = slotOf(keys, table, hash);
      const known = table[slot]!;
      if (known >= 0) return known;
      keys[size] = hash;
      table[slot] = size;
      size += 1;
      if (size === keys.length) {
        const wider = new Int32Array(2 * size);
        wider.set(keys);
        keys = wider;
        table = tableOf(keys, size);
      }
      return size - 1;
    },
    taken: () => ({ keys: keys.slice(0, size), table }),
  };
}

/** Where a hash stands in the table, or would: at most half of the table is taken. */
function slotOf(keys: Int32Array, table: Int32Array, hash: number): number {
  const mask = table.length - 1;
  // mixed: short pieces of words differ in the upper bits only
  let slot = (Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) ^ (hash >>> 12)) & mask;
  while (table[slot] !== -1 && keys[table[slot]!] !== hash) slot = (slot + 1) & mask;
  return slot;
}

/** @param keys as many as a power of two, `size` of them taken */
function tableOf(keys: Int32Array, size: number): Int32Array {
  const table = new Int32Array(2 * keys.length).fill(-1);
  for (let id = 0; id < size; id += 1) table[slotOf(keys, table, keys[id]!)] = id;
  return table;
}
