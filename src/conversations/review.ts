/** A first board: reviewers see the queue, take a case, read it, answer the reporter, and close it with a reason. */
import type { Context, Conversation, Turn } from "../bot/conversation.ts";
import type { Attachment, Choice } from "../bot/screen.ts";
import { fillIn, pick, press } from "../bot/steps.ts";
import type { CloseOutcome, Command } from "../desk.ts";
import { drawCard, line, state, summary } from "./card.ts";
import { said, size } from "./files.ts";
import { quotesOf } from "./questions.ts";

interface Draft {
  code: string;
  page: number;
  /** A reply or a last word, before it is sent. */
  text: string;
  outcome?: CloseOutcome;
  /** Which attachment is handed over on the next screen, and whether as it was sent. */
  file?: { number: number; original: boolean };
}

type Name = "queue" | "card" | "conflict" | "read" | "file" | "reply" | "check" | "outcome" | "word" | "ready";
type Made = Turn<Draft, Name>;

const blank: Draft = { code: "", page: 0, text: "" };
const longestReply = 20_000;

export const review: Conversation<Draft, Name> = {
  name: "review",
  audience: "reviewers",
  commands: ["queue"],
  first: "queue",
  blank,
  loses: (draft, ctx) =>
    draft.text === "" ? undefined : { ask: ctx.t("review:leave"), after: ctx.t("bot:cancelled") },
  steps: {
    queue: {
      async show(draft, ctx) {
        if (ctx.desk.actor.kind === "reviewer" && ctx.desk.actor.role === "auditor")
          return { title: ctx.t("review:queue.title"), text: ctx.t("review:queue.auditor") };
        const { cards, more } = await ctx.desk.queue(draft.page);
        const counts = await ctx.desk.counts();
        return {
          title: ctx.t("review:queue.title"),
          text:
            cards.length === 0
              ? ctx.t("review:queue.empty")
              : ctx.t("review:queue.text", { received: counts.received ?? 0, acknowledged: counts.acknowledged ?? 0 }),
          ...(cards.length > 0
            ? {
                menu: {
                  hint: ctx.t("review:queue.hint"),
                  options: cards.map((c) => ({ value: c.code, label: line(c, ctx), hint: summary(c, ctx) })),
                },
              }
            : {}),
          buttons: [
            ...(draft.page > 0 ? [{ value: "newer", label: ctx.t("bot:less") }] : []),
            ...(more ? [{ value: "older", label: ctx.t("bot:more") }] : []),
            { value: "look", label: ctx.t("review:queue.look") },
            { value: "door", label: ctx.t("review:queue.door"), tone: "quiet" },
            ...(ctx.can.push ? [] : [{ value: "out", label: ctx.t("review:queue.out"), tone: "quiet" as const }]),
          ],
        };
      },
      async next(draft, answer, ctx) {
        if (answer.kind !== "choice") return { stay: ctx.t("bot:press-one") };
        if (answer.value === "newer" || answer.value === "older")
          return {
            go: "queue",
            draft: { ...draft, page: Math.max(0, draft.page + (answer.value === "older" ? 1 : -1)) },
          };
        if (answer.value === "look") return { go: "queue", draft };
        if (answer.value === "out") return { done: { text: ctx.t("review:out") }, commands: [{ kind: "sign-out" }] };
        if (answer.value === "door") {
          const code = ctx.desk.newInvite();
          return {
            done: { title: ctx.t("review:door.title"), text: ctx.t("review:door.text"), secret: code },
            commands: [{ kind: "door-code", code }],
          };
        }
        return { go: "ready", draft: { ...draft, code: answer.value } };
      },
    },

    // the card as it hangs on a board: pressed by whoever is there, days later
    card: {
      anytime: { key: (draft) => draft.code, draft: (code) => ({ ...blank, code }) },
      show: (draft, ctx) => drawCard(draft.code, ctx),
      next: (draft, answer, ctx) => pressed(draft, answer.kind === "choice" ? answer.value : "", ctx, "card"),
    },

    // the same card in a reviewer's own talk, opened from the queue
    ready: {
      show: (draft, ctx) => drawCard(draft.code, ctx),
      next: (draft, answer, ctx) => pressed(draft, answer.kind === "choice" ? answer.value : "", ctx, "ready"),
    },

    conflict: press<Draft, Name>({
      ask: (_draft, ctx) => ({
        title: ctx.t("review:conflict.title"),
        text: ctx.t("review:conflict.text"),
        buttons: [
          { value: "clear", label: ctx.t("review:conflict.clear"), tone: "primary" },
          { value: "near", label: ctx.t("review:conflict.near") },
        ],
      }),
      on: {
        clear: (draft) => ({ go: "read", draft }),
        near: (_draft, ctx) => ({ done: { text: ctx.t("review:conflict.thanks") } }),
      },
    }),

    read: press<Draft, Name>({
      async ask(draft, ctx) {
        const file = await ctx.desk.read(draft.code);
        if (!file) return { text: ctx.t("review:gone") };
        const mine = ctx.desk.actor.kind === "reviewer" && file.owner === ctx.desk.actor.alias;
        const attachments: Choice[] = file.attachments.flatMap((a) => [
          {
            value: `f${a.number}`,
            label: ctx.t("review:read.file", {
              number: a.number,
              kind: ctx.t(`files:kind.${a.kind}`),
              size: size(a.bytes, ctx),
            }),
          },
          ...(a.original
            ? [{ value: `o${a.number}`, label: ctx.t("review:read.original", { number: a.number }) }]
            : []),
        ]);
        return {
          title: ctx.t("review:read.title", { code: file.code }),
          text: [state(file, ctx), ctx.t("review:read.recorded")].join("\n\n"),
          quotes: [
            ...quotesOf(file.told, ctx),
            ...file.thread.map((m) => ({
              by: ctx.t(`review:by.${m.side}`, { day: ctx.day(m.day) }),
              text: said(m, ctx),
            })),
          ],
          buttons: [
            ...(mine && file.status !== "closed"
              ? [
                  { value: "reply", label: ctx.t("review:card.reply"), tone: "primary" as const },
                  { value: "close", label: ctx.t("review:card.close") },
                  { value: "release", label: ctx.t("review:card.release") },
                ]
              : []),
            ...(!mine && file.status !== "closed" && !file.owner
              ? [{ value: "claim", label: ctx.t("review:card.claim"), tone: "primary" as const }]
              : []),
            ...(file.status === "closed" ? [{ value: "reopen", label: ctx.t("review:card.reopen") }] : []),
            ...attachments,
            { value: "queue", label: ctx.t("review:card.queue"), tone: "quiet" },
          ],
        };
      },
      on: {},
      other(draft, answer, ctx) {
        const value = answer.kind === "choice" ? answer.value : "";
        const file = /^([fo])(\d+)$/.exec(value);
        if (file)
          return { go: "file", draft: { ...draft, file: { number: Number(file[2]), original: file[1] === "o" } } };
        return pressed(draft, value, ctx, "read");
      },
    }),

    file: press<Draft, Name>({
      async ask(draft, ctx) {
        const attachment: Attachment | undefined =
          draft.file && (await ctx.desk.attachment(draft.code, draft.file.number, draft.file.original));
        if (!attachment) return { text: ctx.t("review:gone") };
        const fits = attachment.bytes <= ctx.can.fileBytes;
        return {
          title: ctx.t("review:file.title", { number: draft.file!.number, code: draft.code }),
          text: [
            ctx.t("review:file.warning"),
            ...(fits ? [] : [ctx.t("review:file.too-large", { page: ctx.page })]),
          ].join("\n\n"),
          ...(fits ? { attachments: [attachment] } : {}),
        };
      },
      on: {},
    }),

    reply: fillIn<Draft, Name>({
      ask: (draft, ctx) => ({
        title: ctx.t("review:reply.title", { code: draft.code }),
        text: ctx.t("review:reply.text"),
      }),
      title: (ctx) => ctx.t("review:reply.form"),
      send: (ctx) => ctx.t("review:reply.look"),
      fields: (draft, ctx) => [
        {
          name: "text",
          label: ctx.t("review:reply.label"),
          kind: "paragraph",
          required: true,
          max: ctx.can.typed || longestReply,
          value: draft.text,
        },
      ],
      on: (draft, { text = "" }) => ({ go: "check", draft: { ...draft, text } }),
    }),

    check: press<Draft, Name>({
      ask: (draft, ctx) => ({
        title: ctx.t("review:check.title", { code: draft.code }),
        text: ctx.t("review:check.text"),
        quotes: [{ by: ctx.t("mailbox:by.team", { day: ctx.day(ctx.today) }), text: draft.text }],
        buttons: [
          { value: "send", label: ctx.t("review:check.send"), tone: "primary" },
          { value: "edit", label: ctx.t("review:check.edit") },
        ],
      }),
      on: {
        send: (draft, ctx) =>
          order(
            draft,
            "reply",
            { kind: "reply", code: draft.code, text: draft.text },
            ctx.t("review:reply.sent"),
            ctx,
            "ready",
          ),
        edit: (draft) => ({ go: "reply", draft }),
      },
    }),

    outcome: pick<Draft, Name>({
      ask: (draft, ctx) => ({
        title: ctx.t("review:outcome.title", { code: draft.code }),
        text: ctx.t("review:outcome.text"),
      }),
      hint: (ctx) => ctx.t("review:outcome.hint"),
      options: (_draft, ctx) => ctx.desk.outcomes().map((value) => ({ value, label: ctx.label("outcome", value) })),
      on: (draft, [outcome]) => ({ go: "word", draft: { ...draft, outcome: outcome as CloseOutcome } }),
    }),

    word: fillIn<Draft, Name>({
      ask: (draft, ctx) => ({
        title: ctx.t("review:word.title", { outcome: ctx.label("outcome", draft.outcome ?? "") }),
        text: ctx.t("review:word.text"),
      }),
      title: (ctx) => ctx.t("review:word.form"),
      send: (ctx) => ctx.t("review:word.send"),
      fields: (_draft, ctx) => [
        {
          name: "text",
          label: ctx.t("review:reply.label"),
          kind: "paragraph",
          required: true,
          max: ctx.can.typed || longestReply,
        },
      ],
      on: (draft, { text = "" }, ctx) =>
        order(
          { ...draft, text },
          "close",
          { kind: "close", code: draft.code, outcome: draft.outcome ?? "not-confirmed", text },
          ctx.t("review:closed"),
          ctx,
          "ready",
        ),
    }),
  },
};

/** A button of a card, wherever the card is shown. */
async function pressed(draft: Draft, value: string, ctx: Context, here: Name): Promise<Made> {
  const { code } = draft;
  const card = await ctx.desk.card(code);
  if (!card || card.status === "withdrawn") return { stay: ctx.t("review:gone") };
  if (value === "claim") return order(draft, "claim", { kind: "claim", code }, ctx.t("review:claimed"), ctx, here);
  if (value === "release")
    return order(draft, "release", { kind: "release", code }, ctx.t("review:released"), ctx, here);
  if (value === "reopen") return order(draft, "reopen", { kind: "reopen", code }, ctx.t("review:reopened"), ctx, here);
  // before the first look each reviewer says that the case is none of their own
  if (value === "read") return { go: "conflict", draft };
  if (value === "queue") return { go: "queue", draft: { ...draft, code: "" } };
  if (value !== "reply" && value !== "close") return { stay: ctx.t("bot:press-one") };
  const may = await ctx.desk.may(code, value);
  return may.ok
    ? { go: value === "reply" ? "reply" : "outcome", draft }
    : { stay: ctx.t(`review:refused.${may.why}`, { by: may.by }) };
}

/** Orders it if the rules allow it now, and says why not if they do not. */
async function order(
  draft: Draft,
  kind: "claim" | "release" | "reopen" | "reply" | "close",
  command: Command,
  notice: string,
  ctx: Context,
  then: Name,
): Promise<Made> {
  const may = await ctx.desk.may(draft.code, kind);
  if (!may.ok) return { stay: ctx.t(`review:refused.${may.why}`, { by: may.by }) };
  return { go: then, draft: { ...draft, text: "", outcome: undefined }, commands: [command], notice };
}
