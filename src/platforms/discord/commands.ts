/** The slash commands as Discord wants them announced. */
import {
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ApplicationIntegrationType,
  InteractionContextType,
  Locale,
  PermissionFlagsBits,
  type RESTPutAPIApplicationCommandsJSONBody,
} from "discord.js";
import type { CommandInfo, Say } from "../platform.ts";
import { cut } from "./text.ts";

/** The option of a command that completes answers. */
export const optionName = "answer";

/**
 * Draws the slash commands. None takes a text as an option, because others in a shared place could see it; the one
 * option that there is completes an answer to be posted.
 * A private command is offered in a server as well, where it only leads to the private talk.
 */
export function drawCommands(
  commands: CommandInfo[],
  say: Say,
  locales: string[],
): RESTPutAPIApplicationCommandsJSONBody {
  const known = Object.values(Locale);
  const others = locales
    .filter((locale) => locale !== "en")
    .flatMap((locale) => {
      const theirs = known.find((l) => l === locale) ?? known.find((l) => l.startsWith(`${locale}-`));
      return theirs ? [[theirs, locale] as const] : [];
    });
  const said = (key: string) => ({
    description: cut(say("en", key), 100),
    description_localizations: Object.fromEntries(others.map(([theirs, ours]) => [theirs, cut(say(ours, key), 100)])),
  });
  return commands.map(({ name, where, answers, managers }) => {
    const inPlace = where === "place";
    return {
      type: ApplicationCommandType.ChatInput,
      name,
      ...said(`commands:${name}`),
      ...(answers
        ? {
            options: [
              {
                type: ApplicationCommandOptionType.String as const,
                name: optionName,
                ...said("discord:answerOption"),
                autocomplete: true as const,
              },
            ],
          }
        : {}),
      ...(managers ? { default_member_permissions: String(PermissionFlagsBits.ManageGuild) } : {}),
      contexts: inPlace ? [InteractionContextType.Guild] : [InteractionContextType.Guild, InteractionContextType.BotDM],
      integration_types: inPlace
        ? [ApplicationIntegrationType.GuildInstall]
        : [ApplicationIntegrationType.GuildInstall, ApplicationIntegrationType.UserInstall],
    };
  });
}
