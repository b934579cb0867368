/** The trade behind a case: what it has in common with others, its series, and the thresholds of the law. Shows nothing that was typed. */
import type { Context, Conversation, Turn } from "../bot/conversation.ts";
import type { Choice } from "../bot/screen.ts";
import { pick, press } from "../bot/steps.ts";
import { weighed } from "./thresholds.ts";

interface Draft {
  code: string;
  /** Cases and series that it can be joined with. */
  choices?: string[];
}

type Name = "case" | "thresholds" | "join";
type Made = Turn<Draft, Name>;

export const trade: Conversation<Draft, Name> = {
  name: "trade",
  audience: "reviewers",
  commands: [],
  first: "case",
  blank: { code: "" },
  steps: {
    case: press<Draft, Name>({
      async ask(draft, ctx) {
        const found = await ctx.desk.connections(draft.code);
        if (!found) return { text: ctx.t("review:gone") };
        const comma = ctx.t("bot:comma");
        const lines = found.kinds.map(({ kind, codes }) =>
          ctx.t("bot:pair", { label: ctx.t(`trade:kind.${kind}`), value: codes.join(comma) }),
        );
        const buttons: Choice[] = [
          { value: "thresholds", label: ctx.t("trade:thresholds") },
          { value: "join", label: ctx.t("trade:join.button") },
          ...(found.series
            ? [
                { value: "chain", label: ctx.t("trade:chain") },
                { value: "leave", label: ctx.t("trade:leave") },
              ]
            : []),
          { value: "back", label: ctx.t("trade:back"), tone: "quiet" },
        ];
        return {
          title: ctx.t("trade:case.title", { code: draft.code }),
          text: [
            ...(found.planted.length > 0 ? [ctx.t("trade:canary", { place: found.planted.join(comma) })] : []),
            found.seen > 0 ? ctx.t("trade:seen", { count: found.seen }) : ctx.t("trade:case.none"),
            ...(lines.length > 0 ? [[ctx.t("trade:case.shares"), ...lines].join("\n"), ctx.t("trade:case.weak")] : []),
            ...(found.series ? [ctx.t("trade:case.series", { series: found.series })] : []),
          ].join("\n\n"),
          buttons,
        };
      },
      on: {
        back: (draft) => backTo(draft),
        thresholds: (draft) => ({ go: "thresholds", draft }),
        async join(draft, ctx) {
          const choices = await joinable(draft.code, ctx);
          return { go: "join", draft: { ...draft, choices } };
        },
        async chain(draft, ctx): Promise<Made> {
          const found = await ctx.desk.connections(draft.code);
          return found?.series
            ? { open: "series", at: { step: "chain", draft: { series: found.series } } }
            : { stay: ctx.t("review:gone") };
        },
        leave: (draft, ctx) => ({
          go: "case",
          draft,
          commands: [{ kind: "leave-series", code: draft.code }],
          notice: ctx.t("trade:left"),
        }),
      },
    }),

    thresholds: press<Draft, Name>({
      async ask(draft, ctx) {
        const found = await ctx.desk.thresholds(draft.code);
        if (!found) return { text: ctx.t("review:gone") };
        return {
          title: ctx.t("trade:thresholds-title", { code: draft.code }),
          text: [...found.map((one) => weighed(one, ctx)), ctx.t("trade:no-advice")].join("\n\n"),
          buttons: [{ value: "case", label: ctx.t("trade:open") }],
        };
      },
      on: { case: (draft) => ({ go: "case", draft }) },
    }),

    join: pick<Draft, Name>({
      ask: (draft, ctx) => ({
        title: ctx.t("trade:join.title", { code: draft.code }),
        text: ctx.t("trade:join.text"),
      }),
      hint: (ctx) => ctx.t("trade:join.hint"),
      options: (draft, ctx) => [
        ...(draft.choices ?? []).map((value) => ({
          value,
          label: ctx.t("trade:join.to", { code: value }),
        })),
        { value: "new", label: ctx.t("trade:join.new") },
      ],
      async on(draft, [chosen = "new"], ctx) {
        const back = { ...draft, choices: undefined };
        const join = (series: string, codes: string[]): Made => ({
          go: "case",
          draft: back,
          commands: [{ kind: "join-series", series, codes }],
          notice: ctx.t("trade:joined", { series }),
        });
        if (chosen === "new") return join(ctx.desk.newSeries(), [draft.code]);
        if ((await ctx.desk.series()).some((s) => s.code === chosen)) return join(chosen, [draft.code]);
        const other = await ctx.desk.connections(chosen);
        if (!other) return { stay: ctx.t("review:gone") };
        return other.series ? join(other.series, [draft.code]) : join(ctx.desk.newSeries(), [draft.code, chosen]);
      },
    }),
  },
};

/** Series first, then linked cases; a few of each. */
async function joinable(code: string, ctx: Context): Promise<string[]> {
  const [found, series] = await Promise.all([ctx.desk.connections(code), ctx.desk.series()]);
  const linked = [...new Set((found?.kinds ?? []).flatMap((kind) => kind.codes))];
  return [...series.slice(0, 8).map((s) => s.code), ...linked.slice(0, 10)].filter((c) => c !== found?.series);
}

/** The case that all this is about. */
function backTo(draft: Draft): Made {
  return {
    open: "review",
    at: { step: "ready", draft: { code: draft.code, page: 0, text: "" } },
  };
}

/** "Seen in 3 other cases", for a card; nothing if it was not. */
export async function seenLine(code: string, ctx: Context): Promise<string> {
  const seen = await ctx.desk.seen(code);
  return seen > 0 ? ctx.t("trade:seen", { count: seen }) : "";
}
