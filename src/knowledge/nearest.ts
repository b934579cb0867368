/** How like a question is to each phrasing: the cosine of their vectors, by way of the features they share. */
import type { Rows } from "./vectors.ts";

/** The entry of a phrasing that asks for none of them. */
export const NO_ENTRY = -1;

/** The cosine of the question, the only row of its own, with every phrasing. @param postings phrasings by feature (`turned`) */
export function cosines(postings: Rows, phrasings: number, question: Rows): Float32Array {
  const found = new Float32Array(phrasings);
  for (let k = 0; k < question.ids.length; k += 1) {
    const id = question.ids[k]!;
    const value = question.values[k]!;
    for (let at = postings.starts[id]!; at < postings.starts[id + 1]!; at += 1) {
      found[postings.ids[at]!]! += value * postings.values[at]!;
    }
  }
  return found;
}

/** The best cosine of each entry's phrasings. */
export function nearest(found: Float32Array, entryOf: Int32Array, entries: number): Float32Array {
  const best = new Float32Array(entries);
  found.forEach((value, phrasing) => {
    const entry = entryOf[phrasing]!;
    if (entry !== NO_ENTRY && value > best[entry]!) best[entry] = value;
  });
  return best;
}
