/**
 * What a reviewer's answer gives away or asks for that it should not: a reviewer's name, a way round the mailbox, who the
 * reporter is, more look-ups (FACTS RV-01, RV-03). Hints before sending, never a refusal: a sentence may be meant well.
 */
import { findPersonal } from "./personal.ts";
import { names } from "./sight.ts";

export const leakKinds = ["alias", "asks-identity", "asks-look-up", "other-channel", "contact", "promise"] as const;
export type LeakKind = (typeof leakKinds)[number];

export interface Leak {
  kind: LeakKind;
  /** The place, shortened for showing. */
  sample: string;
}

const patterns: [LeakKind, RegExp][] = [
  [
    "asks-identity",
    /\b(?:what(?:'| i)s|tell (?:me|us)|give (?:me|us)|may (?:I|we) (?:have|know)|need) your (?:full |real )?(?:name|phone|number|e-?mail|address|department|branch|staff (?:id|number)|job|position|shift|team)\b|\bwho are you\b|\bwhich (?:department|branch|shift|team|device|computer) (?:are|do|did) you\b|\bwhere do you (?:work|live|sit)\b|(?:你|您)(?:叫什么|是谁|贵姓|的(?:真实)?(?:姓名|名字|手机|电话|工号|部门|岗位|班次|邮箱|住址))|(?:你|您)(?:在|是)?(?:哪个|什么)(?:部门|网点|班次|岗位|单位|公司|支行)|请(?:告知|提供|留下)(?:你|您)?的?(?:姓名|名字|电话|手机|联系方式|工号)/giu,
  ],
  [
    "asks-look-up",
    /\b(?:please |could you |can you )?(?:look up|search for|export|download|copy|print|photograph|record|secretly|collect) (?:more |some |the |further |a few )?(?:records?|data|customers?|files?|evidence|lists?|screens?|conversations?)\b|(?:再|多|帮(?:我们|忙))?(?:去)?(?:查询|查一下|导出|下载|拷贝|偷拍|偷录|录音|搜集|收集)(?:更多|一些|几条)?(?:的)?(?:记录|数据|客户|名单|证据|资料)/giu,
  ],
  [
    "other-channel",
    /\b(?:call|ring|text|e-?mail|write to|message|contact|meet) me\b|\bmy (?:phone|number|e-?mail|wechat|whatsapp)\b|(?:加|联系|打给|发给)我(?:的)?(?:微信|电话|邮箱|手机|QQ)?|我的(?:微信|电话|邮箱|手机|QQ)/giu,
  ],
  [
    "promise",
    /\b(?:100 ?%|completely|fully|totally) (?:safe|anonymous|untraceable)\b|\bnobody (?:can|will) ever (?:know|find out)\b|\bwe guarantee\b|百分之百|绝对(?:安全|匿名|保密)|保证(?:没人|没有人|不会)/giu,
  ],
];

/**
 * @param aliases of reviewers; an alias of one or two letters is not looked for
 */
export function findLeaks(text: string, aliases: readonly string[]): Leak[] {
  const found: Leak[] = [];
  const add = (kind: LeakKind, sample: string) => {
    const short = sample.trim().slice(0, 60);
    if (!found.some((f) => f.kind === kind && f.sample === short)) found.push({ kind, sample: short });
  };
  for (const alias of aliases) if ([...alias].length >= 3 && names(text, alias)) add("alias", alias);
  for (const [kind, pattern] of patterns) for (const match of text.matchAll(pattern)) add(kind, match[0]);
  for (const { kind, from, to } of findPersonal(text))
    if (kind === "email" || kind === "phone") add("contact", text.slice(from, to));
  return found.slice(0, 8);
}
