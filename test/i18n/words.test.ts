import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadWords } from "../../src/i18n/words.ts";
import { choices } from "../support/caller.ts";
import { testHome } from "../support/house.ts";
import { type Seen, wander } from "../support/walk.ts";

const locales = readdirSync("locales");
/** Every key with its sentence: `report:kind.title`. */
const sentences = (locale: string): Map<string, string> =>
  new Map(
    readdirSync(join("locales", locale)).flatMap((file) => {
      const flat = (at: string, value: unknown): [string, string][] =>
        typeof value === "string"
          ? [[at, value]]
          : Object.entries(value as object).flatMap(([k, v]) => flat(at.endsWith(":") ? at + k : `${at}.${k}`, v));
      return flat(`${file.slice(0, -5)}:`, JSON.parse(readFileSync(join("locales", locale, file), "utf8")));
    }),
  );
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
});

describe("words on the networks", () => {
  /** The limits of the networks that cut or refuse what is longer; a hint is cut by Discord, so it is only told. */
  const limits = { telegram: { label: 64 }, discord: { button: 80, option: 100, modal: 45, field: 45, hint: 100 } };
  const seen: Seen[] = [];

  before(async function () {
    this.timeout(120_000);
    const t = testHome();
    const core = await t.core();
    core.setPage("https://tips.example.org");
    for (const seed of [7, 8])
      await wander(core, seed, 140, (what) =>
        seen.push(
          structuredClone({
            ...what,
            screen: { ...what.screen, attachments: undefined, picture: undefined },
            did: { kind: "look" },
          }),
        ),
      );
    await core.close();
    t.remove();
  });

  const over = (platform: string, texts: (s: Seen) => { text: string | undefined; max: number }[]): string[] => [
    ...new Set(
      seen
        .filter((s) => s.platform === platform)
        .flatMap((s) =>
          texts(s).flatMap(({ text = "", max }) =>
            text.length > max ? [`${s.locale}: ${text} (${text.length} of ${max})`] : [],
          ),
        ),
    ),
  ];

  it("fit on Telegram's buttons", () => {
    assert.deepEqual(
      over("telegram", ({ screen }) => choices(screen).map((c) => ({ text: c.label, max: limits.telegram.label }))),
      [],
    );
  });

  it("fit on Discord's buttons, options and modals", () => {
    const { button, option, modal, field } = limits.discord;
    assert.deepEqual(
      over("discord", ({ screen }) => [
        ...(screen.buttons ?? []).map((b) => ({ text: b.label, max: button })),
        ...[...(screen.menu?.options ?? []), ...(screen.form?.fields ?? []).flatMap((f) => f.options ?? [])].map(
          (o) => ({ text: o.label, max: option }),
        ),
        { text: screen.form?.title, max: modal },
        ...(screen.form?.fields ?? []).map((f) => ({ text: f.label, max: field })),
      ]),
      [],
    );
    const cut = over("discord", ({ screen }) =>
      (screen.form?.fields ?? []).map((f) => ({ text: f.hint, max: limits.discord.hint })),
    );
    for (const hint of cut) console.log(`      (cut by Discord: ${hint})`);
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

  it("were looked at on nearly every screen there is", () => {
    const titles = new Set(seen.map((s) => s.screen.title));
    const wanted = [...english]
      .filter(
        ([key, text]) => /^(report|mailbox|review|help|language|signin):.*title$/.test(key) && !text.includes("{{"),
      )
      .filter(([, text]) => !titles.has(text));
    console.log(`      (not seen: ${wanted.map(([key]) => key).join(", ") || "none"})`);
    assert.ok(wanted.length <= 8, wanted.map(([key]) => key).join(", "));
  });
});
