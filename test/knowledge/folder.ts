/** A small knowledge folder that is right in every way, for tests that break it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";

const NUMBERS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
const many = (count: number, make: (word: string) => string) =>
  Array.from({ length: count }, (_, at) => make(`${NUMBERS[Math.floor(at / 10)]} ${NUMBERS[at % 10]}`));

export function words(about: string, chinese: boolean) {
  const ask = many(20, (word) => (chinese ? `${about}怎么办 ${word}` : `what about ${about} ${word}`));
  const text = chinese ? `关于${about}的回答` : `An answer about ${about}`;
  return {
    title: text,
    answer: `${text}${chinese ? "。" : "."}`,
    steps: [chinese ? "先停一停。" : "Stop first."],
    ask,
  };
}

export function entry(id: string, en: string, zh: string, related: string) {
  return {
    id,
    as_of: "2026-01-02",
    jurisdiction: ["CN"],
    related: [related],
    contacts: ["cn-anti-fraud"],
    sources: [{ fact: "CN-31", title: "A law", article: 57 }],
    en: words(en, false),
    "zh-CN": words(zh, true),
  };
}

/** The files, by path in the folder; change what should be wrong before `folder` writes them. */
export function files() {
  const phrasings = (en: string, zh: string) => ({
    en: many(60, (word) => `${en} ${word}`),
    "zh-CN": many(60, (word) => `${zh} ${word}`),
  });
  return {
    "contacts.yaml": {
      "cn-anti-fraud": {
        country: "CN",
        kind: "anti-fraud",
        name: { en: "Anti-fraud line", "zh-CN": "反诈专线" },
        number: "96110",
        as_of: "2026-01-02",
        source: "CN-72",
        checked: "S",
      },
      "cn-emergency": {
        country: "CN",
        kind: "emergency",
        name: { en: "Police", "zh-CN": "报警" },
        number: "110",
        as_of: "2026-01-02",
        source: "SR-17",
        checked: "S",
      },
    },
    "knowledge/leaked.yaml": {
      topic: "leaked",
      title: { en: "My data leaked", "zh-CN": "我的信息泄露了" },
      entries: [
        entry("bank-balance", "bank balance", "银行余额", "parcel-label"),
        entry("parcel-label", "parcel label", "快递面单", "bank-balance"),
        entry("newborn-photo", "newborn photo", "新生儿照片", "bank-balance"),
      ],
    },
    "knowledge/_signals.yaml": {
      danger: phrasings("he threatens to kill me", "他威胁要杀我"),
      alarm: { en: ["kill me"], "zh-CN": ["自杀"] },
      calm: phrasings("this spam kills my mood", "广告烦死我"),
      report: phrasings("my manager sells lists", "经理在卖名单"),
      elsewhere: phrasings("weather tomorrow", "明天天气"),
    },
    "knowledge/_sources.yaml": { "A law": "一部法律" },
    "knowledge/_words.yaml": { en: ["sell trade"], "zh-CN": ["卖 出售"] },
  };
}

/** Writes files into a folder of their own; a string is written as it is. */
export function folder(all: Record<string, unknown>): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "quietline-knowledge-"));
  mkdirSync(join(path, "knowledge"));
  for (const [name, value] of Object.entries(all)) {
    writeFileSync(join(path, name), typeof value === "string" ? value : stringify(value));
  }
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
