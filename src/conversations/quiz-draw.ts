/** How learning is drawn: where a learner stands, a question (full texts to press where they fit, else letters), its reasons. */
import type { Context } from "../bot/conversation.ts";
import type { Choice, NativeQuiz, Screen } from "../bot/screen.ts";
import type { GradedView, LearnerView, QuestionView } from "../desk.ts";

const letters = "ABCDE";
/** What drawing needs of a context: words, and what the network can do. */
export type Drawer = Pick<Context, "t" | "can">;

/** @param order steps that were put in order so far */
export function drawQuestion(question: QuestionView, order: number[], ctx: Drawer): Screen {
  const { kind, options, turn } = question;
  const native = nativeOf(question, ctx);
  const left = options.filter((o) => !order.includes(o.option));
  const letter = (option: number) => letters[options.findIndex((o) => o.option === option)]!;
  const fits = options.every((o) => [...o.text].length + 3 <= ctx.can.label);
  const listed = options.map((o) => `${letter(o.option)}  ${o.text}`).join("\n");
  const chosen = order.map((option, n) => `${n + 1}. ${options.find((o) => o.option === option)!.text}`).join("\n");
  const choices: Choice[] = left.map((o) => ({
    value: `${turn}-${o.option}`,
    label: native ? o.text : fits ? `${letter(o.option)}  ${o.text}` : letter(o.option),
  }));
  const hint = ctx.t(`quiz:hint.${kind === "order" ? (order.length > 0 ? "order-next" : "order") : kind}`);
  const screen: Screen = {
    title: ctx.t(`quiz:kind.${kind}`),
    text: [
      ...(question.fallback ? [ctx.t("quiz:fallback")] : []),
      question.ask,
      ...(fits ? [] : [listed]),
      ...(chosen === "" ? [] : [`${ctx.t("quiz:so-far")}\n${chosen}`]),
    ].join("\n\n"),
    progress: {
      at: question.at + 1,
      of: question.of,
      text: ctx.t("quiz:progress", { at: question.at + 1, of: question.of }),
    },
    ...(question.excerpt ? { quotes: [{ by: ctx.t("quiz:excerpt"), text: question.excerpt }] } : {}),
    ...(native ? { quiz: native } : {}),
    menu: {
      hint,
      options: choices,
      ...(kind === "several"
        ? { many: true, done: { value: "done", label: ctx.t("bot:done"), tone: "primary" as const } }
        : {}),
    },
  };
  if (order.length > 0) screen.buttons = [{ value: `again-${turn}`, label: ctx.t("quiz:again"), tone: "quiet" }];
  return screen;
}

/** The question as the network's own quiz, where the learner likes that and all of it fits. */
function nativeOf({ native, ask, excerpt, options, fallback }: QuestionView, ctx: Drawer): NativeQuiz | undefined {
  const most = ctx.can.quiz;
  if (!native || !most || fallback || excerpt !== undefined) return undefined;
  // networks show three lines of a question at most
  if (ask.length > most.ask || ask.split("\n").length > 3) return undefined;
  if (options.some((o) => o.text.length > most.option)) return undefined;
  const why = [native.why, native.goal].find((text) => text.length <= most.why && text.split("\n").length <= 3);
  return { ask, right: options.findIndex((o) => o.option === native.right), why: why ?? "" };
}

/** Every option with its reason; what was picked is marked. Nothing is called a mistake. */
export function drawReasons(graded: GradedView, shown: number[], picked: number[], ctx: Drawer): Screen {
  const ordering = graded.options.every((o) => !o.right);
  const seen = ordering || shown.length === 0 ? graded.options.map((o) => o.option) : shown;
  const lines = seen.flatMap((option, n) => {
    const found = graded.options.find((o) => o.option === option);
    if (!found) return [];
    const mark = ordering ? `${n + 1}.` : `${found.right ? "✓" : "✗"} ${letters[n]}`;
    const mine = !ordering && picked.includes(option) ? ctx.t("quiz:after.mine") : "";
    return [`${mark} ${found.text}${mine}\n${found.why}`];
  });
  return {
    title: ctx.t(graded.right ? "quiz:after.right" : "quiz:after.not-yet"),
    text: [
      ...lines,
      ctx.t("quiz:after.goal", { goal: graded.goal }),
      ctx.t("quiz:after.sources", { sources: graded.sources.join("; ") }),
    ].join("\n\n"),
  };
}

/** Where the learner stands, and what can be done now. */
export function drawStart(learner: LearnerView, ctx: Context): Screen {
  const { set, courses } = learner;
  const left = set.of - set.at;
  const begun = left > 0 && set.at > 0;
  return {
    title: ctx.t("quiz:start.title"),
    text: [
      ctx.t(left > 0 ? (begun ? "quiz:start.resume" : "quiz:start.ready") : "quiz:start.done", { count: left }),
      ...(learner.days > 0 ? [ctx.t("quiz:start.days", { count: learner.days })] : []),
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
      { value: "settings", label: ctx.t("quiz:start.settings"), tone: "quiet" },
    ],
  };
}

/** A set is over. */
export async function drawOver(ctx: Context): Promise<Screen> {
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
