/** What everybody gets in a campaign; who presses its buttons is counted and not kept. */
import type { Conversation } from "../bot/conversation.ts";

interface Draft {
  id: string;
}

export const campaign: Conversation<Draft, "message"> = {
  name: "campaign",
  commands: [],
  first: "message",
  blank: { id: "" },
  steps: {
    message: {
      anytime: { key: (draft) => draft.id, draft: (id) => ({ id }) },
      async show(draft, ctx) {
        const words = await ctx.desk.campaignText(draft.id, ctx.locale);
        return {
          ...(words
            ? { title: words.title, text: words.text, ours: true as const }
            : { text: ctx.t("campaign:message.over") }),
          buttons: [
            { value: "useful", label: ctx.t("campaign:message.useful") },
            { value: "useless", label: ctx.t("campaign:message.useless"), tone: "quiet" },
          ],
        };
      },
      // whoever presses it in the middle of something else stays there
      next: (draft, answer, ctx) =>
        answer.kind === "choice" && (answer.value === "useful" || answer.value === "useless")
          ? {
              go: "message",
              draft,
              commands: [{ kind: "campaign-felt", id: draft.id, useful: answer.value === "useful" }],
              notice: ctx.t("campaign:message.thanks"),
            }
          : { stay: ctx.t("bot:press-one") },
    },
  },
};
