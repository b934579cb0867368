/** What a button of a card does, wherever the card is shown. */
import type { Context } from "../../bot/conversation.ts";
import type { Command } from "../../desk.ts";
import { type Draft, type Made, type Name, turnTo } from "./draft.ts";

/** A button of a card, wherever the card is shown. */
export async function pressed(draft: Draft, value: string, ctx: Context, here: Name): Promise<Made> {
  const { code } = draft;
  const card = await ctx.desk.card(code);
  if (!card || card.status === "withdrawn") return { stay: ctx.t("review:gone") };
  if (value === "claim") return order(draft, "claim", { kind: "claim", code }, ctx.t("review:claimed"), ctx, here);
  if (value === "release")
    return order(draft, "release", { kind: "release", code }, ctx.t("review:released"), ctx, here);
  if (value === "reopen") return order(draft, "reopen", { kind: "reopen", code }, ctx.t("review:reopened"), ctx, here);
  // before the first look each reviewer says that the case is none of their own
  if (value === "read") return { go: "conflict", draft };
  if (value === "trade" && !ctx.shared) return { open: "trade", at: { step: "case", draft: { code } } };
  if (value === "undo") return { go: "sent", draft };
  if (value === "second") return { go: "second", draft };
  if (value === "life") return { go: "life", draft };
  if (value === "queue") return { go: "queue", draft: turnTo(draft, "") };
  if (value !== "reply" && value !== "close") return { stay: ctx.t("bot:press-one") };
  const may = await ctx.desk.may(code, value);
  return may.ok
    ? // what was written for a second person is not for the reporter
      { go: value === "reply" ? "reply" : "outcome", draft: draft.second ? { ...turnTo(draft, ""), code } : draft }
    : { stay: ctx.t(`review:refused.${may.why}`, { by: may.by }) };
}

/** Orders it if the rules allow it now, and says why not if they do not. */
export async function order(
  draft: Draft,
  kind: "claim" | "release" | "reopen" | "reply" | "close" | "move" | "hand" | "share",
  command: Command,
  notice: string,
  ctx: Context,
  then: Name,
): Promise<Made> {
  const may = await ctx.desk.may(draft.code, kind);
  if (!may.ok) return { stay: ctx.t(`review:refused.${may.why}`, { by: may.by }) };
  return {
    go: then,
    draft: { ...draft, text: "", outcome: undefined, cause: undefined, actions: undefined },
    commands: [command],
    notice,
  };
}
