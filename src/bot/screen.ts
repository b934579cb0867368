/**
 * What a person sees and what a person does. These are the only two things that cross between a platform
 * and the machine; a platform draws the one and reads the other, and nothing else in the house knows how.
 *
 * All texts are final sentences in the person's language. They are plain text: a platform must show every
 * character as it is (no Markdown, no HTML, no mention, no link preview), because much of it was typed by
 * strangers.
 */
export interface Screen {
  /** The locale of its words; set by the machine. */
  locale?: string;
  /** The talk goes on at the event's `fresh` address; set by the machine. */
  moved?: true;
  /** A short heading. */
  title?: string;
  /** The body; paragraphs are separated by an empty line. */
  text: string;
  /** Nobody but the organisation wrote `text` and `fold`: a network may let addresses in them be opened, as in no other text. */
  ours?: true;
  /** One line above everything: why the last input did not work, or what just happened. */
  notice?: string;
  /** Where we are in a longer task; `text` is the sentence for it ("3 of 9"). */
  progress?: { at: number; of: number; text: string };
  /** Something another person wrote, shown apart from our own words. */
  quotes?: Quote[];
  /** Small print below the text that most people skip ("Sources"); folded where a platform can, always there in full. */
  fold?: { title: string; text: string };
  /** A code to note down; a platform that can offers to copy it. Drawn once, never kept in a log. */
  secret?: string;
  /** A few actions. */
  buttons?: Choice[];
  /** One or several out of many. */
  menu?: Menu;
  /** The menu as the network's own quiz, with one right option; only where `can.quiz` says that it fits. */
  quiz?: NativeQuiz;
  /** Several answers at once: a modal, a page; the machine spells it out one by one where a platform has none. */
  form?: Form;
  /** Attachments are welcome here: at most `max` of them, of `bytes` each; `pick` is the sentence that asks for them. */
  files?: { max: number; bytes: number; pick: string };
  /** A chart or a graph. Whatever it says stands in `text` or in its `alt` as well: nobody has to see it. */
  picture?: Picture;
  /** A file for this person to keep. */
  attachments?: Attachment[];
  /** For this person only, also where others are present. */
  hush?: boolean;
  /** To go on, the person has to come to a private talk; the platform shows the way, in its own words. */
  elsewhere?: true;
  /** Marks of earlier messages (see `Incoming.traces`) that the platform should delete now, as far as it can. */
  erase?: string[];
  /** The screen tells of that: where it did not work, it is not headed as done. */
  erased?: true;
}

/** Somebody's words, with who and when in `by` ("The team, 3 May"). */
export interface Quote {
  by: string;
  text: string;
}

/** One action or option. `value` comes back as it is in `Input`; a choice with `url` leaves the chat and answers nothing. */
export interface Choice {
  value: string;
  label: string;
  /** A second, smaller line, where the platform has room. */
  hint?: string;
  url?: string;
  tone?: "primary" | "danger" | "quiet";
  /** Already chosen (in a menu of many), or already so. */
  on?: boolean;
}

/** One (or, with `many`, several) out of a list; `hint` says what to do, `done` labels the button that ends a choice of many. */
export interface Menu {
  hint: string;
  options: Choice[];
  many?: boolean;
  done?: Choice;
}

/** A question that the network draws itself, its options those of the menu. `why` is told by the network after answering. */
export interface NativeQuiz {
  ask: string;
  /** The place of the right option in the menu. */
  right: number;
  why: string;
}

/** Several questions that belong together. `send` labels the button; `value` of it marks the form when it comes back. */
export interface Form {
  title: string;
  fields: Field[];
  send: Choice;
}

export interface Field {
  name: string;
  label: string;
  /** Why we ask, or an example. */
  hint?: string;
  /** `secret`: a code, shown while it is typed, never kept or filled in; `passphrase`: hidden while it is typed, too. */
  kind: "line" | "paragraph" | "secret" | "passphrase" | "choice" | "choices";
  /** For `choice` and `choices`. */
  options?: Choice[];
  required?: boolean;
  /** Longest answer in characters. */
  max?: number;
  /**
   * What a browser may find by itself instead: a number whose SHA-256 behind `challenge#` begins with so many zero bits, sent as
   * `#number`; `busy` and `found` are what is said meanwhile and then. Networks that run nothing leave it out.
   */
  work?: { challenge: string; bits: number; busy: string; found: string };
  /** What was answered before; codes joined by commas for `choices`. */
  value?: string;
}

/** A picture of our own making, drawn when it is sent. `alt` is its words, for who cannot see it (at most 1,000 characters are sure to arrive). */
export interface Picture {
  /** A neutral file name that ends in `.png`. */
  name: string;
  alt: string;
  png(): Promise<Uint8Array>;
}

/** A file to hand over. `open` may be called once. */
export interface Attachment {
  name: string;
  type: string;
  bytes: number;
  open(): Promise<ReadableStream<Uint8Array>>;
}

/** What a person does, whatever the platform. */
export type Input =
  | { kind: "look" }
  | { kind: "command"; name: string; rest: string }
  | { kind: "text"; text: string }
  /** `values`: what stood in the form beside which the button was pressed, where the platform sends both at once. */
  | { kind: "choice"; value: string; values?: Record<string, string> }
  /** Several options of one menu at once (a select, checkboxes); `value` is the value of the menu's `done`. */
  | { kind: "choices"; value: string; values: string[] }
  | { kind: "form"; value: string; values: Record<string, string> }
  /** A native quiz was drawn under the network's own name; `values` are its options, in order. Answered by nothing. */
  | { kind: "quiz-drawn"; quiz: string; values: string[] }
  /** An option of a native quiz was picked, by its place. */
  | { kind: "quiz-picked"; quiz: string; picked: number }
  /** `value`, where the platform knows it, is a choice that was pressed together with sending the files. */
  | { kind: "files"; files: Upload[]; value?: string };

/**
 * A file on its way in. `name` is the sender's and is shown to nobody; `bytes` is what the sender claims.
 * `open` may be called once; the reader must enforce its own limit, and a stream that fails leaves nothing behind.
 */
export interface Upload {
  name: string;
  type?: string;
  bytes?: number;
  open(): Promise<ReadableStream<Uint8Array>>;
}
