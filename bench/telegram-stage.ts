/**
 * The stand-in of Telegram and the people who talk to it, in a process of their own, so that their cost does not count.
 * Asked with an `Ask`, it plays the walk with so many people, and answers with a `Played`.
 */
import { readFileSync } from "node:fs";
import { createTelegramServer } from "../test/standins/telegram.ts";

/** `bare`: the bot has one button only, and every press is of that one. */
export interface Ask {
  persons: number;
  bare: boolean;
  /** How many walk beside each other; one where absent. */
  atOnce?: number;
  /** Addresses of webhooks, which get the updates in turn. */
  hooks?: string[];
}

export interface Played {
  turns: number;
  /** Calls to the stand-in by method. */
  calls: Record<string, number>;
}

/**
 * What each person does: types a text, or presses the button with these words of `locales/en`. It ends before the
 * report is sent, because what sealing costs is measured with the reports over HTTP.
 */
const walk: ({ type: string } | { press: string })[] = [
  { type: "/start" },
  { press: "home:report" },
  { press: "report:facts.go-here" },
  { press: "taxonomy:kind.selling" },
  { type: "Lists of customers with address and balance are offered in a closed group every week." },
  { type: "I saw it twice. The seller answers within minutes and asks for payment first." },
  { press: "bot:continue" },
  { press: "taxonomy:sector.bank" },
  { press: "taxonomy:data-type.location-track" },
  { press: "taxonomy:data-type.communication-content" },
  { press: "bot:done" },
  { type: "A bank" },
  { press: "bot:skip-rest" },
  { press: "bot:skip-rest" },
  { press: "bot:skip" },
  { press: "bot:continue" },
  { press: "bot:skip-rest" },
  { press: "report:preview.change" },
  { press: "bot:back" },
  { type: "/cancel" },
  { press: "bot:leave.leave" },
];

const server = await createTelegramServer();
let people = 0;

process.on("message", async ({ persons, bare, atOnce = 1, hooks = [] }: Ask) => {
  server.behind.splice(0, server.behind.length, ...hooks);
  const from = server.calls.length;
  let left = persons;
  const one = async (): Promise<void> => {
    while (left-- > 0) {
      const person = server.user(++people);
      for (const act of walk)
        await ("type" in act ? person.send(act.type) : person.press(bare ? "Go on" : wordsOf(act.press)));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  await server.settled();
  const calls: Record<string, number> = {};
  for (const { method } of server.calls.slice(from)) calls[method] = (calls[method] ?? 0) + 1;
  process.send?.({ turns: persons * walk.length, calls } satisfies Played);
});
process.send?.({ url: server.url, token: server.token });

/** The English sentence of a key. */
function wordsOf(key: string): string {
  const [file, path = ""] = key.split(":");
  let found: unknown = JSON.parse(readFileSync(new URL(`../locales/en/${file}.json`, import.meta.url), "utf8"));
  for (const name of path.split(".")) found = (found as Record<string, unknown>)[name];
  return String(found);
}
