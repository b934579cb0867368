/** A note for the colleagues on a case; the reporter never sees it. */
import { fillIn } from "../../bot/steps.ts";
import { type Draft, type Name, oneText, type Steps } from "./draft.ts";

export const noteSteps: Steps<"note"> = {
  note: fillIn<Draft, Name>({
    ask: (draft, ctx) => ({ title: ctx.t("four:note.title", { code: draft.code }), text: ctx.t("four:note.text") }),
    title: (ctx) => ctx.t("four:note.form"),
    send: (ctx) => ctx.t("four:note.send"),
    fields: (_draft, ctx) => oneText(ctx),
    async on(draft, { text = "" }, ctx) {
      const card = await ctx.desk.card(draft.code);
      if (!card || card.status === "withdrawn") return { stay: ctx.t("review:gone") };
      return {
        go: "read",
        draft,
        commands: [{ kind: "note", code: draft.code, text }],
        notice: ctx.t("four:note.kept"),
      };
    },
  }),
};
