/** What a campaign looks like on a chat network, as text: for who wants to see it before others do. */
import type { Screen } from "./bot/screen.ts";
import type { Words } from "./i18n/words.ts";

/** Draws a message as that network does, in one language: several pieces apart, its buttons below. */
export async function sketch(
  network: string,
  message: { title: string; text: string },
  locale: string,
  words: Words,
): Promise<string> {
  const screen: Screen = {
    ...message,
    buttons: ["useful", "useless"].map((value) => ({
      value,
      label: words.say(words.pick(locale), `campaign:message.${value}`),
    })),
  };
  const draw = networks[network];
  const pieces = draw ? await draw(screen) : [`${message.title}\n\n${message.text}`];
  const buttons = (screen.buttons ?? []).map(({ label }) => `[ ${label} ]`).join("  ");
  return [pieces.join("\n\n– – –\n\n"), buttons].filter(Boolean).join("\n\n");
}

const networks: Record<string, (screen: Screen) => Promise<string[]>> = {
  async telegram(screen) {
    const { drawScreen } = await import("./platforms/telegram/draw.ts");
    return drawScreen(screen, "").pieces.map(({ text }) => text);
  },
  async discord(screen) {
    const { drawScreen } = await import("./platforms/discord/draw.ts");
    const words = { fillIn: "", addFiles: "", restInFile: "" };
    // what keeps a stranger's characters from being read as marks is not seen by people
    return drawScreen(screen, words, "sketch", 9).map(({ content }) =>
      content.replace(/(?<!\\)\*\*/g, "").replace(/\\([^\w\s])/g, "$1"),
    );
  },
};
