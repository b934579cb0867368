/** The reporter's way back: with the receipt, from any platform, to read, answer, add, or withdraw. */
import type { Context, Conversation, Turn } from "../bot/conversation.ts";
import { fillIn, press } from "../bot/steps.ts";
import type { Mailbox } from "../desk.ts";
import { type Attached, attach, said, sized } from "./files.ts";
import { quotesOf } from "./questions.ts";

interface Draft extends Attached {
  /** Sealed with the draft, and gone with it. */
  receipt: string;
}

type Name = "ask" | "open" | "told" | "answer" | "files" | "withdraw" | "notice";

const longestMessage = 20_000;

export const mailbox: Conversation<Draft, Name> = {
  name: "mailbox",
  commands: ["mailbox"],
  first: "ask",
  blank: { receipt: "", files: [], originals: false },
  loses: (draft, ctx) =>
    draft.files.length > 0 ? { ask: ctx.t("mailbox:leave"), after: ctx.t("bot:cancelled") } : undefined,
  steps: {
    ask: {
      ...fillIn<Draft, Name>({
        ask: (_draft, ctx) => ({ title: ctx.t("mailbox:ask.title"), text: ctx.t("mailbox:ask.text") }),
        title: (ctx) => ctx.t("mailbox:ask.title"),
        send: (ctx) => ctx.t("mailbox:ask.open"),
        fields: (_draft, ctx) => [
          {
            name: "receipt",
            label: ctx.t("mailbox:ask.receipt"),
            hint: ctx.t("mailbox:ask.hint"),
            kind: "secret",
            required: true,
            max: 60,
          },
        ],
        secret: true,
        async on(draft, { receipt: typed = "" }, ctx) {
          const read = ctx.desk.readReceipt(typed);
          if (!read.ok) return { stay: ctx.t(`mailbox:ask.${read.why}`) };
          const found = await ctx.desk.mailbox(read.receipt);
          if ("wait" in found) return { stay: ctx.t("mailbox:ask.wait", { minutes: Math.ceil(found.wait / 60) }) };
          if ("unknown" in found) return { stay: ctx.t("mailbox:ask.unknown") };
          return { go: "open", draft: { ...draft, receipt: read.receipt } };
        },
      }),
    },

    open: press<Draft, Name>({
      noBack: true,
      async ask(draft, ctx) {
        const box = await opened(draft, ctx);
        if (!box) return { text: ctx.t("mailbox:ask.unknown") };
        const live = box.status !== "withdrawn";
        return {
          title: ctx.t("mailbox:open.title"),
          text: [
            status(box, ctx),
            ...(live
              ? [
                  ctx.t(box.messages.length === 0 ? "mailbox:open.no-messages" : "mailbox:open.messages", {
                    count: box.messages.length,
                  }),
                ]
              : []),
          ].join("\n\n"),
          quotes: box.messages.map((m) => ({
            by: ctx.t(`mailbox:by.${m.side}`, { day: ctx.day(m.day) }),
            text: said(m, ctx),
          })),
          buttons: live
            ? [
                { value: "answer", label: ctx.t("mailbox:open.answer"), tone: "primary" },
                { value: "files", label: ctx.t("mailbox:open.files") },
                { value: "told", label: ctx.t("mailbox:open.told") },
                { value: "look", label: ctx.t("mailbox:open.look") },
                ...(ctx.can.push && box.status !== "closed"
                  ? [
                      {
                        value: box.notify ? "quiet" : "notify",
                        label: ctx.t(box.notify ? "mailbox:open.quiet" : "mailbox:open.notify"),
                      },
                    ]
                  : []),
                ...(!ctx.can.push && box.notify ? [{ value: "quiet", label: ctx.t("mailbox:open.quiet") }] : []),
                ...(box.hold
                  ? []
                  : [{ value: "withdraw", label: ctx.t("mailbox:open.withdraw"), tone: "danger" as const }]),
              ]
            : [],
        };
      },
      on: {
        answer: (draft) => ({ go: "answer", draft }),
        files: (draft) => ({ go: "files", draft: { ...draft, files: [], originals: false } }),
        told: (draft) => ({ go: "told", draft }),
        look: (draft) => ({ go: "open", draft }),
        // it may have been closed or withdrawn since the button was drawn: then the screen says so
        notify: async (draft, ctx) =>
          !["closed", "withdrawn"].includes((await opened(draft, ctx))?.status ?? "withdrawn")
            ? {
                go: "open",
                draft,
                commands: [{ kind: "notify", receipt: draft.receipt, on: true }],
                notice: ctx.t("mailbox:notify.on"),
              }
            : { go: "open", draft },
        quiet: (draft, ctx) => ({
          go: "open",
          draft,
          commands: [{ kind: "notify", receipt: draft.receipt, on: false }],
          notice: ctx.t("mailbox:notify.off"),
        }),
        withdraw: async (draft, ctx) =>
          (await opened(draft, ctx))?.hold ? { stay: ctx.t("mailbox:hold") } : { go: "withdraw", draft },
      },
    }),

    told: press<Draft, Name>({
      async ask(draft, ctx) {
        const box = await opened(draft, ctx);
        const files = (box?.files ?? []).map((f) => ({
          by: ctx.t("report:field.files"),
          text: sized(f.kind, f.bytes, ctx),
        }));
        return {
          title: ctx.t("mailbox:told.title"),
          text: box
            ? [
                ctx.t("mailbox:told.text", { day: ctx.day(box.day) }),
                ...(Object.values(box.told ?? {}).some((t) => t.includes("████"))
                  ? [ctx.t("mailbox:told.redacted")]
                  : []),
                ...(box.shredded > 0 ? [ctx.t("mailbox:told.shredded", { count: box.shredded })] : []),
              ].join("\n\n")
            : "",
          quotes: [...quotesOf(box?.told ?? {}, ctx), ...files],
        };
      },
      on: {},
    }),

    answer: fillIn<Draft, Name>({
      ask: (_draft, ctx) => ({ title: ctx.t("mailbox:answer.title"), text: ctx.t("mailbox:answer.text") }),
      title: (ctx) => ctx.t("mailbox:answer.title"),
      send: (ctx) => ctx.t("mailbox:answer.send"),
      fields: (_draft, ctx) => [
        {
          name: "text",
          label: ctx.t("mailbox:answer.label"),
          kind: "paragraph",
          required: true,
          max: ctx.can.typed || longestMessage,
        },
      ],
      on: (draft, { text = "" }, ctx) => send(draft, text, ctx),
    }),

    files: attach<Draft, Name>({
      ask: (_draft, ctx) => ({ title: ctx.t("mailbox:files.title"), text: ctx.t("mailbox:files.text") }),
      next: (draft, ctx) => (draft.files.length === 0 ? { go: "open", draft } : send(draft, "", ctx)),
    }),

    withdraw: press<Draft, Name>({
      ask: (_draft, ctx) => ({
        title: ctx.t("mailbox:withdraw.title"),
        text: ctx.t("mailbox:withdraw.text"),
        buttons: [
          { value: "no", label: ctx.t("mailbox:withdraw.no"), tone: "primary" },
          { value: "yes", label: ctx.t("mailbox:withdraw.yes"), tone: "danger" },
        ],
      }),
      on: {
        no: (draft) => ({ go: "open", draft }),
        yes: async (draft, ctx) => {
          const box = await opened(draft, ctx);
          if (box?.hold) return { go: "open", draft, notice: ctx.t("mailbox:hold") };
          return {
            done: { title: ctx.t("mailbox:withdrawn.title"), text: ctx.t("mailbox:withdrawn.text") },
            commands: box?.status === "withdrawn" ? [] : [{ kind: "withdraw", receipt: draft.receipt }],
          };
        },
      },
    }),

    notice: {
      anytime: { key: () => "", draft: () => structuredClone(mailbox.blank) },
      show: (_draft, ctx) => ({
        text: ctx.t("mailbox:notice.text"),
        buttons: [{ value: "open", label: ctx.t("mailbox:notice.open") }],
      }),
      next: () => ({ open: "mailbox" }),
    },
  },
};

async function send(draft: Draft, text: string, ctx: Context): Promise<Turn<Draft, Name>> {
  const empty = { ...draft, files: [], originals: false };
  const { receipt, files, originals } = draft;
  if ((await opened(draft, ctx))?.status === "withdrawn") return { go: "open", draft: empty };
  return {
    go: "open",
    draft: empty,
    commands: [{ kind: "write", receipt, text, files, originals }],
    notice: ctx.t("mailbox:sent"),
  };
}

async function opened(draft: Draft, ctx: Context): Promise<Mailbox | undefined> {
  const box = await ctx.desk.mailbox(draft.receipt);
  return "status" in box ? box : undefined;
}

function status(box: Mailbox, ctx: Context): string {
  const free = box.status === "acknowledged" && !box.taken;
  const words = ctx.t(`mailbox:status.${free ? "free" : box.status}`, {
    day: ctx.day(box.day),
    closed: box.closedDay === null ? "" : ctx.day(box.closedDay),
  });
  const kept = box.keepUntil !== null && !box.hold && box.status === "closed" ? ctx.day(box.keepUntil) : "";
  return [
    words,
    ...(box.status === "closed" && box.outcome ? [ctx.t(`mailbox:outcome.${box.outcome}`)] : []),
    ...(box.hold ? [ctx.t("mailbox:hold")] : []),
    ...(kept ? [ctx.t("mailbox:kept", { day: kept })] : []),
  ].join("\n");
}
