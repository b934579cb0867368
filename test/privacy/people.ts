/** People with known accounts on every platform, who do the same things each in the way of their platform. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Core } from "../../src/main.ts";
import { Visitor } from "../platforms/web/visitor.ts";
import type { DiscordServer } from "../standins/discord.ts";
import type { TelegramServer } from "../standins/telegram.ts";
import { talker } from "../support/talker.ts";

export interface FileToSend {
  name: string;
  type: string;
  bytes: Uint8Array;
}

/** Somebody on a platform. */
export interface Person {
  platform: string;
  /** What the platform tells of the account: its id first. */
  known: string[];
  command(name: string): Promise<unknown>;
  press(label: string): Promise<unknown>;
  /** Fills the form in front with these answers, in their order, and leaves the rest open. */
  answer(values: Record<string, string>): Promise<unknown>;
  attach(file: FileToSend): Promise<unknown>;
  /** What is on the screen. */
  text(): string;
  leave(): Promise<void>;
}

const cache = new Map<string, Record<string, unknown>>();
/** A sentence in English as people see it: `words("report:receipt.noted")`. */
export function words(key: string): string {
  const [space = "", path = ""] = key.split(":");
  const all = cache.get(space) ?? JSON.parse(readFileSync(`locales/en/${space}.json`, "utf8"));
  cache.set(space, all);
  return path.split(".").reduce((at, part) => at[part], all) as string;
}

/** Somebody on Telegram: an account number, two names, a user name. */
export function onTelegram(server: TelegramServer, n: number): Person {
  const user = server.user(n);
  return {
    platform: "telegram",
    known: [String(user.id), `Nora${n}`, `nora_planted_${n}`],
    command: (name) => user.send(`/${name}`),
    press: (label) => user.press(label),
    answer: (values) =>
      spelled(
        values,
        (text) => user.send(text),
        (label) => user.press(label),
        () => user.seen().buttons,
      ),
    attach: (file) => user.attach([file]),
    text: () => user.seen().text,
    leave: async () => {},
  };
}

/** Somebody on Discord: an account number, which is in both names too. */
export function onDiscord(server: DiscordServer, n: number): Person {
  const account = server.account(n);
  return {
    platform: "discord",
    known: [account.id, `name${account.id}`, `Name ${account.id}`],
    command: (name) => account.command(name),
    press: (label) => account.press(label),
    async answer(values) {
      await account.fill(values);
      if ("story" in values) await account.press(words("bot:continue"));
      if ("handle" in values) await account.press(words("bot:skip")); // seven questions do not fit into one modal
    },
    attach: (file) => account.attach([file]),
    text: () => account.seen().text,
    leave: async () => {},
  };
}

/** Somebody with a browser that says more about itself than it should; the visit's id is the account. */
export function onWeb(page: string, n: number): Person {
  const agent = `PlantedBrowser/${n}.7`;
  const address = `2001:db8:abcd:${n}::77`;
  const visitor = new Visitor(page, {
    "sec-fetch-site": "same-origin",
    "accept-language": "en",
    "user-agent": agent,
    "x-forwarded-for": address,
    forwarded: `for=${address}`,
  });
  return {
    platform: "web",
    get known() {
      return [visitor.cookies.get("visit") ?? assert.fail("no visit yet"), agent, address];
    },
    async command(name) {
      await visitor.get(`/${name}`);
      await visitor.press(words("web:begin.go"));
    },
    press: (label) => visitor.press(label),
    answer(values) {
      const { form, button } = visitor.formWith("send");
      return visitor.submit(form, button, {
        values: Object.fromEntries(Object.entries(values).map(([k, v]) => [`f.${k}`, [v]])),
      });
    },
    attach(file) {
      const { form, button } = visitor.formWith("files");
      return visitor.submit(form, button, { files: [file] });
    },
    text: () => visitor.page?.text ?? "",
    leave: async () => {},
  };
}

/** Somebody at a console. */
export async function atConsole(core: Core, name: string): Promise<Person> {
  const folder = mkdtempSync(join(tmpdir(), "quietline-console-"));
  const person = await talker(core, name);
  return {
    platform: "console",
    known: [name],
    command: (command) => person.say(`/${command}`),
    press: (label) => person.press(label),
    answer: (values) =>
      spelled(
        values,
        (text) => person.say(text),
        (label) => person.press(label),
        () => [...person.shown().matchAll(/^ +\d+ {2}(.*)$/gm)].map((m) => m[1]!),
      ),
    async attach(file) {
      writeFileSync(join(folder, file.name), file.bytes);
      return person.say(`+${join(folder, file.name)}`);
    },
    text: () => person.shown(),
    async leave() {
      await person.leave();
      rmSync(folder, { recursive: true });
    },
  };
}

/** A form where there are none: its questions come one by one; an empty answer skips one. */
async function spelled(
  values: Record<string, string>,
  type: (text: string) => Promise<unknown>,
  press: (label: string) => Promise<unknown>,
  buttons: () => string[],
): Promise<void> {
  for (const value of Object.values(values)) await (value ? type(value) : press(words("bot:skip")));
  const rest = [words("bot:skip-rest"), words("bot:continue")].find((label) => buttons().includes(label));
  if (rest && !("exclude" in values || "text" in values || "receipt" in values)) await press(rest);
}

/** What somebody tells. */
export interface Told {
  story: string;
  organisation: string;
  handle: string;
  exclude: string;
  file?: FileToSend;
  notify: boolean;
  /** Read the receipt back, as asked; else the page is left with the receipt on it. */
  rehearse: boolean;
}

/** What one of them tells, where nothing but the story matters. */
export const told = (story: string): Told => ({
  story,
  organisation: "A branch",
  handle: "@dealer",
  exclude: "A supervisor",
  notify: false,
  rehearse: false,
});

/** Tells a report as far as the last button. */
export async function tell(person: Person, told: Told): Promise<void> {
  await person.command("report");
  await person.press(words(person.platform === "web" ? "report:facts.go" : "report:facts.go-here"));
  await person.press(words("taxonomy:kind.selling"));
  await person.answer({ story: told.story });
  await person.press(words("bot:skip"));
  await person.press(words("bot:skip"));
  await person.answer({ organisation: told.organisation });
  await person.answer({ channel: "", handle: told.handle });
  await person.press(words("bot:skip"));
  if (told.file) await person.attach(told.file);
  await person.press(words("bot:continue"));
  await person.answer({ urgency: "", relation: "", exclude: told.exclude });
  assert.ok(
    person.text().includes(told.story),
    `${person.platform}: the story is not in the preview:\n${person.text()}`,
  );
  if (person.platform !== "web") await person.press(words("report:preview.send"));
}

/** The receipt on the screen, if there is one. */
export const receiptOn = (person: Person): string | undefined =>
  /[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}-[0-9A-Z]{5}/.exec(person.text())?.[0];

/** Presses the last button and answers the receipt as it is shown. */
export async function send(person: Person, told: Told): Promise<string> {
  if (person.platform === "web") await person.press(words("report:preview.send"));
  else await person.press(words(told.notify ? "report:reach.notify" : "report:reach.quiet"));
  return receiptOn(person) ?? assert.fail(`no receipt in:\n${person.text()}`);
}

/** Files a report from the first word to the receipt, and answers the receipt as it was shown. */
export async function fileReport(person: Person, told: Told): Promise<string> {
  await tell(person, told);
  const receipt = await send(person, told);
  if (!told.rehearse) return receipt;
  await person.press(words("report:receipt.noted"));
  const groups = receipt.split("-");
  await person.press(words("report:rehearse.again"));
  assert.ok(person.text().includes(receipt));
  await person.press(words("report:receipt.noted"));
  assert.ok(!person.text().includes(groups.join("-")));
  return receipt;
}

/** Opens a mailbox with a receipt. */
export async function openMailbox(person: Person, receipt: string): Promise<void> {
  await person.command("mailbox");
  if (person.text().includes(words("report:leave.receipt"))) await person.press(words("bot:leave.leave"));
  await person.answer({ receipt });
  assert.ok(person.text().includes(words("mailbox:open.title")), person.text());
}
