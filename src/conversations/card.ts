/** A case as its card shows it, on a board and at the desk: codes in words, nothing that was typed. */
import type { Context } from "../bot/conversation.ts";
import type { Choice, Screen } from "../bot/screen.ts";
import type { Card } from "../desk.ts";
import { seenLine } from "./trade.ts";

/** The card with the buttons that make sense to whoever looks at it. */
export async function drawCard(code: string, ctx: Context): Promise<Screen> {
  const card = await ctx.desk.card(code);
  if (!card) return { text: ctx.t("review:gone") };
  const mine = ctx.desk.actor.kind === "reviewer" && card.owner === ctx.desk.actor.alias;
  const buttons: Choice[] = [];
  const add = (value: string, tone?: Choice["tone"]) =>
    buttons.push({ value, label: ctx.t(`review:card.${value}`), ...(tone ? { tone } : {}) });
  if (card.status !== "withdrawn") {
    if (card.status === "closed") add("reopen");
    else if (!card.owner) add("claim", "primary");
    add("read");
    if (!ctx.shared) buttons.push({ value: "trade", label: ctx.t("trade:open") });
    // on a board the card is everybody's: who may not is told so when they press
    if (card.status !== "closed" && card.owner && (mine || ctx.shared))
      for (const value of ["reply", "close", "release"]) add(value);
  }
  if (!ctx.shared) add("queue", "quiet");
  return {
    title: ctx.t("review:card.title", { code: card.code }),
    text: [state(card, ctx), facts(card, ctx), await seenLine(code, ctx)].filter(Boolean).join("\n\n"),
    buttons,
  };
}

/** Where a case stands, in a line or two. */
export function state(card: Card, ctx: Context): string {
  const free = card.status === "acknowledged" && !card.owner;
  const lines = [
    ctx.t(`review:state.${free ? "free" : card.status}`, { owner: card.owner ?? "", day: ctx.day(card.day) }),
  ];
  if (card.status === "closed" && card.outcome)
    lines.push(ctx.t("bot:pair", { label: ctx.t("review:card.outcome"), value: ctx.label("outcome", card.outcome) }));
  if (card.unread > 0) lines.push(ctx.t("review:card.unread", { count: card.unread }));
  return lines.join("\n");
}

/** What a card says of a report: codes in words, nothing that was typed. */
function facts(card: Card, ctx: Context): string {
  const { summary: s } = card;
  if (!s) return "";
  const pair = (key: string, value: string) => ctx.t("bot:pair", { label: ctx.t(`review:card.${key}`), value });
  const level = ctx.t(`review:level.${s.level}`);
  const list = (items: string[]) => items.join(ctx.t("bot:comma"));
  const lines = [
    pair("kind", ctx.label("kind", s.kind)),
    ...(s.sector ? [pair("sector", ctx.label("sector", s.sector))] : []),
    ...(s.data.length > 0 ? [pair("data", list(s.data.map((d) => ctx.label("data-type", d))))] : []),
    ...(s.volume ? [pair("volume", ctx.label("volume-band", s.volume))] : []),
    pair(
      "urgency",
      s.urgency.length === 0
        ? level
        : ctx.t("bot:paren", { text: level, more: list(s.urgency.map((u) => ctx.label("urgency", u))) }),
    ),
    ...(card.files > 0 ? [ctx.t("review:card.files", { count: card.files })] : []),
    ...(s.excludes ? [ctx.t("review:card.excludes")] : []),
  ];
  return lines.join("\n");
}

/** A case in one line of the queue. */
export function line(card: Card, ctx: Context): string {
  return ctx.t("review:queue.line", {
    code: card.code,
    level: card.summary?.level ?? "",
    age: ctx.t("review:queue.days", { count: Math.max(0, ctx.today - card.day) }),
    who: card.owner ?? ctx.t("review:queue.free"),
  });
}

/** What a case is about, behind its line in the queue. */
export function summary(card: Card, ctx: Context): string {
  const s = card.summary;
  return s
    ? [
        ctx.label("kind", s.kind),
        ...(s.sector ? [ctx.label("sector", s.sector)] : []),
        ...(card.unread > 0 ? [ctx.t("review:card.unread", { count: card.unread })] : []),
      ].join(" · ")
    : "";
}
