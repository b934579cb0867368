/** A row of the outbox as it lies in the database, and as a courier gets it. */
import type { Kind } from "./kinds.ts";

/** What a row will be drawn from, at the moment of sending: a card of a conversation, so that it is never out of date. */
export interface Payload {
  /** `conversation.step`, an `anytime` step. */
  step: string;
  key: string;
  locale: string;
  /** Where the sent message's mark is kept, so that the next one redraws it; absent for messages that stand alone. */
  post?: string;
}

/** A message to be owed. */
export interface Owed {
  kind: Kind;
  /** What it is the only one of: a second one under the same name replaces the first while that waits. */
  once: string;
  /** When it may go, in seconds since 1970. */
  due: number;
  /** Sealed. */
  address: Buffer;
  payload: Payload;
  /** When it is too late to be sent (seconds since 1970): then it is skipped, not poured out. */
  expires?: number;
  /** The subscriber that it is for, so that it goes when they stop. Never for what concerns a report. */
  owner?: string;
  /** The network that it goes by, so that a network that wants silence holds up nobody else. Never for what concerns a report. */
  lane?: string;
  /** The campaign that it belongs to. */
  group?: string;
}

export interface Due {
  id: string;
  kind: Kind;
  attempts: number;
  lease: number;
  expires: number | null;
  owner: string | null;
  group: string | null;
  /** A courier began to send it and never said how that ended. */
  begun: boolean;
  address: Buffer;
  payload: Payload;
}

export interface Row {
  id: string;
  kind: Kind;
  once: string;
  due: number;
  attempts: number;
  lease: number;
  parked: string | null;
  precedence: number;
  expires: number | null;
  owner: string | null;
  lane: string | null;
  campaign: string | null;
  begun: number;
  /** When it was first owed, in days since 1970: a card of an earlier day goes before one of a later day. */
  day: number;
  address: Buffer;
  payload: Buffer;
}

/** How the sending of a row ended, for the counts of its campaign. */
export type End = "sent" | "failed" | "gone" | "late";
