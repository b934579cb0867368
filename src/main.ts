/** The composition root: the one file that knows everyone. It opens what there is, connects it, and closes it again. */
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { readyAnswers } from "./answers.ts";
import { createBot } from "./bot/bot.ts";
import { createDoor } from "./bot/door.ts";
import { createSessions } from "./bot/sessions.ts";
import { createSharedSessions } from "./bot/shared-sessions.ts";
import { createShelf } from "./bot/shelf.ts";
import { commands } from "./commands.ts";
import type { Config } from "./config.ts";
import { conversations } from "./conversations.ts";
import { createColumns } from "./crypto/columns.ts";
import { createDayKeys } from "./crypto/daykeys.ts";
import type { Keys } from "./crypto/keys.ts";
import { outward } from "./crypto/outward.ts";
import { keepRecovery } from "./crypto/recovery.ts";
import { createSharedDayKeys } from "./crypto/shared-daykeys.ts";
import { createVault } from "./crypto/vault.ts";
import { createOperator, type Operator } from "./desk/operator.ts";
import { owedTip } from "./desk/tips.ts";
import { createDesk, type Desk } from "./desk.ts";
import { codeOf } from "./errors.ts";
import { makeHome, openKeys } from "./home.ts";
import { loadWords, type Words } from "./i18n/words.ts";
import type { Knowledge } from "./knowledge/knowledge.ts";
import { createQuestionStore, type QuestionStore } from "./knowledge/questions-store.ts";
import { createTallyStore, type TallyStore } from "./knowledge/store.ts";
import { createLimits, createSenders, createTide } from "./limits.ts";
import { createFigures, type Figures, type Note } from "./log.ts";
import { type Campaigns, createCampaigns, type Recipients } from "./outbox/campaigns.ts";
import { createCourier } from "./outbox/courier.ts";
import { createOutbox, type Outbox } from "./outbox/outbox.ts";
import { createPacer } from "./outbox/pace.ts";
import type { House, Platform } from "./platforms/platform.ts";
import { createQuiz, type Quiz } from "./quiz/quiz.ts";
import { createQuizStore } from "./quiz/store.ts";
import { type AuditStore, createAuditStore } from "./reports/audit-store.ts";
import { loadCanned } from "./reports/canned.ts";
import { createFactorStore, type FactorStore } from "./reports/factor-store.ts";
import { createNoteStore } from "./reports/notes-store.ts";
import { createPeopleStore, type PeopleStore } from "./reports/people-store.ts";
import { createReplyStore } from "./reports/replies-store.ts";
import { createRequestStore } from "./reports/requests-store.ts";
import { createReportStore, type ReportStore } from "./reports/store.ts";
import { loadTaxonomy, type Taxonomy } from "./reports/taxonomy.ts";
import { loadTeams } from "./reports/teams.ts";
import { loadThresholds } from "./reports/thresholds.ts";
import { createTradeStore, type TradeStore } from "./reports/trade-store.ts";
import { createShared } from "./shared.ts";
import { sketch } from "./sketch.ts";
import { createBlobs } from "./storage/blobs.ts";
import { type Clocks, createClocks } from "./storage/clocks.ts";
import { type Memory, openMemory } from "./storage/memory.ts";
import { openStorage, type Storage, type Transaction } from "./storage/storage.ts";
import { createSweeper } from "./sweep.ts";
import { loadTips, type Tip } from "./tips/content.ts";
import { createTipStore } from "./tips/store.ts";
import { tick } from "./tips/ticker.ts";
import { editedContent, watchContent } from "./watch.ts";

/** Where `locales/` and `data/` are, in the source tree and when built. */
export const root = fileURLToPath(new URL("..", import.meta.url));

/** Milliseconds. */
export const hour = 3_600_000;
/** For so long a process that stops waits to rewrite the tables: half of what Docker gives it. */
const farewell = 5000;

/** What stands behind every platform. */
export interface Core extends Operator {
  storage: Storage;
  keys: Keys;
  words: Words;
  desk: Desk;
  reports: ReportStore;
  trade: TradeStore;
  taxonomy: Taxonomy;
  people: PeopleStore;
  factors: FactorStore;
  audit: AuditStore;
  outbox: Outbox;
  tallies: TallyStore;
  questions: QuestionStore;
  campaigns: Campaigns;
  figures: Figures;
  /** Every tip there is. */
  tips: readonly Tip[];
  /** Owes a tip to everybody who is due. The number of tips. */
  tick(): Promise<number>;
  quiz: Quiz;
  /** What is due is done by one of many processes. */
  clocks: Clocks;
  /** Connects a platform: what it hears is answered (unless `silent`), what is owed goes out by it. */
  connect(platform: Platform, silent?: boolean): Promise<void>;
  /** The address of the web page, once it is known. */
  setPage(url: string): void;
  /** Begins to send what is owed; once every platform of this process is connected. */
  start(): void;
  /** Resolves when nothing is due to be sent. */
  delivered(): Promise<void>;
  /** Forgets what is over: dead keys, drafts, uploads; and takes the order of arrival out of the files. */
  sweep(): Promise<void>;
  /** Does what is due: reminds, keeps the cards of deadlines, destroys what was kept long enough. */
  tend(): Promise<void>;
  close(): Promise<void>;
}

export interface CoreOptions {
  note: Note;
  now?: () => number;
  /** This process takes reports, and tidies up after one that did and was killed. */
  serving?: boolean;
  /** Who subscribed to messages. */
  recipients?: Recipients;
  /** How long to wait for a database that another program holds (milliseconds); for tests. */
  patience?: number;
  /** Where the keys of drafts live; for tests. */
  dayKeyFolder?: string;
  /** Sends as fast as it can; for tests of what is sent. */
  unpaced?: true;
  /** Where the folders `quizzes` and `tips` are; for tests. */
  quizFolder?: string;
  tipFolder?: string;
}

/**
 * Opens key, database and words, and puts the house together. Throws with a code of `errors.ts`; nothing stays open then.
 */
export async function openCore(config: Config, options: CoreOptions): Promise<Core> {
  const { note } = options;
  const now = options.now ?? Date.now;
  makeHome(config.home);
  const words = await loadWords(`${root}locales`);
  const taxonomy = loadTaxonomy(`${root}data/taxonomy.yaml`);
  const { quizFolder = `${root}data`, tipFolder = `${root}data` } = options;
  const ownTeams = `${config.home}/teams.yaml`;
  const teams = loadTeams(existsSync(ownTeams) ? ownTeams : `${root}data/teams.yaml`, `${root}data/jurisdictions.yaml`);
  const storage = await openStorage(config.databaseUrl, options.patience);
  let memory: Memory | undefined;
  try {
    const keys = await openKeys(config, storage);
    await keepRecovery(config.home, keys, config.recovery, true).catch((error: unknown) =>
      note("recovery-failed", { code: codeOf(error) }),
    );
    const columns = createColumns(keys.derive("columns"));
    memory = config.redisUrl
      ? await openMemory({
          url: config.redisUrl,
          house: keys.name,
          note,
          persists: config.redisPersists ?? false,
          needed: options.serving ?? false,
        })
      : undefined;
    const dayKeys = memory
      ? createSharedDayKeys(memory, keys.derive("drafts"))
      : options.dayKeyFolder
        ? createDayKeys(config.home, options.dayKeyFolder)
        : createDayKeys(config.home);
    const shared = memory ? createShared(memory, dayKeys, now) : {};
    const clocks = createClocks(storage, now);
    const sessions = memory ? createSharedSessions(storage, memory, dayKeys) : createSessions(storage, dayKeys);
    const door = createDoor(dayKeys, keys.derive("door tags"), columns);
    const vault = createVault(keys, config.recovery);
    const reports = createReportStore(storage, vault, columns);
    await reports.catchUp();
    const people = createPeopleStore(storage, columns, keys.derive("invitations"));
    const factors = createFactorStore(storage, columns);
    const audit = createAuditStore(storage, keys.derive("audit log"), keys.auditBefore);
    const requests = createRequestStore(storage, columns);
    const notes = createNoteStore(storage, vault);
    const replies = createReplyStore(storage, columns);
    const tallies = createTallyStore(storage);
    const questions = createQuestionStore(storage, columns);
    const trade = createTradeStore(storage, columns, keys.derive);
    const outbox = createOutbox(storage, columns, now);
    const tipRoom = { store: createTipStore(storage, keys.derive), all: loadTips(tipFolder) };
    const campaigns = createCampaigns(storage, columns, outbox, options.recipients ?? tipRoom.store, now);
    const blobs = createBlobs(`${config.home}/files`);
    const figures = createFigures();
    figures.watchOutbox(() => outbox.counts());
    const platforms = new Map<string, Platform>();
    let page = "";

    const counted = memory ? { redis: memory.client, house: keys.name } : {};
    // a clock of a test's own is the only one in its house
    const common = options.now ? {} : { common: storage.clock };
    const pacer = options.unpaced
      ? undefined
      : createPacer({ storage, now, name: (to) => door.tag(to), ...common, ...counted });
    const courier = createCourier({
      outbox,
      ...(pacer ? { pacer } : {}),
      now,
      platform: (name) => platforms.get(name),
      open: (sealed) => door.open(sealed),
      draw: (platform, payload) => bot.card(platform, payload.step, payload.key, payload.locale),
      async feed() {
        await desk.release();
        await campaigns.feed();
      },
      gone: (owner) => storage.transaction(tipRoom.store.erase({ id: owner }, outbox.forget)),
      note,
    });
    // learned when somebody first asks: a house that nobody asks stays small
    let knowledge: Promise<Knowledge> | undefined;
    const learned = () => {
      knowledge ??= import("./knowledge/knowledge.ts")
        .then((room) => room.createKnowledge(`${root}data`, `${config.home}/learned`))
        .catch((error: unknown) => {
          knowledge = undefined; // the next one who asks tries again
          throw error;
        });
      return knowledge;
    };
    const quiz = createQuiz({
      store: createQuizStore(storage, keys.derive("quiz"), keys.own("quiz")),
      // good items are asked although others have faults: those are told by `content check`
      load: async () => (await import("./quiz/content.ts")).readQuizzes(quizFolder).content,
      size: config.quizSize,
    });
    const rooms = { relearn: async () => (await knowledge)?.reload(), tips: tipRoom.all, quiz };
    const folders = { knowledge: `${root}data`, tips: tipFolder, quizzes: quizFolder };
    const unwatch = options.serving ? watchContent(editedContent(folders, rooms), note) : () => undefined;
    const sweeper = createSweeper({
      memories: [dayKeys, sessions, questions, trade.sightings, outbox],
      platforms: () => platforms.values(),
      blobs,
      kept: () => reports.blobs(),
      // once an hour by whoever comes first, however long the rest of a sweep takes; and by everyone who stops: one who is
      // at it may have passed the tables by in which something was filed since, and is waited for
      shuffle: (last) =>
        memory
          ? clocks.run("shuffle", last ? 0 : 0.9 * hour, () => storage.shuffle(), last ? farewell : 0)
          : storage.shuffle(),
      // a process that was killed left its order of arrival to the next one
      filed: options.serving ?? false,
      now,
    });
    const desk = createDesk({
      storage,
      reports,
      people,
      factors,
      audit,
      requests,
      notes,
      outward,
      replies,
      outbox,
      campaigns,
      blobs,
      taxonomy,
      canned: loadCanned(`${root}data`),
      teams,
      columns,
      limits: createLimits(memory?.client, keys.name),
      senders: createSenders(memory, keys.derive("senders"), now, config.gate.muteHours),
      tide: createTide(memory, now, config.gate.flood),
      tollKey: keys.derive("toll"),
      knowledge: learned,
      tallies,
      questions,
      tips: tipRoom,
      quiz,
      staff: config.staff,
      thresholds: loadThresholds(`${root}data/thresholds.yaml`),
      trade,
      now,
      cardDelay: config.cardDelay,
      undo: config.undo,
      cover: config.cover,
      wake: () => courier.wake(),
      unforgotten: () => sweeper.filed(),
      note,
      count(what) {
        figures.count(what);
        if (what !== "refused") sweeper.filed();
      },
      sketch: (network, message, locale) => sketch(network, message, locale, words),
    });
    const bot = createBot({
      shelf: createShelf(conversations),
      sessions,
      door,
      desk,
      words,
      now,
      note,
      get page() {
        return page;
      },
    });

    return {
      storage,
      keys,
      words,
      desk,
      reports,
      trade,
      taxonomy,
      people,
      factors,
      audit,
      outbox,
      tallies,
      questions,
      campaigns,
      figures,
      quiz,
      clocks,
      async connect(platform, silent) {
        platforms.set(platform.name, platform);
        const house: House = {
          hear(incoming) {
            figures.turn(platform.name);
            return bot.hear(platform, incoming);
          },
          say: (locale, key, values) => words.say(words.pick(locale), key, values),
          async mayAnswer() {
            if (!pacer || !platform.pace) return;
            for (let wait = 1; wait > 0; ) {
              wait = await pacer.answer(platform.name, platform.pace);
              if (wait > 0) await sleep(wait);
            }
          },
          commands,
          locales: words.locales.map((l) => l.value),
          answers: readyAnswers(learned, words),
          async moved(from, to) {
            const names = { from: door.tag(from), to: door.tag(to) };
            const address = door.seal(to);
            const known = await storage.transaction(async (trx) => {
              const board = await outbox.moveBoard(trx, names.from, { id: names.to, address });
              const redirect = (_: Transaction, id: string) => outbox.redirect(trx, id, address);
              return (await tipRoom.store.rename(trx, names, address, redirect, outbox.forget)) || board;
            });
            if (known) courier.wake();
            return known;
          },
          note: (code, values) => note(code, { ...values, platform: platform.name }),
          ...shared,
        };
        await platform.open(house, silent);
      },
      setPage(url) {
        page = url;
      },
      ...createOperator({ storage, people, reports, factors, requests, audit, now }),
      tips: tipRoom.all,
      async tick() {
        const n = await tick<Transaction>({
          ...tipRoom,
          transaction: storage.transaction,
          now,
          owe: (trx, owed) => outbox.putAll(trx, owed.map(owedTip)),
        });
        if (n + (await outbox.uncover()) > 0) courier.wake();
        return n;
      },
      start: () => courier.start(),
      delivered: () => courier.idle(),
      sweep: () => sweeper.sweep(),
      tend: () => desk.tend(),
      async close() {
        unwatch();
        for (const platform of platforms.values()) await platform.close();
        await courier.stop();
        await sweeper.sweep(true).catch((error: unknown) => note("sweep-failed", { code: codeOf(error) }));
        await memory?.close();
        await storage.close();
      },
    };
  } catch (error) {
    await memory?.close();
    await storage.close();
    throw error;
  }
}
