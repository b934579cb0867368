/** A small sum before sending, while a flood of reports comes in; where there is a browser, it may work instead. */
import type { Context, Step, Turn } from "../bot/conversation.ts";
import { fillIn } from "../bot/steps.ts";

export interface Tolled {
  /** The question that is asked. */
  toll?: string;
}

/** How a question was answered. */
type Paid = "sum" | "work";

/** @param paid where the answer leads; what was told stays in the draft however often somebody has to try */
export function tollStep<Draft extends Tolled, Name extends string>(step: {
  here: Name;
  paid(draft: Draft, ctx: Context, by?: Paid): Turn<Draft, Name> | Promise<Turn<Draft, Name>>;
}): Step<Draft, Name> {
  return fillIn<Draft, Name>({
    ask: (_draft, ctx) => ({ title: ctx.t("toll:title"), text: ctx.t("toll:text") }),
    title: (ctx) => ctx.t("toll:title"),
    send: (ctx) => ctx.t("toll:send"),
    fields({ toll = "" }, ctx) {
      const [a, b] = ctx.desk.tollNumbers(toll);
      const label = ctx.t("toll:question", { a: ctx.t(`toll:number.${a}`), b: ctx.t(`toll:number.${b}`) });
      const work = { ...ctx.desk.tollWork(toll), busy: ctx.t("toll:busy"), found: ctx.t("toll:found") };
      return [{ name: "sum", kind: "line", label, required: true, max: 20, work }];
    },
    async on(draft, { sum = "" }, ctx) {
      const found = await ctx.desk.payToll(draft.toll ?? "", sum);
      if (found === "sum" || found === "work") return step.paid({ ...draft, toll: undefined }, ctx, found);
      const toll = await ctx.desk.toll();
      // the flood is over: nobody has to answer any more
      if (!toll) return step.paid({ ...draft, toll }, ctx);
      return { go: step.here, draft: found === "old" ? { ...draft, toll } : draft, notice: ctx.t(`toll:${found}`) };
    },
  });
}
