/** Tells Telegram our commands and the facts that a person reads before pressing Start, in each language. */
import type { Api, BotCommand } from "node-telegram-bot-api";
import type { House } from "../platform.ts";

/** Telegram's limits in characters. */
export const WORDS = { command: 256, description: 512, short: 120 };

/**
 * Announces everything; `insist` repeats a call after a passing failure.
 * @throws Fault of the first call that fails for good
 */
export async function announce(
  api: Api,
  { say, commands, locales }: Pick<House, "say" | "commands" | "locales">,
  insist: <T>(act: () => Promise<T>) => Promise<T>,
  signal: AbortSignal,
): Promise<void> {
  const inWords = (locale: string, places: boolean): BotCommand[] =>
    commands
      .filter(({ where }) => !places || where === "place")
      .map(({ name }) => ({ command: name, description: say(locale, `commands:${name}`).slice(0, WORDS.command) }));
  const told = new Set<string>();
  for (const locale of locales) {
    const language = locale.slice(0, 2).toLowerCase();
    if (told.has(language) || signal.aborted) continue;
    told.add(language);
    // English is what Telegram shows where there is nothing in the person's language.
    const language_code = language === "en" ? {} : { language_code: language };
    const scopes = [
      { commands: [], scope: { type: "default" } },
      { commands: inWords(locale, false), scope: { type: "all_private_chats" } },
      { commands: inWords(locale, true), scope: { type: "all_group_chats" } },
    ];
    for (const scope of scopes) await insist(() => api.setMyCommands({ ...scope, ...language_code }, signal));
    const description = say(locale, "telegram:description").slice(0, WORDS.description);
    await insist(() => api.setMyDescription({ description, ...language_code }, signal));
    const short_description = say(locale, "telegram:shortDescription").slice(0, WORDS.short);
    await insist(() => api.setMyShortDescription({ short_description, ...language_code }, signal));
  }
}
