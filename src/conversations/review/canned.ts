/** Answers ready to send: picked in the reviewer's language, put into the reply in the reporter's, and changed there. */
import type { Steps } from "./draft.ts";

export const cannedSteps: Steps<"canned"> = {
  canned: {
    async show(draft, ctx) {
      const ready = await ctx.desk.canned(draft.code);
      return {
        title: ctx.t("review:canned.title", { code: draft.code }),
        text: ctx.t("review:canned.text"),
        menu: {
          hint: ctx.t("review:canned.hint"),
          options: ready.map(({ id, label, text }) => ({ value: id, label, hint: text })),
        },
      };
    },
    async next(draft, answer, ctx) {
      const ready = answer.kind === "choice" && (await ctx.desk.canned(draft.code)).find((c) => c.id === answer.value);
      if (!ready) return { stay: ctx.t("bot:press-one") };
      const text = draft.text === "" ? ready.text : `${draft.text}\n\n${ready.text}`;
      return { go: "check", draft: { ...draft, text } };
    },
  },
};
