/** A case as its card shows it, on a board and at the desk: codes in words, nothing that was typed. */
import type { Context } from "../bot/conversation.ts";
import type { Choice, Screen } from "../bot/screen.ts";
import type { Card } from "../desk.ts";
import { line as waiting } from "./review/four.ts";
import { seenLine } from "./trade.ts";

/** The card with the buttons that make sense to whoever looks at it. */
export async function drawCard(code: string, ctx: Context): Promise<Screen> {
  const card = await ctx.desk.card(code);
  if (!card) return { text: ctx.t("review:gone") };
  const mine = ctx.desk.actor.kind === "reviewer" && [card.owner, ...card.helpers].includes(ctx.desk.actor.alias);
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
  const waits: string[] = [];
  if (!ctx.shared && card.status !== "withdrawn") {
    if (await ctx.desk.pending(code)) buttons.push({ value: "undo", label: ctx.t("four:sent.undo") });
    waits.push(...(await ctx.desk.requests(code)).map((r) => `${ctx.t(`four:kind.${r.what}`)}\n${waiting(r, ctx)}`));
    if (waits.length > 0) buttons.push({ value: "second", label: ctx.t("four:button") });
    add("life");
  }
  if (!ctx.shared) add("queue", "quiet");
  return {
    title: ctx.t("review:card.title", { code: card.code }),
    text: [state(card, ctx), facts(card, ctx), await seenLine(code, ctx), ...waits].filter(Boolean).join("\n\n"),
    buttons,
  };
}

/** Where a case stands, in a line or two. */
export function state(card: Card, ctx: Context): string {
  const { status } = card;
  const told = ["received", "closed", "withdrawn"].includes(status);
  // what a flood left, or who closed it has left it for a conflict of interest: nobody is named
  const key = told ? (status === "closed" && !card.owner ? "ended" : status) : card.owner ? "acknowledged" : "free";
  const lines = [
    ...(told || status === "acknowledged" ? [] : [ctx.label("status", status)]),
    ctx.t(`review:state.${key}`, { owner: card.owner ?? "", day: ctx.day(card.day) }),
  ];
  if (card.helpers.length > 0)
    lines.push(
      ctx.t("bot:pair", { label: ctx.t("review:card.helpers"), value: card.helpers.join(ctx.t("bot:comma")) }),
    );
  if (card.status === "closed" && card.outcome)
    lines.push(ctx.t("bot:pair", { label: ctx.t("review:card.outcome"), value: ctx.label("outcome", card.outcome) }));
  if (card.cause)
    lines.push(ctx.t("bot:pair", { label: ctx.t("review:card.cause"), value: ctx.label("root-cause", card.cause) }));
  if (card.actions.length > 0)
    lines.push(
      ctx.t("bot:pair", {
        label: ctx.t("review:card.actions"),
        value: card.actions.map((a) => ctx.label("corrective-action", a)).join(ctx.t("bot:comma")),
      }),
    );
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
    ...(card.guard ? [ctx.t("review:card.guard")] : s.excludes ? [ctx.t("review:card.excludes")] : []),
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
        ...card.why.map((reason) => ctx.t(`review:why.${reason}`)),
        ...(card.flood ? [ctx.t("review:why.flood")] : []),
        ...(card.nextDue === null ? [] : [left(card.nextDue, ctx)]),
        ...(card.unread > 0 ? [ctx.t("review:card.unread", { count: card.unread })] : []),
      ].join(" · ")
    : "";
}

/** How long there is until a day, or how long it is past. */
function left(day: number, ctx: Context): string {
  const count = day - ctx.today;
  return ctx.t(count < 0 ? "review:why.over" : "review:why.left", { count: Math.abs(count) });
}

/** By when something has to be done, and when it was: the proof that there was feedback. */
export function clocks(card: Card, ctx: Context): string {
  const lines = (["personal", "ack", "feedback"] as const).flatMap((name) => {
    const { due, done } = card.clocks[name];
    if (due === null && done === null) return [];
    const value =
      done !== null
        ? ctx.t("review:clock.done", { day: ctx.day(done) })
        : ctx.t("bot:paren", { text: ctx.t("review:clock.due", { day: ctx.day(due!) }), more: left(due!, ctx) });
    return [ctx.t("bot:pair", { label: ctx.t(`review:clock.${name}`), value })];
  });
  if (card.hold) lines.push(ctx.t("review:clock.hold"));
  else if (card.keepUntil !== null) lines.push(ctx.t("review:clock.kept", { day: ctx.day(card.keepUntil) }));
  return lines.join("\n");
}
