/** Tries the content out: each tenth of the phrasings is asked of an engine that learned the other nine. */
import { type Content, LANGUAGES, type Language } from "./content.ts";
import { engineOf } from "./engine.ts";
import { examplesOf } from "./knowledge.ts";
import { normalise } from "./text.ts";
import { learn } from "./trainer.ts";

const parts = 10;
/** Phrasings named for a pair of entries, and pairs named for a language. */
const named = { phrasings: 3, pairs: 40 };

/** A phrasing that was taken for another entry's. */
export interface Pull {
  language: Language;
  from: string;
  to: string;
  text: string;
}

/** What pulls toward the wrong entry, and how many phrasings were tried. */
export async function pulls(content: Content, language: Language): Promise<{ tried: number; wrong: Pull[] }> {
  const asked = content.entries.flatMap(({ id, ...entry }) => entry[language].ask.map((text) => ({ id, text })));
  const wrong: Pull[] = [];
  const lesson = examplesOf(content, language);
  for (let part = 0; part < parts; part++) {
    const held = asked.filter((_, at) => at % parts === part);
    const unseen = new Set(held.map(({ id, text }) => `${id} ${text}`));
    const examples = lesson.filter(({ text, label }) => !unseen.has(`${label} ${text}`));
    const engine = engineOf(await learn({ examples, alike: content.alike[language] }));
    for (const { id, text } of held) {
      const to = engine.ask(text).ranked[0]?.label;
      if (to !== undefined && to !== id) wrong.push({ language, from: id, to, text });
    }
  }
  return { tried: asked.length, wrong };
}

/** The same for every language, as lines for the editors. */
export async function tryout(content: Content): Promise<string[]> {
  const lines: string[] = [];
  for (const language of LANGUAGES) {
    const { tried, wrong } = await pulls(content, language);
    const right = tried === 0 ? 100 : (100 * (tried - wrong.length)) / tried;
    lines.push(`${language}: ${tried} phrasings, ${right.toFixed(1)} % find their entry when it has not seen them`);
    const pairs = new Map<string, Pull[]>();
    for (const pull of wrong) {
      const pair = `${pull.from} → ${pull.to}`;
      pairs.set(pair, [...(pairs.get(pair) ?? []), pull]);
    }
    const most = [...pairs].sort((a, b) => b[1].length - a[1].length || a[0].localeCompare(b[0])).slice(0, named.pairs);
    for (const [pair, of] of most) {
      lines.push(`  ${pair}: ${of.length}`);
      for (const { text } of of.slice(0, named.phrasings)) lines.push(`      ${text}`);
    }
    lines.push("");
  }
  return [...lines, ...repeated(content)];
}

/** Phrasings that differ from another entry's in nothing but the order of their words. */
function repeated(content: Content): string[] {
  const found: string[] = [];
  for (const language of LANGUAGES) {
    const seen = new Map<string, string>();
    for (const entry of content.entries)
      for (const text of entry[language].ask) {
        const key = normalise(text).split(/\s+/).sort().join(" ");
        const other = seen.get(key);
        if (other !== undefined && other !== entry.id) found.push(`  ${other} and ${entry.id}: ${text}`);
        seen.set(key, entry.id);
      }
  }
  return [`the same words asked of two entries: ${found.length === 0 ? "none" : found.length}`, ...found];
}
