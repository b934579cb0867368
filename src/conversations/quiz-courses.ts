/** Courses of an organisation: joining one by its code, and the certificate of one that is passed. */
import type { Step } from "../bot/conversation.ts";
import { fillIn, press } from "../bot/steps.ts";
import type { Draft, Name } from "./quiz-talk.ts";

export const courseSteps: Record<"code" | "join" | "name" | "paper", Step<Draft, Name>> = {
  code: fillIn<Draft, Name>({
    ask: (_draft, ctx) => ({ title: ctx.t("quiz:code.title"), text: ctx.t("quiz:code.text") }),
    title: (ctx) => ctx.t("quiz:code.title"),
    send: (ctx) => ctx.t("quiz:code.send"),
    fields: (_draft, ctx) => [{ name: "code", label: ctx.t("quiz:code.label"), kind: "line", required: true, max: 40 }],
    async on(draft, { code = "" }, ctx) {
      const found = await ctx.desk.courseOf(code, ctx.locale);
      if ("wait" in found) return { stay: ctx.t("quiz:wait", { seconds: found.wait }) };
      if ("unknown" in found) return { stay: ctx.t("quiz:code.unknown") };
      return { go: "join", draft: { ...draft, code, name: `${found.title} · ${found.team}` } };
    },
  }),

  join: press<Draft, Name>({
    ask: (draft, ctx) => ({
      title: draft.name ?? "",
      text: ctx.t("quiz:join.text"),
      buttons: [{ value: "join", label: ctx.t("quiz:join.yes"), tone: "primary" }],
    }),
    on: {
      join: (draft, ctx) => ({
        go: "start",
        draft: {},
        commands: [{ kind: "quiz-join", code: draft.code ?? "" }],
        notice: ctx.t("quiz:join.done"),
      }),
    },
  }),

  name: fillIn<Draft, Name>({
    ask: (_draft, ctx) => ({ title: ctx.t("quiz:name.title"), text: ctx.t("quiz:name.text") }),
    title: (ctx) => ctx.t("quiz:name.title"),
    send: (ctx) => ctx.t("quiz:name.send"),
    fields: (_draft, ctx) => [{ name: "name", label: ctx.t("quiz:name.label"), kind: "line", required: true, max: 60 }],
    on: (draft, { name = "" }) => ({
      go: "paper",
      draft: { ...draft, name },
      commands: [{ kind: "quiz-certify", course: draft.course ?? "", code: draft.certificate ?? "" }],
    }),
  }),

  paper: press<Draft, Name>({
    noBack: true,
    async ask({ course = "", certificate = "", name = "" }, ctx) {
      const page = ctx.page && `${ctx.page}/certificate`;
      const file = await ctx.desk.certificate(course, certificate, name, ctx.locale, page);
      if (!file) return { text: ctx.t("quiz:gone") };
      return {
        title: ctx.t("quiz:paper.title"),
        text: ctx.t(ctx.can.fileBytes > 0 ? "quiz:paper.text" : "quiz:paper.elsewhere", { page: ctx.page }),
        ours: true,
        secret: certificate,
        ...(ctx.can.fileBytes > 0 ? { attachments: [file] } : {}),
      };
    },
    on: {},
  }),
};
