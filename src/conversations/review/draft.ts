/** What a reviewer's talk is about, and the steps it has: one file of this folder for each thing a reviewer does. */
import type { Context, Step, Turn } from "../../bot/conversation.ts";
import type { Field } from "../../bot/screen.ts";
import type { Behind, CloseOutcome, RequestView, Wanted } from "../../desk.ts";

export interface Draft {
  code: string;
  page: number;
  /** A reply or a last word, before it is sent. */
  text: string;
  outcome?: CloseOutcome;
  /** Why it could happen, and what was changed, in codes. */
  cause?: string;
  actions?: string[];
  /** Which cases the queue shows. */
  wanted?: Wanted;
  /** Where each earlier part of a search ended, the first one first. */
  behind?: Behind[];
  /** How that was chosen: `status investigating`. */
  chosen?: string;
  /** Which attachment is handed over on the next screen, and whether as it was sent. */
  file?: { number: number; original: boolean };
  /** Which masked value is shown on the next screen, and why. */
  mask?: number;
  reason?: string;
  /** What a second person is about to be asked for, and what exactly. */
  second?: RequestView["what"];
  numbers?: number[];
  passage?: string;
  /** Which attached file is to be destroyed, and why. */
  shred?: { number: number; reason?: string };
  /** Whom a package goes to, and the age recipient that it is sealed to. */
  to?: string;
  recipient?: string;
  /** Who is to be removed. */
  leaver?: string;
  /** Of which day the plain cases are to be closed, and how many they are. */
  day?: string;
  cases?: number;
  /** The request that is looked at. */
  request?: string;
}

/** The steps by the file that holds them. */
export type Name =
  | ("queue" | "filter" | "choose" | "search")
  | ("card" | "ready" | "conflict" | "read" | "file")
  | ("deadlines" | "reminder" | "flood")
  | ("life" | "mute" | "hand" | "share" | "guard" | "letin")
  | ("reply" | "check" | "sent" | "canned")
  | ("second" | "sure" | "untrue" | "requests" | "request" | "leaver" | "asked" | "answered")
  | ("redact" | "passage" | "shred" | "why" | "note")
  | ("which" | "refer" | "key" | "shown" | "fetch")
  | ("masks" | "reason" | "value")
  | ("outcome" | "cause" | "actions" | "word");
export type Made = Turn<Draft, Name>;
/** Some of the steps. */
export type Steps<Names extends Name> = Record<Names, Step<Draft, Name>>;

export const blank: Draft = { code: "", page: 0, text: "" };

/** The draft turned to a case: nothing that was written or chosen for another goes along, only where the queue stands. */
export function turnTo(draft: Draft, code: string): Draft {
  const { page, wanted, behind, chosen } = draft;
  return code === draft.code ? draft : { code, page, text: "", wanted, behind, chosen };
}
export const longestReply = 20_000;

/** The form of one text that a reviewer writes. @param value what stands in it already */
export const oneText = (ctx: Context, value?: string): Field[] => [
  {
    name: "text",
    label: ctx.t("review:reply.label"),
    kind: "paragraph",
    required: true,
    max: ctx.can.typed || longestReply,
    ...(value === undefined ? {} : { value }),
  },
];
