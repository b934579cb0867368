/** A campaign on the screen: what was planned, how far it is, and who may do what with it. */
import type { Context } from "../bot/conversation.ts";
import type { Choice, Screen } from "../bot/screen.ts";
import type { CampaignPlan, Progress } from "../desk.ts";

/** What is being planned, or which campaign is looked at. */
export interface Draft {
  id: string;
  plan: CampaignPlan;
  /** The theme whose tips are shown. */
  theme?: string;
  /** The zone that moments are written in. */
  zone?: string;
}

export const blank: Draft = { id: "", plan: { texts: {}, spread: 0 } };

/** Over how long it may be spread (seconds). */
export const spreads = [0, 3600, 7200, 14_400, 28_800, 86_400];

export const zoneOf = (draft: Draft, ctx: Context): string => draft.zone ?? ctx.desk.zones(ctx.locale)[0] ?? "UTC";

export const networkName = (name: string, ctx: Context): string => ctx.t(`campaign:network.${name}`);

/** A moment as people read it, with its zone. */
export const moment = (seconds: number, draft: Draft, ctx: Context): string =>
  ctx.t("campaign:moment", {
    at: ctx.desk.writeMoment(seconds, zoneOf(draft, ctx)),
    zone: zoneOf(draft, ctx),
  });

export const spreadName = (seconds: number, ctx: Context): string =>
  seconds === 0
    ? ctx.t("campaign:spread.none")
    : seconds % 3600 === 0
      ? ctx.t("campaign:spread.hours", { count: seconds / 3600 })
      : ctx.t("campaign:spread.minutes", { count: Math.ceil(seconds / 60) });

/** To whom, from when, over how long: one line each. */
export function planLines(draft: Draft, ctx: Context): string {
  const { plan } = draft;
  const pair = (name: string, value: string) => ctx.t("bot:pair", { label: ctx.t(`campaign:${name}.title`), value });
  const networks = plan.platforms ?? ctx.desk.campaignChoices.platforms;
  return [
    pair("audience", plan.audience ? ctx.t(`tips:audience.${plan.audience}`) : ctx.t("campaign:audience.all")),
    pair("sector", plan.sector ? ctx.t(`tips:sector.${plan.sector}`) : ctx.t("campaign:sector.all")),
    pair("platforms", networks.map((name) => networkName(name, ctx)).join(ctx.t("bot:comma"))),
    pair("start", plan.begins ? moment(plan.begins, draft, ctx) : ctx.t("campaign:start.now")),
    pair("spread", spreadName(plan.spread, ctx)),
  ].join("\n");
}

export const languageName = (locale: string, ctx: Context): string =>
  ctx.locales.find((l) => l.value === locale)?.label ?? locale;

/** What it says, in every language. */
export const quotesOf = ({ texts }: CampaignPlan, ctx: Context): NonNullable<Screen["quotes"]> =>
  Object.entries(texts).map(([locale, { title, text }]) => ({
    by: languageName(locale, ctx),
    text: `${title}\n\n${text}`,
  }));

/** What can be done in which state. */
const may: Record<Progress["state"], string[]> = {
  waiting: ["confirm", "change", "cancel"],
  running: ["pause", "cancel", "change"],
  paused: ["resume", "cancel", "change"],
  done: ["again"],
  cancelled: ["again"],
};

export const mayNow = (p: Progress, what: string): boolean => may[p.state].includes(what);

/** How far it is: for whoever watches, with what can be done; and for the message that is redrawn. */
export async function drawProgress(draft: Draft, ctx: Context, watching: boolean): Promise<Screen> {
  const p = await ctx.desk.campaign(draft.id);
  if (!p) return { text: ctx.t("campaign:message.over") };
  const plan = watching ? await ctx.desk.campaignPlan(draft.id) : undefined;
  const over = p.state === "done" || p.state === "cancelled";
  const button = (value: string, tone?: Choice["tone"]): Choice => ({
    value,
    label: ctx.t(`campaign:watch.${value}`),
    ...(tone ? { tone } : {}),
  });
  const tones: Record<string, Choice["tone"]> = { confirm: "primary", resume: "primary", cancel: "danger" };
  const mine = ctx.desk.actor.kind === "reviewer" && ctx.desk.actor.alias === p.askedBy;
  const actions = may[p.state].filter((value) => !(value === "confirm" && mine));
  return {
    title: ctx.t("campaign:watch.title", { state: ctx.t(`campaign:state.${p.state}`) }),
    text: [
      counts(p, draft, ctx),
      ...(p.state === "waiting" ? [ctx.t(mine ? "campaign:watch.others" : "campaign:watch.asked", waitWords(p))] : []),
      ...(plan && !over ? [planLines({ ...draft, plan }, ctx)] : []),
    ]
      .filter(Boolean)
      .join("\n\n"),
    // who confirms has read what is confirmed
    ...(plan && p.state === "waiting" ? { quotes: quotesOf(plan, ctx) } : {}),
    buttons: watching
      ? [...actions.map((value) => button(value, tones[value])), button("look"), button("list", "quiet")]
      : [button(over ? "details" : "manage")],
  };
}

const waitWords = (p: Progress) => ({ who: p.askedBy, count: p.reach });

function counts(p: Progress, draft: Draft, ctx: Context): string {
  if (p.state === "waiting") return "";
  const { sent, failed, left } = p;
  const early = p.state === "running" && sent + failed === 0;
  const seconds = p.rate > 0 ? left / p.rate : 0;
  const lines = [bar(p), ctx.t("campaign:watch.counts", { sent, failed, left })];
  if (p.state === "running" && left > 0 && !early)
    lines.push(
      ctx.t("campaign:watch.rate", {
        rate: Math.round(p.rate * 10) / 10,
        end: moment(Math.max(ctx.desk.seconds() + seconds, p.begins + p.spread), draft, ctx),
      }),
    );
  const by = Object.entries(p.by).filter(([net]) => net !== "");
  for (const [net, what] of by)
    lines.push(ctx.t("bot:pair", { label: networkName(net, ctx), value: listed(what, ctx) }));
  if (p.by[""]) lines.push(ctx.t("bot:pair", { label: ctx.t("campaign:watch.felt"), value: listed(p.by[""], ctx) }));
  for (const [net, code] of Object.entries(p.quiet))
    if (p.state === "running") lines.push(ctx.t("campaign:watch.quiet", { platform: networkName(net, ctx), code }));
  return lines.join("\n");
}

const listed = (counts: Record<string, number>, ctx: Context): string =>
  Object.entries(counts)
    .map(([what, n]) => ctx.t("campaign:watch.count", { what: ctx.t(`campaign:what.${what}`), n }))
    .join(ctx.t("bot:comma"));

/** A bar of ten, as text: it looks alike on every network. */
function bar({ sent, failed, left }: Progress): string {
  const all = sent + failed + left;
  const full = all === 0 ? 0 : Math.floor(((sent + failed) * 10) / all);
  return `${"▰".repeat(full)}${"▱".repeat(10 - full)} ${all === 0 ? 0 : Math.floor(((sent + failed) * 100) / all)} %`;
}
