/** A whole service between stand-ins of both chat networks. */
import type { CoreOptions } from "../../src/main.ts";
import type { Service } from "../../src/service.ts";
import { createDiscordServer, type DiscordServer } from "../standins/discord.ts";
import { createTelegramServer, type TelegramServer } from "../standins/telegram.ts";
import { type TestHome, testHome } from "./house.ts";

export interface Networks {
  home: TestHome;
  service: Service;
  telegram: TelegramServer;
  discord: DiscordServer;
  close(): Promise<void>;
}

/** Starts both stand-ins and a service that speaks to them; once both networks hear it. */
export async function onBothNetworks(
  options: Partial<CoreOptions> = {},
  settings: Record<string, string> = {},
): Promise<Networks> {
  const telegram = await createTelegramServer();
  const discord = await createDiscordServer();
  const home = testHome({
    TELEGRAM_BOT_TOKEN: telegram.token,
    TELEGRAM_API_ROOT: telegram.url,
    DISCORD_BOT_TOKEN: discord.token,
    DISCORD_API_ROOT: discord.apiRoot,
    ...settings,
  });
  const service = await home.service(options);
  await discord.ready();
  return {
    home,
    service,
    telegram,
    discord,
    async close() {
      await service.close();
      await telegram.close();
      await discord.stop();
      home.remove();
    },
  };
}
