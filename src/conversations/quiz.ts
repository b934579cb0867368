/** A minute of learning a day: three questions, a reason for every option, and nobody who is shamed. */
import type { Answer, Context, Conversation, Turn } from "../bot/conversation.ts";
import type { Choice, Screen } from "../bot/screen.ts";
import { fillIn, pick, press } from "../bot/steps.ts";
import type { LearnerView, QuestionView } from "../desk.ts";
import { drawQuestion, drawReasons } from "./quiz-draw.ts";

/** Where the talk stands; what was learned lies with the learner. */
interface Draft {
  /** The item just answered, the options in the order in which they were shown, and those picked. */
  item?: string;
  shown?: number[];
  picked?: number[];
  /** Steps put in order so far, and the question that they belong to. */
  order?: { turn: string; options: number[] };
  hour?: number;
  /** A course's code that was typed. */
  code?: string;
  /** A certificate: of which course, under which code, for whom. Forgotten with the talk. */
  course?: string;
  certificate?: string;
  name?: string;
}

type Name =
  | "start"
  | "sector"
  | "question"
  | "after"
  | "hour"
  | "clock"
  | "code"
  | "join"
  | "name"
  | "paper"
  | "kept"
  | "nudge";
type Made = Turn<Draft, Name>;

const hours = Array.from({ length: 24 }, (_, hour) => hour);
const clock = (hour: number): string => `${String(hour).padStart(2, "0")}:00`;

export const quiz: Conversation<Draft, Name> = {
  name: "quiz",
  commands: ["quiz"],
  first: "start",
  blank: {},
  steps: {
    start: {
      async show(_draft, ctx) {
        const learner = await ctx.desk.learner(ctx.locale);
        if (!learner) return askSector(ctx, ctx.t("quiz:welcome"));
        return drawStart(learner, ctx);
      },
      async next(draft, answer, ctx) {
        const learner = await ctx.desk.learner(ctx.locale);
        if (!learner) return sectorGiven(answer, ctx);
        const value = answer.kind === "choice" ? answer.value : "";
        const course = learner.courses.find((c) => value === `c-${c.id}` || value === `p-${c.id}`);
        if (value === "go") return { go: "question", draft: {} };
        if (value === "more") return { go: "question", draft: {}, commands: [{ kind: "quiz-begin" }] };
        if (course && value.startsWith("c-"))
          return { go: "question", draft: {}, commands: [{ kind: "quiz-begin", course: course.id }] };
        if (course) return { go: "name", draft: { course: course.id, certificate: ctx.desk.newCertificate() } };
        if (value === "sector") return { go: "sector", draft };
        if (value === "hour") return { go: "hour", draft };
        if (value === "quiet")
          return { go: "start", draft: {}, commands: [{ kind: "quiz-nudge" }], notice: ctx.t("quiz:nudge.off") };
        if (value === "code") return { go: "code", draft };
        if (value === "kept") return { go: "kept", draft };
        return { stay: ctx.t("bot:press-one") };
      },
    },

    sector: {
      show: (_draft, ctx) => askSector(ctx),
      next: (_draft, answer, ctx) => sectorGiven(answer, ctx),
    },

    question: {
      async show(draft, ctx) {
        const question = await ctx.desk.question(ctx.locale);
        return question ? drawQuestion(question, orderOf(draft, question), ctx) : drawOver(ctx);
      },
      async next(draft, answer, ctx) {
        const value = answer.kind === "choice" ? answer.value : "";
        if (value === "start") return { go: "start", draft: {} };
        if (value === "more") return { go: "question", draft: {}, commands: [{ kind: "quiz-begin" }] };
        const question = await ctx.desk.question(ctx.locale);
        if (!question) return { stay: ctx.t("bot:press-one") };
        return answered(draft, question, answer, ctx);
      },
    },

    after: {
      noBack: true,
      async show(draft, ctx) {
        const graded = draft.item && (await ctx.desk.graded(draft.item, draft.picked ?? [], ctx.locale));
        const learner = await ctx.desk.learner(ctx.locale);
        const more = learner !== undefined && learner.set.at < learner.set.of;
        const passed = learner?.courses.find((c) => c.id === learner.set.course && c.passed);
        const ways: Choice[] = [
          { value: "next", label: ctx.t(more ? "quiz:after.next" : "quiz:after.end"), tone: "primary" },
          ...(passed && !more ? [{ value: `p-${passed.id}`, label: ctx.t("quiz:start.certificate") }] : []),
          { value: "why", label: ctx.t("quiz:after.why") },
        ];
        if (!graded) return { text: ctx.t("quiz:gone"), buttons: ways.slice(0, 1) };
        return { ...drawReasons(graded, draft.shown ?? [], draft.picked ?? [], ctx), buttons: ways };
      },
      async next(draft, answer, ctx) {
        const value = answer.kind === "choice" ? answer.value : "";
        if (value === "next") return { go: "question", draft: {} };
        if (value.startsWith("p-"))
          return { go: "name", draft: { course: value.slice(2), certificate: ctx.desk.newCertificate() } };
        const graded = value === "why" && draft.item && (await ctx.desk.graded(draft.item, [], ctx.locale));
        if (graded) return { open: "ask", at: { step: "answer", draft: { id: graded.knowledge } } };
        return { stay: ctx.t("bot:press-one") };
      },
    },

    hour: pick<Draft, Name>({
      ask: (_draft, ctx) => ({ title: ctx.t("quiz:hour.title"), text: ctx.t("quiz:hour.text") }),
      hint: (ctx) => ctx.t("quiz:hour.hint"),
      options: () => hours.slice(6, 23).map((h) => ({ value: String(h), label: clock(h) })),
      on: (draft, [hour]) => ({ go: "clock", draft: { ...draft, hour: Number(hour) } }),
    }),

    clock: pick<Draft, Name>({
      ask: (_draft, ctx) => ({ title: ctx.t("quiz:clock.title"), text: ctx.t("quiz:clock.text") }),
      hint: (ctx) => ctx.t("quiz:clock.hint"),
      options: () => hours.map((h) => ({ value: String(h), label: clock(h) })),
      on: (draft, [now], ctx) => ({
        go: "start",
        draft: {},
        commands: [{ kind: "quiz-nudge", at: { hour: draft.hour ?? 9, now: Number(now) } }],
        notice: ctx.t("quiz:nudge.on", { hour: clock(draft.hour ?? 9) }),
      }),
    }),

    code: fillIn<Draft, Name>({
      ask: (_draft, ctx) => ({ title: ctx.t("quiz:code.title"), text: ctx.t("quiz:code.text") }),
      title: (ctx) => ctx.t("quiz:code.title"),
      send: (ctx) => ctx.t("quiz:code.send"),
      fields: (_draft, ctx) => [
        { name: "code", label: ctx.t("quiz:code.label"), kind: "line", required: true, max: 40 },
      ],
      async on(draft, { code = "" }, ctx) {
        const found = await ctx.desk.courseOf(code, ctx.locale);
        if ("wait" in found) return { stay: ctx.t("quiz:wait", { seconds: found.wait }) };
        if ("unknown" in found) return { stay: ctx.t("quiz:code.unknown") };
        return { go: "join", draft: { ...draft, code, name: `${found.title} · ${found.team}` } };
      },
    }),

    join: press<Draft, Name>({
      ask: (draft, ctx) => ({
        title: draft.name ?? "",
        text: ctx.t("quiz:join.text"),
        buttons: [{ value: "join", label: ctx.t("quiz:join.yes"), tone: "primary" }],
      }),
      on: {
        join: (draft, ctx) => ({
          go: "start",
          draft: {},
          commands: [{ kind: "quiz-join", code: draft.code ?? "" }],
          notice: ctx.t("quiz:join.done"),
        }),
      },
    }),

    name: fillIn<Draft, Name>({
      ask: (_draft, ctx) => ({ title: ctx.t("quiz:name.title"), text: ctx.t("quiz:name.text") }),
      title: (ctx) => ctx.t("quiz:name.title"),
      send: (ctx) => ctx.t("quiz:name.send"),
      fields: (_draft, ctx) => [
        { name: "name", label: ctx.t("quiz:name.label"), kind: "line", required: true, max: 60 },
      ],
      on: (draft, { name = "" }) => ({
        go: "paper",
        draft: { ...draft, name },
        commands: [{ kind: "quiz-certify", course: draft.course ?? "", code: draft.certificate ?? "" }],
      }),
    }),

    paper: press<Draft, Name>({
      noBack: true,
      async ask({ course = "", certificate = "", name = "" }, ctx) {
        const file = await ctx.desk.certificate(course, certificate, name, ctx.locale);
        if (!file) return { text: ctx.t("quiz:gone") };
        return {
          title: ctx.t("quiz:paper.title"),
          text: ctx.t(ctx.can.fileBytes > 0 ? "quiz:paper.text" : "quiz:paper.elsewhere", { page: ctx.page }),
          secret: certificate,
          ...(ctx.can.fileBytes > 0 ? { attachments: [file] } : {}),
        };
      },
      on: {},
    }),

    kept: press<Draft, Name>({
      async ask(_draft, ctx) {
        const learner = await ctx.desk.learner(ctx.locale);
        return {
          title: ctx.t("quiz:kept.title"),
          text: ctx.t("quiz:kept.text", { met: learner?.met ?? 0, days: learner?.days ?? 0 }),
          buttons: [{ value: "erase", label: ctx.t("quiz:kept.erase"), tone: "danger" }],
        };
      },
      on: {
        erase: (_draft, ctx) => ({ done: { text: ctx.t("quiz:kept.erased") }, commands: [{ kind: "quiz-erase" }] }),
      },
    }),

    // what a nudge looks like: the same for everybody, and it says nothing about anybody
    nudge: {
      anytime: { key: () => "", draft: () => ({}) },
      show: (_draft, ctx) => ({
        title: ctx.t("quiz:nudge.title"),
        text: ctx.t("quiz:nudge.text"),
        buttons: [
          { value: "go", label: ctx.t("quiz:nudge.go"), tone: "primary" },
          { value: "quiet", label: ctx.t("quiz:nudge.quiet"), tone: "quiet" },
        ],
      }),
      async next(_draft, answer, ctx) {
        if (!(await ctx.desk.learner(ctx.locale))) return { go: "start", draft: {} };
        if (answer.kind === "choice" && answer.value === "quiet")
          return { done: { text: ctx.t("quiz:nudge.off") }, commands: [{ kind: "quiz-nudge" }] };
        return { go: "question", draft: {} };
      },
    },
  },
};

function askSector(ctx: Context, lead?: string): Screen {
  return {
    title: ctx.t("quiz:sector.title"),
    text: [...(lead ? [lead] : []), ctx.t("quiz:sector.text")].join("\n\n"),
    menu: {
      hint: ctx.t("quiz:sector.hint"),
      options: [...ctx.desk.sectors(), "any"].map((value) => ({ value, label: ctx.t(`quiz:sector.${value}`) })),
    },
  };
}

function sectorGiven(answer: Answer, ctx: Context): Made {
  const sector = answer.kind === "choice" ? answer.value : answer.kind === "choices" ? answer.values[0] : undefined;
  if (sector === undefined || ![...ctx.desk.sectors(), "any"].includes(sector)) return { stay: ctx.t("bot:press-one") };
  return { go: "start", draft: {}, commands: [{ kind: "quiz-sector", sector }] };
}

function drawStart(learner: LearnerView, ctx: Context): Screen {
  const { set, courses } = learner;
  const left = set.of - set.at;
  const begun = left > 0 && set.at > 0;
  return {
    title: ctx.t("quiz:start.title"),
    text: [
      ctx.t(left > 0 ? (begun ? "quiz:start.resume" : "quiz:start.ready") : "quiz:start.done", { count: left }),
      ctx.t("quiz:start.days", { count: learner.days }),
      ...courses.map((c) =>
        ctx.t(c.passed ? "quiz:start.passed" : "quiz:start.course", {
          title: c.title,
          answered: c.answered,
          items: c.items,
          right: c.right,
          pass: c.pass,
          day: ctx.day(c.deadline),
        }),
      ),
    ].join("\n\n"),
    buttons: [
      left > 0
        ? { value: "go", label: ctx.t(begun ? "quiz:start.go-on" : "quiz:start.go"), tone: "primary" as const }
        : { value: "more", label: ctx.t("quiz:start.more") },
      ...courses.map((c) =>
        c.passed
          ? { value: `p-${c.id}`, label: ctx.t("quiz:start.certificate"), hint: c.title }
          : { value: `c-${c.id}`, label: c.title },
      ),
      { value: "code", label: ctx.t("quiz:start.code") },
      ...(ctx.can.push
        ? [
            learner.nudge
              ? { value: "quiet", label: ctx.t("quiz:nudge.quiet") }
              : { value: "hour", label: ctx.t("quiz:start.hour") },
          ]
        : []),
      { value: "sector", label: ctx.t("quiz:start.sector"), tone: "quiet" },
      { value: "kept", label: ctx.t("quiz:start.kept"), tone: "quiet" },
    ],
  };
}

async function drawOver(ctx: Context): Promise<Screen> {
  const learner = await ctx.desk.learner(ctx.locale);
  const { right = 0, of = 0 } = learner?.set ?? {};
  return {
    title: ctx.t("quiz:over.title"),
    text: [
      ...(of > 0 ? [ctx.t("quiz:over.text", { right, of })] : []),
      ctx.t("quiz:start.days", { count: learner?.days ?? 0 }),
    ].join("\n\n"),
    buttons: [
      { value: "start", label: ctx.t("quiz:over.start"), tone: "primary" },
      { value: "more", label: ctx.t("quiz:start.more") },
    ],
  };
}

/** Steps that were put in order, if they belong to the question that is asked now. */
function orderOf(draft: Draft, question: QuestionView): number[] {
  return draft.order?.turn === question.turn ? draft.order.options : [];
}

function answered(draft: Draft, question: QuestionView, answer: Answer, ctx: Context): Made {
  if (answer.kind === "choice" && answer.value === `again-${question.turn}`) return { go: "question", draft: {} };
  const given = answer.kind === "choice" ? [answer.value] : answer.kind === "choices" ? answer.values : [];
  const picked = given.flatMap((value) => {
    const [turn, option] = value.split("-");
    return turn === question.turn && question.options.some((o) => String(o.option) === option) ? [Number(option)] : [];
  });
  // a button of a question that is over answers nothing
  if (given.length > 0 && picked.length < given.length && /^[0-9a-f]{6}-\d$/.test(given[0]!))
    return { stay: ctx.t("quiz:old") };
  if (picked.length === 0) return { stay: ctx.t("bot:press-one") };
  const shown = question.options.map((o) => o.option);
  if (question.kind !== "order") return over(question, shown, picked);
  const before = orderOf(draft, question);
  if (before.includes(picked[0]!)) return { stay: ctx.t("bot:press-one") };
  const options = [...before, picked[0]!];
  const left = shown.filter((o) => !options.includes(o));
  if (left.length > 1) return { go: "question", draft: { order: { turn: question.turn, options } } };
  return over(question, shown, [...options, ...left]);
}

function over(question: QuestionView, shown: number[], picked: number[]): Made {
  return {
    go: "after",
    draft: { item: question.id, shown, picked },
    commands: [{ kind: "quiz-answer", item: question.id, picked }],
  };
}
