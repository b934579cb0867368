/** Counts of reports by month, sector, kind, data, role and outcome, as a chart, its words and a table. */
import type { Context, Conversation } from "../bot/conversation.ts";
import { press } from "../bot/steps.ts";

interface Draft {
  by: string;
}

/** The list of the taxonomy that names a table's codes. */
const lists: Record<string, string> = {
  sector: "sector",
  kind: "kind",
  data: "data-type",
  role: "chain-role",
  outcome: "outcome",
};
/** Bars that the words of a picture name. */
const named = 8;

export const stats: Conversation<Draft, "table"> = {
  name: "stats",
  audience: "reviewers",
  commands: ["stats"],
  first: "table",
  blank: { by: "month" },
  steps: {
    table: press<Draft, "table">({
      async ask(draft, ctx) {
        const by = ctx.desk.splits().find((split) => split === draft.by) ?? "month";
        const { cells, others, total } = await ctx.desk.stats(by);
        const title = ctx.t("stats:title", { by: ctx.t(`stats:by.${by}`) });
        const ordered = by === "month" ? [...cells].sort((a, b) => (a.code < b.code ? -1 : 1)) : cells;
        const bars = [
          ...ordered.map(({ code, n }) => ({ label: label(by, code, ctx), n })),
          ...(others > 0 ? [{ label: ctx.t("stats:others"), n: others }] : []),
        ];
        const buttons = ctx.desk
          .splits()
          .filter((split) => split !== by)
          .map((split) => ({ value: split, label: ctx.t(`stats:by.${split}`) }));
        if (bars.length === 0) return { title, text: ctx.t("stats:too-few", { fewest: ctx.desk.fewest() }), buttons };
        const line = (bar: { label: string; n: number }) =>
          ctx.t("bot:pair", { label: bar.label, value: bar.n.toLocaleString(ctx.locale) });
        return {
          title,
          text: [
            bars.map(line).join("\n"),
            ...(by === "data" ? [ctx.t("stats:several")] : [line({ label: ctx.t("stats:total"), n: total })]),
            ctx.t("stats:note", { fewest: ctx.desk.fewest() }),
          ].join("\n\n"),
          picture: {
            name: "chart.png",
            alt: [title, ...bars.slice(0, named).map(line)].join(". "),
            png: () => ctx.desk.drawBars({ title, bars }),
          },
          buttons,
        };
      },
      on: {},
      other: (_draft, answer, ctx) =>
        answer.kind === "choice" && ctx.desk.splits().some((split) => split === answer.value)
          ? { go: "table", draft: { by: answer.value } }
          : { stay: ctx.t("bot:press-one") },
    }),
  },
};

function label(by: string, code: string, ctx: Context): string {
  if (by === "month") {
    const day = Date.UTC(Number(code.slice(0, 4)), Number(code.slice(5, 7)) - 1, 1);
    return new Intl.DateTimeFormat(ctx.locale, { year: "numeric", month: "short", timeZone: "UTC" }).format(day);
  }
  if (code === "unknown" && by !== "data") return ctx.t("stats:unknown");
  if (code === "open" || code === "closed") return ctx.t(`stats:${code}`);
  return ctx.label(lists[by] ?? by, code);
}
