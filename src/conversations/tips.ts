/** Short tips that arrive: what comes, when and for whom is chosen on one screen; `/stop` ends it at once. */
import type { Context, Conversation, Step, Turn } from "../bot/conversation.ts";
import type { Choice, Screen } from "../bot/screen.ts";
import { fillIn, pick, press } from "../bot/steps.ts";
import type { TipSettings, TipView } from "../desk.ts";

interface Draft {
  /** What was chosen so far by somebody who has not subscribed yet. */
  settings?: TipSettings;
  /** The tip of a card. */
  tip?: string;
}
type Name =
  | "settings"
  | "frequency"
  | "hour"
  | "zone"
  | "audience"
  | "sector"
  | "quiet"
  | "pause"
  | "kept"
  | "tip"
  | "post"
  | "news";
type Made = Turn<Draft, Name>;

/** For how many days a pause may be chosen. */
const pauses = [7, 14, 30, 90];
const nights = ["22-7", "20-8", "18-9"];

export const tips: Conversation<Draft, Name> = {
  name: "tips",
  commands: ["tips", "stop", "tipshere", "tipsoff"],
  inPlace: true,
  atOnce: ["stop"],
  first: "settings",
  blank: {},
  begin(command, _rest, ctx): Made | undefined {
    if (command === "stop") return { done: { text: ctx.t("tips:stopped") }, commands: [{ kind: "tips-stop" }] };
    if (!ctx.shared || command === "tips") return undefined;
    if (!ctx.desk.mayPostTips) return { done: { text: ctx.t("tips:managers-only") } };
    const on = command === "tipshere";
    return {
      done: { text: ctx.t(on ? "tips:here" : "tips:not-here") },
      commands: [{ kind: "tips-here", on, lane: ctx.platform }],
    };
  },
  steps: {
    settings: press<Draft, Name>({
      ask: settingsScreen,
      on: {
        ...Object.fromEntries(
          (["frequency", "hour", "zone", "audience", "sector", "quiet", "pause", "kept"] as const).map((name) => [
            name,
            (draft: Draft): Made => ({ go: name, draft }),
          ]),
        ),
        begin: async (draft, ctx): Promise<Made> => {
          const settings = (await current(draft, ctx)).settings;
          return { go: "settings", draft: {}, commands: [keep(settings, ctx)], notice: ctx.t("tips:begun") };
        },
        stop: (_draft, ctx): Made => ({ done: { text: ctx.t("tips:stopped") }, commands: [{ kind: "tips-stop" }] }),
      },
    }),
    frequency: choice("frequency", (ctx) => labelled(ctx, "frequency", ctx.desk.tipChoices.frequencies)),
    hour: choice("hour", () => Array.from({ length: 24 }, (_, h) => ({ value: String(h), label: clock(h) }))),
    audience: choice("audience", (ctx) => labelled(ctx, "audience", ctx.desk.tipChoices.audiences)),
    sector: choice("sector", (ctx) => labelled(ctx, "sector", ctx.desk.tipChoices.sectors)),
    quiet: choice("quiet", (ctx) => [
      { value: "none", label: ctx.t("tips:none") },
      ...nights.map((value) => ({
        value,
        label: value
          .split("-")
          .map((h) => clock(Number(h)))
          .join("–"),
      })),
    ]),
    pause: choice("pause", (ctx) => [
      { value: "none", label: ctx.t("tips:none") },
      ...pauses.map((n) => ({ value: isoDay(ctx.today + n), label: ctx.day(ctx.today + n) })),
    ]),
    zone: fillIn<Draft, Name>({
      ask: (_draft, ctx) => ({
        title: ctx.t("tips:zone.title"),
        text: ctx.t("tips:zone.text"),
        buttons: ctx.desk.zones(ctx.locale).map((zone, i) => ({ value: `z${i}`, label: zone })),
      }),
      title: (ctx) => ctx.t("tips:zone.title"),
      send: (ctx) => ctx.t("bot:continue"),
      fields: (_draft, ctx) => [
        { name: "zone", label: ctx.t("tips:zone.other"), kind: "line", required: true, max: 60 },
      ],
      on: (draft, { zone = "" }, ctx) => zoned(draft, zone, ctx),
      press: (draft, value, ctx) => zoned(draft, ctx.desk.zones(ctx.locale)[Number(value.slice(1))] ?? "", ctx),
    }),
    kept: press<Draft, Name>({
      async ask(_draft, ctx) {
        const found = await ctx.desk.tipsOf();
        const text = found
          ? ctx.t("tips:kept.some", {
              next: found.next,
              n: found.seen.length,
              ids: found.seen.join(", ") || ctx.t("tips:none"),
              what: lines(found.settings, ctx),
            })
          : ctx.t("tips:kept.none");
        return {
          title: ctx.t("tips:kept.title"),
          text,
          buttons: found ? [{ value: "erase", label: ctx.t("tips:kept.erase"), tone: "danger" }] : [],
        };
      },
      on: {
        erase: (_draft, ctx): Made => ({ done: { text: ctx.t("tips:stopped") }, commands: [{ kind: "tips-stop" }] }),
      },
    }),
    tip: card("tip"),
    post: card("post"),
    news: card("news"),
  },
};

/**
 * A tip that came: to a person, or (`post`) to a channel, where nobody stops it for the others. `news` is a notice to a
 * reporter under cover: a tip in all that is seen from outside, with a last line and a button of its own.
 */
function card(name: "tip" | "post" | "news"): Step<Draft, Name> {
  return {
    anytime: { key: ({ tip }) => tip ?? "", draft: (tip) => ({ tip }) },
    show: (draft, ctx) => tipScreen(draft, ctx, name),
    next(draft, answer, ctx): Made {
      const pressed = answer.kind === "choice" ? answer.value : "";
      const after = (commands: NonNullable<Extract<Made, { go: Name }>["commands"]>, key: string): Made => ({
        go: name,
        draft,
        commands,
        notice: ctx.t(key),
      });
      if (pressed === "useful")
        return after([{ kind: "tally", tally: { what: "helped", entry: `tip-${draft.tip}` } }], "tips:tip.thanks");
      if (pressed === "fewer") return after([{ kind: "tips-fewer" }], "tips:tip.fewer-done");
      if (pressed === "stop") return after([{ kind: "tips-stop" }], "tips:stopped");
      if (pressed === "open" && name === "news") return { open: "mailbox" };
      if (pressed === "ask" || pressed === "quiz" || pressed === "report") return { open: pressed };
      return { stay: ctx.t("bot:press-one") };
    },
  };
}

function zoned(draft: Draft, typed: string, ctx: Context): Made | Promise<Made> {
  const zone = ctx.desk.readZone(typed);
  return zone ? changed(draft, { zone }, ctx) : { stay: ctx.t("tips:zone.unknown") };
}

/** One thing to choose out of many, then back to all of them. */
function choice(
  name: "frequency" | "hour" | "audience" | "sector" | "quiet" | "pause",
  options: (ctx: Context) => Choice[],
) {
  return pick<Draft, Name>({
    ask: (_draft, ctx) => ({ title: ctx.t(`tips:${name}.title`), text: ctx.t(`tips:${name}.text`) }),
    hint: (ctx) => ctx.t("tips:pick"),
    options: (_draft, ctx) => options(ctx),
    on: (draft, [value = ""], ctx) => changed(draft, read(name, value), ctx),
  });
}

function read(name: string, value: string): Partial<TipSettings> {
  if (name === "hour") return { hour: Number(value) };
  if (name === "pause") return { pausedUntil: value === "none" ? undefined : value } as Partial<TipSettings>;
  if (name !== "quiet") return { [name]: value };
  const [from = 0, to = 0] = value.split("-").map(Number);
  return { quiet: value === "none" ? undefined : { from, to } } as Partial<TipSettings>;
}

async function changed(draft: Draft, change: Partial<TipSettings>, ctx: Context): Promise<Made> {
  const { settings, on } = await current(draft, ctx);
  const fresh = { ...settings, ...change };
  if (!on) return { go: "settings", draft: { settings: fresh } };
  return { go: "settings", draft: {}, commands: [keep(fresh, ctx)], notice: ctx.t("tips:changed") };
}

async function current(
  draft: Draft,
  ctx: Context,
): Promise<{ settings: TipSettings; on: boolean; next: string | undefined }> {
  const found = await ctx.desk.tipsOf();
  const settings = found?.settings ?? draft.settings ?? ctx.desk.tipDefaults(ctx.locale);
  return { settings, on: found !== undefined, next: found?.next };
}

const keep = (settings: TipSettings, ctx: Context) => ({ kind: "tips-keep" as const, settings, lane: ctx.platform });

async function settingsScreen(draft: Draft, ctx: Context): Promise<Screen> {
  const title = ctx.t("tips:title");
  if (!ctx.can.push) {
    const all = { value: "all", label: ctx.t("tips:all"), url: `${ctx.page}/tips`, tone: "primary" as const };
    return { title, text: ctx.t("tips:no-push"), buttons: [all] };
  }
  const { settings, on, next } = await current(draft, ctx);
  const change = (name: string): Choice => ({ value: name, label: ctx.t(`tips:${name}.change`) });
  return {
    title,
    text: [
      next ? ctx.t("tips:on", { next }) : ctx.t(draft.settings ? "tips:nearly" : "tips:off"),
      lines(settings, ctx),
    ].join("\n\n"),
    buttons: [
      ...(on ? [] : [{ value: "begin", label: ctx.t("tips:begin"), tone: "primary" as const }]),
      ...["frequency", "hour", "zone", "audience", "sector", "quiet", "pause"].map(change),
      { value: "kept", label: ctx.t("tips:kept.title"), tone: "quiet" },
      ...(on ? [{ value: "stop", label: ctx.t("tips:stop"), tone: "danger" as const }] : []),
    ],
  };
}

function lines(s: TipSettings, ctx: Context): string {
  const pair = (name: string, value: string) => ctx.t("bot:pair", { label: ctx.t(`tips:${name}.title`), value });
  return [
    pair("frequency", ctx.t(`tips:frequency.${s.frequency}`)),
    pair("hour", clock(s.hour)),
    pair("zone", s.zone),
    pair("audience", ctx.t(`tips:audience.${s.audience}`)),
    pair("sector", ctx.t(`tips:sector.${s.sector}`)),
    pair("quiet", s.quiet ? `${clock(s.quiet.from)}–${clock(s.quiet.to)}` : ctx.t("tips:none")),
    pair("pause", s.pausedUntil ?? ctx.t("tips:none")),
  ].join("\n");
}

function tipScreen(draft: Draft, ctx: Context, name: "tip" | "post" | "news"): Screen {
  const tip = ctx.desk.tip(draft.tip ?? "", ctx.locale);
  const open = { value: "open", label: ctx.t("tips:tip.open") };
  if (!tip)
    return name === "news" ? { text: ctx.t("tips:tip.news"), buttons: [open] } : { text: ctx.t("tips:tip.gone") };
  return {
    title: tip.title,
    text: [
      tip.text,
      ctx.t("tips:tip.today", { today: tip.today }),
      name === "news"
        ? ctx.t("tips:tip.news")
        : ctx.t(tip.legal ? "tips:tip.source-legal" : "tips:tip.source", {
            sources: sourcesOf(tip, ctx),
            day: tip.asOf,
          }),
    ].join("\n\n"),
    ours: true,
    buttons: [
      { value: "useful", label: ctx.t("tips:tip.useful") },
      ...(tip.quiz ? [{ value: "quiz", label: ctx.t("tips:tip.quiz") }] : []),
      name === "news" ? open : { value: "ask", label: ctx.t("tips:tip.ask") },
      ...(tip.report ? [{ value: "report", label: ctx.t("tips:tip.report") }] : []),
      ...(name !== "post"
        ? [
            { value: "fewer", label: ctx.t("tips:tip.fewer"), tone: "quiet" as const },
            { value: "stop", label: ctx.t("tips:stop"), tone: "quiet" as const },
          ]
        : []),
    ],
  };
}

function sourcesOf({ sources }: TipView, ctx: Context): string {
  return sources
    .map(({ title, article }) => (article ? ctx.t("tips:tip.article", { title, article }) : title))
    .join(ctx.t("tips:tip.and"));
}

const labelled = (ctx: Context, list: string, codes: readonly string[]): Choice[] =>
  codes.map((value) => ({ value, label: ctx.t(`tips:${list}.${value}`) }));
const clock = (hour: number) => `${String(hour).padStart(2, "0")}:00`;
const isoDay = (day: number) => new Date(day * 86_400_000).toISOString().slice(0, 10);
