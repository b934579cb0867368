/**
 * The counter: what a conversation may ask (`Queries`), what it may order (`Command`), and who carries it out. Roles are
 * checked here, not on the screen, and every look at a report is put on record here.
 */
import type { DoorTag, SealedAddress } from "./bot/door.ts";
import type { Attachment, Upload } from "./bot/screen.ts";
import type { Columns } from "./crypto/columns.ts";
import { type CampaignDraft, campaignOrders, campaignQueries } from "./desk/campaigns.ts";
import { type Carriers, createCounter, type Made } from "./desk/counter.ts";
import { emergency } from "./desk/emergency.ts";
import { takeIn } from "./desk/intake.ts";
import { lifeOrders } from "./desk/life.ts";
import { peopleDesk, visitMinutes } from "./desk/people.ts";
import { masked, questionOrders } from "./desk/questions.ts";
import { queueQueries } from "./desk/queue.ts";
import { type QuizCommand, type QuizQueries, quizOrders, quizQueries } from "./desk/quiz.ts";
import { openMailbox, reporterOrders } from "./desk/reporter.ts";
import { reviewerOrders, reviewerQueries } from "./desk/reviewer.ts";
import { createTender } from "./desk/tend.ts";
import { type TipCommand, type TipQueries, type TipRoom, tipOrders, tipQueries } from "./desk/tips.ts";
import { type TradeQueries, tradeOrders, tradeQueries } from "./desk/trade.ts";
import { codeOf } from "./errors.ts";
import type { Answer, ContactView, EntryView, Knowledge, TopicView } from "./knowledge/knowledge.ts";
import type { QuestionStore } from "./knowledge/questions-store.ts";
import type { Tally, TallyStore } from "./knowledge/store.ts";
import type { Limits } from "./limits.ts";
import type { Campaigns, Forecast, Progress } from "./outbox/campaigns.ts";
import type { Outbox } from "./outbox/outbox.ts";
import type { Quiz } from "./quiz/quiz.ts";
import type { AuditStore } from "./reports/audit-store.ts";
import type { Canned } from "./reports/canned.ts";
import type { FactorStore } from "./reports/factor-store.ts";
import { type Found, findHints } from "./reports/hints.ts";
import type { Leak } from "./reports/leaks.ts";
import type { Invitation, PeopleStore, Role } from "./reports/people-store.ts";
import type { PersonalKind } from "./reports/personal.ts";
import { holdsReceipt, newReceipt, normalise, readReceipt, showReceipt, splitReceipt } from "./reports/receipt.ts";
import { type CloseOutcome, type Move, moves, outcomes, type Status } from "./reports/review.ts";
import type { KeptFile, Message, ReportStore, Write } from "./reports/store.ts";
import type { Taxonomy } from "./reports/taxonomy.ts";
import type { Teams } from "./reports/teams.ts";
import type { ThresholdRule } from "./reports/thresholds.ts";
import type { Summary, Told } from "./reports/told.ts";
import type { TradeStore } from "./reports/trade-store.ts";
import type { Blobs } from "./storage/blobs.ts";
import type { Storage } from "./storage/storage.ts";

export type { CampaignDraft } from "./desk/campaigns.ts";
export type { GradedView, LearnerView, QuestionView } from "./desk/quiz.ts";
export type { Answer, ContactView, EntryView, TopicView } from "./knowledge/knowledge.ts";
export type { Progress } from "./outbox/campaigns.ts";
export type { Chain } from "./reports/chain.ts";
export type { Found } from "./reports/hints.ts";
export type { Role } from "./reports/people-store.ts";
export type { CloseOutcome, Move, Status } from "./reports/review.ts";
export type { Message } from "./reports/store.ts";
export type { Weighing } from "./reports/thresholds.ts";
export type { Question, Summary, Told } from "./reports/told.ts";
export type { TipSettings } from "./tips/rules.ts";

/** Who orders: anyone at all, a reviewer under an alias, or the house itself (drawing what goes out). */
export type Actor = { kind: "anyone" } | { kind: "house" } | { kind: "reviewer"; alias: string; role: Role };

/** The visitor at the counter, as the bot brings them: no account, only what the door makes of one. */
export interface Visitor {
  actor: Actor;
  tag: DoorTag;
  /** The name that limits are counted under; dies with the day. */
  limit: string;
  locale: string;
  /** A sealed way to reach this visitor; called only for orders by which the visitor asks for it. */
  reach(): SealedAddress;
  /** The shared place where the order was given. */
  place?: { tag: DoorTag; address: SealedAddress };
}
/** A file that was taken in with a draft: of a picture both copies, until it is known whether the original is wanted. */
export type TakenFile = KeptFile;

export type Command =
  | QuizCommand
  /** Files a report. `originals`: keep pictures as they were sent, too. `notify`: tell this account when there is news. */
  | { kind: "file"; receipt: string; told: Told; files: TakenFile[]; originals: boolean; notify: boolean }
  | { kind: "write"; receipt: string; text: string; files: TakenFile[]; originals: boolean }
  | { kind: "notify"; receipt: string; on: boolean }
  | { kind: "withdraw"; receipt: string }
  | { kind: "claim"; code: string }
  | { kind: "release"; code: string }
  | { kind: "reopen"; code: string }
  | { kind: "reply"; code: string; text: string }
  | { kind: "close"; code: string; outcome: CloseOutcome; cause?: string; actions?: string[]; text: string }
  | { kind: "move"; code: string; to: Move }
  /** Gives a case to a colleague, shares it with one, or leaves it for a conflict of interest. */
  | { kind: "hand"; code: string; to: string }
  | { kind: "share"; code: string; with: string }
  | { kind: "recuse"; code: string }
  /** Says whom a reporter meant who named people that must not see the case. */
  | { kind: "guard"; code: string; aliases: string[] }
  | { kind: "join"; invite: string; alias: string; passphrase?: string }
  /** Lets a reviewer come in by a further account: `code` is to be entered there. */
  | { kind: "door-code"; code: string }
  | { kind: "enter"; code: string }
  | { kind: "sign-in"; alias: string }
  | { kind: "sign-out" }
  /** Switches a second factor on with a code of it, or off after one was used (`useFactor`). */
  | { kind: "factor"; secret: string; code: string }
  | { kind: "factor-off" }
  | { kind: "board"; on: boolean }
  /** Puts cases into a series, which is made if it is new. */
  | { kind: "join-series"; series: string; codes: string[] }
  | { kind: "leave-series"; code: string }
  /** Counts an answer that helped or did not, or a question without one. */
  | { kind: "tally"; tally: Tally }
  /** Keeps a question without an answer for the editors, masked, for 30 days: its writer agreed. */
  | { kind: "keep-question"; text: string; topic: string }
  /** A message to everybody who subscribed. */
  | { kind: "campaign-make"; draft: CampaignDraft }
  | { kind: "campaign-confirm" | "campaign-pause" | "campaign-resume" | "campaign-cancel"; id: string }
  /** Whether a message was useful; counted, and counted only. */
  | { kind: "campaign-felt"; id: string; useful: boolean }
  /** Somebody pressed what does not exist for them; counted. */
  | { kind: "refused" }
  | TipCommand;

/** A mailbox as its reporter sees it. */
export interface Mailbox {
  status: Status;
  /** A reviewer has it in hand. */
  taken: boolean;
  day: number;
  closedDay: number | null;
  /** The last day on which it is kept. */
  keepUntil: number | null;
  hold: boolean;
  outcome: CloseOutcome | null;
  told: Told | undefined;
  messages: Message[];
  files: { kind: string; bytes: number }[];
  notify: boolean;
}
/** A case as its card shows it: nothing that was typed. */
export interface Card {
  code: string;
  day: number;
  status: Status;
  owner: string | null;
  messages: number;
  unread: number;
  files: number;
  summary: Summary | null;
  outcome: CloseOutcome | null;
  helpers: string[];
  cause: string | null;
  actions: string[];
  /** The reporter excluded people, and nobody has said yet who is meant: deputies see it, nobody else. */
  guard: boolean;
  /** Why it weighs more than others. */
  why: string[];
  /** Days by which something is due, and days on which it was done. */
  clocks: Record<"personal" | "ack" | "feedback", { due: number | null; done: number | null }>;
  nextDue: number | null;
  team: string;
  keepUntil: number | null;
  hold: boolean;
}
/** Which cases are wanted. `sealed`: those with one of these codes of a list (`level` too), or this text in the case's code. */
export type Wanted =
  | { by: "all" | "mine" | "unowned" | "overdue" | "shared" | "guarded" }
  | { by: "status"; status: Status }
  | { by: "sealed"; codes: Partial<Record<string, string[]>>; text: string };

/** A case as a reviewer reads it. */
export interface CaseFile extends Card {
  told: Told;
  thread: Message[];
  attachments: {
    number: number;
    kind: string;
    type: string;
    extension: string;
    bytes: number;
    warn: boolean;
    original: boolean;
  }[];
  /** Personal data that stands masked in it, by the numbers that stand behind the masks. */
  masked: { number: number; kind: PersonalKind }[];
}

export interface Queries extends TipQueries, QuizQueries, TradeQueries {
  readonly actor: Actor;
  codes(list: string): readonly string[];
  /** Outcomes that one reviewer may close with. */
  outcomes(): readonly CloseOutcome[];
  newReceipt(): string;
  showReceipt(receipt: string): string;
  splitReceipt(receipt: string): string[];
  readReceipt(typed: string): { ok: true; receipt: string } | { ok: false; why: "shape" | "typo" };
  holdsReceipt(text: string): boolean;
  /** A typed group of a receipt as it was meant. */
  normalise(typed: string): string;
  /** How pressing these urgency codes are together: P0 to P3. */
  level(urgency: string[]): string;
  findHints(text: string): Found[];
  /** Personal data in it by dots, for an echo. */
  masked(text: string): string;
  /** Begins to learn the answers, if that has not begun: somebody is about to ask. */
  learn(): void;
  /** Answers a question in the language it is asked in, else in that of `locale`. */
  ask(question: string, locale: string): Promise<Answer>;
  entry(id: string, locale: string): Promise<EntryView | undefined>;
  topics(locale: string): Promise<TopicView[]>;
  /** Whom to call in danger: of the country that the locale names, else of several. */
  emergency(locale: string): Promise<ContactView[]>;
  /** Opens a mailbox; a receipt that opens nothing is counted, and too many of them have to wait (seconds). */
  mailbox(receipt: string): Promise<Mailbox | { unknown: true } | { wait: number }>;
  /** Cases, the most pressing first. `end`: only so many of the most pressing were searched. */
  queue(page: number, wanted?: Wanted): Promise<{ cards: Card[]; more: boolean; end?: number }>;
  /** What is due within a week, as anybody in the team may see it. */
  deadlines(): Promise<{ late: number; soon: number; cases: { code: string; due: number; owner: string | null }[] }>;
  /** Colleagues who may see this case. */
  colleagues(code: string): Promise<string[]>;
  /** For a deputy: everybody whom a reporter might have meant. */
  excludable(code: string): Promise<{ alias: string; excluded: boolean }[]>;
  /** Where a case can be moved. */
  moves(): readonly Move[];
  counts(): Promise<Record<string, number>>;
  card(code: string): Promise<Card | undefined>;
  /** What an action would come to now. */
  may(
    code: string,
    kind: "claim" | "release" | "reply" | "close" | "reopen" | "move" | "hand" | "share" | "recuse",
  ): Promise<{ ok: true } | { ok: false; why: string; by: string }>;
  /** Reads a case: a look, put on record before anything is handed out. */
  read(code: string): Promise<CaseFile | undefined>;
  /** A file of a case: also a look. Pictures come without metadata unless the kept original is asked for. */
  attachment(code: string, number: number, original: boolean): Promise<Attachment | undefined>;
  /** Why a masked value may be shown. */
  unmaskReasons(): readonly string[];
  /** Shows one masked value: a look, put on record with its reason before it is handed out. */
  unmask(code: string, number: number, reason: string): Promise<{ kind: PersonalKind; value: string } | undefined>;
  /** Answers ready to send: labels in the visitor's language, texts in the one that the report is written in. */
  canned(code: string): Promise<{ id: string; label: string; text: string }[]>;
  /** What an answer gives away or asks for that it should not. */
  leaks(text: string): Promise<Leak[]>;
  /** The latest campaigns and how far each is. */
  campaigns(): Promise<Progress[]>;
  campaign(id: string): Promise<Progress | undefined>;
  /** What a campaign says. */
  campaignText(id: string, locale: string): Promise<{ title: string; text: string } | undefined>;
  /** What a campaign to everybody would come to. */
  campaignForecast(): Promise<Forecast>;
  /** What an invitation leads to, while it is good: a new reviewer's role, or an existing reviewer's further account. */
  invited(code: string): Promise<Invitation | undefined>;
  newInvite(): string;
  aliasFree(alias: string): Promise<boolean>;
  /** Checks a passphrase and, where there is a second factor, its code; wrong ones are counted (seconds to wait). */
  knows(alias: string, passphrase: string, code: string): Promise<boolean | { wait: number }>;
  /** Has the visitor, a reviewer, a second factor? */
  hasFactor(): Promise<boolean>;
  newFactor(): string;
  /** A secret as a QR code for an authenticator app. */
  factorPicture(secret: string): Promise<Uint8Array>;
  factorFits(secret: string, code: string): boolean;
  /** Uses a code of the visitor's second factor up; wrong ones are counted. */
  useFactor(code: string): Promise<boolean>;
}
export interface Orders {
  writes: Write[];
  /** What is left to do when it is stored: remove bytes, wake the courier. */
  after(): Promise<void>;
}
export interface Desk {
  actor(tag: DoorTag): Promise<Actor>;
  /** Counts an attempt at what is not allowed. */
  refused(): void;
  for(visitor: Visitor): Queries;
  /** Seals and checks; what it answers is written in the caller's transaction. Throws `not-allowed`, `stale`. */
  prepare(visitor: Visitor, commands: Command[]): Promise<Orders>;
  /** Does what is due: reminds, keeps the cards of deadlines, destroys what was kept long enough. */
  tend(): Promise<void>;
  /** Seals one upload and checks it by its content. */
  takeIn(
    visitor: Visitor,
    upload: Upload,
    limit: number,
  ): Promise<{ ok: true; file: TakenFile } | { ok: false; why: string }>;
}
export interface DeskParts {
  storage: Storage;
  reports: ReportStore;
  people: PeopleStore;
  factors: FactorStore;
  audit: AuditStore;
  outbox: Outbox;
  campaigns: Campaigns;
  blobs: Blobs;
  taxonomy: Taxonomy;
  /** Answers ready to send. */
  canned: Canned[];
  teams: Teams;
  columns: Columns;
  limits: Limits;
  /** Learned at the first question. */
  knowledge(): Promise<Knowledge>;
  tallies: TallyStore;
  questions: QuestionStore;
  trade: TradeStore;
  tips: TipRoom;
  quiz: Quiz;
  thresholds: ThresholdRule[];
  now(): number;
  /** Most seconds by which a card is held back, at random. */
  cardDelay: number;
  wake(): void;
  /** Codes for the operator. */
  note(code: string, values?: Record<string, string | number>): void;
  count(what: "report" | "message" | "look" | "refused" | "withdrawn"): void;
}
export function createDesk(parts: DeskParts): Desk {
  const { people, taxonomy, blobs } = parts;
  const counter = createCounter(parts);
  const entrance = peopleDesk(counter);
  const carriers: Carriers<Command["kind"]> = {
    ...reporterOrders(counter),
    ...reviewerOrders(counter),
    ...lifeOrders(counter),
    ...tipOrders(counter),
    ...quizOrders(counter),
    ...tradeOrders(counter),
    ...entrance.orders,
    ...questionOrders(counter),
    ...campaignOrders(counter),
    refused: async () => ({ writes: [], counted: "refused" }),
  };

  return {
    async actor(tag) {
      const found = await people.atDoor(tag, counter.minute(), visitMinutes);
      return found ? { kind: "reviewer", alias: found.alias, role: found.role } : { kind: "anyone" };
    },

    refused: () => parts.count("refused"),

    for: (visitor) => ({
      actor: visitor.actor,
      codes: (list) => taxonomy.codes(list as Parameters<Taxonomy["codes"]>[0]),
      outcomes: () => outcomes,
      moves: () => moves,
      level: (urgency) => taxonomy.level(urgency),
      newReceipt,
      showReceipt,
      splitReceipt,
      readReceipt,
      holdsReceipt,
      normalise,
      findHints,
      masked,
      learn: () => {
        parts.knowledge().catch(() => undefined); // whoever asks is told
      },
      ask: async (question, locale) => (await parts.knowledge()).ask(question, locale),
      entry: async (id, locale) => (await parts.knowledge()).entry(id, locale),
      topics: async (locale) => (await parts.knowledge()).topics(locale),
      emergency: async (locale) => emergency(await parts.knowledge(), locale),
      mailbox: (receipt) => openMailbox(counter, visitor, receipt),
      ...queueQueries(counter, visitor),
      ...tipQueries(counter, visitor),
      ...reviewerQueries(counter, visitor),
      ...tradeQueries(counter, visitor),
      ...entrance.queries(visitor),
      ...campaignQueries(counter, visitor),
      ...quizQueries(counter, visitor),
    }),

    async prepare(visitor, commands) {
      const made: Made[] = [];
      for (const command of commands)
        made.push(await (carriers[command.kind] as (v: Visitor, c: Command) => Promise<Made>)(visitor, command));
      return {
        writes: made.flatMap((m) => m.writes),
        async after() {
          for (const { counted } of made) if (counted) parts.count(counted);
          for (const id of made.flatMap((m) => m.remove ?? [])) await blobs.remove(id);
          if (made.some((m) => m.writes.length > 0)) parts.wake();
          if (!commands.some((c) => c.kind === "withdraw")) return;
          // it is withdrawn all the same; what somebody is still reading is gone with the next sweep
          await parts.storage.forget().catch((error: unknown) => parts.note("forget-failed", { code: codeOf(error) }));
        },
      };
    },

    tend: createTender(counter).tend,

    takeIn: (_visitor, upload, limit) => takeIn(counter, upload, limit),
  };
}
