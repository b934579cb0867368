/**
 * Screens as Discord shows them: pure functions from a `Screen` to message and modal bodies, nothing sent.
 * Classic content and components; whoever typed a text, it appears as typed.
 */
import { createHash } from "node:crypto";
import {
  type APIButtonComponent,
  type APIComponentInLabel,
  type APIComponentInMessageActionRow,
  type APIMessageTopLevelComponent,
  type APIModalInteractionResponseCallbackData,
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ApplicationIntegrationType,
  ButtonStyle,
  ComponentType,
  InteractionContextType,
  Locale,
  PermissionFlagsBits,
  type RESTPutAPIApplicationCommandsJSONBody,
  TextInputStyle,
} from "discord.js";
import type { Choice, Field, Form, Menu, Quote, Screen } from "../../bot/screen.ts";
import { type CommandInfo, cutText, plain, type Say } from "../platform.ts";

/** One message without its flags; only the last of a screen has components. */
export interface Drawn {
  content: string;
  components: APIMessageTopLevelComponent[];
  /** A text that did not fit into the messages, to be attached as a file. */
  whole?: string;
}

/** What a drawing needs besides the screen. */
export interface Words {
  /** Labels of the buttons that open a form or the file picker. */
  fillIn: string;
  addFiles: string;
  /** Said where the rest of a text lies in an attached file. */
  restInFile: string;
}

/** The option of a command that completes answers. */
export const optionName = "answer";
/** Most characters in one message. */
const content = 2000;
const rows = 5;
const perRow = 5;
/** An empty content is refused; a zero-width space shows nothing. */
const nothing = "\u200B";

/**
 * Shows a text exactly as it was typed. Discord drops a backslash before any punctuation, so everything that could
 * format, mention, link or invite gets one. A bare web address would become a link that a reviewer may touch.
 */
export function asTyped(text: string): string {
  return plain(text)
    .replace(/[\\*_~`|<[\]@]/g, "\\$&")
    .replace(/:(?=\/\/)/g, "\\:")
    .replace(/(discord(?:app)?)\.(?=gg|com)/gi, "$1\\.")
    .replace(/^(\s*)([#>+-])/gm, "$1\\$2")
    .replace(/^(\s*\d+)([.)])/gm, "$1\\$2");
}

/** Cuts with "…" so that at most `max` characters remain; never inside a surrogate pair. */
export function cut(text: string, max: number): string {
  const clean = plain(text);
  if (clean.length <= max) return clean;
  return `${clean.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** Pieces of a raw text that are each at most `max` characters after `shape` has escaped them. */
function fit(raw: string, max: number, shape: (piece: string) => string, room = max): string[] {
  return cutText(raw, room).flatMap((piece) => {
    const shaped = shape(piece);
    return shaped.length <= max ? [shaped] : fit(piece, max, shape, Math.ceil(piece.length / 2));
  });
}

const drawQuote = (quote: Quote): string[] =>
  [`**${asTyped(cut(quote.by, 200))}**`, ...fit(plain(quote.text), content, quoted)].map((part, i) =>
    i === 0 ? `> ${part}` : part,
  );

const quoted = (text: string): string =>
  asTyped(text)
    .split("\n")
    .map((line) => `> ${line}`)
    .join("\n");

/** Small print, line by line: Discord folds nothing, and a spoiler would hide it from who reads by ear. */
export const small = (text: string): string =>
  asTyped(text)
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => `-# ${line}`)
    .join("\n");

/** A code stands apart and can be copied; one that would break out of its frame is shown as plain text. */
const drawSecret = (secret: string): string => (/[`\n]/.test(secret) ? asTyped(secret) : `\`${plain(secret)}\``);

function drawText(screen: Screen): string[] {
  const blocks: string[] = [];
  if (screen.notice) blocks.push(...fit(plain(screen.notice), content, asTyped));
  if (screen.progress) blocks.push(`-# ${asTyped(cut(screen.progress.text, 200))}`);
  if (screen.title) blocks.push(`**${asTyped(cut(screen.title, 500))}**`);
  if (screen.text) blocks.push(...fit(plain(screen.text), content, asTyped));
  for (const quote of screen.quotes ?? []) {
    const [by, first, ...more] = drawQuote(quote);
    if (first !== undefined && by!.length + first.length < content) blocks.push(`${by}\n${first}`, ...more);
    else blocks.push(by!, ...(first === undefined ? [] : [first]), ...more);
  }
  if (screen.fold) blocks.push(...fit(`${screen.fold.title}\n${screen.fold.text}`, content, small));
  if (screen.secret) blocks.push(drawSecret(screen.secret));
  const messages: string[] = [];
  for (const block of blocks) {
    const last = messages.at(-1);
    if (last !== undefined && last.length + 2 + block.length <= content)
      messages[messages.length - 1] += `\n\n${block}`;
    else messages.push(block);
  }
  return messages.length ? messages : [nothing];
}

/** All words of a screen without any markup, for the file that holds what the messages could not. */
const wholeText = (screen: Screen): string =>
  [
    screen.notice,
    screen.progress?.text,
    screen.title,
    screen.text,
    ...(screen.quotes ?? []).map((q) => `${q.by}\n${q.text}`),
    screen.fold && `${screen.fold.title}\n${screen.fold.text}`,
    screen.secret,
  ]
    .filter((part) => part)
    .map((part) => plain(part!))
    .join("\n\n");

/**
 * Draws a screen as messages, buttons on the last.
 * @param key marks the form or the files of this screen, see `readOpening`
 * @param most how many messages there may be; what does not fit goes into `whole`
 */
export function drawScreen(screen: Screen, words: Words, key: string, most: number): Drawn[] {
  let texts = drawText(screen);
  let whole: string | undefined;
  if (texts.length > most) {
    whole = wholeText(screen);
    texts = texts.slice(0, most);
    const note = asTyped(cut(words.restInFile, 200));
    texts[most - 1] = `${cutText(texts[most - 1]!, content - note.length - 2)[0]}\n\n${note}`;
  }
  const drawn: Drawn[] = texts.map((text) => ({ content: text, components: [] }));
  drawn.at(-1)!.components = drawComponents(screen, words, key);
  if (whole !== undefined) drawn.at(-1)!.whole = whole;
  return drawn;
}

function drawComponents(screen: Screen, words: Words, key: string): APIMessageTopLevelComponent[] {
  const buttons: APIButtonComponent[] = [];
  if (screen.form) buttons.push(button(`o:form:${key}`, words.fillIn, ButtonStyle.Primary));
  if (screen.files) buttons.push(button(`o:files:${key}`, words.addFiles, ButtonStyle.Primary));
  if (screen.menu?.many && screen.menu.done)
    buttons.push(button(`d:${screen.menu.done.value}`, screen.menu.done.label, ButtonStyle.Primary));
  for (const choice of screen.buttons ?? []) buttons.push(drawButton(choice));

  const drawn: APIMessageTopLevelComponent[] = [];
  if (screen.menu?.options.length) drawn.push(row([drawMenu(screen.menu)]));
  for (let at = 0; at < buttons.length && drawn.length < rows; at += perRow)
    drawn.push(row(buttons.slice(at, at + perRow)));
  return drawn;
}

const row = (components: APIComponentInMessageActionRow[]): APIMessageTopLevelComponent => ({
  type: ComponentType.ActionRow,
  components,
});

const button = (
  custom_id: string,
  label: string,
  style: ButtonStyle.Primary | ButtonStyle.Secondary | ButtonStyle.Success | ButtonStyle.Danger,
): APIButtonComponent => ({ type: ComponentType.Button, style, label: cut(label, 80) || "…", custom_id });

function drawButton(choice: Choice): APIButtonComponent {
  if (choice.url)
    return {
      type: ComponentType.Button,
      style: ButtonStyle.Link,
      label: cut(choice.label, 80) || "…",
      url: choice.url,
    };
  const style = choice.on
    ? ButtonStyle.Success
    : choice.tone === "danger"
      ? ButtonStyle.Danger
      : choice.tone === "primary"
        ? ButtonStyle.Primary
        : ButtonStyle.Secondary;
  return button(`c:${choice.value}`, choice.label, style);
}

/** One link button under a sentence. */
export const drawLink = (text: string, label: string, url: string): Drawn => ({
  content: asTyped(text),
  components: [row([drawButton({ value: "", label, url })])],
});

const drawOption = (choice: Choice, on: boolean) => ({
  value: choice.value,
  label: cut(choice.label, 100) || "…",
  ...(choice.hint ? { description: cut(choice.hint, 100) } : {}),
  ...(on ? { default: true } : {}),
});

function drawMenu(menu: Menu): APIComponentInMessageActionRow {
  const options = menu.options.slice(0, 25).map((option) => drawOption(option, Boolean(menu.many && option.on)));
  return {
    type: ComponentType.StringSelect,
    custom_id: menu.many ? `M:${menu.done?.value ?? ""}` : "m",
    ...(menu.hint ? { placeholder: cut(menu.hint, 150) } : {}),
    ...(menu.many ? { min_values: 0, max_values: options.length } : {}),
    options,
  };
}

/**
 * Draws a form as a modal. `random` must be fresh for each opening: the mobile client shows the earlier text again
 * in a modal whose id it has seen.
 */
export function drawForm(form: Form, random: string): APIModalInteractionResponseCallbackData {
  return {
    custom_id: `f:${random}:${form.send.value}`,
    title: cut(form.title, 45) || "…",
    components: form.fields.map((field) => {
      const hint = [field.label.length > 45 ? field.label : "", field.hint ?? ""].filter((part) => part).join(" ");
      return {
        type: ComponentType.Label,
        label: cut(field.label, 45) || "…",
        ...(hint ? { description: cut(hint, 100) } : {}),
        component: drawField(field),
      };
    }),
  };
}

/** Radio buttons and checkboxes show all options at once; they hold ten, a radio group no less than two. */
function drawField(field: Field): APIComponentInLabel {
  const custom_id = field.name;
  const required = field.required ?? false;
  if (field.kind === "choice" || field.kind === "choices") {
    const many = field.kind === "choices";
    const on = new Set(many ? (field.value ?? "").split(",") : [field.value]);
    const options = (field.options ?? []).slice(0, 25).map((option) => drawOption(option, on.has(option.value)));
    const few = options.length <= 10;
    if (many && few)
      return {
        type: ComponentType.CheckboxGroup,
        custom_id,
        required,
        min_values: required ? 1 : 0,
        max_values: options.length,
        options,
      };
    if (!many && few && options.length > 1) return { type: ComponentType.RadioGroup, custom_id, required, options };
    return {
      type: ComponentType.StringSelect,
      custom_id,
      required,
      min_values: required ? 1 : 0,
      max_values: many ? options.length : 1,
      options,
    };
  }
  const max = Math.min(field.max ?? 4000, 4000);
  return {
    type: ComponentType.TextInput,
    custom_id,
    style: field.kind === "paragraph" ? TextInputStyle.Paragraph : TextInputStyle.Short,
    required,
    max_length: max,
    ...(field.value ? { value: field.value.slice(0, max).replace(/[\uD800-\uDBFF]$/, "") } : {}),
  };
}

/** Draws the file picker: one to ten files. */
export function drawFiles(
  files: NonNullable<Screen["files"]>,
  random: string,
): APIModalInteractionResponseCallbackData {
  return {
    custom_id: `u:${random}:`,
    title: cut(files.pick, 45) || "…",
    components: [
      {
        type: ComponentType.Label,
        label: cut(files.pick, 45) || "…",
        ...(files.pick.length > 45 ? { description: cut(files.pick, 100) } : {}),
        component: {
          type: ComponentType.FileUpload,
          custom_id: "files",
          min_values: 1,
          max_values: Math.max(1, Math.min(files.max, 10)),
          required: true,
        },
      },
    ],
  };
}

/** A nonce may have 25 characters; a longer one is condensed, so that the same one stays the same. */
export const drawNonce = (nonce: string): string =>
  nonce.length <= 25 ? nonce : createHash("sha256").update(nonce).digest("base64url").slice(0, 25);

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
