/** What groups have learned, for those who manage awareness: never a person, nothing of a group under five. */
import type { Context, Conversation } from "../bot/conversation.ts";
import type { Picture } from "../bot/screen.ts";
import { press } from "../bot/steps.ts";
import type { LearningFigures, SpokenUp } from "../desk.ts";

type Draft = Record<string, never>;
type Name = "figures" | "picture" | "csv";

export const learning: Conversation<Draft, Name> = {
  name: "learning",
  audience: "admins",
  commands: ["learning"],
  first: "figures",
  blank: {},
  steps: {
    figures: press<Draft, Name>({
      async ask(_draft, ctx) {
        const figures = await ctx.desk.figures(ctx.locale);
        const files = figures.teams.length > 0 && ctx.can.fileBytes > 0;
        return {
          title: ctx.t("learning:title"),
          text: [...wordsOf(figures, ctx), ...spokenWords(await ctx.desk.spoken(), ctx)].join("\n\n"),
          buttons: [
            ...(figures.teams.length + figures.recall.length > 0
              ? [{ value: "picture", label: ctx.t("learning:picture") }]
              : []),
            ...(files ? [{ value: "csv", label: ctx.t("learning:csv") }] : []),
          ],
        };
      },
      on: {
        picture: () => ({ go: "picture", draft: {} }),
        csv: () => ({ go: "csv", draft: {} }),
      },
    }),
    picture: press<Draft, Name>({
      ask: async (_draft, ctx) => ({
        text: ctx.t("learning:file"),
        picture: pictureOf(await ctx.desk.figures(ctx.locale), ctx),
      }),
      on: {},
    }),
    csv: press<Draft, Name>({
      ask: async (_draft, ctx) => ({
        text: ctx.t("learning:file"),
        attachments: [await ctx.desk.figuresCsv(ctx.locale)],
      }),
      on: {},
    }),
  },
};

/** The figures as paragraphs. */
function wordsOf({ teams, hidden, recall, known, mislead }: LearningFigures, ctx: Context): string[] {
  const item = (m: { goal: string; item: string }) => ({ goal: m.goal, item: m.item });
  const list = (heading: string, lines: string[]) => (lines.length > 0 ? [[ctx.t(heading), ...lines].join("\n")] : []);
  return [
    ...(teams.length === 0 ? [ctx.t("learning:no-teams")] : []),
    ...teams.map((t) =>
      [
        ctx.t("learning:team", { title: t.title, team: t.team, members: t.members, done: t.done }),
        ...(t.firstRight === undefined ? [] : [ctx.t("learning:first", { right: t.firstRight })]),
        ...t.missed.map((m) => ctx.t("learning:missed", { ...item(m), wrong: m.wrong })),
      ].join("\n"),
    ),
    ...(hidden > 0 ? [ctx.t("learning:hidden", { count: hidden })] : []),
    recall.length === 0
      ? ctx.t("learning:no-recall")
      : recall.map((r) => ctx.t("learning:recall", { days: r.days, right: r.right, of: r.of })).join("\n"),
    ...list(
      "learning:known",
      known.map((k) => ctx.t("learning:item", item(k))),
    ),
    ...list(
      "learning:mislead",
      mislead.map((m) => ctx.t("learning:missed", { ...item(m), wrong: m.wrong })),
    ),
  ];
}

/** How often people spoke up, beside the size of the staff. */
function spokenWords(spoken: SpokenUp | undefined, ctx: Context): string[] {
  if (!spoken) return [ctx.t("learning:spoken.no-staff")];
  const n = (value: number) => value.toLocaleString(ctx.locale);
  const lines = spoken.kinds.map(({ kind, now, before }) => {
    const label = ctx.t(`learning:spoken.${kind}`);
    const then = before ? ctx.t("learning:spoken.before", { per100: n(before.per100) }) : "";
    return now
      ? ctx.t("learning:spoken.some", { label, count: n(now.count), per100: n(now.per100), then })
      : ctx.t("learning:spoken.few", { label, then });
  });
  return [[ctx.t("learning:spoken.title", { days: spoken.days, staff: n(spoken.staff) }), ...lines].join("\n")];
}

function pictureOf(figures: LearningFigures, ctx: Context): Picture {
  const after = (days: number) => ctx.t("learning:chart.after", { days });
  const words = {
    teams: ctx.t("learning:chart.teams"),
    done: ctx.t("learning:chart.done"),
    first: ctx.t("learning:chart.first"),
    recall: ctx.t("learning:chart.recall"),
    after: { 7: after(7), 30: after(30), 90: after(90) },
  };
  const said = [
    ...figures.teams.map((t) =>
      ctx.t("learning:team", { title: t.title, team: t.team, members: t.members, done: t.done }),
    ),
    ...figures.recall.map((r) => ctx.t("learning:recall", { days: r.days, right: r.right, of: r.of })),
  ];
  return { name: "learning.png", alt: said.join("\n"), png: () => ctx.desk.figuresPicture(words, ctx.locale) };
}
