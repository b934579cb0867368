/** An answer to the reporter: written, looked at once more, sent. */
import type { Context } from "../../bot/conversation.ts";
import { fillIn, press } from "../../bot/steps.ts";
import { order } from "./act.ts";
import { type Draft, type Name, oneText, type Steps } from "./draft.ts";

export const replySteps: Steps<"reply" | "check" | "sent"> = {
  reply: fillIn<Draft, Name>({
    ask: (draft, ctx) => ({
      title: ctx.t("review:reply.title", { code: draft.code }),
      text: ctx.t("review:reply.text"),
      buttons: [{ value: "canned", label: ctx.t("review:canned.button") }],
    }),
    title: (ctx) => ctx.t("review:reply.form"),
    send: (ctx) => ctx.t("review:reply.look"),
    fields: (draft, ctx) => oneText(ctx, draft.text),
    on: (draft, { text = "" }) => ({ go: "check", draft: { ...draft, text } }),
    press: (draft, value, ctx, values) =>
      value === "canned"
        ? { go: "canned", draft: { ...draft, text: values?.text ?? draft.text } }
        : { stay: ctx.t("bot:press-one") },
  }),

  check: press<Draft, Name>({
    ask: async (draft, ctx) => ({
      title: ctx.t("review:check.title", { code: draft.code }),
      text: [ctx.t("review:check.text"), ...warnings(await ctx.desk.leaks(draft.text), ctx)].join("\n\n"),
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
          ctx.t(ctx.desk.undoWindow() > 0 ? "four:sent.soon" : "review:reply.sent"),
          ctx,
          ctx.desk.undoWindow() > 0 ? "sent" : "ready",
        ),
      edit: (draft) => ({ go: "reply", draft }),
    },
  }),

  // the moment in which it can be taken back
  sent: press<Draft, Name>({
    noBack: true,
    async ask(draft, ctx) {
      const waits = await ctx.desk.pending(draft.code);
      const onward = { value: "case", label: ctx.t("review:life.back"), tone: "primary" as const };
      if (!waits) return { text: ctx.t("review:reply.sent"), buttons: [onward] };
      return {
        title: ctx.t("four:sent.title", { code: draft.code }),
        text: ctx.t("four:sent.text", { count: waits.left }),
        quotes: [{ by: ctx.t("mailbox:by.team", { day: ctx.day(ctx.today) }), text: waits.text }],
        buttons: [{ value: "undo", label: ctx.t("four:sent.undo"), tone: "danger" }, onward],
      };
    },
    on: {
      case: (draft) => ({ go: "ready", draft }),
      undo: async (draft, ctx) => {
        const waits = await ctx.desk.pending(draft.code);
        if (!waits) return { stay: ctx.t("four:sent.late") };
        return {
          go: "check",
          draft: { ...draft, text: waits.text },
          commands: [{ kind: "undo", code: draft.code }],
          notice: ctx.t("four:sent.undone"),
        };
      },
    },
  }),
};

/** What the answer gives away or asks for that it should not; the reviewer decides. */
function warnings(leaks: { kind: string; sample: string }[], ctx: Context): string[] {
  if (leaks.length === 0) return [];
  const lines = leaks.map(({ kind, sample }) => `• ${ctx.t(`review:leak.${kind}`, { sample })}`);
  return [[ctx.t("review:leak.look"), ...lines].join("\n")];
}
