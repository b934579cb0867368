/**
 * BM25 over entries: all phrasings of an entry are one document. One document a phrasing was worth 10 to 13 points less,
 * because a question then has to find all its words in the same phrasing.
 */
import { type Found, type Rows, rowsOf, turned } from "./vectors.ts";

const K1 = 2;
const B = 0.75;
/** How much each of `GROUPS` counts. Chosen on the validation questions of BANKING77 and CLINC150. */
const SHARES = [1, 0.5, 0.3, 0.5, 0.5];

/** What each feature is worth to each entry that has it, by feature. */
export function bm25Of(phrasings: readonly Found[], entryOf: Int32Array, entries: number, features: number): Rows {
  const counts = Array.from({ length: entries }, () => new Map<number, number>());
  const share = new Float32Array(features);
  const lengths = new Float64Array(entries);
  phrasings.forEach((groups, index) => {
    const entry = entryOf[index]!;
    if (entry < 0) return;
    groups.forEach((group, of) => {
      for (const id of group) {
        counts[entry]!.set(id, (counts[entry]!.get(id) ?? 0) + 1);
        share[id] = SHARES[of]!;
      }
      lengths[entry]! += SHARES[of]! * group.length;
    });
  });
  const having = new Int32Array(features);
  for (const of of counts) for (const id of of.keys()) having[id]! += 1;
  const average = lengths.reduce((sum, length) => sum + length, 0) / entries || 1;
  const worth = counts.map((of, entry) => {
    const ids = [...of.keys()].sort((a, b) => a - b);
    const values = ids.map((id) => {
      const count = of.get(id)!;
      const rare = Math.log(1 + (entries - having[id]! + 0.5) / (having[id]! + 0.5));
      return (share[id]! * rare * count * (K1 + 1)) / (count + K1 * (1 - B + (B * lengths[entry]!) / average));
    });
    return { ids, values };
  });
  return turned(rowsOf(worth), features);
}

/** The score of every entry for a question. */
export function bm25(worth: Rows, entries: number, question: Found): Float32Array {
  const scores = new Float32Array(entries);
  for (const id of question.flat()) {
    if (id < 0) continue;
    for (let at = worth.starts[id]!; at < worth.starts[id + 1]!; at += 1) scores[worth.ids[at]!]! += worth.values[at]!;
  }
  return scores;
}
