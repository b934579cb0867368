/**
 * Answers that a person posts where others read: `/ask answer:` completes the titles of entries, and what was picked is
 * posted. The option takes nothing but such an entry; free text, which everybody would see, is answered to its writer alone.
 */
import {
  type APIApplicationCommandAutocompleteInteraction,
  type APIChatInputApplicationCommandInteraction,
  type APIInteraction,
  ApplicationCommandOptionType,
  ApplicationCommandType,
  InteractionResponseType,
  InteractionType,
  MessageFlags,
  type REST,
  Routes,
} from "discord.js";
import type { Answers, Ready } from "../platform.ts";
import { optionName } from "./commands.ts";
import { quiet } from "./post.ts";
import { asTyped, cut, small } from "./text.ts";

/** Most choices that Discord shows, characters of a choice, characters of a message. */
const limits = { choices: 25, label: 100, content: 2000 };

/** Handles a completion, or a command with the option. @returns false for everything else */
export async function suggested(
  rest: REST,
  event: APIInteraction,
  answers: Answers | undefined,
  locale: string,
  none: string,
): Promise<boolean> {
  const typed = typedIn(event);
  if (!answers || typed === undefined) return false;
  const reply = (answer: object) =>
    rest.post(Routes.interactionCallback(event.id, event.token), { auth: false, body: answer });
  if (event.type === InteractionType.ApplicationCommandAutocomplete) {
    const found = await answers.find(locale, typed);
    const choices = found
      .filter(({ id }) => id.length <= limits.label)
      .slice(0, limits.choices)
      .map(({ id, title }) => ({ name: cut(title, limits.label), value: id }));
    await reply({ type: InteractionResponseType.ApplicationCommandAutocompleteResult, data: { choices } });
    return true;
  }
  const entry = await answers.get(locale, typed);
  const data = entry
    ? { ...quiet, content: posted(entry) }
    : { ...quiet, content: asTyped(none), flags: MessageFlags.Ephemeral | MessageFlags.SuppressEmbeds };
  await reply({ type: InteractionResponseType.ChannelMessageWithSource, data });
  return true;
}

/** Where it comes from goes first, then paragraphs from the end, until the rest fits. */
function posted({ title, text, fold }: Ready): string {
  const parts = [`**${asTyped(title)}**`, ...text.split("\n\n").map(asTyped), small(`${fold.title}\n${fold.text}`)];
  while (parts.length > 2 && parts.join("\n\n").length > limits.content) parts.pop();
  return cut(parts.join("\n\n"), limits.content);
}

/** What stands in the option, where the event has it. */
function typedIn(event: APIInteraction): string | undefined {
  const completing = event.type === InteractionType.ApplicationCommandAutocomplete;
  if (!completing && event.type !== InteractionType.ApplicationCommand) return undefined;
  const { data } = event as APIApplicationCommandAutocompleteInteraction | APIChatInputApplicationCommandInteraction;
  if (data.type !== ApplicationCommandType.ChatInput) return undefined;
  const option = data.options?.find((each) => each.name === optionName);
  return option?.type === ApplicationCommandOptionType.String ? option.value : undefined;
}
