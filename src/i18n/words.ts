/** Words in every language, from `locales/<locale>/<namespace>.json` (i18next JSON v4). */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { createInstance } from "i18next";
import Backend from "i18next-fs-backend";

export interface Words {
  /** Every locale there are words in, with its own name of itself. */
  locales: { value: string; label: string }[];
  /** The locale that serves a wish best (`zh-Hans-CN`, `zh_TW`, `Accept-Language` lists); English when none does. */
  pick(wish: string): string;
  /** A sentence: `namespace:key`. An unknown key comes back as it is, and a test forbids that. */
  say(locale: string, key: string, values?: Record<string, string | number>): string;
  /** A day, written out. @param day days since 1970 */
  day(locale: string, day: number): string;
  /** Is there such a key in that very locale? */
  has(locale: string, key: string): boolean;
}

/** More than there are sentences; only to be sure that nothing grows without end. */
const mostKnown = 10_000;

/** Loads all words at once; they are few. @param folder the `locales` folder */
export async function loadWords(folder: string): Promise<Words> {
  const locales = readdirSync(folder, { withFileTypes: true })
    .filter((e) => e.isDirectory())
    .map((e) => e.name);
  const namespaces = readdirSync(join(folder, "en"))
    .filter((f) => f.endsWith(".json"))
    .map((f) => f.slice(0, -5));
  const i18n = createInstance();
  await i18n.use(Backend).init({
    lng: "en",
    fallbackLng: "en",
    preload: locales,
    supportedLngs: locales,
    ns: namespaces,
    defaultNS: "bot",
    interpolation: { escapeValue: false }, // each platform escapes for itself
    backend: { loadPath: join(folder, "{{lng}}/{{ns}}.json") },
  });
  const fixed = new Map(locales.map((locale) => [locale, i18n.getFixedT(locale)]));

  // most sentences are fixed, and asking i18next for one again costs more than the rest of drawing a screen
  const known = new Map(locales.map((locale) => [locale, new Map<string, string>()]));
  const days = new Map<string, Intl.DateTimeFormat>();
  function say(locale: string, key: string, values?: Record<string, string | number>): string {
    const spoken = fixed.has(locale) ? locale : "en";
    if (values) return fixed.get(spoken)!(key, values) as string;
    const sentences = known.get(spoken)!;
    const found = sentences.get(key) ?? (fixed.get(spoken)!(key) as string);
    if (sentences.size < mostKnown) sentences.set(key, found);
    return found;
  }

  return {
    locales: locales.map((value) => ({ value, label: fixed.get(value)!("bot:name") as string })),
    pick(wish) {
      for (const part of wish.split(",")) {
        const tag = part.split(";")[0]!.trim().replaceAll("_", "-").toLowerCase();
        if (tag === "") continue;
        const exact = locales.find((l) => l.toLowerCase() === tag);
        const language = locales.find((l) => l.toLowerCase().split("-")[0] === tag.split("-")[0]);
        if (exact ?? language) return (exact ?? language)!;
      }
      return "en";
    },
    say,
    day(locale, day) {
      const format = days.get(locale) ?? new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" });
      days.set(locale, format);
      return format.format(day * 86_400_000);
    },
    has: (locale, key) => i18n.exists(key, { lng: locale, fallbackLng: [] }),
  };
}
