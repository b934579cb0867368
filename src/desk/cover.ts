/**
 * Cover traffic: "there is news" goes when the daily tip goes, and looks like one, so that who sees a message arrive
 * cannot tell which it was. It leads from nobody's subscription: whether the person has one is not looked up.
 */
import type { Tip } from "../tips/content.ts";
import { fitting, nextDue } from "../tips/rules.ts";
import { tipDefaults, tipIn } from "./tips.ts";

/**
 * When such a notice may go (seconds since 1970) and the tip that it looks like; nothing where there are no tips.
 * @param random from 0 to below 1; which tip it is need not be hard to guess
 */
export function coverAt(
  tips: readonly Tip[],
  locale: string,
  now: number,
  random = Math.random(),
): { due: number; step: string; key: string } | undefined {
  const settings = tipDefaults(locale);
  const fit = middling(fitting(tips, settings), locale);
  if (fit.length === 0) return undefined;
  return {
    due: Math.floor(nextDue(settings, now) / 1000),
    step: "tips.news",
    key: fit[Math.floor(random * fit.length)]!.id,
  };
}

/** The half of the tips that are neither long nor short: a last line of another length makes none of them stand out. */
export function middling(tips: readonly Tip[], locale: string): Tip[] {
  const sorted = tips
    .map((tip) => ({ tip, length: (({ text, today }) => text.length + today.length)(tipIn(tip, locale)) }))
    .sort((a, b) => a.length - b.length)
    .map(({ tip }) => tip);
  return sorted.slice(Math.floor(sorted.length / 4), Math.ceil((sorted.length * 3) / 4));
}
