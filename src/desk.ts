/**
 * The counter: what a conversation may ask (`Queries`), what it may order (`Command`), and who carries it out. Roles are
 * checked here, not on the screen, and every look at a report is put on record here.
 */
import type { DoorTag, SealedAddress } from "./bot/door.ts";
import type { Upload } from "./bot/screen.ts";
import type { Columns } from "./crypto/columns.ts";
import type { Outward } from "./crypto/outward.ts";
import { type AuditQueries, auditQueries } from "./desk/auditor.ts";
import { type CampaignCommand, type CampaignQueries, campaignOrders, campaignQueries } from "./desk/campaigns.ts";
import { type Carriers, createCounter, type Made } from "./desk/counter.ts";
import { createEbb, type FloodQueries, floodQueries } from "./desk/floods.ts";
import { type FourEyesCommand, type FourEyesQueries, fourEyesOrders, fourEyesQueries } from "./desk/foureyes.ts";
import { type GateCommand, type GateQueries, gateOrders, gateQueries } from "./desk/gate.ts";
import type { HandlingQueries } from "./desk/handling.ts";
import { takeIn } from "./desk/intake.ts";
import { type LifeCommand, lifeOrders } from "./desk/life.ts";
import { type PeopleCommand, type PeopleQueries, peopleDesk, visitMinutes } from "./desk/people.ts";
import { type QuestionCommand, type QuestionQueries, questionOrders, questionQueries } from "./desk/questions.ts";
import { type QueueQueries, queueQueries } from "./desk/queue.ts";
import { type QuizCommand, type QuizQueries, quizOrders, quizQueries } from "./desk/quiz.ts";
import { type ReferralQueries, referralQueries } from "./desk/referral.ts";
import { type ReplyCommand, type ReplyQueries, releaseReplies, replyOrders, replyQueries } from "./desk/replies.ts";
import {
  type ReporterCommand,
  type ReporterQueries,
  reporterOrders,
  reporterQueries,
  type TakenFile,
} from "./desk/reporter.ts";
import { type ReviewerCommand, type ReviewerQueries, reviewerOrders, reviewerQueries } from "./desk/reviewer.ts";
import { type SightingCommand, type SightingQueries, sightingOrders, sightingQueries } from "./desk/sightings.ts";
import { type StatsQueries, statsQueries } from "./desk/stats.ts";
import { createTender } from "./desk/tend.ts";
import { type TipCommand, type TipQueries, type TipRoom, tipOrders, tipQueries } from "./desk/tips.ts";
import { type TradeCommand, type TradeQueries, tradeOrders, tradeQueries } from "./desk/trade.ts";
import type { Knowledge } from "./knowledge/knowledge.ts";
import type { QuestionStore } from "./knowledge/questions-store.ts";
import type { TallyStore } from "./knowledge/store.ts";
import type { Limits, Senders, Tide } from "./limits.ts";
import type { Campaigns } from "./outbox/campaigns.ts";
import type { Outbox } from "./outbox/outbox.ts";
import type { Quiz } from "./quiz/quiz.ts";
import type { AuditStore } from "./reports/audit-store.ts";
import type { Canned } from "./reports/canned.ts";
import type { FactorStore } from "./reports/factor-store.ts";
import { type Found, findHints } from "./reports/hints.ts";
import type { NoteStore } from "./reports/notes-store.ts";
import type { PeopleStore, Role } from "./reports/people-store.ts";
import type { ReplyStore } from "./reports/replies-store.ts";
import type { RequestStore } from "./reports/requests-store.ts";
import type { ReportStore, Write } from "./reports/store.ts";
import type { Taxonomy } from "./reports/taxonomy.ts";
import type { Teams } from "./reports/teams.ts";
import type { ThresholdRule } from "./reports/thresholds.ts";
import type { TradeStore } from "./reports/trade-store.ts";
import type { Blobs } from "./storage/blobs.ts";
import type { Storage } from "./storage/storage.ts";

export type { CampaignPlan } from "./desk/campaigns.ts";
export type { RequestDetail, RequestView } from "./desk/foureyes.ts";
export type { Card, Wanted } from "./desk/queue.ts";
export type { Figures as LearningFigures, GradedView, LearnerView, QuestionView, SpokenUp } from "./desk/quiz.ts";
export type { Referral } from "./desk/referral.ts";
export type { Mailbox, TakenFile } from "./desk/reporter.ts";
export type { CaseFile } from "./desk/reviewer.ts";
export type { TipView } from "./desk/tips.ts";
export type { Answer, ContactView, EntryView, TopicView } from "./knowledge/knowledge.ts";
export type { Progress } from "./outbox/progress.ts";
export type { Chain } from "./reports/chain.ts";
export type { Found } from "./reports/hints.ts";
export type { Paper } from "./reports/paper.ts";
export type { Role } from "./reports/people-store.ts";
export type { Behind } from "./reports/queue-store.ts";
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
  /** The door that a reviewer comes in by from now on, where it is another one than that of this event. */
  entrance?: { tag: DoorTag; reach(): SealedAddress };
  /** There is no account behind this door: whoever comes in by it stays for a while only. */
  passing?: true;
  /** The name that limits are counted under; dies with the day. */
  limit: string;
  /** That name, and those of days before that are not dead yet. */
  names: readonly string[];
  locale: string;
  /** A sealed way to reach this visitor; called only for orders by which the visitor asks for it. */
  reach(): SealedAddress;
  /** The shared place where the order was given. */
  place?: {
    tag: DoorTag;
    address: SealedAddress;
    /** May the visitor manage it? Absent where the network does not say. */
    manages?: boolean;
  };
}
/** What may be ordered; each room's orders stand with it. */
export type Command =
  | ReporterCommand
  | ReviewerCommand
  | ReplyCommand
  | LifeCommand
  | FourEyesCommand
  | TradeCommand
  | SightingCommand
  | GateCommand
  | PeopleCommand
  | QuestionCommand
  | CampaignCommand
  | QuizCommand
  | TipCommand
  /** Somebody pressed what does not exist for them; counted. */
  | { kind: "refused" };

/** What may be asked; each room's answers stand with it. */
export interface Queries
  extends ReporterQueries,
    ReviewerQueries,
    ReplyQueries,
    HandlingQueries,
    FourEyesQueries,
    ReferralQueries,
    AuditQueries,
    QueueQueries,
    TradeQueries,
    SightingQueries,
    GateQueries,
    FloodQueries,
    StatsQueries,
    PeopleQueries,
    QuestionQueries,
    CampaignQueries,
    TipQueries,
    QuizQueries {
  readonly actor: Actor;
  codes(list: string): readonly string[];
  /** How pressing these urgency codes are together: P0 to P3. */
  level(urgency: string[]): string;
  findHints(text: string): Found[];
}
export interface Orders {
  writes: Write[];
  /** What is left to do when it is stored: remove bytes, wake the courier. */
  after(): Promise<void>;
}
export interface Desk {
  /** Every kind of order that is carried out here. */
  readonly orders: readonly Command["kind"][];
  actor(tag: DoorTag): Promise<Actor>;
  /** Counts an attempt at what is not allowed. */
  refused(): void;
  for(visitor: Visitor): Queries;
  /** Seals and checks; what it answers is written in the caller's transaction. Throws `not-allowed`, `stale`. */
  prepare(visitor: Visitor, commands: Command[]): Promise<Orders>;
  /** Does what is due: reminds, keeps the cards of deadlines, destroys what was kept long enough. */
  tend(): Promise<void>;
  /** Sends the answers that can be taken back no more, and notices the end of a flood. */
  release(): Promise<void>;
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
  requests: RequestStore;
  notes: NoteStore;
  /** Seals what is handed to others. */
  outward: Outward;
  replies: ReplyStore;
  outbox: Outbox;
  campaigns: Campaigns;
  blobs: Blobs;
  taxonomy: Taxonomy;
  /** Answers ready to send. */
  canned: Canned[];
  teams: Teams;
  columns: Columns;
  limits: Limits;
  senders: Senders;
  tide: Tide;
  /** Of the questions in a flood: one process asks, another may be answered. */
  tollKey: Uint8Array;
  /** Learned at the first question. */
  knowledge(): Promise<Knowledge>;
  tallies: TallyStore;
  questions: QuestionStore;
  trade: TradeStore;
  tips: TipRoom;
  quiz: Quiz;
  /** How many people could report, as the organisation says; 0 where it does not. */
  staff: number;
  thresholds: ThresholdRule[];
  now(): number;
  /** Most seconds by which a card is held back, at random. */
  cardDelay: number;
  /** Seconds in which an answer can be taken back. */
  undo: number;
  /** Notices go with the tick of the daily tip and look like one. */
  cover: boolean;
  wake(): void;
  /** What was destroyed is still in the database's files: the next sweep takes it out. */
  unforgotten(): void;
  /** Codes for the operator. */
  note(code: string, values?: Record<string, string | number>): void;
  count(what: "report" | "message" | "look" | "refused" | "withdrawn" | "sighting"): void;
  /** What a campaign looks like on a network, as text. */
  sketch(network: string, message: { title: string; text: string }, locale: string): Promise<string>;
}
export function createDesk(parts: DeskParts): Desk {
  const { people, taxonomy } = parts;
  const counter = createCounter(parts);
  const entrance = peopleDesk(counter);
  const ebb = createEbb(counter);
  const carriers: Carriers<Command["kind"]> = {
    ...reporterOrders(counter),
    ...reviewerOrders(counter),
    ...replyOrders(counter),
    ...lifeOrders(counter),
    ...fourEyesOrders(counter),
    ...tipOrders(counter),
    ...quizOrders(counter),
    ...tradeOrders(counter),
    ...sightingOrders(counter),
    ...gateOrders(counter),
    ...entrance.orders,
    ...questionOrders(counter),
    ...campaignOrders(counter),
    refused: async () => ({ writes: [], counted: "refused" }),
  };

  return {
    orders: Object.keys(carriers) as Command["kind"][],

    async actor(tag) {
      const found = await people.atDoor(tag, counter.minute(), visitMinutes);
      return found ? { kind: "reviewer", alias: found.alias, role: found.role } : { kind: "anyone" };
    },

    refused: () => parts.count("refused"),

    for: (visitor) => ({
      actor: visitor.actor,
      codes: (list) => taxonomy.codes(list as Parameters<Taxonomy["codes"]>[0]),
      level: (urgency) => taxonomy.level(urgency),
      findHints,
      ...reporterQueries(counter, visitor),
      ...questionQueries(counter),
      ...queueQueries(counter, visitor),
      ...tipQueries(counter, visitor),
      ...reviewerQueries(counter, visitor),
      ...fourEyesQueries(counter, visitor),
      ...referralQueries(counter, visitor),
      ...auditQueries(counter, visitor),
      ...replyQueries(counter, visitor),
      ...tradeQueries(counter, visitor),
      ...sightingQueries(counter, visitor),
      ...gateQueries(counter, visitor),
      ...floodQueries(counter, visitor),
      ...statsQueries(counter, visitor),
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
          await counter.unlink(made.flatMap((m) => m.remove ?? []));
          for (const m of made) await m.after?.();
          if (made.some((m) => m.writes.length > 0)) parts.wake();
          if (commands.some((c) => c.kind === "withdraw") || made.some((m) => m.forget)) await counter.forget();
        },
      };
    },

    tend: createTender(counter).tend,
    async release() {
      await releaseReplies(counter);
      await ebb();
    },

    takeIn: (_visitor, upload, limit) => takeIn(counter, upload, limit),
  };
}
