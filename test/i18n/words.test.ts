import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadWords } from "../../src/i18n/words.ts";
import { sentences } from "../support/sentences.ts";

const locales = readdirSync("locales");
const all = new Map(locales.map((locale) => [locale, sentences(locale)]));
const english = all.get("en")!;
const bare = (key: string): string => key.replace(/_(zero|one|two|few|many|other)$/, "");
const bareKeys = (keys: Iterable<string>) => new Set([...keys].map(bare));
const holes = (text: string) => [...text.matchAll(/\{\{\s*(\w+)/g)].map((m) => m[1]!).sort();

const source = (readdirSync("src", { recursive: true }) as string[])
  .filter((path) => /\.tsx?$/.test(path))
  .map((path) => readFileSync(join("src", path), "utf8"))
  .join("\n");
/** Keys that stand in the code as they are, and those with a part that is worked out. */
const literal = new Set(Array.from(source.matchAll(/["'`]([a-z]+:[a-zA-Z][\w.-]*)["'`]/g), (m) => m[1]!));
const templates = Array.from(
  source.matchAll(/`([a-z]+:[^`\s]*\$\{[^`]*)`/g),
  (m) =>
    new RegExp(
      `^${m[1]!
        .split(/\$\{[^}]*\}/)
        .map((part) => part.replace(/[.*+?^$()|[\]\\]/g, "\\$&"))
        .join("[\\w.-]+")}$`,
    ),
);
/** Keys that are put together from parts which no single template shows. */
const elsewhere = [/^commands:/, /^taxonomy:/];

describe("words", () => {
  for (const locale of locales) {
    it(`of ${locale} lack no key and have none too many`, () => {
      assert.deepEqual(
        [...bareKeys(all.get(locale)!.keys())].filter((key) => !bareKeys(english.keys()).has(key)),
        [],
        "too many",
      );
      assert.deepEqual(
        [...bareKeys(english.keys())].filter((key) => !bareKeys(all.get(locale)!.keys()).has(key)),
        [],
        "missing",
      );
    });

    it(`of ${locale} have the plural forms that the language has, and no others`, () => {
      const forms: string[] = new Intl.PluralRules(locale).resolvedOptions().pluralCategories;
      const plurals = [...all.get(locale)!.keys()].filter((key) => bare(key) !== key);
      const wrong = [...bareKeys(plurals)].flatMap((key) => [
        ...forms.filter((form) => !all.get(locale)!.has(`${key}_${form}`)).map((form) => `${key}_${form} is missing`),
        ...plurals
          .filter((p) => bare(p) === key && p !== `${key}_zero` && !forms.some((form) => p === `${key}_${form}`))
          .map((p) => `${p} is never used`),
      ]);
      assert.deepEqual(wrong, []);
    });

    it(`of ${locale} have the same places to fill in as the English ones, and none is empty`, () => {
      const wrong = [...all.get(locale)!].flatMap(([key, text]) => {
        const same = english.get(key) ?? english.get(`${bare(key)}_other`) ?? "";
        return text.trim() === "" || JSON.stringify(holes(text)) !== JSON.stringify(holes(same))
          ? [`${key}: ${text}`]
          : [];
      });
      assert.deepEqual(wrong, []);
    });
  }

  it("are all there that the code asks for", () => {
    const namespaces = new Set(readdirSync("locales/en").map((file) => file.slice(0, -5)));
    const asked = [...literal].filter((key) => namespaces.has(key.split(":")[0]!));
    assert.ok(asked.length > 150, "the keys are found in the code");
    assert.deepEqual(
      asked.filter(
        (key) =>
          !english.has(key) &&
          !bareKeys(english.keys()).has(key) &&
          ![...english.keys()].some((k) => k.startsWith(`${key}.`)),
      ),
      [],
    );
  });

  it("are all used", () => {
    const used = (key: string) =>
      literal.has(key) || templates.some((t) => t.test(key)) || elsewhere.some((e) => e.test(key));
    assert.deepEqual(
      [...bareKeys(english.keys())].filter((key) => !used(key)),
      [],
    );
  });

  it("name every code of the taxonomy, in every language", async () => {
    const { loadTaxonomy } = await import("../../src/reports/taxonomy.ts");
    const words = await loadWords("locales");
    const taxonomy = loadTaxonomy("data/taxonomy.yaml");
    for (const locale of locales)
      for (const list of taxonomy.lists)
        for (const code of taxonomy.codes(list))
          assert.ok(words.has(locale, `taxonomy:${list}.${code}`), `${locale}: ${list}.${code}`);
  });

  it("are chosen by what a person's system says", async () => {
    const words = await loadWords("locales");
    const wishes: Record<string, string> = {
      "": "en",
      "zh-Hans-CN": "zh-CN",
      zh_TW: "zh-CN",
      "zh-CN,zh;q=0.9,en;q=0.8": "zh-CN",
      "fr-FR,zh;q=0.5": "zh-CN",
      xx: "en",
      "en-GB": "en",
      C: "en",
    };
    for (const [wish, locale] of Object.entries(wishes)) assert.equal(words.pick(wish), locale, wish);
    assert.equal(words.day("en", 0), "January 1, 1970");
    assert.equal(words.say("zh-CN", "bot:name"), "简体中文");
  });

  it("describe every command within Discord's and Telegram's limits", () => {
    const long = locales.flatMap((locale) =>
      [...all.get(locale)!]
        .filter(([key, text]) => key.startsWith("commands:") && text.length > 100)
        .map(([key]) => `${locale} ${key}`),
    );
    assert.deepEqual(long, []);
    for (const locale of locales) {
      assert.ok(all.get(locale)!.get("telegram:description")!.length <= 512, `${locale} telegram:description`);
      assert.ok(
        all.get(locale)!.get("telegram:shortDescription")!.length <= 120,
        `${locale} telegram:shortDescription`,
      );
    }
  });
});
