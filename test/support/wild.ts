/** Text that nobody would send, and what must not come of it. */
import fc from "fast-check";
import { long } from "./long.ts";

/** What steers a terminal or the direction of a line. */
export const steering = /[\p{Bidi_Control}\u2028\u2029]|(?![\n\t])\p{Cc}/u;

const marks = [
  "<", "*", "_", "@", "\u202e", "\u2066", "\u001b[2J", "\u0000", "\u009b", "\u2028", "`", "|", "[", "](", "://", "discord.gg/",
  "13812345678", "A", "\n", "#", "> ", "&",
]; // biome-ignore format: a list

export const wild = fc.string({
  unit: fc.oneof(
    fc.constantFrom(...marks),
    fc.string({ unit: "grapheme", maxLength: 3 }),
    fc.string({ unit: "binary", maxLength: 3 }),
  ),
  maxLength: 60,
});

/** How often each reader is fed: a thousand times in the plain suite, a million with TEST_LONG. */
export const fed = (plain = 1000) => ({ numRuns: long ? 1_000_000 : plain, seed: 7, endOnFailure: true });

/** Something of any shape, made of these words and texts: what a network would never send. */
export const anything = (words: readonly string[], texts: fc.Arbitrary<string> = wild): fc.Arbitrary<unknown> =>
  fc.letrec((tie) => ({
    thing: fc.oneof(
      { maxDepth: 4 },
      texts,
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie("thing"), { maxLength: 3 }),
      fc.dictionary(fc.oneof(fc.constantFrom(...words), wild), tie("thing"), { maxKeys: 6 }),
    ),
  })).thing;
