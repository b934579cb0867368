/** What a learner may choose: where they work, when to be reminded, how questions are drawn; and what is kept of them. */
import type { Answer, Context, Step } from "../bot/conversation.ts";
import type { Choice, Screen } from "../bot/screen.ts";
import { pick, press } from "../bot/steps.ts";
import type { Draft, Made, Name } from "./quiz-talk.ts";

const hours = Array.from({ length: 17 }, (_, n) => n + 6);
const clock = (hour: number): string => `${String(hour).padStart(2, "0")}:00`;

export const settingSteps: Record<"settings" | "sector" | "hour" | "zone" | "kept", Step<Draft, Name>> = {
  settings: press<Draft, Name>({
    async ask(_draft, ctx) {
      const learner = await ctx.desk.learner(ctx.locale);
      const { sector = "any", nudge, native = false } = learner ?? {};
      const pair = (key: string, value: string) => ctx.t("bot:pair", { label: ctx.t(key), value });
      const reminder = nudge ? ctx.t("quiz:settings.at", { hour: clock(nudge.hour), zone: nudge.zone }) : undefined;
      const buttons: Choice[] = [
        { value: "sector", label: ctx.t("quiz:settings.sector") },
        ...(ctx.can.push ? [{ value: "hour", label: ctx.t("quiz:settings.hour") }] : []),
        ...(ctx.can.push && nudge ? [{ value: "quiet", label: ctx.t("quiz:nudge.quiet") }] : []),
        ...(ctx.can.quiz
          ? [{ value: native ? "plain" : "native", label: ctx.t(`quiz:settings.${native ? "to-plain" : "to-native"}`) }]
          : []),
        { value: "kept", label: ctx.t("quiz:settings.kept"), tone: "quiet" },
      ];
      return {
        title: ctx.t("quiz:settings.title"),
        text: [
          pair("quiz:settings.work", ctx.t(`quiz:sector.${sector}`)),
          ...(ctx.can.push ? [pair("quiz:settings.reminder", reminder ?? ctx.t("quiz:settings.never"))] : []),
          ...(ctx.can.quiz ? [pair("quiz:settings.drawn", ctx.t(`quiz:settings.${native ? "native" : "plain"}`))] : []),
        ].join("\n"),
        buttons,
      };
    },
    on: {
      sector: (draft) => ({ go: "sector", draft }),
      hour: (draft) => ({ go: "hour", draft }),
      kept: (draft) => ({ go: "kept", draft }),
      native: (_draft, ctx) => drawn(true, ctx),
      plain: (_draft, ctx) => drawn(false, ctx),
      quiet: (_draft, ctx) => ({
        go: "settings",
        draft: {},
        commands: [{ kind: "quiz-nudge" }],
        notice: ctx.t("quiz:nudge.off"),
      }),
    },
  }),

  sector: {
    show: (_draft, ctx) => askSector(ctx),
    next: (_draft, answer, ctx) => sectorGiven(answer, ctx),
  },

  hour: pick<Draft, Name>({
    ask: (_draft, ctx) => ({ title: ctx.t("quiz:hour.title"), text: ctx.t("quiz:hour.text") }),
    hint: (ctx) => ctx.t("quiz:hour.hint"),
    options: () => hours.map((h) => ({ value: String(h), label: clock(h) })),
    on: (draft, [hour]) => ({ go: "zone", draft: { ...draft, hour: Number(hour) } }),
  }),

  zone: {
    show: (_draft, ctx) => ({
      title: ctx.t("quiz:zone.title"),
      text: ctx.t("quiz:zone.text"),
      menu: {
        hint: ctx.t("quiz:zone.hint"),
        options: ctx.desk.zones(ctx.locale).map((zone, i) => ({ value: `z${i}`, label: zone })),
      },
    }),
    next({ hour = 9 }, answer, ctx) {
      const offered = answer.kind === "choice" ? ctx.desk.zones(ctx.locale)[Number(answer.value.slice(1))] : undefined;
      const zone = ctx.desk.readZone(answer.kind === "text" ? answer.text : (offered ?? ""));
      if (!zone) return { stay: ctx.t("quiz:zone.unknown") };
      return {
        go: "settings",
        draft: {},
        commands: [{ kind: "quiz-nudge", at: { hour, zone } }],
        notice: ctx.t("quiz:nudge.on", { hour: clock(hour) }),
      };
    },
  },

  kept: press<Draft, Name>({
    async ask(_draft, ctx) {
      const learner = await ctx.desk.learner(ctx.locale);
      return {
        title: ctx.t("quiz:kept.title"),
        text: ctx.t("quiz:kept.text", { met: learner?.met ?? 0, days: learner?.days ?? 0 }),
        buttons: [{ value: "erase", label: ctx.t("quiz:kept.erase"), tone: "danger" }],
      };
    },
    on: {
      erase: (_draft, ctx) => ({ done: { text: ctx.t("quiz:kept.erased") }, commands: [{ kind: "quiz-erase" }] }),
    },
  }),
};

function drawn(on: boolean, ctx: Context): Made {
  const notice = ctx.t(`quiz:settings.${on ? "native" : "plain"}-done`);
  return { go: "settings", draft: {}, commands: [{ kind: "quiz-native", on }], notice };
}

export function askSector(ctx: Context, lead?: string): Screen {
  return {
    title: ctx.t("quiz:sector.title"),
    text: [...(lead ? [lead] : []), ctx.t("quiz:sector.text")].join("\n\n"),
    menu: {
      hint: ctx.t("quiz:sector.hint"),
      options: [...ctx.desk.sectors(), "any"].map((value) => ({ value, label: ctx.t(`quiz:sector.${value}`) })),
    },
  };
}

export function sectorGiven(answer: Answer, ctx: Context): Made {
  const sector = answer.kind === "choice" ? answer.value : answer.kind === "choices" ? answer.values[0] : undefined;
  if (sector === undefined || ![...ctx.desk.sectors(), "any"].includes(sector)) return { stay: ctx.t("bot:press-one") };
  return { go: "start", draft: {}, commands: [{ kind: "quiz-sector", sector }] };
}
