/** People who wander about in the whole house: press what is there, type what comes to mind, come back to old buttons. */
import type { Choice, Field, Input, Screen, Upload } from "../../src/bot/screen.ts";
import { commands } from "../../src/commands.ts";
import type { Core } from "../../src/main.ts";
import type { Can } from "../../src/platforms/platform.ts";
import { bare, type Caller, choices, invited, network, tables } from "./caller.ts";

/** A screen that somebody saw, and what they had done. */
export interface Seen {
  platform: string;
  locale: string;
  did: Input;
  screen: Screen;
  can: Can;
}

/** Numbers from 0 to 1, the same ones for the same seed. */
export function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** What people type: every command that there is, and what leads far in more often. */
const typed = [...commands.map(({ name }) => name), "mailbox", "queue", "queue", "nonsense"];
const texts = [
  "A clerk sells lists.",
  "x",
  "Since spring. My name is Bob, call 13812345678 at 12:30, I am the only one.",
  "@everyone <b>*bold*</b> \u202e\u0000",
  "长".repeat(700),
  "y".repeat(4100),
  "Heron",
  "0",
];
const images = ["iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="];
const uploads: (() => Upload)[] = [
  () => upload("a.txt", Buffer.from("a list of names\n")),
  () => upload("b.png", Buffer.from(images[0]!, "base64")),
  () => upload("c.bin", Buffer.alloc(0)),
  () => upload("d.exe", Buffer.from("MZ\u0000\u0000 program")),
];

function upload(name: string, bytes: Buffer): Upload {
  return { name, bytes: bytes.length, open: async () => new Blob([new Uint8Array(bytes)]).stream() };
}

/**
 * Every network, in every language, one person and one reviewer each, for so many steps.
 * @param seen is told of each screen; what it throws ends the walk
 */
export async function wander(core: Core, seed: number, steps: number, seen: (what: Seen) => void): Promise<void> {
  const random = dice(seed);
  for (const [platform, can] of Object.entries(await tables())) {
    const net = await network(core, platform, can);
    for (const { value: locale } of core.words.locales) {
      for (const role of ["reporter", "reviewer"]) {
        const who = net.as(`${role} ${locale} ${seed}`, { locale });
        const tell = (did: Input) => seen({ platform, locale, did, screen: who.screen, can });
        if (role === "reviewer")
          await joins(core, who, tell, `Heron ${platform.slice(0, 2)} ${Math.floor(random() * 1e9)}`);
        await stroll(who, can, random, steps, tell, core);
      }
    }
  }
}

async function joins(core: Core, who: Caller, tell: (did: Input) => void, alias: string): Promise<void> {
  const code = await invited(core, "admin");
  const command: Input = { kind: "command", name: "join", rest: code };
  await who.does(command);
  tell(command);
  const secret = "correct horse battery";
  if (who.screen.form) await who.fills({ alias, passphrase: secret, again: secret });
  else await who.says(alias);
  tell({ kind: "text", text: alias });
}

async function stroll(
  who: Caller,
  can: Can,
  random: () => number,
  steps: number,
  tell: (did: Input) => void,
  core: Core,
): Promise<void> {
  const any = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  let receipt: string | undefined;
  const old: Choice[] = [];
  await who.command("start");
  for (let i = 0; i < steps; i++) {
    const { screen } = who;
    receipt = screen.secret ?? receipt;
    old.push(...choices(screen));
    const rehearsal = core.words.locales.some((l) => core.words.say(l.value, "report:rehearse.title") === screen.title);
    const input = rehearsal && receipt && random() < 0.7 ? recite(screen, receipt) : decide(screen, i);
    if (!input) continue;
    await who.does(input);
    tell(input);
  }

  function decide(screen: Screen, i: number): Input {
    const dice = random();
    if (dice < 0.06) return { kind: "command", name: any(typed), rest: "" };
    if (dice < 0.08) return { kind: "look" };
    if (dice < 0.1 && old.length > 0) return { kind: "choice", value: any(old).value };
    if (dice < (screen.files ? 0.35 : 0.11)) return { kind: "files", files: [any(uploads)()] };
    if (screen.form && random() < 0.75)
      return {
        kind: "form",
        value: screen.form.send.value,
        values: Object.fromEntries(screen.form.fields.map((f) => [f.name, fill(f)])),
      };
    const { menu } = screen;
    if (menu?.many && can.menuMany && random() < 0.5)
      return {
        kind: "choices",
        value: menu.done!.value,
        values: menu.options.filter(() => random() < 0.3).map((o) => o.value),
      };
    const all = choices(screen).flatMap((c) => Array<Choice>(weight(c)).fill(c));
    const pressable = all.length > 0 && (!can.freeText || random() < 0.75);
    return pressable
      ? { kind: "choice", value: any(all).value }
      : { kind: "text", text: i % 3 === 0 && receipt ? receipt : any(texts) };
  }

  /** Onwards is likelier than back, and what ends everything is rare. */
  function weight(choice: Choice): number {
    if (choice.tone === "primary") return 10;
    if (/!(skip|rest|stay)$/.test(choice.value)) return 8;
    return /!(home|back|leave)$/.test(choice.value) ||
      ["withdraw", "out", "language", "help"].includes(bare(choice.value))
      ? 1
      : 5;
  }

  function fill(field: Field): string {
    if (field.kind === "choice") return random() < 0.7 ? any(field.options ?? []).value : "";
    if (field.kind === "choices")
      return (field.options ?? [])
        .filter(() => random() < 0.2)
        .map((o) => o.value)
        .join(",");
    if (receipt && field.kind === "secret" && random() < 0.7) return receipt;
    return field.required || random() < 0.5 ? any(texts) : "";
  }

  /** Reads the groups that are asked for from the note. */
  function recite(screen: Screen, noted: string): Input {
    const groups = noted.split("-");
    const number = (text: string) => groups[Number(/(\d)\D*$/.exec(text)?.[1] ?? 1) - 1] ?? "";
    if (!screen.form) return { kind: "text", text: number(screen.text) };
    return {
      kind: "form",
      value: screen.form.send.value,
      values: Object.fromEntries(screen.form.fields.map((f) => [f.name, number(f.label)])),
    };
  }
}
