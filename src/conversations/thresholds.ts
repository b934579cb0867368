/** The thresholds of the law in words: the arithmetic, the source and its date. */
import type { Context } from "../bot/conversation.ts";
import type { Weighing } from "../desk.ts";

export function weighed(found: Weighing, ctx: Context): string {
  const n = (value: number) => value.toLocaleString(ctx.locale);
  const span = (told: { from: number; to?: number } | undefined) => {
    if (!told) return ctx.t("trade:span.unknown");
    if (told.to === undefined) return ctx.t("trade:span.from", { from: n(told.from) });
    return told.to === told.from ? n(told.from) : ctx.t("trade:span.between", { from: n(told.from), to: n(told.to) });
  };
  const lines = found.lines.map((line) => {
    const what =
      line.kind === "income"
        ? ctx.t("trade:line.income", { currency: found.currency })
        : ctx.t("trade:line.items", { class: line.class ?? "" });
    const words = ctx.t("trade:line.sum", {
      what,
      told: span(line.told),
      threshold: n(line.threshold),
      reach: ctx.t(`trade:reach.${line.reach}`),
      grave: n(line.grave),
      graveReach: ctx.t(`trade:reach.${line.graveReach}`),
    });
    return `• ${words}${line.borderline ? ctx.t("trade:line.borderline") : ""}`;
  });
  const source = found.source[ctx.locale] ?? found.source.en ?? Object.values(found.source)[0] ?? "";
  return [
    ctx.t(`trade:verdict.${found.verdict}`, { country: found.jurisdiction }),
    ...(lines.length > 0 ? [lines.join("\n")] : []),
    ...(found.duty ? [ctx.t("trade:duty", { percent: found.share * 100 })] : []),
    ...(found.lines.some((line) => line.kind === "income") ? [ctx.t("trade:income-note")] : []),
    ...(found.uncounted.length > 0
      ? [
          ctx.t("trade:uncounted", {
            data: found.uncounted.map((code) => ctx.label("data-type", code)).join(ctx.t("bot:comma")),
          }),
        ]
      : []),
    ctx.t("trade:source", { source, day: found.asOf }),
  ].join("\n\n");
}
