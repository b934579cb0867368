/**
 * A chat network we speak: it reads its events into `Incoming`, draws `Screen`s, and decides nothing.
 * Every file in this folder has the same silhouette: `can`, then `open`, `send`, `close`, then `read…`, then `draw…`.
 * A platform is finished when `test/platforms/contract.ts` is green for it.
 */
import type { Input, Screen } from "../bot/screen.ts";

/** Where an account can be reached. Only platforms, `bot/door.ts`, `bot/bot.ts`, `outbox/` and `main.ts` may name this type. */
export interface Address {
  platform: string;
  /** The network's own id of the account or place (for a topic or thread: `chat/topic`). Never logged, never stored in clear. */
  id: string;
}

/** What a platform can do. The machine works around what is missing, so that no code asks which platform it is on. */
export interface Can {
  /** Most questions that fit one native form; 0 where forms must be spelled out one question at a time. */
  formFields: number;
  /** Most options one menu may have; longer ones are shown in pages. */
  menuOptions: number;
  /** Several options of a menu can be chosen natively and arrive at once (`choices`); else the machine toggles them. */
  menuMany: boolean;
  /** Most characters on a button. */
  label: number;
  /** Most bytes in a choice's value. */
  value: number;
  /** Most characters a person can type at once; 0 for no limit. */
  typed: number;
  /** Most characters of one drawn text; longer ones are split by the platform. */
  text: number;
  /** Largest attachment in bytes; 0 where none can be sent. */
  fileBytes: number;
  /** A free text may be typed at any moment (a chat), not only into a form. */
  freeText: boolean;
  /** Messages can be sent out of the blue. */
  push: boolean;
  /** A sent message can be redrawn. */
  edit: boolean;
  /** Earlier messages can be deleted for the person. */
  erase: boolean;
  /** In a shared place, an answer for one person alone is shown in the place itself: nothing confidential may begin there. */
  hushes?: true;
  /** Most characters of a native quiz: its question, an option, what is told after answering; absent where there is none. */
  quiz?: { ask: number; option: number; why: number };
  /** May we say "anonymous" here? Only where no account reaches us. */
  anonymous: boolean;
}

/** One event. */
export interface Incoming {
  /** The platform's own event id: a redelivered event is answered again and acted on once. */
  id: string;
  from: Address;
  /**
   * Where the talk may go on from here, on a network where an address is only a secret that its owner keeps: whoever signs
   * in moves there (`Screen.moved`), so that somebody who knew the old one does not come in with them.
   */
  fresh?: Address;
  /** The shared place (group, channel, topic) where it happened; absent in private. */
  place?: Address;
  /** May this person manage the shared place? Absent where the network does not say. */
  manages?: boolean;
  /** BCP 47, as the platform tells it; may be empty. */
  locale: string;
  input: Input;
  /** Opaque marks of messages in this talk since the last event, ours and the person's, so that they can be erased later. */
  traces?: string[];
}

/** What became of a sending. `ref` allows a later redraw. */
export type Sent =
  | { ok: true; ref?: string }
  /**
   * Try again after so many seconds. `maybe`: the answer was lost, it may have arrived. `wide`: the network wants no
   * message to anybody until then. `shut`: the place is there and takes nothing until somebody opens it again.
   */
  | { ok: false; retry: true; after?: number; maybe?: boolean; wide?: boolean; shut?: boolean; code: string }
  /** Never again: the person blocked us, the place is gone, the message is wrong. */
  | { ok: false; retry: false; gone: boolean; code: string };

/** How a sending may be shaped: `ref` redraws an earlier message; `nonce` lets the network drop a second copy. */
export interface SendOptions {
  ref?: string;
  nonce?: string;
  locale: string;
}

/**
 * One sentence from `locales/<locale>/`, for the few words that a network itself must show. Keys are
 * `namespace:key`; a platform's own words stand in the namespace of its name, command descriptions in `commands`
 * (`commands:report`).
 */
export type Say = (locale: string, key: string, values?: Record<string, string | number>) => string;

/** What a platform is given when it opens. */
export interface House {
  /** Answers one event; `undefined` means that nothing is to be shown. Never rejects. */
  hear(incoming: Incoming): Promise<Screen | undefined>;
  say: Say;
  /**
   * Resolves when an answer may be sent: at once, unless answers alone use the whole of what the network takes. Called
   * before each message by networks that have a `pace` which answers share; absent where nothing is counted.
   */
  mayAnswer?(): Promise<void>;
  /** Commands to announce: name (a–z; its description is `say(locale, "commands:" + name)`), and where they mean something. */
  commands: CommandInfo[];
  /** Every locale we have words in. */
  locales: string[];
  /** Answers that may be posted where others read; absent where there are none. */
  answers?: Answers;
  /**
   * A place has another address from now on, and what is owed to it goes there. Answers false where nothing is. Throws when
   * the database cannot be reached.
   */
  moved?(from: Address, to: Address): Promise<boolean>;
  /** What one process puts down for another of this house; absent where there is only one. */
  kept?: Kept;
  /** Takes an event that a network may give to several processes, or give again; absent where there is only one process. */
  claim?(event: string): Promise<Claim>;
  /** A code for the operator's log; never an address, a text, a token. */
  note(code: NoteCode, values?: Record<string, string | number>): void;
}

/** Plain JSON, sealed, for a short time. Both throw when the shared memory cannot be reached. */
export interface Kept {
  put(name: string, value: unknown, seconds: number): Promise<void>;
  /** Takes it, once. */
  take(name: string): Promise<unknown>;
}

/** Whose an event is: answered before, somebody else's who is at it, or ours until one of the two is called. */
export type Claim = "over" | "busy" | { over(): Promise<void>; free(): Promise<void> };

export interface CommandInfo {
  name: string;
  /** `place`: also meaningful in a board's group or channel. */
  where: "private" | "place";
  /** Only for those who manage the place; a network that can hides it from others. */
  managers?: true;
  /** A network that can complete what is typed offers `answers` with this command, to be posted. */
  answers?: true;
}

/** An answer to be posted under the asker's own name. No word of the asker's is in it. */
export interface Ready {
  id: string;
  title: string;
  text: string;
  fold: NonNullable<Screen["fold"]>;
}

/** Looks answers up while somebody types; nothing of what is typed is kept. */
export interface Answers {
  /** Those that fit, best first, at most ten; some to begin with for an empty text. */
  find(locale: string, typed: string): Promise<Ready[]>;
  get(locale: string, id: string): Promise<Ready | undefined>;
}

/** What a platform may tell the log. */
export type NoteCode =
  | "platform-ready"
  | "platform-unreachable"
  | "platform-token-refused"
  | "platform-recovered"
  | "platform-turn-failed"
  | "platform-forged-webhook"
  | "platform-stranger-in-group";

/** How fast a network takes messages out of the blue; the courier keeps to it. */
export interface Pace {
  /** Messages a second, to everybody together. */
  perSecond: number;
  /** So many messages in so many seconds to one account or place. */
  place(id: string): { points: number; seconds: number }[];
}

export interface Platform {
  readonly name: string;
  readonly can: Can;
  /** Absent where nothing limits us. */
  readonly pace?: Pace;
  /**
   * Starts to listen. Resolves as soon as the platform has begun; a network that cannot be reached is retried
   * for ever in the background and noted, it never rejects and never takes another platform down.
   * @param silent to send only: nothing is listened to
   */
  open(house: House, silent?: boolean): Promise<void>;
  /** Sends out of the blue; called by the courier only. Never throws for what the network answers. */
  send(to: Address, screen: Screen, options: SendOptions): Promise<Sent>;
  /** Forgets what it no longer needs; called once an hour. */
  sweep?(): void;
  /** Reads an address of this machine with the client that it reads its network with; absent where that is Node's own. */
  read?(url: string): Promise<unknown>;
  close(): Promise<void>;
}

/**
 * Cuts a long text into pieces of at most `max` characters, at paragraph, line, sentence or word ends where possible.
 * Never splits a surrogate pair.
 */
export function cutText(text: string, max: number): string[] {
  const pieces: string[] = [];
  let rest = text;
  while (rest.length > max) {
    const window = rest.slice(0, max);
    let at = Math.max(window.lastIndexOf("\n\n"), 0);
    if (at < max / 2) at = Math.max(window.lastIndexOf("\n"), at);
    if (at < max / 2) at = Math.max(window.lastIndexOf("。") + 1, window.lastIndexOf(". ") + 1, at);
    if (at < max / 2) at = Math.max(window.lastIndexOf(" "), at);
    if (at < max / 2) at = max;
    if (/[\uD800-\uDBFF]/.test(rest[at - 1] ?? "")) at -= 1;
    pieces.push(rest.slice(0, at).trimEnd());
    rest = rest.slice(at).trimStart();
  }
  if (rest !== "" || pieces.length === 0) pieces.push(rest);
  return pieces;
}

/**
 * Makes a stranger's text harmless to show: control characters and bidirectional overrides go (line feeds and
 * tabs stay), so that no terminal escape runs and no text poses as another. Zero-width joiners stay: Persian,
 * Hindi and emoji need them.
 */
export function plain(text: string): string {
  return text
    .replace(/\r\n?|[\u2028\u2029]/g, "\n")
    .replace(
      /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF\uFFF9-\uFFFB]/g,
      "",
    );
}
