/** What happened, told at once or, where texts are short or typed into a chat, piece by piece. */
import type { Context, Step, Turn } from "../bot/conversation.ts";
import type { Screen } from "../bot/screen.ts";
import { fillIn } from "../bot/steps.ts";
import type { Told } from "../desk.ts";
import { fields, longestStory, tell } from "./questions.ts";

/** The story is a form of one field; where it comes in pieces, what comes is added to what is there, and `next` waits for a press. */
export function storyStep<Draft extends { told: Told }, Name extends string>(step: {
  here: Name;
  ask(ctx: Context): Screen;
  next(draft: Draft): Turn<Draft, Name>;
}): Step<Draft, Name> {
  const adds = (ctx: Context) => ctx.can.freeText || ctx.can.typed > 0;
  return fillIn<Draft, Name>({
    ask: (draft, ctx) => {
      const told = draft.told.story ?? "";
      if (told === "" || !adds(ctx)) return step.ask(ctx);
      return {
        ...step.ask(ctx),
        text: ctx.t("report:story.more", { count: told.length }),
        buttons: [
          { value: "go", label: ctx.t("bot:continue"), tone: "primary" },
          { value: "anew", label: ctx.t("report:story.anew") },
        ],
      };
    },
    title: (ctx) => ctx.t("report:story.title"),
    send: (ctx) => ctx.t("bot:continue"),
    fields: (draft, ctx) => {
      const [field] = fields(["story"], draft.told, ctx);
      return adds(ctx) ? [{ ...field!, value: "", max: ctx.can.typed || longestStory }] : [field!];
    },
    on: (draft, { story: typed = "" }, ctx) => {
      if (!adds(ctx)) return step.next(tell(draft, { story: typed }));
      const whole = [draft.told.story, typed].filter(Boolean).join("\n\n");
      if (whole.length > longestStory) return { stay: ctx.t("report:story.full", { max: longestStory }) };
      return { go: step.here, draft: tell(draft, { story: whole }) };
    },
    press: (draft, value, ctx) => {
      if (value === "anew") return { go: step.here, draft: tell(draft, { story: "" }) };
      return draft.told.story ? step.next(draft) : { stay: ctx.t("bot:type-it") };
    },
  });
}
