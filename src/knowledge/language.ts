/**
 * Which language a question is in: by its script, then by the small words that every sentence has. A word or two may
 * give too little to say; then the person's own setting is only a guess, and is told as one.
 */

/** `sure: false` where nothing in the text speaks for the language, so that other languages may be tried as well. */
export interface Spoken {
  /** A BCP 47 tag; `zh-CN` for Chinese of any kind, `und` for a script that we cannot name. */
  language: string;
  sure: boolean;
}

const SCRIPTS: [RegExp, string][] = [
  [/[\p{Script=Hiragana}\p{Script=Katakana}]/gu, "ja"],
  [/\p{Script=Hangul}/gu, "ko"],
  [/\p{Script=Cyrillic}/gu, "ru"],
  [/\p{Script=Arabic}/gu, "ar"],
  [/\p{Script=Devanagari}/gu, "hi"],
  [/\p{Script=Thai}/gu, "th"],
  [/\p{Script=Hebrew}/gu, "he"],
  [/\p{Script=Greek}/gu, "el"],
  [/\p{Script=Bengali}/gu, "bn"],
  [/\p{Script=Tamil}/gu, "ta"],
];

/** Small words by language; those that English has too are left out of the others. */
const SMALL: Record<string, Set<string>> = {
  en: words(
    "the of and to in is it you that he she was for on are as with his they at be this have from or had by not but what all were we when your can said there use an each which do how their if will up other about out many then them these so some her would make like him into has look two more go see no way could people my than been call who its now find did get come may i me our am does why where someone somebody anyone any dont cant im ive isnt just got because",
  ),
  es: words(
    "el los las de del que y en una por con para está están qué cómo mi mis tu su sus lo le les pero más muy también hay ser puedo quien quién cuándo dónde porque alguien datos hacer tengo",
  ),
  fr: words(
    "le les des du et est dans une pour que qui sur avec pas je vous il elle nous mes ses au aux ce cette mais comment pourquoi quoi mon ma sont été être avoir fait quelqu'un données puis-je c'est j'ai où",
  ),
  de: words(
    "der die das und ist nicht ein eine einen ich du sie wir ihr mein meine mit für auf von zu den dem des wie wer wo warum wenn kann haben habe wird sind auch aber oder jemand daten muss bei nach",
  ),
  pt: words(
    "os uma do da dos das em que com para não é são meu minha meus como quem onde porque você eu ele ela mas mais muito também tem posso alguém dados fazer estão foi",
  ),
  it: words(
    "il gli di della che è sono per non una un con mi mio mia miei come chi dove perché quando cosa anche ma più ho hai qualcuno dati posso fare nel alla",
  ),
  nl: words(
    "het een van en is niet ik je mijn met voor op dat die wat hoe wie waar waarom kan heb hebben wordt zijn ook maar iemand gegevens moet",
  ),
  id: words(
    "yang dan di ini itu dengan untuk tidak saya anda kamu apa bagaimana siapa kenapa bisa ada dari ke akan sudah data orang",
  ),
  vi: words(
    "là và của có không tôi bạn cho được này với những một các người như thế nào làm gì bị ai tại sao thông tin",
  ),
  tr: words("ve bir bu için ile ne nasıl kim neden ben benim değil var mı mi çok ama gibi daha bilgilerim"),
  pl: words("i w na nie się jest co jak kto gdzie dlaczego mój moje do z że czy mogę ktoś dane są"),
};

/** @param setting the language the person has chosen */
export function languageOf(text: string, setting: string): Spoken {
  const start = text.slice(0, 600).normalize("NFKC").toLowerCase();
  const han = count(start, /\p{Script=Han}/gu);
  const latin = start.match(/[\p{Script=Latin}][\p{Script=Latin}'’-]*/gu) ?? [];
  const [script, letters] = SCRIPTS.map(([pattern, language]) => [language, count(start, pattern)] as const).reduce(
    (most, next) => (next[1] > most[1] ? next : most),
    ["und", 0],
  );
  // a little kana is enough: Japanese is full of Chinese characters
  if (letters > 0 && letters >= latin.length && (script === "ja" ? letters * 4 >= han : letters >= han)) {
    return { language: script, sure: true };
  }
  if (han > 0 && han >= latin.length) return { language: "zh-CN", sure: true };
  if (latin.length > 0) return byWords(latin, setting);
  const other = count(start, /\p{L}/gu) > 0;
  return other ? { language: "und", sure: true } : { language: setting, sure: false };
}

function byWords(found: readonly string[], setting: string): Spoken {
  const plain = found.map((word) => word.replace("’", "'"));
  const hits = (language: string) =>
    plain.filter((word) => SMALL[language]!.has(word.replaceAll("'", "")) || SMALL[language]!.has(word)).length;
  const english = hits("en");
  const best = Object.keys(SMALL)
    .filter((language) => language !== "en")
    .map((language) => [language, hits(language)] as const)
    .reduce((most, next) => (next[1] > most[1] ? next : most), ["und", 0] as const);
  if (best[1] >= 2 && best[1] > english) return { language: best[0], sure: true };
  if (english > 0) return { language: "en", sure: true };
  return { language: setting === "zh-CN" ? setting : "en", sure: false };
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

function words(list: string): Set<string> {
  return new Set(list.split(" "));
}
