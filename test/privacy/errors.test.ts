/** When things fail, what fails is what was typed and by whom: none of it may reach the log or a terminal. */
import assert from "node:assert/strict";
import { createLog } from "../../src/log.ts";
import { type Service, startService } from "../../src/service.ts";
import { createDiscordServer, type DiscordServer } from "../standins/discord.ts";
import { createTelegramServer, type TelegramServer } from "../standins/telegram.ts";
import { type TestHome, testHome } from "../support/house.ts";
import { atConsole, onDiscord, onTelegram, onWeb, type Person, words } from "./people.ts";
import { Needles, overheard } from "./support.ts";

describe("what is said about failures", function () {
  this.timeout(60_000);
  const needles = new Needles();
  const log: string[] = [];
  let telegram: TelegramServer;
  let discord: DiscordServer;
  let t: TestHome;
  let service: Service;
  let heard = "";

  before(async () => {
    telegram = await createTelegramServer();
    discord = await createDiscordServer();
    t = testHome({
      TELEGRAM_BOT_TOKEN: telegram.token,
      TELEGRAM_API_ROOT: telegram.url,
      DISCORD_BOT_TOKEN: discord.token,
      DISCORD_API_ROOT: discord.apiRoot,
    });
    needles.text("Telegram's token", telegram.token);
    needles.text("Discord's token", discord.token);
  });
  after(async () => {
    await telegram.close();
    await discord.stop();
    t.remove();
  });

  const events = () => log.map((line) => JSON.parse(line) as { event: string; code?: string; platform?: string });
  const story = (person: Person) => `A story told on ${person.platform}, planted for the log.`;

  async function noted(fits: (line: { event: string }) => boolean): Promise<void> {
    while (!events().some(fits)) await new Promise(setImmediate);
  }

  /** Tells as far as the preview. */
  async function tell(person: Person): Promise<void> {
    await person.command("report");
    await person.press(words(person.platform === "web" ? "report:facts.go" : "report:facts.go-here"));
    await person.press(words("taxonomy:kind.selling"));
    await person.answer({ story: story(person) });
    needles.text(`the story on ${person.platform}`, story(person));
    for (const known of person.known) needles.text(`an account on ${person.platform}`, known);
  }

  it("is a code: a database that fails, networks that fail, a token that is revoked", async () => {
    heard = await overheard(async () => {
      service = await startService(t.config, {
        note: createLog({ write: (line) => log.push(line) }),
        dayKeyFolder: t.dayKeys,
      });
      await discord.ready();
      const someone = onTelegram(telegram, 30_001);
      const people = [
        someone,
        onDiscord(discord, 30_002),
        onWeb(service.page, 30_003),
        await atConsole(service.core, "planted-terminal-4"),
      ];
      for (const person of people) await tell(person);

      // the database refuses, and says what it was given
      await service.core.storage.transaction(async (trx) => trx.raw("ALTER TABLE sessions RENAME TO elsewhere"));
      for (const person of people) {
        await person.press(words("bot:skip"));
        assert.ok(person.text().includes(words("errors:turn-failed")), `${person.platform}: ${person.text()}`);
      }
      await service.core.storage.transaction(async (trx) => trx.raw("ALTER TABLE elsewhere RENAME TO sessions"));

      // networks refuse, and say what they were sent
      telegram.misbehave("sendMessage", {
        status: 400,
        description: `Bad Request: ${story(someone)} ${someone.known.join(" ")}`,
      });
      await telegram.user(30_001).send("/report");
      await noted((line) => line.event === "platform-turn-failed");
      discord.misbehave({
        on: /callback/,
        how: { status: 400, message: `Invalid Form Body: ${someone.known.join(" ")}` },
      });
      void discord.account(30_002).command("help");
      await noted((line) => line.event === "platform-turn-failed" && "platform" in line && line.platform === "discord");
      telegram.revoke(true);
      void telegram.user(30_001).send("What is it, planted for the log?");
      needles.text("a last text", "What is it, planted for the log?");
      await noted((line) => line.event === "platform-token-refused");
      await people[3]!.leave();
      await service.close();
    });
    const codes = events().filter((line) => line.event === "turn-failed");
    assert.deepEqual(new Set(codes.map((line) => line.platform)), new Set(["telegram", "discord", "web", "console"]));
    assert.deepEqual(needles.search("log", Buffer.from(log.join(""))), []);
    assert.deepEqual(needles.search("standard output and error", Buffer.from(heard)), []);
    for (const line of log) {
      const { level: _level, time: _time, event, ...values } = JSON.parse(line);
      assert.match(event, /^[a-z-]+$/);
      for (const value of Object.values(values)) assert.match(String(value), /^[\w.:-]{1,60}$/);
    }
  });

  it("is searched by a search that finds", () => {
    assert.equal(
      needles.search("log", Buffer.from(`{"event":"turn-failed","text":"${story({ platform: "web" } as Person)}"}`))
        .length,
      1,
    );
  });
});
