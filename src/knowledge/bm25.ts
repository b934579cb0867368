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
  const ours: number[][] = Array.from({ length: entries }, () => []);
  entryOf.forEach((entry, phrasing) => {
    if (entry >= 0) ours[entry]!.push(phrasing);
  });
  const share = new Float32Array(features);
  const having = new Int32Array(features);
  const counts = new Int32Array(features);
  const lengths = new Float64Array(entries);
  const found = ours.map((own, entry) => {
    const ids: number[] = [];
    for (const phrasing of own) {
      phrasings[phrasing]!.forEach((group, of) => {
        for (const id of group) {
          if (counts[id] === 0) ids.push(id);
          counts[id]! += 1;
          share[id] = SHARES[of]!;
        }
        lengths[entry]! += SHARES[of]! * group.length;
      });
    }
    const values = ids.map((id) => {
      const count = counts[id]!;
      counts[id] = 0;
      having[id]! += 1;
      return count;
    });
    return { ids, values };
  });
  const average = lengths.reduce((sum, length) => sum + length, 0) / entries || 1;
  found.forEach(({ ids, values }, entry) => {
    const slow = K1 * (1 - B + (B * lengths[entry]!) / average);
    ids.forEach((id, at) => {
      const rare = Math.log(1 + (entries - having[id]! + 0.5) / (having[id]! + 0.5));
      values[at] = (share[id]! * rare * values[at]! * (K1 + 1)) / (values[at]! + slow);
    });
  });
  return turned(rowsOf(found), features);
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
