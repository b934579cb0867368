/** Planning a campaign: what it says (written, or a tip), to whom, by which networks, from when, over how long; then one look at all of it. */
import type { Context, Step, Turn } from "../bot/conversation.ts";
import type { Choice } from "../bot/screen.ts";
import { fillIn, pick, press } from "../bot/steps.ts";
import type { CampaignPlan } from "../desk.ts";
import {
  blank,
  type Draft,
  languageName,
  moment,
  networkName,
  planLines,
  spreadName,
  spreads,
  zoneOf,
} from "./campaign-draw.ts";

export type PlanStep =
  | "write"
  | "theme"
  | "tip"
  | "plan"
  | "audience"
  | "sector"
  | "platforms"
  | "start"
  | "moment"
  | "spread"
  | "preview";
type Name = PlanStep | "watch" | "list";
type Made = Turn<Draft, Name>;

/** Fits one message on every network, with its title and its buttons. */
const longest = { title: 100, text: 1500 };
/** Moments that are offered, hours from now. */
const offered = [1, 3, 12, 24];

const hint = (ctx: Context): string => ctx.t("campaign:hint");
const change = (draft: Draft, fresh: Partial<CampaignPlan>): Draft => ({ ...draft, plan: { ...draft.plan, ...fresh } });
const planned = (draft: Draft, fresh: Partial<CampaignPlan>): Made => ({ go: "plan", draft: change(draft, fresh) });

export const planSteps: Record<PlanStep, Step<Draft, Name>> = {
  write: fillIn<Draft, Name>({
    ask: (_draft, ctx) => ({ title: ctx.t("campaign:write.title"), text: ctx.t("campaign:write.text") }),
    title: (ctx) => ctx.t("campaign:write.form"),
    send: (ctx) => ctx.t("bot:continue"),
    fields: ({ plan }, ctx) =>
      ctx.locales.flatMap(({ value, label }) => {
        const { title = "", text = "" } = plan.texts[value] ?? {};
        // what was written before stays when it is passed over
        return [
          {
            name: `title.${value}`,
            label: ctx.t("campaign:write.heading", { language: label }),
            kind: "line" as const,
            required: title === "",
            max: longest.title,
            value: title,
          },
          {
            name: `text.${value}`,
            label: ctx.t("campaign:write.body", { language: label }),
            kind: "paragraph" as const,
            required: text === "",
            max: longest.text,
            value: text,
          },
        ];
      }),
    on(draft, values, ctx) {
      const said = (name: string, before = "") => (values[name] ?? "").trim() || before;
      const texts = Object.fromEntries(
        ctx.locales.map(({ value }) => {
          const before = draft.plan.texts[value];
          return [value, { title: said(`title.${value}`, before?.title), text: said(`text.${value}`, before?.text) }];
        }),
      );
      const { tip: _tip, ...plan } = draft.plan;
      return { go: "plan", draft: { ...draft, plan: { ...plan, texts } } };
    },
  }),

  theme: pick<Draft, Name>({
    ask: (_draft, ctx) => ({ title: ctx.t("campaign:theme.title"), text: ctx.t("campaign:theme.text") }),
    hint,
    options: (_draft, ctx) => ctx.desk.campaignTips(ctx.locale).map((t) => ({ value: t.theme, label: t.title })),
    on: (draft, [theme = ""]) => ({ go: "tip", draft: { ...draft, theme } }),
  }),

  tip: pick<Draft, Name>({
    // where a button shows the beginning only, each stands above it whole
    ask(draft, ctx) {
      const all = tipsOf(draft, ctx).map(({ text }, i) => `${i + 1}. ${text}`);
      const fit = all.every((text) => [...text].length <= ctx.can.label);
      return { title: ctx.t("campaign:tip.title"), text: fit ? "" : all.join("\n\n") };
    },
    hint,
    options: (draft, ctx) =>
      tipsOf(draft, ctx).map(({ id, text }, i) => ({ value: id, label: shorten(`${i + 1}. ${text}`, ctx.can.label) })),
    on(draft, [tip = ""], ctx): Made {
      const texts = ctx.desk.campaignTip(tip);
      return texts ? planned(draft, { tip, texts }) : { stay: ctx.t("bot:press-one") };
    },
  }),

  plan: press<Draft, Name>({
    ask: (draft, ctx) => ({
      title: ctx.t("campaign:plan.title"),
      text: [
        ctx.t("bot:pair", {
          label: ctx.t("campaign:plan.message"),
          value: draft.plan.texts[ctx.locale]?.title ?? Object.values(draft.plan.texts)[0]?.title ?? "",
        }),
        planLines(draft, ctx),
      ].join("\n"),
      buttons: [
        { value: "preview", label: ctx.t("campaign:plan.preview"), tone: "primary" },
        ...["write", "audience", "sector", "platforms", "start", "spread"].map((value) => ({
          value,
          label: ctx.t(`campaign:plan.${value}`),
        })),
      ],
    }),
    on: Object.fromEntries(
      (["preview", "write", "audience", "sector", "platforms", "start", "spread"] as const).map((name) => [
        name,
        (draft: Draft): Made => ({ go: name, draft }),
      ]),
    ),
  }),

  audience: among("audience", (ctx) => ctx.desk.campaignChoices.audiences),
  sector: among("sector", (ctx) => ctx.desk.campaignChoices.sectors.filter((code) => code !== "any")),

  platforms: pick<Draft, Name>({
    ask: (_draft, ctx) => ({ title: ctx.t("campaign:platforms.title"), text: ctx.t("campaign:platforms.text") }),
    hint,
    many: true,
    options: ({ plan }, ctx) =>
      ctx.desk.campaignChoices.platforms.map((value) => ({
        value,
        label: networkName(value, ctx),
        on: plan.platforms?.includes(value) ?? true,
      })),
    on(draft, platforms, ctx): Made {
      return platforms.length > 0 ? planned(draft, { platforms }) : { stay: ctx.t("campaign:platforms.none") };
    },
  }),

  start: pick<Draft, Name>({
    ask: (_draft, ctx) => ({
      title: ctx.t("campaign:start.title"),
      text: ctx.t("campaign:start.text"),
      buttons: [{ value: "moment", label: ctx.t("campaign:start.moment") }],
    }),
    hint,
    options: (draft, ctx) => [
      { value: "now", label: ctx.t("campaign:start.now") },
      ...offered.map((hours) => ({
        value: `h${hours}`,
        label: ctx.desk.writeMoment(inHours(hours, ctx), zoneOf(draft, ctx)),
      })),
    ],
    on(draft, [value = "now"], ctx): Made {
      if (value !== "now") return planned(draft, { begins: inHours(Number(value.slice(1)), ctx) });
      const { begins: _begins, ...plan } = draft.plan;
      return { go: "plan", draft: { ...draft, plan } };
    },
    press: (draft) => ({ go: "moment", draft }),
  }),

  moment: fillIn<Draft, Name>({
    ask: (_draft, ctx) => ({ title: ctx.t("campaign:start.title"), text: ctx.t("campaign:start.how") }),
    title: (ctx) => ctx.t("campaign:start.title"),
    send: (ctx) => ctx.t("bot:continue"),
    fields: (draft, ctx) => [
      { name: "zone", label: ctx.t("campaign:start.zone"), kind: "line", max: 60, value: zoneOf(draft, ctx) },
      { name: "at", label: ctx.t("campaign:start.at"), kind: "line", required: true, max: 40 },
    ],
    on(draft, { at = "", zone: typed = "" }, ctx): Made {
      const zone = typed.trim() === "" ? zoneOf(draft, ctx) : ctx.desk.readZone(typed);
      if (!zone) return { stay: ctx.t("tips:zone.unknown") };
      const begins = ctx.desk.readMoment(at, zone);
      if (begins === undefined) return { stay: ctx.t("campaign:start.unknown") };
      return planned({ ...draft, zone }, { begins });
    },
  }),

  spread: pick<Draft, Name>({
    ask: (_draft, ctx) => ({ title: ctx.t("campaign:spread.title"), text: ctx.t("campaign:spread.text") }),
    hint,
    options: (_draft, ctx) => spreads.map((n) => ({ value: `s${n}`, label: spreadName(n, ctx) })),
    on: (draft, [value = ""]) => planned(draft, { spread: Number(value.slice(1)) || 0 }),
  }),

  preview: press<Draft, Name>({
    async ask(draft, ctx) {
      const { reach, by, second, alone, drawn, ends } = await look(draft, ctx);
      return {
        title: ctx.t("campaign:preview.title"),
        text: [
          reach === 0
            ? ctx.t("campaign:preview.nobody")
            : ctx.t("campaign:preview.reach", {
                count: reach,
                by: Object.entries(by)
                  .map(([name, n]) => ctx.t("campaign:preview.by", { platform: networkName(name, ctx), n }))
                  .join(ctx.t("bot:comma")),
              }),
          ...(reach > 0 ? [ctx.t("campaign:preview.end", { end: moment(ends, draft, ctx) })] : []),
          ...(second ? [ctx.t(alone ? "campaign:preview.alone" : "campaign:preview.second")] : []),
        ].join("\n"),
        quotes: drawn.map(({ platforms, locale, text }) => ({
          by: ctx.t("campaign:preview.drawn", {
            platforms: platforms.map((name) => networkName(name, ctx)).join(ctx.t("bot:comma")),
            language: languageName(locale, ctx),
          }),
          text,
        })),
        buttons: [
          ...(reach > 0
            ? [
                {
                  value: "send",
                  label: ctx.t(second ? "campaign:preview.ask" : "campaign:preview.send"),
                  tone: "primary" as const,
                },
              ]
            : []),
          { value: "change", label: ctx.t("campaign:preview.change") },
        ],
      };
    },
    on: {
      async send(draft, ctx): Promise<Made> {
        const { reach, second } = await look(draft, ctx);
        if (reach === 0) return { stay: ctx.t("campaign:preview.nobody") };
        const { replaces } = draft.plan;
        if (replaces && (await ctx.desk.campaign(replaces))?.state !== "waiting")
          return { stay: ctx.t("campaign:edit.confirmed") };
        const id = ctx.desk.newCampaign();
        return {
          go: "watch",
          draft: { ...blank, id, ...(draft.zone ? { zone: draft.zone } : {}) },
          commands: [{ kind: "campaign-make", id, plan: draft.plan, watch: ctx.can.push }],
          notice: ctx.t(second ? "campaign:preview.asked" : "campaign:preview.sent"),
        };
      },
      change: (draft): Made => ({ go: "plan", draft }),
    },
  }),
};

/** One of a list, or all of it. */
function among(name: "audience" | "sector", codes: (ctx: Context) => readonly string[]): Step<Draft, Name> {
  return pick<Draft, Name>({
    ask: (_draft, ctx) => ({ title: ctx.t(`campaign:${name}.title`), text: ctx.t(`campaign:${name}.text`) }),
    hint,
    options: (_draft, ctx): Choice[] => [
      { value: "all", label: ctx.t(`campaign:${name}.all`) },
      ...codes(ctx).map((value) => ({ value, label: ctx.t(`tips:${name}.${value}`) })),
    ],
    on(draft, [value = "all"]) {
      const { [name]: _before, ...plan } = draft.plan;
      return { go: "plan", draft: { ...draft, plan: value === "all" ? plan : { ...plan, [name]: value } } };
    },
  });
}

const look = ({ plan }: Draft, ctx: Context) => ctx.desk.campaignPreview(plan);
const tipsOf = ({ theme }: Draft, ctx: Context) =>
  ctx.desk.campaignTips(ctx.locale).find((t) => t.theme === theme)?.tips ?? [];
const inHours = (hours: number, ctx: Context) => Math.ceil(ctx.desk.seconds() / 900) * 900 + hours * 3600;

function shorten(text: string, most: number): string {
  const all = [...text];
  return all.length <= most ? text : `${all.slice(0, most - 1).join("")}…`;
}
