/** What groups have learned, for those who manage awareness: never a person, nothing of a group under five. */
import type { Conversation } from "../bot/conversation.ts";
import { press } from "../bot/steps.ts";

interface Draft {
  file?: "csv" | "picture";
}

export const learning: Conversation<Draft, "figures" | "file"> = {
  name: "learning",
  audience: "admins",
  commands: ["learning"],
  first: "figures",
  blank: {},
  steps: {
    figures: press<Draft, "figures" | "file">({
      async ask(_draft, ctx) {
        const { teams, hidden, recall, known, mislead } = await ctx.desk.figures(ctx.locale);
        const lines = (all: string[], none: string) => (all.length > 0 ? all.join("\n") : ctx.t(none));
        return {
          title: ctx.t("learning:title"),
          text: [
            lines(
              teams.map((t) =>
                [
                  ctx.t("learning:team", { title: t.title, team: t.team, members: t.members, done: t.done }),
                  ...(t.firstRight === undefined ? [] : [ctx.t("learning:first", { right: t.firstRight })]),
                  ...t.missed.map((m) => ctx.t("learning:missed", { item: m.item, wrong: m.wrong })),
                ].join("\n"),
              ),
              "learning:no-teams",
            ),
            ...(hidden > 0 ? [ctx.t("learning:hidden", { count: hidden })] : []),
            lines(
              recall.map((r) => ctx.t("learning:recall", { days: r.days, right: r.right, of: r.of })),
              "learning:no-recall",
            ),
            ...(known.length > 0 ? [`${ctx.t("learning:known")}\n${known.map((k) => k.item).join(", ")}`] : []),
            ...(mislead.length > 0
              ? [
                  [
                    ctx.t("learning:mislead"),
                    ...mislead.map((m) => ctx.t("learning:missed", { item: m.item, wrong: m.wrong })),
                  ].join("\n"),
                ]
              : []),
          ].join("\n\n"),
          buttons:
            teams.length > 0 && ctx.can.fileBytes > 0
              ? [
                  { value: "picture", label: ctx.t("learning:picture") },
                  { value: "csv", label: ctx.t("learning:csv") },
                ]
              : [],
        };
      },
      on: {
        picture: () => ({ go: "file", draft: { file: "picture" } }),
        csv: () => ({ go: "file", draft: { file: "csv" } }),
      },
    }),
    file: press<Draft, "figures" | "file">({
      async ask({ file = "csv" }, ctx) {
        return {
          text: ctx.t("learning:file"),
          attachments: [await ctx.desk.figuresFile(file, ctx.locale)],
        };
      },
      on: {},
    }),
  },
};
