/** What a reviewer's talk is about, and the steps it has: one file of this folder for each thing a reviewer does. */
import type { Step, Turn } from "../../bot/conversation.ts";
import type { CloseOutcome } from "../../desk.ts";

export interface Draft {
  code: string;
  page: number;
  /** A reply or a last word, before it is sent. */
  text: string;
  outcome?: CloseOutcome;
  /** Which attachment is handed over on the next screen, and whether as it was sent. */
  file?: { number: number; original: boolean };
  /** Which masked value is shown on the next screen, and why. */
  mask?: number;
  reason?: string;
}

/** The steps by the file that holds them. */
export type Name =
  | "queue"
  | "card"
  | "ready"
  | "conflict"
  | "read"
  | "file"
  | "reply"
  | "check"
  | "outcome"
  | "word"
  | "masks"
  | "reason"
  | "value"
  | "canned";
export type Made = Turn<Draft, Name>;
/** Some of the steps. */
export type Steps<Names extends Name> = Record<Names, Step<Draft, Name>>;

export const blank: Draft = { code: "", page: 0, text: "" };
export const longestReply = 20_000;
