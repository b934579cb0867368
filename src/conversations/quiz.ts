/** A minute of learning a day: three questions, a reason for every option, and nobody who is shamed. */
import type { Answer, Context, Conversation } from "../bot/conversation.ts";
import type { Choice } from "../bot/screen.ts";
import type { QuestionView } from "../desk.ts";
import { courseSteps } from "./quiz-courses.ts";
import { drawOver, drawQuestion, drawReasons, drawStart } from "./quiz-draw.ts";
import { askSector, sectorGiven, settingSteps } from "./quiz-settings.ts";
import type { Draft, Made, Name } from "./quiz-talk.ts";

export const quiz: Conversation<Draft, Name> = {
  name: "quiz",
  commands: ["quiz"],
  first: "start",
  blank: {},
  steps: {
    ...settingSteps,
    ...courseSteps,

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
        if (value === "settings" || value === "code") return { go: value, draft };
        return { stay: ctx.t("bot:press-one") };
      },
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
