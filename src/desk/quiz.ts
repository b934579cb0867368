/** The learners' side of the counter: today's questions, answers, nudges, courses and certificates. */
import type { Attachment } from "../bot/screen.ts";
import type { Command, Visitor } from "../desk.ts";
import { fail } from "../errors.ts";
import type { Limits } from "../limits.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { ChartWords } from "../quiz/chart.ts";
import type { Figures, Spoken } from "../quiz/figures.ts";
import { type Nudge, nudgesOf } from "../quiz/nudges.ts";
import type { GradedView, LearnerView, QuestionView, Quiz } from "../quiz/quiz.ts";
import type { Kept, Learner } from "../quiz/store.ts";
import { type Reported, reportedBetween } from "../reports/reported-store.ts";
import type { Storage } from "../storage/storage.ts";
import { type Carriers, type Counter, reviewer } from "./counter.ts";

export type { Figures } from "../quiz/figures.ts";
export type { CourseView, GradedView, LearnerView, QuestionView } from "../quiz/quiz.ts";

export type QuizCommand =
  | { kind: "quiz-sector"; sector: string }
  | { kind: "quiz-answer"; item: string; picked: number[] }
  /** Another set: of a course, or one more of one's own. */
  | { kind: "quiz-begin"; course?: string }
  /** When to be nudged; nothing stops it. */
  | { kind: "quiz-nudge"; at?: Nudge }
  /** Whether questions come as the network's own quizzes. */
  | { kind: "quiz-native"; on: boolean }
  | { kind: "quiz-join"; code: string }
  | { kind: "quiz-certify"; course: string; code: string }
  | { kind: "quiz-erase" };

export interface QuizQueries {
  sectors(): readonly string[];
  learner(locale: string): Promise<LearnerView | undefined>;
  question(locale: string): Promise<QuestionView | undefined>;
  graded(item: string, picked: number[], locale: string): Promise<GradedView | undefined>;
  /** Where a course's code leads; wrong ones are counted (seconds to wait). */
  courseOf(
    code: string,
    locale: string,
  ): Promise<{ title: string; team: string } | { unknown: true } | { wait: number }>;
  newCertificate(): string;
  /** The certificate of a course that this learner has passed, as a file; `page` checks it. The name is drawn and forgotten. */
  certificate(
    course: string,
    code: string,
    name: string,
    locale: string,
    page: string,
  ): Promise<Attachment | undefined>;
  /** What a certificate's code stands for: never who. Wrong ones are counted. */
  verify(code: string, locale: string): Promise<{ title: string; day: number } | { unknown: true } | { wait: number }>;
  /** What groups have learned; for admins. */
  figures(locale: string): Promise<Figures>;
  figuresCsv(locale: string): Promise<Attachment>;
  /** The same as a PNG, with these words in it. */
  figuresPicture(words: ChartWords, locale: string): Promise<Uint8Array>;
  /** How often people spoke up in the last 90 days, and in the 90 before; nothing where the organisation states no staff. */
  spoken(): Promise<SpokenUp | undefined>;
}
export interface SpokenUp {
  staff: number;
  days: number;
  /** Of each kind what was counted, and before; absent where it is fewer than five. */
  kinds: { kind: keyof Reported; now?: Spoken; before?: Spoken }[];
}

export interface QuizParts {
  quiz: Quiz;
  limits: Limits;
  outbox: Outbox;
  now(): number;
  /** How many people could report, as the organisation says; 0 where it does not. */
  staff: number;
  storage: Storage;
  /** Who looks, as the rule of sight wants to know it. */
  viewer: Counter["viewer"];
}

/** Days of which what was reported is counted. */
const quarter = 90;

export function quizOrders(parts: QuizParts): Carriers<QuizCommand["kind"]> {
  const { quiz, outbox } = parts;
  const { store } = quiz;
  const today = () => Math.floor(parts.now() / 86_400_000);

  async function known(visitor: Visitor): Promise<Kept> {
    const kept = await store.learner(visitor.tag);
    if (!kept) throw fail("stale");
    return kept;
  }

  /** The next nudges, in place of those that wait. */
  function nudges(visitor: Visitor, learner: Learner) {
    const owner = store.nudgeName(visitor.tag);
    const { nudge } = learner;
    if (!nudge) return [(trx: Parameters<Outbox["forget"]>[0]) => outbox.forget(trx, owner)];
    const address = visitor.reach();
    const owed = nudgesOf(nudge, parts.now()).map(({ days, due }) => ({
      kind: "nudge" as const,
      once: `nudge ${owner} ${days}`,
      due,
      expires: due + 6 * 3600,
      owner,
      address,
      payload: { step: "quiz.nudge", key: "", locale: visitor.locale },
    }));
    return [
      async (trx: Parameters<Outbox["forget"]>[0]) => {
        await outbox.forget(trx, owner);
        for (const one of owed) await outbox.put(trx, one);
      },
    ];
  }

  return {
    async "quiz-sector"(visitor, { sector }) {
      if (sector !== "any" && !quiz.sectors.includes(sector)) throw fail("stale");
      const kept = await store.learner(visitor.tag);
      const learner = kept?.learner ?? store.fresh(sector);
      const { set: _set, ...memory } = { ...learner.memory, sector };
      return { writes: [store.save(visitor.tag, { ...learner, memory }, kept?.version ?? 0)] };
    },
    async "quiz-answer"(visitor, { item, picked }) {
      const kept = await known(visitor);
      const made = await quiz.answer(kept, item, picked, today());
      if (!made) return { writes: [] }; // it is not asked any more: the screen shows what is
      return {
        writes: [
          store.save(visitor.tag, made.learner, kept.version),
          store.count(item, made.answered, made.groups),
          ...made.passed.map((course) => store.done(visitor.tag, course, today())),
          ...(made.over && made.learner.nudge ? nudges(visitor, made.learner) : []),
        ],
      };
    },
    async "quiz-begin"(visitor, { course }) {
      const kept = await known(visitor);
      return { writes: [store.save(visitor.tag, await quiz.begin(kept, course, today()), kept.version)] };
    },
    async "quiz-nudge"(visitor, { at }) {
      const kept = await known(visitor);
      const { nudge: _nudge, ...rest } = kept.learner;
      const learner: Learner = at ? { ...rest, nudge: at } : rest;
      return { writes: [store.save(visitor.tag, learner, kept.version), ...nudges(visitor, learner)] };
    },
    async "quiz-native"(visitor, { on }) {
      const kept = await known(visitor);
      const { native: _native, ...rest } = kept.learner;
      return { writes: [store.save(visitor.tag, on ? { ...rest, native: true } : rest, kept.version)] };
    },
    async "quiz-join"(visitor, { code }) {
      const [kept, leads] = await Promise.all([known(visitor), store.codeLeads(code)]);
      if (!leads) throw fail("stale");
      const learner = { ...kept.learner, courses: { ...kept.learner.courses, [leads.course]: leads.team } };
      return {
        writes: [store.save(visitor.tag, learner, kept.version), store.join(visitor.tag, leads.course, leads.team)],
      };
    },
    async "quiz-certify"(visitor, { course, code }) {
      const view = await quiz.view(await known(visitor), visitor.locale, today());
      if (!view.courses.some((c) => c.id === course && c.passed)) throw fail("not-allowed");
      return { writes: [store.done(visitor.tag, course, today()), store.certify(code, course, today())] };
    },
    async "quiz-erase"(visitor) {
      return {
        writes: [store.erase(visitor.tag), (trx) => outbox.forget(trx, store.nudgeName(visitor.tag))],
      };
    },
  } satisfies Carriers<Extract<Command, QuizCommand>["kind"]>;
}

export function quizQueries(parts: QuizParts, visitor: Visitor): QuizQueries {
  const { quiz, limits } = parts;
  const { store } = quiz;
  const today = () => Math.floor(parts.now() / 86_400_000);
  const kept = () => store.learner(visitor.tag);

  /** Counts a code that leads nowhere. */
  async function guarded<T>(find: () => Promise<T | undefined>): Promise<T | { unknown: true } | { wait: number }> {
    const wait = await limits.wait(visitor.limit, "code");
    if (wait > 0) return { wait };
    const found = await find();
    if (found) return found;
    const seconds = await limits.missed(visitor.limit, "code");
    return seconds > 0 ? { wait: seconds } : { unknown: true };
  }
  const admin = () => reviewer(visitor.actor, "admin");
  const figures = async (locale: string): Promise<Figures> => {
    admin();
    const { figuresOf } = await import("../quiz/figures.ts");
    return figuresOf(quiz, locale);
  };

  return {
    sectors: () => quiz.sectors,
    async learner(locale) {
      const found = await kept();
      return found && quiz.view(found, locale, today());
    },
    async question(locale) {
      const found = await kept();
      return found && quiz.question(found, locale, today());
    },
    graded: (item, picked, locale) => quiz.graded(item, picked, locale),
    courseOf: (code, locale) =>
      guarded(async () => {
        const leads = await store.codeLeads(code);
        const course = leads && (await quiz.course(leads.course, locale));
        return course && { title: course.title, team: leads.team };
      }),
    newCertificate: () => store.newCertificate(),
    async certificate(id, code, name, locale, page) {
      const [course, found] = await Promise.all([quiz.course(id, locale), store.certificate(code)]);
      if (!course || found?.course !== id) return undefined;
      const { drawCertificate } = await import("../quiz/certificate.ts");
      return fileOf(
        "certificate.pdf",
        "application/pdf",
        await drawCertificate({ ...course, code, name, day: found.day, locale, page }),
      );
    },
    verify: (code, locale) =>
      guarded(async () => {
        const found = await store.certificate(code);
        const course = found && (await quiz.course(found.course, locale));
        return found && { title: course?.title ?? found.course, day: found.day };
      }),
    figures,
    async figuresCsv(locale) {
      const found = await figures(locale);
      const { csvOf } = await import("../quiz/figures.ts");
      return fileOf("teams.csv", "text/csv", Buffer.from(csvOf(found)));
    },
    async figuresPicture(words, locale) {
      const found = await figures(locale);
      const { drawFigures } = await import("../quiz/chart.ts");
      return drawFigures(found, words);
    },
    async spoken() {
      admin();
      const viewer = parts.viewer(visitor.actor);
      const { staff } = parts;
      if (staff < 1) return undefined;
      // numbers alone come in: no learner is ever laid beside a report
      const [{ spoken }, now, before] = await Promise.all([
        import("../quiz/figures.ts"),
        reportedBetween(parts.storage, today() - quarter + 1, today(), viewer),
        reportedBetween(parts.storage, today() - 2 * quarter + 1, today() - quarter, viewer),
      ]);
      const kinds = (Object.keys(now) as (keyof Reported)[]).map((kind) => {
        const [here, earlier] = [spoken(now[kind], staff), spoken(before[kind], staff)];
        return { kind, ...(here ? { now: here } : {}), ...(earlier ? { before: earlier } : {}) };
      });
      return { staff, days: quarter, kinds };
    },
  };
}

function fileOf(name: string, type: string, bytes: Uint8Array): Attachment {
  return { name, type, bytes: bytes.length, open: async () => new Blob([Buffer.from(bytes)]).stream() };
}
