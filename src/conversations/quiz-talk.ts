/** What a talk about learning remembers, and its steps: shared by the files that hold them. */
import type { Turn } from "../bot/conversation.ts";

/** Where the talk stands; what was learned lies with the learner. */
export interface Draft {
  /** The item just answered, the options in the order in which they were shown, and those picked. */
  item?: string;
  shown?: number[];
  picked?: number[];
  /** Steps put in order so far, and the question that they belong to. */
  order?: { turn: string; options: number[] };
  /** At which hour to be reminded, until the zone is known. */
  hour?: number;
  /** A course's code that was typed. */
  code?: string;
  /** A certificate: of which course, under which code, for whom. Forgotten with the talk. */
  course?: string;
  certificate?: string;
  name?: string;
}

export type Name =
  | "start"
  | "question"
  | "after"
  | "nudge"
  | "settings"
  | "sector"
  | "hour"
  | "zone"
  | "kept"
  | "code"
  | "join"
  | "name"
  | "paper";
export type Made = Turn<Draft, Name>;
