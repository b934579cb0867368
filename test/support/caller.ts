/**
 * People on a network of which only the table is real: a test says what somebody does and gets the screen that is
 * answered. The buttons that are pressed are those that were drawn.
 */
import type { Choice, Input, Screen } from "../../src/bot/screen.ts";
import type { Role } from "../../src/desk.ts";
import type { Core } from "../../src/main.ts";
import { consoleCan } from "../../src/platforms/console.ts";
import type { Address, Can, House, Incoming, Platform, SendOptions, Sent } from "../../src/platforms/platform.ts";

/** What each network can do, as its own platform says. Loading them takes a moment. */
export async function tables(): Promise<Record<"console" | "telegram" | "discord" | "web", Can>> {
  const [{ telegram }, { discord }, { web }] = await Promise.all([
    import("../../src/platforms/telegram/index.ts"),
    import("../../src/platforms/discord/index.ts"),
    import("../../src/platforms/web.tsx"),
  ]);
  return {
    console: consoleCan,
    telegram: telegram({ token: `1:${"x".repeat(35)}`, mode: "polling", page: "http://127.0.0.1/" }).can,
    discord: discord({ token: "x" }).can,
    web: web({ listen: "127.0.0.1:0" }).can,
  };
}

export interface Network {
  platform: Platform;
  house: House;
  /** What went out by itself, oldest first. */
  sent: { to: Address; screen: Screen; options: SendOptions }[];
  /** What the network answers to the next sendings; delivered when there is nothing left. */
  answers: Sent[];
  as(person: string, options?: { locale?: string; place?: string }): Caller;
}

export interface Caller {
  /** What was answered last. */
  screen: Screen;
  /** Does something; `more` overwrites parts of the event. */
  does(input: Input, more?: Partial<Incoming>): Promise<Screen>;
  /** Presses the button or option of this label (or value, without its mark). */
  press(label: string): Promise<Screen>;
  /** Types a text, or fills the first field of the form where there is one. */
  says(text: string): Promise<Screen>;
  /** Sends the form that is shown. */
  fills(values: Record<string, string>): Promise<Screen>;
  command(name: string, rest?: string): Promise<Screen>;
}

let events = 0;

/** Connects such a network to a house. */
export async function network(core: Pick<Core, "connect">, name: string, can: Can): Promise<Network> {
  const sent: Network["sent"] = [];
  const answers: Sent[] = [];
  let house!: House;
  const platform: Platform = {
    name,
    can,
    async open(given) {
      house = given;
    },
    async send(to, screen, options) {
      sent.push({ to, screen, options });
      return answers.shift() ?? { ok: true, ref: `ref-${sent.length}` };
    },
    async close() {},
  };
  await core.connect(platform);
  return { platform, house, sent, answers, as: (person, options = {}) => caller(house, name, person, options) };
}

function caller(
  house: House,
  name: string,
  person: string,
  { locale = "en", place }: { locale?: string; place?: string },
): Caller {
  const me: Caller = {
    screen: { text: "" },
    async does(input, more = {}) {
      events += 1;
      const incoming: Incoming = {
        id: `event ${events}`,
        from: { platform: name, id: person },
        locale,
        input,
        ...(place ? { place: { platform: name, id: place } } : {}),
        ...more,
      };
      me.screen = (await house.hear(incoming)) ?? { text: "" };
      return me.screen;
    },
    press(label) {
      const found = choices(me.screen).find((c) => c.label === label || bare(c.value) === label);
      if (!found) throw new Error(`nothing to press is called “${label}” in: ${JSON.stringify(me.screen)}`);
      return me.does({ kind: "choice", value: found.value });
    },
    says(text) {
      const { form } = me.screen;
      return me.does(
        form
          ? { kind: "form", value: form.send.value, values: { [form.fields[0]!.name]: text } }
          : { kind: "text", text },
      );
    },
    fills(values) {
      if (!me.screen.form) throw new Error("there is no form here");
      return me.does({ kind: "form", value: me.screen.form.send.value, values });
    },
    command: (command, rest = "") => me.does({ kind: "command", name: command, rest }),
  };
  return me;
}

/** The code of a new invitation. @param whom a newcomer of this role, or who is known and comes by a further account */
export async function invited(
  { people, storage }: Pick<Core, "people" | "storage">,
  whom: Role | { alias: string },
): Promise<string> {
  const code = people.newInvite();
  await storage.transaction(people.addInvite(code, typeof whom === "string" ? { role: whom } : whom, 99_999));
  return code;
}

/** Lets a person of a chat network in at the desk. */
export async function enters(
  core: Pick<Core, "people" | "storage">,
  who: Caller,
  alias: string,
  role: Role,
): Promise<void> {
  await who.command("join", await invited(core, role));
  await who.says(alias);
}

/** Lets somebody in at the desk, at an account of their own. */
export async function joins(
  core: Pick<Core, "people" | "storage">,
  net: Network,
  alias: string,
  role: Role,
): Promise<Caller> {
  const who = net.as(`account of ${alias}`);
  await enters(core, who, alias, role);
  return who;
}

/** Files a report and answers its receipt. */
export async function files(who: Caller, story: string): Promise<string> {
  await who.command("report");
  for (const label of ["go", "selling"]) await who.press(label);
  await who.says(story);
  await who.press("go");
  while (who.screen.title !== "Read it once more")
    await who.press(choices(who.screen).some((c) => c.value.endsWith("!skip")) ? "Skip" : "Continue");
  for (const label of ["send", "quiet"]) await who.press(label);
  return who.screen.secret ?? "";
}

/** Opens a mailbox and brings files to it, which go when the person continues. */
export async function attaches(who: Caller, receipt: string, ...all: (string | Uint8Array)[]): Promise<void> {
  await who.command("mailbox");
  await who.says(receipt);
  await who.press("files");
  const uploads = all.map((one) => {
    const bytes = Buffer.from(one);
    return { name: "boss.csv", bytes: bytes.length, open: async () => new Blob([bytes]).stream() };
  });
  await who.does({ kind: "files", files: uploads });
}

/** Files a report and brings a list to it later, from other accounts. Answers its case, the only one that nobody has taken. */
export async function filesWithList(core: Pick<Core, "storage">, net: Network): Promise<{ id: string; code: string }> {
  const receipt = await files(net.as(`reporter ${++events}`), "A clerk sells lists.");
  const again = net.as(`reporter ${++events}`);
  await attaches(again, receipt, "name,phone\nZhang,13812345678\n");
  await again.press("Continue");
  return core.storage.read("reports").where({ owner: null }).first();
}

/** The answer to the question that is asked in a flood, read as a person reads it. @param say words in English */
export function tollSum(screen: Screen, say: (key: string) => string): string {
  const words = new Map(Array.from({ length: 20 }, (_, n) => [say(`toll:number.${n}`), n]));
  const label = screen.form?.fields[0]?.label ?? screen.text;
  return String([...label.matchAll(/[a-z]+/g)].reduce((all, [word]) => all + (words.get(word) ?? 0), 0));
}

/** Everything on a screen that can be pressed. */
export function choices(screen: Screen): Choice[] {
  return [
    ...(screen.buttons ?? []),
    ...(screen.menu?.options ?? []),
    ...(screen.menu?.done ? [screen.menu.done] : []),
  ].filter((c) => !c.url);
}

/** A choice's value as its conversation wrote it. */
export function bare(value: string): string {
  return value.replace(/^~[^.]*\.|^@[^.]*\.[^.]*\.[^.]*\./, "");
}

/** All texts of a screen that are our own words, for looking through them. */
export function wordsOf(screen: Screen): string[] {
  const all = [
    ...choices(screen),
    ...(screen.form ? [screen.form.send, ...screen.form.fields.flatMap((f) => f.options ?? [])] : []),
  ];
  return [
    screen.title,
    screen.text,
    screen.notice,
    screen.progress?.text,
    screen.menu?.hint,
    screen.form?.title,
    screen.files?.pick,
    ...(screen.quotes ?? []).map((q) => q.by),
    ...all.flatMap((c) => [c.label, c.hint]),
    ...(screen.form?.fields ?? []).flatMap((f) => [f.label, f.hint]),
  ].filter((text): text is string => text !== undefined);
}
