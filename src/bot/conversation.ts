/**
 * A thing people can do, as a list of named steps over one draft. `show` draws, `next` decides, neither writes:
 * a turn is a value, which can be thrown away and taken again after a lost race.
 */
import type { Command, Queries, TakenFile } from "../desk.ts";
import type { Can } from "../platforms/platform.ts";
import type { Input, Screen } from "./screen.ts";

export interface Conversation<Draft, Name extends string = string> {
  /** Short: it travels in buttons. */
  name: string;
  /** It does not exist for anyone else. */
  audience?: "reviewers" | "admins";
  /** Commands that open it, first one first. */
  commands: string[];
  /** The command may be given in a board's place. */
  inPlace?: true;
  /** Commands that are carried out at once, whatever else is going on: the talk stays where it is. */
  atOnce?: string[];
  first: Name;
  blank: Draft;
  steps: Record<Name, Step<Draft, Name>>;
  /** Where a command with words behind it leads (`/join ABC`); the first step if it is absent or answers nothing. */
  begin?(
    command: string,
    rest: string,
    ctx: Context,
  ): Turn<Draft, Name> | undefined | Promise<Turn<Draft, Name> | undefined>;
  /** What would be lost by leaving now: the question that is asked first, and what is said after. Nothing if nothing would. */
  loses?(draft: Draft, ctx: Context): { ask: string; after?: string } | undefined;
}

export interface Step<Draft, Name extends string> {
  /** A card, pressed days later by whoever is there: what it is about travels in its buttons. */
  anytime?: { key(draft: Draft): string; draft(key: string): Draft };
  /** The person may go on without an answer; `next` then gets `{ kind: "skip" }`. */
  skip?: true;
  /** It asks a form (`fillIn` says so): what a press means depends on which question is on the screen. */
  form?: true;
  /** No way back from here (what was sent is sent). */
  noBack?: true;
  /** A receipt or a passphrase is asked here: elsewhere a typed receipt is refused, and what is typed here is erased from the chat. */
  secret?: true;
  show(draft: Draft, ctx: Context): Screen | Promise<Screen>;
  next(draft: Draft, answer: Answer, ctx: Context): Turn<Draft, Name> | Promise<Turn<Draft, Name>>;
}

/** What a step is given: an input that was meant for it. Files have been taken in (sealed, checked) before. */
export type Answer =
  | Exclude<Input, { kind: "look" | "command" | "files" | "quiz-drawn" | "quiz-picked" }>
  | { kind: "files"; files: Taken[] }
  | { kind: "skip" };

/** A file that was taken in, or why not (a code under `errors:` or `files:`). */
export type Taken = { ok: true; file: TakenFile } | { ok: false; why: string };

/** Where a step leads. `commands` are carried out in the same transaction that moves the session. */
export type Turn<Draft = unknown, Name extends string = string> =
  | { go: Name; draft: Draft; commands?: Command[]; notice?: string }
  | { stay: string }
  /** `erase` deletes what can be deleted of this talk in the person's chat. */
  | { done: Screen; commands?: Command[]; notice?: string; erase?: true }
  | { open: string; at?: { step: string; draft: unknown }; commands?: Command[]; notice?: string; locale?: string };

/** What a step may know and ask. */
export interface Context {
  /** The locale that is spoken. */
  locale: string;
  /** Every locale with its own name of itself. */
  locales: { value: string; label: string }[];
  /** A sentence: `report:kind.title`. */
  t(key: string, values?: Record<string, string | number>): string;
  /** What is in `locales/` for a code of the taxonomy: `label("sector", "bank")`. */
  label(list: string, code: string): string;
  /** The platform's name, only to choose words by (`report:facts.telegram`), and what it can do. */
  platform: string;
  can: Can;
  /** Are others present? */
  shared: boolean;
  /** The address of the web page, the same for everyone. */
  page: string;
  /** Days since 1970, and how a day is written. */
  today: number;
  day(day: number): string;
  desk: Queries;
}

/** A conversation whose draft type is nobody else's business. */
// biome-ignore lint/suspicious/noExplicitAny: a shelf holds conversations over different drafts
export type AnyConversation = Conversation<any, any>;
