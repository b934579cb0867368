/** What others use to find the entry that a question means: MiniSearch and nlp.js, each as it does best here. */
export interface Text {
  t: string;
  l: string;
}
export interface Task {
  lang: string;
  kb: Text[];
  test: Text[];
  oos?: Record<string, string[]>;
}
/** Something that ranks labels for a question; `confidence` is whatever it has of the kind. */
export interface Contestant {
  name: string;
  learn(examples: Text[], task: Task): Promise<(question: string) => Promise<Guess> | Guess>;
}
export interface Guess {
  labels: string[];
  confidence: number;
}

/** One document a label; Chinese by bigrams, as it does best. */
export async function miniSearch(): Promise<Contestant | string> {
  const found = await optional<{ default: new (options: object) => MiniSearchLike }>("minisearch");
  if (!found) return "MiniSearch is not installed (npm i -D minisearch): no row compares with it.";
  return {
    name: "MiniSearch",
    async learn(examples, task) {
      const tokenize = task.lang === "zh" ? bigrams : undefined;
      const index = new found.default({ fields: ["text"], ...(tokenize && { tokenize }) });
      const labels = [...new Set(examples.map(({ l }) => l))];
      const text = (label: string) => examples.flatMap(({ t, l }) => (l === label ? [t] : [])).join(" \n ");
      index.addAll(labels.map((label, id) => ({ id, text: text(label) })));
      return (question) => {
        const hits = index.search(question, { prefix: task.lang !== "zh", fuzzy: task.lang === "zh" ? false : 0.2 });
        return { labels: hits.slice(0, 3).map(({ id }) => labels[id]!), confidence: hits[0]?.score ?? 0 };
      };
    },
  };
}
interface MiniSearchLike {
  addAll(documents: object[]): void;
  search(question: string, options: object): { id: number; score: number }[];
}

/** With its own defaults; its process for each question is asynchronous. */
export async function nlpJs(): Promise<Contestant | string> {
  const basic = await optional<NlpModule>("@nlpjs/basic");
  const chinese = await optional<NlpModule>("@nlpjs/lang-zh");
  if (!basic || !chinese)
    return "nlp.js is not installed (npm i -D @nlpjs/basic @nlpjs/lang-zh): no row compares with it.";
  return {
    name: "nlp.js",
    async learn(examples, { lang }) {
      const settings = {
        nlp: { languages: [lang], forceNER: false, autoSave: false, autoLoad: false, nlu: { log: false } },
      };
      const dock = await basic.default.dockStart({ settings, use: ["Basic", "LangEn"] });
      if (lang === "zh") dock.getContainer().use(chinese.default.LangZh);
      const nlp = dock.get("nlp");
      nlp.addLanguage(lang);
      for (const { t, l } of examples) nlp.addDocument(lang, t, l);
      await nlp.train();
      return async (question) => {
        const { classifications } = await nlp.process(lang, question);
        const sure = classifications.find(({ intent }) => intent !== "None");
        return { labels: classifications.slice(0, 3).map(({ intent }) => intent), confidence: sure?.score ?? 0 };
      };
    },
  };
}
interface NlpModule {
  default: {
    LangZh?: unknown;
    dockStart(options: object): Promise<{ get(name: "nlp"): NlpLike; getContainer(): { use(plugin: unknown): void } }>;
  };
}
interface NlpLike {
  addLanguage(language: string): void;
  addDocument(language: string, text: string, label: string): void;
  train(): Promise<void>;
  process(language: string, text: string): Promise<{ classifications: { intent: string; score: number }[] }>;
}

function bigrams(text: string): string[] {
  const letters = [...text.replace(/[^\p{L}\p{N}]/gu, "")];
  return letters.length < 2 ? letters : letters.slice(1).map((letter, index) => letters[index]! + letter);
}

async function optional<T>(name: string): Promise<T | undefined> {
  try {
    return (await import(name)) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}
