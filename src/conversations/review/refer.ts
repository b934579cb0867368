/** Handing a case over: to whom, under whose key, what stays masked; asked of a second person; fetched on the web page alone. */
import type { Context } from "../../bot/conversation.ts";
import { secretKey } from "../../bot/covered.ts";
import type { Attachment } from "../../bot/screen.ts";
import { fillIn, pick, press } from "../../bot/steps.ts";
import type { Paper, Referral } from "../../desk.ts";
import { said, sized } from "../files.ts";
import { quotesOf } from "../questions.ts";
import { blank, type Draft, type Made, type Name, type Steps } from "./draft.ts";

export const referSteps: Steps<"which" | "refer" | "key" | "shown" | "fetch"> = {
  which: fillIn<Draft, Name>({
    ask: (_draft, ctx) => ({ title: ctx.t("refer:title"), text: ctx.t("refer:which.text") }),
    title: (ctx) => ctx.t("refer:title"),
    send: (ctx) => ctx.t("bot:continue"),
    fields: (_draft, ctx) => [
      { name: "code", label: ctx.t("refer:which.label"), kind: "line", required: true, max: 12 },
    ],
    on: (draft, { code = "" }, ctx) => begun(draft, code, ctx),
  }),

  refer: pick<Draft, Name>({
    ask: (draft, ctx) => ({
      title: ctx.t("refer:case", { code: draft.code }),
      text: ctx.t("refer:to.text"),
    }),
    hint: (ctx) => ctx.t("refer:to.hint"),
    options: (_draft, ctx) => ctx.desk.authorities().map((value) => ({ value, label: ctx.t(`refer:to.${value}`) })),
    on: (draft, [to]) => ({ go: "key", draft: { ...draft, to } }),
  }),

  key: fillIn<Draft, Name>({
    ask: (draft, ctx) => ({ title: ctx.t("refer:case", { code: draft.code }), text: ctx.t("refer:key.text") }),
    title: (ctx) => ctx.t("refer:key.title"),
    send: (ctx) => ctx.t("bot:continue"),
    fields: (draft, ctx) => [
      {
        name: "key",
        label: ctx.t("refer:key.label"),
        hint: ctx.t("refer:key.hint"),
        kind: "paragraph",
        required: true,
        max: 4000,
        value: draft.recipient ?? "",
      },
    ],
    async on(draft, { key = "" }, ctx) {
      const recipient = key.trim();
      if (secretKey.test(recipient)) return { stay: ctx.t("refer:key.secret") };
      if (!ctx.desk.goodRecipient(recipient)) return { stay: ctx.t("refer:key.bad") };
      const file = await ctx.desk.read(draft.code);
      if (!file) return { stay: ctx.t("review:gone") };
      const next = { ...draft, second: "export" as const, recipient };
      return { go: file.masked.length > 0 ? "shown" : "sure", draft: next };
    },
  }),

  shown: {
    skip: true,
    async show(draft, ctx) {
      const file = await ctx.desk.read(draft.code);
      return {
        title: ctx.t("refer:case", { code: draft.code }),
        text: ctx.t("refer:shown.text"),
        menu: {
          hint: ctx.t("refer:shown.hint"),
          options: (file?.masked ?? []).map((m) => ({
            value: String(m.number),
            label: ctx.t("review:masks.one", { number: m.number, kind: ctx.t(`review:masks.kind.${m.kind}`) }),
          })),
          many: true,
          done: { value: "done", label: ctx.t("bot:done"), tone: "primary" },
        },
      };
    },
    next(draft, answer, ctx) {
      const chosen = answer.kind === "choices" ? answer.values : answer.kind === "choice" ? [answer.value] : [];
      if (answer.kind !== "skip" && chosen.length === 0) return { stay: ctx.t("bot:press-one") };
      return { go: "sure", draft: { ...draft, numbers: chosen.filter((n) => /^\d{1,4}$/.test(n)).map(Number) } };
    },
  },

  fetch: press<Draft, Name>({
    async ask(draft, ctx) {
      const back = [{ value: "back", label: ctx.t("four:request.back"), tone: "quiet" as const }];
      // never through a chat network: it would keep a copy, and say who handed over what
      if (!ctx.can.anonymous)
        return { text: ctx.t("refer:fetch-there", { page: ctx.page }), ours: true, buttons: back };
      const id = draft.request ?? "";
      const referral = await ctx.desk.referral(id);
      const file: Attachment | undefined = referral && (await ctx.desk.package(id, (r) => paper(r, ctx)));
      if (!file) return { text: ctx.t("four:refused.gone"), buttons: back };
      return {
        title: ctx.t("refer:case", { code: referral?.code ?? "" }),
        text: ctx.t("refer:fetch-here"),
        attachments: [file],
        buttons: back,
      };
    },
    on: { back: (draft) => ({ go: "requests", draft: { ...draft, request: undefined } }) },
  }),
};

/** `/refer CODE` leads to the case's own questions. */
export async function begun(draft: Draft, typed: string, ctx: Context): Promise<Made> {
  const code = typed.trim().toUpperCase();
  if (code === "") return { go: "which", draft: blank };
  const may = await ctx.desk.mayRequest(code, "export");
  return may.ok ? { go: "refer", draft: { ...draft, code } } : { stay: ctx.t(`four:refused.${may.why}`) };
}

/** What the package says, in the language of whoever fetches it. */
function paper(r: Referral, ctx: Context): Paper {
  const lines = (all: Paper["parts"][number]["lines"]) => (all.length > 0 ? all : [ctx.t("refer:paper.none")]);
  const code = (h: Referral["timeline"][number]) =>
    h.what === "moved"
      ? ctx.label("status", h.code)
      : h.what === "closed"
        ? ctx.label("outcome", h.code)
        : h.what === "handed-over"
          ? ctx.t(`refer:to.${h.code}`)
          : "";
  return {
    title: ctx.t("refer:paper.title", { code: r.code }),
    narrow: ctx.t("refer:paper.narrow"),
    parts: [
      {
        head: ctx.t("refer:paper.about"),
        lines: [
          ctx.t("refer:paper.received", { day: ctx.day(r.day) }),
          ctx.t("refer:paper.for", { to: ctx.t(`refer:to.${r.to}`), day: ctx.day(ctx.today) }),
          ctx.t("refer:paper.care"),
          ...(r.masked > 0 ? [ctx.t("refer:paper.masked", { count: r.masked })] : []),
        ],
      },
      { head: ctx.t("refer:paper.told"), lines: lines(quotesOf(r.told, ctx)) },
      {
        head: ctx.t("refer:paper.thread"),
        lines: lines(
          r.thread.map((m) => ({ by: ctx.t(`review:by.${m.side}`, { day: ctx.day(m.day) }), text: said(m, ctx) })),
        ),
      },
      {
        head: ctx.t("refer:paper.files"),
        lines: lines(
          r.files.map((f) => ctx.t("bot:pair", { label: `files/${f.name}`, value: sized(f.kind, f.bytes, ctx) })),
        ),
      },
      {
        head: ctx.t("refer:paper.timeline"),
        lines: lines(
          r.timeline.map((h) =>
            ctx.t("bot:pair", {
              label: ctx.day(h.day),
              value: [ctx.t(`refer:what.${h.what}`), code(h)].filter(Boolean).join(ctx.t("bot:comma")),
            }),
          ),
        ),
      },
    ],
  };
}
