/** A small sum before sending, while a flood of reports comes in where nobody needs an account. */
import type { Context, Step, Turn } from "../bot/conversation.ts";
import { fillIn } from "../bot/steps.ts";

export interface Tolled {
  /** The question that is asked. */
  toll?: string;
}

/** Is there something to answer first? Where accounts are needed, those are limit enough. */
export async function tollFor(ctx: Context): Promise<string | undefined> {
  return ctx.can.anonymous ? ctx.desk.toll() : undefined;
}

/** @param paid where the answer leads; what was told stays in the draft however often somebody has to try */
export function tollStep<Draft extends Tolled, Name extends string>(step: {
  here: Name;
  paid(draft: Draft, ctx: Context): Turn<Draft, Name> | Promise<Turn<Draft, Name>>;
}): Step<Draft, Name> {
  return fillIn<Draft, Name>({
    ask: (_draft, ctx) => ({ title: ctx.t("toll:title"), text: ctx.t("toll:text") }),
    title: (ctx) => ctx.t("toll:title"),
    send: (ctx) => ctx.t("toll:send"),
    fields(draft, ctx) {
      const [a, b] = ctx.desk.tollNumbers(draft.toll ?? "");
      const label = ctx.t("toll:question", { a: ctx.t(`toll:number.${a}`), b: ctx.t(`toll:number.${b}`) });
      return [{ name: "sum", kind: "line", label, required: true, max: 10 }];
    },
    async on(draft, { sum = "" }, ctx) {
      const found = await ctx.desk.payToll(draft.toll ?? "", sum);
      if (found === "paid") return step.paid({ ...draft, toll: undefined }, ctx);
      const toll = found === "old" ? ((await tollFor(ctx)) ?? draft.toll) : draft.toll;
      return { go: step.here, draft: { ...draft, toll }, notice: ctx.t(`toll:${found}`) };
    },
  });
}
