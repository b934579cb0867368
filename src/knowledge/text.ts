/**
 * How a question is taken apart before it is compared: its words, pairs of neighbouring words, pieces of words (these
 * forgive misspelling, and stand for words in Chinese), what the words mean, and which meanings stand close together.
 * Features are 32-bit hashes: no vocabulary of strings is kept, and two texts that read the same have the same features.
 */

/** The groups of features, in this order everywhere. */
export const GROUPS = ["word", "pair", "piece", "meaning", "near"] as const;
/**
 * Texts taken apart, in one block: what text `t` has of group `g`, as often as it occurs, stands in `ids` from
 * `starts[t * GROUPS.length + g]` to the next start. -1 is a feature without a number.
 */
export interface Bags {
  ids: Int32Array;
  starts: Int32Array;
}
/** Word (as `stem` leaves it) → number of the group of words that mean about the same. */
export type Meanings = ReadonlyMap<string, number>;

/** Longer texts are read up to here: a question is short, and nobody shall keep the machine busy. */
export const LONGEST = 600;

/** One spelling of a text: width, case, marks and punctuation folded, spaces single. */
export function normalise(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\u2018\u2019\u02bc`´]/g, "'")
    .replace(/[^\p{L}\p{N}\p{M}'+#@]+/gu, " ")
    .trim();
}

/** What a word gives, wherever it stands. */
interface Word {
  stem: string;
  own: number;
  /** Where the hash of a pair begins that begins with it. */
  lead: number;
  /** The group of words that mean the same. */
  meaning?: number;
  /** What `near` goes by; none for a word that says nothing. */
  content?: number;
  /** Of words that are spaced; the others are cut together with their neighbours. */
  pieces?: readonly number[];
}

/**
 * Takes texts apart, whatever their language: each word only once, however often it stands in them. Never throws.
 *
 * @param number of a feature, by its hash
 */
export function bagsOf(texts: readonly string[], meanings: Meanings, number: (hash: number) => number): Bags {
  const known = new Map<string, Word>();
  let ids = new Int32Array(256);
  let size = 0;
  const push = (id: number) => {
    if (size === ids.length) {
      const wider = new Int32Array(2 * size);
      wider.set(ids);
      ids = wider;
    }
    ids[size] = id;
    size += 1;
  };
  const add = (hash: number) => push(number(hash));
  const starts = new Int32Array(texts.length * GROUPS.length + 1);
  let start = 0;
  const end = () => {
    start += 1;
    starts[start] = size;
  };
  for (const text of texts) {
    const words = wordsOf(text);
    const found: Word[] = [];
    for (const word of words) {
      let met = known.get(word);
      if (!met) {
        met = wordOf(word, meanings, number);
        known.set(word, met);
      }
      found.push(met);
      push(met.own);
    }
    end();
    let lead = FIRST;
    for (const word of found) {
      add(grown(lead, word.stem));
      lead = word.lead;
    }
    if (found.length > 0) add(grown(lead, "$"));
    end();
    pieces(words, found, push, add);
    end();
    for (const { meaning } of found) if (meaning !== undefined) push(meaning);
    end();
    near(found, add);
    end();
  }
  return { ids: ids.slice(0, size), starts };
}

function wordOf(word: string, meanings: Meanings, number: (hash: number) => number): Word {
  const short = stem(word);
  const group = meanings.get(short);
  const own: number[] = [];
  if (!UNSPACED.test(word)) cut(` ${word} `, 2, 4, (hash) => own.push(number(hash)));
  return {
    stem: short,
    own: number(hash(short, 1)),
    lead: grown(SEED[2]!, `${short} `),
    ...(group !== undefined && { meaning: number(hash(`#${group}`, 4)) }),
    ...(!EMPTY.has(short) && { content: hash(group === undefined ? short : `#${group}`, 5) }),
    ...(own.length > 0 && { pieces: own }),
  };
}

/** The words of a text in reading order, lower case; Chinese and Japanese are cut by `Intl.Segmenter`. */
export function wordsOf(text: string): string[] {
  let plain = normalise(text.slice(0, LONGEST));
  plain = plain.replace(/\b(?:can't|cant|cannot)\b/g, "can not");
  if (plain.includes("'")) for (const [pattern, full] of SHORT_FORMS) plain = plain.replace(pattern, full);
  const runs = plain.split(" ").filter((run) => run !== "");
  if (!UNSPACED.test(plain)) return runs;
  const words: string[] = [];
  for (const run of runs) {
    if (!UNSPACED.test(run)) words.push(run);
    else for (const { segment, isWordLike } of segmenter.segment(run)) if (isWordLike) words.push(segment);
  }
  return words;
}

/** An English word without its usual endings, so that `selling`, `sells` and `sell` are one; other words stay. */
export function stem(word: string): string {
  if (word.length < 4 || !/^[a-z]+$/.test(word)) return word;
  let left = word;
  if (left.endsWith("sses")) left = left.slice(0, -2);
  else if (left.endsWith("ies")) left = `${left.slice(0, -3)}y`;
  else if (/[^su]s$/.test(left) && !left.endsWith("is")) left = left.slice(0, -1);
  const bare = /^(.*[aeiouy].*)(?:ing|ed)$/.exec(left)?.[1];
  if (bare !== undefined && bare.length > 1) {
    if (/(?:at|bl|iz)$/.test(bare)) left = `${bare}e`;
    else left = /([^aeiouylsz])\1$/.test(bare) ? bare.slice(0, -1) : bare;
  }
  if (left.length > 3 && left.endsWith("e")) left = left.slice(0, -1);
  if (left.length > 3 && left.endsWith("y")) left = `${left.slice(0, -1)}i`;
  return left;
}

/** Makes groups of words, apart by spaces, into what `features` takes; a word stays in the first group that has it. */
export function meaningsOf(groups: readonly string[]): Meanings {
  const meanings = new Map<string, number>();
  groups.forEach((group, number) => {
    for (const word of group.toLowerCase().split(" ").map(stem)) if (!meanings.has(word)) meanings.set(word, number);
  });
  return meanings;
}

const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
const segmenter = new Intl.Segmenter("zh", { granularity: "word" });

const SHORT_FORMS: [RegExp, string][] = [
  [/\bwon't\b/g, "will not"],
  [/n't\b/g, " not"],
  [/'re\b/g, " are"],
  [/'ve\b/g, " have"],
  [/'ll\b/g, " will"],
  [/'d\b/g, " would"],
  [/'m\b/g, " am"],
  [/\b(what|where|who|how|it|that|there|here|when|he|she)'s\b/g, "$1 is"],
  [/'s\b/g, ""],
  [/'/g, ""],
];

/** Words that say nothing of what a question is about. */
const EMPTY = new Set(
  (
    "a an the of to in is be am are was i my me it do did for on with and that this you your have has had " +
    "的 了 吗 呢 啊 吧 呀 嘛 是 我 你 他 她 它 我们 你们 他们 在 有 和 就 都 也 很 把 被 给 这 那 个 一个 请问 一下 你好 您好 想 要 会 能"
  )
    .split(" ")
    .map(stem),
);

/** Pieces of 2 to 4 letters within a word and its two ends; of 1 to 3 characters where words are not spaced. */
function pieces(
  words: readonly string[],
  found: readonly Word[],
  push: (id: number) => void,
  add: (hash: number) => void,
): void {
  let run = "";
  for (let at = 0; at < words.length; at += 1) {
    const own = found[at]!.pieces;
    if (!own) {
      run += words[at];
      continue;
    }
    cut(run, 1, 3, add);
    run = "";
    for (const piece of own) push(piece);
  }
  cut(run, 1, 3, add);
}

/** The hashes of all pieces of `from` to `to` units, each grown out of the one before it. */
function cut(text: string, from: number, to: number, add: (hash: number) => void): void {
  for (let at = 0; at < text.length; at += 1) {
    let value = SEED[3]!;
    for (let size = 1; size <= to && at + size <= text.length; size += 1) {
      value = Math.imul(value ^ text.charCodeAt(at + size - 1), 0x01000193);
      if (size >= from) add(value);
    }
  }
}

/** Every two meanings that stand at most three apart, whichever comes first. */
function near(found: readonly Word[], add: (hash: number) => void): void {
  const content: number[] = [];
  for (const word of found) if (word.content !== undefined) content.push(word.content);
  for (let first = 0; first < content.length; first += 1) {
    for (let second = first + 1; second < Math.min(content.length, first + 4); second += 1) {
      const low = Math.min(content[first]!, content[second]!);
      const high = Math.max(content[first]!, content[second]!);
      add(Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b));
    }
  }
}

/** Where the hashes of each group begin, so that a word and a piece that read the same stay apart. */
const SEED = Int32Array.from({ length: 6 }, (_, group) => 0x811c9dc5 ^ Math.imul(group, 0x9e3779b1));

/** FNV-1a over UTF-16 units. */
function hash(text: string, group: number): number {
  return grown(SEED[group]!, text);
}

function grown(value: number, text: string): number {
  let next = value;
  for (let at = 0; at < text.length; at += 1) next = Math.imul(next ^ text.charCodeAt(at), 0x01000193);
  return next;
}

/** Where the hash of the pair begins that the first word of a text makes with its beginning. */
const FIRST = grown(SEED[2]!, "^ ");
