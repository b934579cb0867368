/**
 * BM25 over entries: all phrasings of an entry are one document. One document a phrasing was worth 10 to 13 points less,
 * because a question then has to find all its words in the same phrasing.
 */
import { type Bags, GROUPS } from "./text.ts";
import { type Rows, turned } from "./vectors.ts";

const K1 = 2;
const B = 0.75;
/** How much each of `GROUPS` counts. Chosen on the validation questions of BANKING77 and CLINC150. */
const SHARES = [1, 0.5, 0.3, 0.5, 0.5];

/**
 * What each feature is worth to each entry that has it, by feature.
 *
 * @param chosen the phrasings, those of one entry next to each other
 * @param entryOf the entry of each of these, in ascending order, then -1 for none of them
 */
export function bm25Of(
  { ids, starts }: Bags,
  chosen: Int32Array,
  entryOf: Int32Array,
  entries: number,
  features: number,
): Rows {
  const having = new Int32Array(features);
  const place = new Int32Array(features);
  const share = new Float32Array(features);
  const lengths = new Float64Array(entries);
  const found = new Int32Array(ids.length);
  const counts = new Int32Array(ids.length);
  let size = 0;
  const rows = new Int32Array(entries + 1);
  for (let row = 0; row < chosen.length && entryOf[row]! >= 0; row += 1) {
    const entry = entryOf[row]!;
    for (let group = 0; group < GROUPS.length; group += 1) {
      const bag = chosen[row]! * GROUPS.length + group;
      lengths[entry]! += SHARES[group]! * (starts[bag + 1]! - starts[bag]!);
      for (let at = starts[bag]!; at < starts[bag + 1]!; at += 1) {
        const id = ids[at]!;
        if (place[id]! > rows[entry]!) {
          counts[place[id]! - 1]! += 1;
          continue;
        }
        found[size] = id;
        counts[size] = 1;
        size += 1;
        place[id] = size;
        having[id]! += 1;
        share[id] = SHARES[group]!;
      }
    }
    rows[entry + 1] = size;
  }
  const average = lengths.reduce((sum, length) => sum + length, 0) / entries || 1;
  const values = new Float32Array(size);
  for (let entry = 0; entry < entries; entry += 1) {
    const slow = K1 * (1 - B + (B * lengths[entry]!) / average);
    for (let at = rows[entry]!; at < rows[entry + 1]!; at += 1) {
      const id = found[at]!;
      const rare = Math.log(1 + (entries - having[id]! + 0.5) / (having[id]! + 0.5));
      values[at] = (share[id]! * rare * counts[at]! * (K1 + 1)) / (counts[at]! + slow);
    }
  }
  return turned({ starts: rows, ids: found.subarray(0, size), values }, features);
}

/** The score of every entry for a question: the only text of `question`. */
export function bm25(worth: Rows, entries: number, question: Bags): Float32Array {
  const scores = new Float32Array(entries);
  for (const id of question.ids) {
    if (id < 0) continue;
    for (let at = worth.starts[id]!; at < worth.starts[id + 1]!; at += 1) scores[worth.ids[at]!]! += worth.values[at]!;
  }
  return scores;
}
