/** Series: cases that are one trade, and the chain that they tell together, as a picture and in words. */
import type { Context, Conversation } from "../bot/conversation.ts";
import { press } from "../bot/steps.ts";
import type { Chain } from "../desk.ts";

interface Draft {
  series: string;
}
type Name = "list" | "chain";
type Link = Chain["tiers"][number]["links"][number];

export const series: Conversation<Draft, Name> = {
  name: "series",
  audience: "reviewers",
  commands: ["series"],
  first: "list",
  blank: { series: "" },
  steps: {
    list: {
      async show(_draft, ctx) {
        if (isAuditor(ctx)) return { title: ctx.t("series:title"), text: ctx.t("review:queue.auditor") };
        const all = await ctx.desk.series();
        return {
          title: ctx.t("series:title"),
          text: ctx.t(all.length === 0 ? "series:none" : "series:text"),
          ...(all.length > 0
            ? {
                menu: {
                  hint: ctx.t("series:hint"),
                  options: all.map((s) => ({
                    value: s.code,
                    label: ctx.t("series:line", {
                      code: s.code,
                      cases: ctx.t("series:cases", { count: s.cases }),
                      day: ctx.day(s.day),
                    }),
                  })),
                },
              }
            : {}),
        };
      },
      next: (_draft, answer, ctx) =>
        answer.kind === "choice" && /^S[0-9A-Z]{5}$/.test(answer.value)
          ? { go: "chain", draft: { series: answer.value } }
          : { stay: ctx.t("bot:press-one") },
    },

    chain: press<Draft, Name>({
      async ask(draft, ctx) {
        const found = isAuditor(ctx) ? undefined : await ctx.desk.chain(draft.series);
        if (!found) return { text: ctx.t("review:gone") };
        const { chain, codes } = found;
        const title = ctx.t("series:chain.title", { series: draft.series });
        const words = chain.tiers.map(({ tier, links }) => ({
          title: ctx.t(`series:tier.${tier}`),
          boxes: links.map((link) => ({ title: ctx.label("chain-role", link.role), lines: facts(link, ctx) })),
          gap: ctx.t("series:chain.gap"),
        }));
        return {
          title,
          text: [
            table(words, ctx),
            ...(chain.apart > 0 ? [ctx.t("series:chain.apart", { count: chain.apart })] : []),
            ctx.t("bot:pair", { label: ctx.t("series:chain.cases"), value: codes.join(ctx.t("bot:comma")) }),
            ctx.t("series:chain.recorded"),
          ].join("\n\n"),
          picture: {
            name: "chain.png",
            alt: [title, ...words.map((w) => `${w.title}: ${brief(w, ctx)}`)].join(". "),
            png: () => ctx.desk.drawRows({ title, rows: words }),
          },
          buttons: [{ value: "list", label: ctx.t("series:all"), tone: "quiet" }],
        };
      },
      on: { list: (draft) => ({ go: "list", draft }) },
    }),
  },
};

interface Words {
  title: string;
  boxes: { title: string; lines: string[] }[];
  gap: string;
}

/** What the reports tell of one role: how many, how much, at which price, where; codes in words and numbers. */
function facts(link: Link, ctx: Context): string[] {
  const n = (value: number) => value.toLocaleString(ctx.locale);
  const comma = ctx.t("bot:comma");
  const prices = link.prices.map((p) =>
    ctx.t(p.from === p.to ? "series:price" : "series:prices", {
      from: n(p.from),
      to: n(p.to),
      currency: p.currency ? ctx.label("currency", p.currency) : "",
    }),
  );
  return [
    ctx.t("series:reports", { count: link.reports }),
    ...(link.volume ? [ctx.label("volume-band", link.volume)] : []),
    ...(prices.length > 0 ? [prices.join(comma)] : []),
    ...(link.data.length > 0 ? [link.data.map((code) => ctx.label("data-type", code)).join(comma)] : []),
    ...(link.channels.length > 0 ? [link.channels.map((code) => ctx.label("sale-channel", code)).join(comma)] : []),
    ...(link.sectors.length > 0 ? [link.sectors.map((code) => ctx.label("sector", code)).join(comma)] : []),
  ];
}

/** The chain as a table that can be read line by line. */
function table(words: Words[], ctx: Context): string {
  return words
    .map((row) => {
      const boxes = row.boxes.map((box) => `  ${box.title}: ${box.lines.join(" · ")}`);
      return [row.title, ...(boxes.length > 0 ? boxes : [`  ${ctx.t("series:chain.gap")}`])].join("\n");
    })
    .join("\n");
}

function brief(row: Words, ctx: Context): string {
  return row.boxes.map((box) => `${box.title} (${box.lines[0]})`).join(ctx.t("bot:comma")) || row.gap;
}

function isAuditor(ctx: Context): boolean {
  return ctx.desk.actor.kind === "reviewer" && ctx.desk.actor.role === "auditor";
}
