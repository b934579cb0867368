/** An answer to the reporter: written, looked at once more, sent. */
import { fillIn, press } from "../../bot/steps.ts";
import { order } from "./act.ts";
import { type Draft, longestReply, type Name, type Steps } from "./draft.ts";

export const replySteps: Steps<"reply" | "check"> = {
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
};
