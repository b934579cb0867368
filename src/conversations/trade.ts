/** The trade behind a case: what it has in common with others. Opened from the case; shows nothing that was typed. */
import type { Context, Conversation, Turn } from "../bot/conversation.ts";
import { press } from "../bot/steps.ts";

interface Draft {
  code: string;
}

type Name = "case";
type Made = Turn<Draft, Name>;

export const trade: Conversation<Draft, Name> = {
  name: "trade",
  audience: "reviewers",
  commands: [],
  first: "case",
  blank: { code: "" },
  steps: {
    case: press<Draft, Name>({
      async ask(draft, ctx) {
        const found = await ctx.desk.connections(draft.code);
        if (!found) return { text: ctx.t("review:gone") };
        const comma = ctx.t("bot:comma");
        const lines = found.kinds.map(({ kind, codes }) =>
          ctx.t("bot:pair", { label: ctx.t(`trade:kind.${kind}`), value: codes.join(comma) }),
        );
        return {
          title: ctx.t("trade:case.title", { code: draft.code }),
          text: [
            ...(found.planted.length > 0 ? [ctx.t("trade:canary", { place: found.planted.join(comma) })] : []),
            found.seen > 0 ? ctx.t("trade:seen", { count: found.seen }) : ctx.t("trade:case.none"),
            ...(lines.length > 0 ? [[ctx.t("trade:case.shares"), ...lines].join("\n"), ctx.t("trade:case.weak")] : []),
          ].join("\n\n"),
          buttons: [{ value: "back", label: ctx.t("trade:back"), tone: "quiet" }],
        };
      },
      on: { back: (draft) => backTo(draft) },
    }),
  },
};

/** The case that all this is about. */
function backTo(draft: Draft): Made {
  return {
    open: "review",
    at: { step: "ready", draft: { code: draft.code, page: 0, text: "" } },
  };
}

/** "Seen in 3 other cases", for a card; nothing if it was not. */
export async function seenLine(code: string, ctx: Context): Promise<string> {
  const seen = await ctx.desk.seen(code);
  return seen > 0 ? ctx.t("trade:seen", { count: seen }) : "";
}
