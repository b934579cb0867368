/** Three helpers that make steps short: `pick` one or several out of many, `fillIn` a few fields, `press` one of a few actions. */
import type { Answer, Context, Step, Turn } from "./conversation.ts";
import type { Choice, Field, Screen } from "./screen.ts";

type Words<Draft> = (draft: Draft, ctx: Context) => Omit<Screen, "menu" | "form">;
type Next<Draft, Name extends string> = Turn<Draft, Name> | Promise<Turn<Draft, Name>>;

/** One (or several) out of many. `on` gets the chosen codes, none when the question was skipped. */
export function pick<Draft, Name extends string>(step: {
  ask: Words<Draft>;
  hint(ctx: Context): string;
  options(draft: Draft, ctx: Context): Choice[];
  many?: true;
  skip?: true;
  on(draft: Draft, values: string[], ctx: Context): Next<Draft, Name>;
  /** For buttons that `ask` draws beside the options. */
  press?(draft: Draft, value: string, ctx: Context): Next<Draft, Name>;
}): Step<Draft, Name> {
  return {
    ...(step.skip ? { skip: true } : {}),
    show: (draft, ctx) => ({
      ...step.ask(draft, ctx),
      menu: {
        hint: step.hint(ctx),
        options: step.options(draft, ctx),
        ...(step.many ? { many: true, done: { value: "done", label: ctx.t("bot:done"), tone: "primary" } } : {}),
      },
    }),
    next(draft, answer, ctx) {
      if (answer.kind === "skip") return step.on(draft, [], ctx);
      if (answer.kind === "choices") return step.on(draft, answer.values, ctx);
      if (answer.kind === "choice" && step.options(draft, ctx).some((o) => o.value === answer.value))
        return step.on(draft, [answer.value], ctx);
      if (answer.kind === "choice" && step.press) return step.press(draft, answer.value, ctx);
      return { stay: ctx.t("bot:press-one") };
    },
  };
}

/** A few fields. `on` gets every field's answer, empty where it was left out. */
export function fillIn<Draft, Name extends string>(step: {
  ask: Words<Draft>;
  title(ctx: Context): string;
  send(ctx: Context): string;
  fields(draft: Draft, ctx: Context): Field[];
  skip?: true;
  secret?: true;
  on(draft: Draft, values: Record<string, string>, ctx: Context): Next<Draft, Name>;
  /** For buttons that `ask` draws beside the form; `values` is what stood in it, where the whole form came along. */
  press?(draft: Draft, value: string, ctx: Context, values?: Record<string, string>): Next<Draft, Name>;
}): Step<Draft, Name> {
  return {
    form: true,
    ...(step.skip ? { skip: true } : {}),
    ...(step.secret ? { secret: true } : {}),
    show: (draft, ctx) => ({
      ...step.ask(draft, ctx),
      form: {
        title: step.title(ctx),
        fields: step.fields(draft, ctx),
        send: { value: "send", label: step.send(ctx), tone: "primary" },
      },
    }),
    next(draft, answer, ctx) {
      if (answer.kind === "form") return step.on(draft, answer.values, ctx);
      if (answer.kind === "skip") return step.on(draft, {}, ctx);
      if (answer.kind === "choice" && step.press) return step.press(draft, answer.value, ctx, answer.values);
      return { stay: ctx.t(answer.kind === "files" ? "bot:no-files-here" : "bot:type-it") };
    },
  };
}

/** A few actions; each button's value leads to its entry. */
export function press<Draft, Name extends string>(step: {
  ask(draft: Draft, ctx: Context): Screen | Promise<Screen>;
  on: Record<string, (draft: Draft, ctx: Context, answer: Answer) => Next<Draft, Name>>;
  /** Anything that is not one of the buttons; by default a hint to press one. */
  other?(draft: Draft, answer: Answer, ctx: Context): Next<Draft, Name>;
  skip?: true;
  noBack?: true;
}): Step<Draft, Name> {
  return {
    ...(step.skip ? { skip: true } : {}),
    ...(step.noBack ? { noBack: true } : {}),
    show: step.ask,
    next(draft, answer, ctx) {
      // a value comes from outside: `toString` is no button
      if (answer.kind === "choice" && Object.hasOwn(step.on, answer.value))
        return step.on[answer.value]!(draft, ctx, answer);
      return step.other ? step.other(draft, answer, ctx) : { stay: ctx.t("bot:press-one") };
    },
  };
}
