/**
 * How a question is taken apart before it is compared: its words, pairs of neighbouring words, pieces of words (these
 * forgive misspelling, and stand for words in Chinese), what the words mean, and which meanings stand close together.
 * Features are 32-bit hashes: no vocabulary of strings is kept, and two texts that read the same have the same features.
 */

/** The groups of features, in this order everywhere. */
export const GROUPS = ["word", "pair", "piece", "meaning", "near"] as const;
/** One array of hashes for each of `GROUPS`, repeated as often as they occur. */
export type Features = readonly (readonly number[])[];
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
  /** Hash of the group of words that mean the same. */
  meaning?: number;
  /** What `near` goes by; none for a word that says nothing. */
  content?: number;
  /** Of words that are spaced; the others are cut together with their neighbours. */
  pieces?: readonly number[];
}

/** The features of a text, whatever its language. Never throws. */
export function features(
  text: string,
  meanings: Meanings = NONE,
  known: (word: string) => Word = (word) => wordOf(word, meanings),
): Features {
  const words = wordsOf(text);
  const found = words.map(known);
  const pairs: number[] = [];
  const content: number[] = [];
  const meant: number[] = [];
  let lead = FIRST;
  for (const word of found) {
    pairs.push(grown(lead, word.stem) >>> 0);
    lead = word.lead;
    if (word.content !== undefined) content.push(word.content);
    if (word.meaning !== undefined) meant.push(word.meaning);
  }
  if (words.length > 0) pairs.push(grown(lead, "$") >>> 0);
  return [found.map((word) => word.own), pairs, pieces(words, found), meant, near(content)];
}

/** `features` for thousands of texts: what was worked out for a word, or a text, is used again. Keeps all it has read. */
export function reader(meanings: Meanings): (text: string) => Features {
  const words = new Map<string, Word>();
  const texts = new Map<string, Features>();
  const once = <T>(kept: Map<string, T>, key: string, make: () => T): T => {
    const found = kept.get(key) ?? make();
    kept.set(key, found);
    return found;
  };
  const known = (word: string) => once(words, word, () => wordOf(word, meanings));
  return (text) => once(texts, text, () => features(text, meanings, known));
}

function wordOf(word: string, meanings: Meanings): Word {
  const short = stem(word);
  const group = meanings.get(short);
  return {
    stem: short,
    own: hash(short, 1),
    lead: grown(SEED[2]!, `${short} `),
    ...(group !== undefined && { meaning: hash(`#${group}`, 4) }),
    ...(!EMPTY.has(short) && { content: hash(group === undefined ? short : `#${group}`, 5) }),
    ...(!UNSPACED.test(word) && { pieces: cut(` ${word} `, 2, 4, []) }),
  };
}

/** The words of a text in reading order, lower case; Chinese and Japanese are cut by `Intl.Segmenter`. */
export function wordsOf(text: string): string[] {
  let plain = normalise(text.slice(0, LONGEST));
  plain = plain.replace(/\b(?:can't|cant|cannot)\b/g, "can not");
  if (plain.includes("'")) for (const [pattern, full] of SHORT_FORMS) plain = plain.replace(pattern, full);
  return plain.split(" ").flatMap((run) => {
    if (!UNSPACED.test(run)) return run === "" ? [] : [run];
    return [...segmenter.segment(run)].filter((part) => part.isWordLike).map((part) => part.segment);
  });
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

const NONE: Meanings = new Map();
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
function pieces(words: readonly string[], known: readonly Word[]): number[] {
  const found: number[] = [];
  let run = "";
  words.forEach((word, at) => {
    const own = known[at]!.pieces;
    if (!own) {
      run += word;
      return;
    }
    cut(run, 1, 3, found);
    run = "";
    for (const piece of own) found.push(piece);
  });
  return cut(run, 1, 3, found);
}

/** Adds the hashes of all pieces of `from` to `to` units, each grown out of the one before it. */
function cut(text: string, from: number, to: number, found: number[]): number[] {
  for (let at = 0; at < text.length; at += 1) {
    let value = SEED[3]!;
    for (let size = 1; size <= to && at + size <= text.length; size += 1) {
      value = Math.imul(value ^ text.charCodeAt(at + size - 1), 0x01000193);
      if (size >= from) found.push(value >>> 0);
    }
  }
  return found;
}

/** Every two meanings that stand at most three apart, whichever comes first. */
function near(content: readonly number[]): number[] {
  const found: number[] = [];
  for (let first = 0; first < content.length; first += 1) {
    for (let second = first + 1; second < Math.min(content.length, first + 4); second += 1) {
      const low = Math.min(content[first]!, content[second]!);
      const high = Math.max(content[first]!, content[second]!);
      found.push((Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b)) >>> 0);
    }
  }
  return found;
}

/** Where the hashes of each group begin, so that a word and a piece that read the same stay apart. */
const SEED = Int32Array.from({ length: 6 }, (_, group) => 0x811c9dc5 ^ Math.imul(group, 0x9e3779b1));

/** FNV-1a over UTF-16 units. */
function hash(text: string, group: number): number {
  return grown(SEED[group]!, text) >>> 0;
}

function grown(value: number, text: string): number {
  let next = value;
  for (let at = 0; at < text.length; at += 1) next = Math.imul(next ^ text.charCodeAt(at), 0x01000193);
  return next;
}

/** Where the hash of the pair begins that the first word of a text makes with its beginning. */
const FIRST = grown(SEED[2]!, "^ ");
