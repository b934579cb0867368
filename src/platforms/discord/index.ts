/**
 * Discord: slash commands and buttons come in over the gateway, answers go out as messages that only the person sees.
 * Discord knows the account and the text; nothing here may say otherwise. Free text is typed into modals only.
 */
import { randomBytes } from "node:crypto";
import {
  type APIInteraction,
  type APIModalInteractionResponseCallbackData,
  ApplicationIntegrationType,
  REST,
  Routes,
} from "discord.js";
import type { Form, Screen } from "../../bot/screen.ts";
import type { Can, House, Platform } from "../platform.ts";
import { answering } from "./answer.ts";
import { drawCommands } from "./commands.ts";
import { type Drawn, drawLink, drawScreen, type Words } from "./draw.ts";
import { type Line, openLine } from "./line.ts";
import { drawFiles, drawForm } from "./modal.ts";
import { codeOf, poster, readFiles } from "./post.ts";
import { readIncoming, readInteraction } from "./read.ts";
import { suggested } from "./suggest.ts";

export interface DiscordOptions {
  token: string;
  /** Where the REST API lies, without the version; Discord's own where absent. */
  apiRoot?: string;
  /** Which shards of how many this process holds; all that Discord asks for where absent. */
  shards?: { ids: number[]; count: number };
  /** Milliseconds after which a slow turn is acknowledged. Discord gives up on us after 3000. */
  patience?: number;
  /** Milliseconds before the next try to connect, by how many have failed. */
  pause?(failed: number): number;
  /** Told when an interaction has been answered as far as it will be. Tests wait for it instead of guessing. */
  turned?(id: string): void;
}

export const can: Can = {
  formFields: 5,
  menuOptions: 25,
  menuMany: true,
  label: 80,
  value: 90,
  typed: 4000,
  text: 2000,
  fileBytes: 10 * 1024 * 1024,
  freeText: false,
  push: true,
  edit: true,
  erase: false,
  anonymous: false,
  hushes: true,
};

/** Most messages for one answer. Where only the person installed the app, Discord allows five after the first. */
const most = (event: APIInteraction): number =>
  ApplicationIntegrationType.GuildInstall in event.authorizing_integration_owners ? 12 : 6;
/** How long an interaction may be answered, and how long we remember what its buttons open. */
const lifetime = 15 * 60_000;

const waitALittleLonger = (failed: number): number => Math.min(1000 * 2 ** failed, 5 * 60_000);

/** Makes the platform; nothing is sent before `open`. */
export function discord(options: DiscordOptions): Platform {
  const { patience = 1500, pause = waitALittleLonger, apiRoot = "https://discord.com/api" } = options;
  let line: Line | undefined;
  let house: House;
  let send: ReturnType<typeof poster>;
  let announcing: NodeJS.Timeout | undefined;
  const turns = new Set<Promise<void>>();
  /** What the buttons of a drawn screen open, by a random key; a press after a restart asks the house instead. */
  const openings = shelf<Pick<Screen, "form" | "files">>();
  /** The earlier messages of a long answer, by the id of its last, so that the next answer takes their place. */
  const pieces = shelf<{ token: string; ids: string[] }>();

  const localeOf = (theirs: string): string =>
    house.locales.find((l) => l === theirs) ??
    house.locales.find((l) => l.split("-")[0] === theirs.split("-")[0]) ??
    "en";
  const words = (locale: string): Words => ({
    fillIn: house.say(locale, "discord:fillIn"),
    addFiles: house.say(locale, "discord:addFiles"),
    restInFile: house.say(locale, "discord:restInFile"),
  });
  function draw(screen: Screen, locale: string, limit: number): Drawn[] {
    const key = randomBytes(9).toString("base64url");
    if (screen.form || screen.files) openings.put(key, { form: screen.form, files: screen.files });
    return drawScreen(screen, words(locale), key, limit);
  }

  async function announce(applicationId: string, failed = 0): Promise<void> {
    clearTimeout(announcing);
    try {
      await line?.rest.setToken(options.token).put(Routes.applicationCommands(applicationId), {
        body: drawCommands(house.commands, house.say, house.locales),
      });
    } catch (error) {
      if (failed === 0) house.note("platform-turn-failed", { code: codeOf(error) });
      announcing = setTimeout(() => void announce(applicationId, failed + 1), pause(failed));
      announcing.unref();
    }
  }

  async function turn(event: APIInteraction): Promise<void> {
    if (line && "locale" in event) {
      const theirs = localeOf(event.locale);
      if (await suggested(line.rest, event, house.answers, theirs, house.say(theirs, "discord:pickAnswer"))) return;
    }
    const read = readInteraction(event);
    const incoming = readIncoming(event);
    if (!line || !read || !incoming) return;
    const { rest } = line;
    const to = answering(rest, event);
    const locale = localeOf(incoming.locale);
    const { opens, input } = read;
    const elsewhere = (): Drawn =>
      drawLink(
        house.say(locale, "discord:continueInPrivate"),
        house.say(locale, "discord:openPrivate"),
        `https://discord.com/users/${event.application_id}`,
      );
    if (
      input.kind === "command" &&
      incoming.place &&
      !house.commands.some((c) => c.name === input.name && c.where === "place")
    )
      return void (await to.draw([elsewhere()]));

    // A modal must be the first answer, so it is opened from memory.
    const modal = opens && drawOpening(openings.get(opens.key), opens.what);
    if (modal) return to.open(modal);

    const slow = setTimeout(() => to.acknowledge(), patience);
    let screen: Screen | undefined;
    try {
      screen = await house.hear({ ...incoming, input });
    } catch {
      // The house promises never to reject; its errors may quote what a person typed.
      house.note("platform-turn-failed", { code: "hear" });
      screen = { text: house.say(locale, "discord:failed") };
    } finally {
      clearTimeout(slow);
    }
    if (!screen) return to.nothing();
    if (screen.elsewhere) return void (await to.draw([elsewhere()]));
    const late = opens && !to.begun() && drawOpening(screen, opens.what);
    if (late) return to.open(late);
    // What is as large as a file takes longer to read and to send than Discord waits for a first answer.
    if (screen.picture || screen.attachments?.length) to.acknowledge();
    let drawn = draw(screen, locale, most(event));
    const files = await readFiles(screen, drawn.at(-1)!).catch(() => undefined);
    if (!files) {
      house.note("platform-turn-failed", { code: "files" });
      drawn = draw({ text: house.say(locale, "discord:failed") }, locale, most(event));
    }
    const left = await to.draw(drawn, files);
    if (left) pieces.put(left.last, { token: event.token, ids: left.ids });

    const before = event.message && pieces.take(event.message.id);
    for (const id of before?.ids ?? [])
      await rest.delete(Routes.webhookMessage(event.application_id, before!.token, id), { auth: false }).catch(() => {
        // The person has dismissed it, or its quarter of an hour is over: gone either way, or theirs to dismiss.
      });
  }

  const hear = (event: APIInteraction): void => {
    const running = turn(event)
      .catch((error: unknown) => house.note("platform-turn-failed", { code: codeOf(error) }))
      .finally(() => {
        turns.delete(running);
        options.turned?.(event.id);
      });
    turns.add(running);
  };

  return {
    name: "discord",
    can,
    // what a single route takes stands in its headers, which the library obeys
    pace: { perSecond: 50, place: () => [] },
    async open(theHouse, silent = false) {
      house = theHouse;
      const { token, shards } = options;
      // commands are the application's: of many processes the one with the first shard announces them
      const up = (id: string): void => void (!shards || shards.ids.includes(0) ? announce(id) : undefined);
      line = openLine({ token, apiRoot, pause, silent, ...(shards ? { shards } : {}) }, house.note, up, hear);
      send = poster(line.rest);
    },
    async send(to, screen, sending) {
      if (!line) return { ok: false, retry: true, code: "discord-closed" };
      // After one refused call the library forgets the token; a later one may be welcome again.
      line.rest.setToken(options.token);
      const [drawn] = draw(screen, localeOf(sending.locale), 1);
      return send(to, screen, drawn!, sending);
    },
    read: (api) => new REST({ api, hashSweepInterval: 0, handlerSweepInterval: 0 }).get("/", { auth: false }),
    async close() {
      const closing = line;
      line = undefined;
      clearTimeout(announcing);
      // Who has just sent a report still gets the receipt.
      await Promise.race([Promise.allSettled(turns), new Promise((over) => setTimeout(over, 3000).unref())]);
      openings.clear();
      pieces.clear();
      await closing?.close();
    },
  };
}

/** Remembers up to 500 things for a quarter of an hour. */
function shelf<Thing>() {
  const things = new Map<string, { thing: Thing; timer: NodeJS.Timeout }>();
  const take = (key: string): Thing | undefined => {
    const kept = things.get(key);
    clearTimeout(kept?.timer);
    things.delete(key);
    return kept?.thing;
  };
  return {
    get: (key: string): Thing | undefined => things.get(key)?.thing,
    take,
    put(key: string, thing: Thing): void {
      for (const oldest of things.keys()) {
        if (things.size < 500) break;
        take(oldest);
      }
      things.set(key, { thing, timer: setTimeout(() => take(key), lifetime).unref() });
    },
    clear: (): void => [...things.keys()].forEach(take),
  };
}

/** The modal of a form or file picker, with an id that no client has seen before. */
function drawOpening(
  screen: { form?: Form; files?: Screen["files"] } | undefined,
  what: string,
): APIModalInteractionResponseCallbackData | undefined {
  const random = randomBytes(4).toString("base64url");
  if (what === "form" && screen?.form) return drawForm(screen.form, random);
  if (what === "files" && screen?.files) return drawFiles(screen.files, random);
  return undefined;
}
