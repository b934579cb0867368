/**
 * A chat in the terminal: the smallest platform, the demo and the harness of the transcript tests at once.
 * Buttons and options are numbers to type, links are addresses to open; `/name` is a command; a path after `+` attaches a file.
 */
import { openAsBlob } from "node:fs";
import { basename } from "node:path";
import { createInterface, type Interface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import wrapAnsi from "wrap-ansi";
import type { Choice, Input, Screen, Upload } from "../bot/screen.ts";
import { type Address, type House, type Platform, plain, type SendOptions, type Sent } from "./platform.ts";

export interface ConsoleOptions {
  input: Readable;
  /** A terminal has columns, by which lines end between words. */
  output: Writable & { isTTY?: boolean; columns?: number };
  /** Who sits there; several consoles on one house are several people. */
  person?: string;
  locale?: string;
}

/** Whoever has fewer columns reads lines as they come. */
const narrowest = 20;

export const consoleCan: Platform["can"] = {
  formFields: 0,
  menuOptions: 24,
  menuMany: false,
  label: 200,
  value: 200,
  typed: 0,
  text: 100_000,
  fileBytes: 200 * 1024 * 1024,
  freeText: true,
  push: true,
  edit: false,
  erase: false,
  anonymous: false,
};

export function terminal(options: ConsoleOptions): Platform & { closed: Promise<void> } {
  const { output } = options;
  const colours = output.isTTY === true && !process.env.NO_COLOR;
  const from: Address = { platform: "console", id: options.person ?? "me" };
  let house: House;
  let lines: Interface;
  let events = 0;
  let shown: Choice[] = [];
  let leave = (): void => {};
  const closed = new Promise<void>((resolve) => {
    leave = resolve;
  });
  let turn: Promise<void> = Promise.resolve();

  // what strangers typed is made harmless before our own colours are put around it
  const paint = (code: string, text: string): string =>
    colours ? `\u001b[${code}m${plain(text)}\u001b[0m` : plain(text);

  /** Ends lines between words where there are columns to keep to; all but the first begin so many columns from the left. */
  function fit(text: string, from = 0): string {
    const width = (output.columns ?? 0) - from;
    // Chinese has no spaces to end a line at: it fills its lines
    const wrap = (line: string) =>
      wrapAnsi(line, width, { hard: true, trim: false, wordWrap: !/\p{Script=Han}/u.test(line) })
        // the space that a line was ended at begins no line
        .replaceAll("\n ", "\n");
    const lines = width < narrowest ? text : text.split("\n").map(wrap).join("\n");
    return lines.replaceAll("\n", `\n${" ".repeat(from)}`);
  }

  /** The language of what was drawn last: it may have been changed. */
  let spoken = options.locale ?? "";
  const say = (key: string, values?: Record<string, string | number>) => house.say(spoken, key, values);

  const indent = (text: string) => `  ${fit(plain(text), 2)}`;

  return {
    name: "console",
    can: consoleCan,
    closed,

    async open(given) {
      house = given;
      turn = hear({ kind: "command", name: "start", rest: "" });
      lines = createInterface({ input: options.input, terminal: false });
      lines.on("line", (line) => {
        turn = turn.then(() => hear(readLine(line, shown)));
      });
      lines.on("close", () => {
        turn = turn.then(leave);
      });
      await turn;
    },

    async send(to: Address, screen: Screen, _options: SendOptions): Promise<Sent> {
      if (to.id !== from.id) return { ok: false, retry: false, gone: true, code: "not-here" };
      draw(screen);
      return { ok: true };
    },

    async close() {
      lines?.close();
      await turn;
    },
  };

  async function hear(input: Input): Promise<void> {
    events += 1;
    const screen = await house.hear({
      id: `${process.pid}-${events}-${Math.random()}`,
      from,
      locale: options.locale ?? "",
      input,
    });
    if (screen) await drawAll(screen);
  }

  async function drawAll(screen: Screen): Promise<void> {
    spoken = screen.locale ?? spoken;
    draw(screen);
    for (const file of screen.attachments ?? [])
      output.write(`  ${say("console:file", { name: plain(file.name), bytes: file.bytes })}\n`);
  }

  /** Text first, then numbered choices; what has no number here cannot be pressed. A link stands among them with its address. */
  function draw(screen: Screen): void {
    const { form, menu } = screen;
    const choices = [...(menu?.options ?? []), ...(menu?.done ? [menu.done] : []), ...(screen.buttons ?? [])];
    shown = choices.filter((choice) => !choice.url);
    const numbered = choices.map((choice) => {
      const mark = menu?.many && menu.options.includes(choice) ? (choice.on ? "[x] " : "[ ] ") : "";
      const hint = choice.hint ? paint("2", `  ${choice.hint}`) : "";
      const number = choice.url ? "" : String(shown.indexOf(choice) + 1);
      const label = choice.url ? say("bot:pair", { label: choice.label, value: choice.url }) : choice.label;
      return `  ${paint("36", number.padStart(2))}  ${fit(`${mark}${plain(label)}${hint}`, 6)}`;
    });
    const parts = [
      ...(screen.notice ? [fit(paint("33", `* ${screen.notice}`))] : []),
      ...(screen.progress ? [fit(paint("2", `(${screen.progress.text})`))] : []),
      ...(screen.title ? [fit(paint("1", screen.title))] : []),
      ...(screen.text ? [fit(plain(screen.text))] : []),
      ...(screen.picture ? [fit(paint("2", `[${screen.picture.alt}]`))] : []),
      ...(screen.quotes ?? []).map(
        (q) => `${fit(paint("2", /[?？]$/.test(q.by) ? q.by : `${q.by}:`))}\n${indent(q.text)}`,
      ),
      ...(screen.fold ? [`${fit(paint("2", screen.fold.title))}\n${indent(screen.fold.text)}`] : []),
      ...(screen.secret ? [paint("1", `    ${screen.secret}`)] : []),
      ...(form ? [fit(plain(form.fields.map((f) => `${f.label}${f.hint ? ` (${f.hint})` : ""}`).join("\n")))] : []),
      ...(menu?.hint ? [fit(paint("1", menu.hint))] : []),
      ...(screen.files ? [fit(say("console:attach"))] : []),
      ...(numbered.length > 0 ? [numbered.join("\n")] : []),
    ];
    output.write(`\n${parts.join("\n\n")}\n\n`);
    if (colours) output.write("> ");
  }
}

/** What a typed line means: a number presses, `/name` commands, `+path` attaches, the rest is text. `\n` typed as such is a line feed. */
export function readLine(line: string, shown: Choice[]): Input {
  const text = plain(line).trim();
  if (text === "") return { kind: "look" };
  const command = /^\/([a-z]+)\s*(.*)$/i.exec(text);
  if (command) return { kind: "command", name: command[1]!.toLowerCase(), rest: command[2]! };
  const choice = /^\d{1,3}$/.test(text) ? shown[Number(text) - 1] : undefined;
  if (choice) return { kind: "choice", value: choice.value };
  if (text.startsWith("+")) return { kind: "files", files: [readFile(text.slice(1).trim())] };
  return { kind: "text", text: text.replaceAll("\\n", "\n") };
}

function readFile(path: string): Upload {
  return { name: basename(path), open: async () => (await openAsBlob(path)).stream() as ReadableStream<Uint8Array> };
}
