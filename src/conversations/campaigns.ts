/** A message to everybody who subscribed: an admin writes it, looks at it, and watches it go; another one confirms what reaches many. */
import type { Context, Conversation, Turn } from "../bot/conversation.ts";
import type { Screen } from "../bot/screen.ts";
import { fillIn, press } from "../bot/steps.ts";
import type { CampaignDraft, Progress } from "../desk.ts";

interface Draft extends CampaignDraft {
  id: string;
}
type Name = "list" | "write" | "preview" | "watch" | "progress";
type Made = Turn<Draft, Name>;

const blank: Draft = { id: "", texts: {} };
/** Fits one message on every network, with its title and its buttons. */
const longest = { title: 100, text: 1500 };

export const campaigns: Conversation<Draft, Name> = {
  name: "campaigns",
  audience: "admins",
  commands: ["campaign"],
  first: "list",
  blank,
  loses: (draft, ctx) =>
    Object.keys(draft.texts).length === 0 ? undefined : { ask: ctx.t("campaign:leave"), after: ctx.t("bot:cancelled") },
  steps: {
    list: {
      async show(_draft, ctx) {
        const all = await ctx.desk.campaigns();
        return {
          title: ctx.t("campaign:list.title"),
          text: ctx.t(all.length === 0 ? "campaign:list.none" : "campaign:list.text"),
          ...(all.length > 0
            ? {
                menu: {
                  hint: ctx.t("campaign:list.hint"),
                  options: all.map((p) => ({
                    value: `c${p.id}`,
                    label: ctx.t("campaign:list.line", {
                      day: ctx.day(p.day),
                      state: ctx.t(`campaign:state.${p.state}`),
                      sent: p.sent,
                      reach: p.reach,
                    }),
                  })),
                },
              }
            : {}),
          buttons: [{ value: "new", label: ctx.t("campaign:list.new"), tone: "primary" }],
        };
      },
      next(_draft, answer, ctx): Made {
        if (answer.kind !== "choice") return { stay: ctx.t("bot:press-one") };
        if (answer.value === "new") return { go: "write", draft: blank };
        return { go: "watch", draft: { ...blank, id: answer.value.slice(1) } };
      },
    },

    write: fillIn<Draft, Name>({
      ask: (_draft, ctx) => ({ title: ctx.t("campaign:write.title"), text: ctx.t("campaign:write.text") }),
      title: (ctx) => ctx.t("campaign:write.form"),
      send: (ctx) => ctx.t("campaign:write.look"),
      fields: (draft, ctx) =>
        ctx.locales.flatMap(({ value, label }) => [
          {
            name: `title.${value}`,
            label: ctx.t("campaign:write.heading", { language: label }),
            kind: "line" as const,
            required: true,
            max: longest.title,
            value: draft.texts[value]?.title ?? "",
          },
          {
            name: `text.${value}`,
            label: ctx.t("campaign:write.body", { language: label }),
            kind: "paragraph" as const,
            required: true,
            max: longest.text,
            value: draft.texts[value]?.text ?? "",
          },
        ]),
      on: (draft, values, ctx): Made => ({
        go: "preview",
        draft: {
          ...draft,
          texts: Object.fromEntries(
            ctx.locales.map(({ value }) => [
              value,
              { title: (values[`title.${value}`] ?? "").trim(), text: (values[`text.${value}`] ?? "").trim() },
            ]),
          ),
        },
      }),
    }),

    preview: press<Draft, Name>({
      async ask(draft, ctx) {
        const { reach, by, seconds, second } = await ctx.desk.campaignForecast();
        return {
          title: ctx.t("campaign:preview.title"),
          text: [
            ctx.t("campaign:preview.reach", { reach, minutes: Math.ceil(seconds / 60) }),
            ...Object.entries(by).map(([platform, n]) => ctx.t("campaign:preview.by", { platform, n })),
            ...(second ? [ctx.t("campaign:preview.second")] : []),
            ...(reach === 0 ? [ctx.t("campaign:preview.nobody")] : []),
          ].join("\n"),
          quotes: ctx.locales.map(({ value, label }) => ({
            by: label,
            text: `${draft.texts[value]?.title ?? ""}\n\n${draft.texts[value]?.text ?? ""}`,
          })),
          buttons: [
            ...(reach > 0 ? [{ value: "send", label: ctx.t("campaign:preview.send"), tone: "primary" as const }] : []),
            { value: "change", label: ctx.t("campaign:preview.change") },
          ],
        };
      },
      on: {
        send: ({ texts }) => ({
          go: "list",
          draft: blank,
          commands: [{ kind: "campaign-make", draft: { texts } }],
        }),
        change: (draft) => ({ go: "write", draft }),
      },
    }),

    watch: press<Draft, Name>({
      ask: (draft, ctx) => drawProgress(draft.id, ctx, true),
      on: {
        look: (draft) => ({ go: "watch", draft }),
        list: () => ({ go: "list", draft: blank }),
        confirm: (draft) => ({ go: "watch", draft, commands: [{ kind: "campaign-confirm", id: draft.id }] }),
        pause: (draft) => ({ go: "watch", draft, commands: [{ kind: "campaign-pause", id: draft.id }] }),
        resume: (draft) => ({ go: "watch", draft, commands: [{ kind: "campaign-resume", id: draft.id }] }),
        cancel: (draft) => ({ go: "watch", draft, commands: [{ kind: "campaign-cancel", id: draft.id }] }),
      },
    }),

    // one message in the chat of whoever asked for it, redrawn while the campaign runs
    progress: {
      anytime: { key: (draft) => draft.id, draft: (id) => ({ ...blank, id }) },
      show: (draft, ctx) => drawProgress(draft.id, ctx, false),
      next: (draft): Made => ({ go: "watch", draft }),
    },
  },
};

async function drawProgress(id: string, ctx: Context, buttons: boolean): Promise<Screen> {
  const p = await ctx.desk.campaign(id);
  if (!p) return { text: ctx.t("campaign:message.over") };
  const may: Record<Progress["state"], string[]> = {
    waiting: ["confirm", "cancel"],
    running: ["pause", "cancel"],
    paused: ["resume", "cancel"],
    done: [],
    cancelled: [],
  };
  const minutes = p.rate > 0 ? Math.ceil(p.left / p.rate / 60) : 0;
  return {
    title: ctx.t("campaign:watch.title", { id, state: ctx.t(`campaign:state.${p.state}`) }),
    text: [
      ctx.t("campaign:watch.counts", { sent: p.sent, failed: p.failed, left: p.left }),
      ...(p.state === "running" && p.left > 0 && minutes > 0
        ? [ctx.t("campaign:watch.rate", { rate: Math.round(p.rate * 10) / 10, minutes })]
        : []),
      ...Object.entries(p.by).flatMap(([net, counts]) =>
        Object.entries(counts).map(([what, n]) =>
          ctx.t(net === "" ? "campaign:watch.felt" : "campaign:watch.by", {
            platform: net,
            what: ctx.t(`campaign:what.${what}`),
            n,
          }),
        ),
      ),
      ...Object.entries(p.quiet).map(([platform, code]) => ctx.t("campaign:watch.quiet", { platform, code })),
    ].join("\n"),
    ...(buttons
      ? {
          buttons: [
            ...may[p.state].map((value) => ({ value, label: ctx.t(`campaign:watch.${value}`) })),
            { value: "look", label: ctx.t("campaign:watch.look") },
            { value: "list", label: ctx.t("campaign:watch.list"), tone: "quiet" as const },
          ],
        }
      : {}),
  };
}
