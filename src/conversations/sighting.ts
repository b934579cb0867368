/** A sighting: somebody's data had evidently leaked, and they say so in a minute. No name, no story, no receipt: it is counted. */
import type { Context, Conversation, Turn } from "../bot/conversation.ts";
import type { Choice, Quote } from "../bot/screen.ts";
import { fillIn, pick, press } from "../bot/steps.ts";
import { type Tolled, tollStep } from "./toll.ts";

interface Draft extends Tolled {
  data?: string;
  /** Answers by the names of the form's fields. */
  told: Partial<Record<Asked, string>>;
}

type Asked = "organisation" | "how" | "when" | "detail";
type Name = "data" | "facts" | "check" | "toll";

const longest = { organisation: 120, detail: 500 };

export const sighting: Conversation<Draft, Name> = {
  name: "sighting",
  commands: ["sighting"],
  first: "data",
  blank: { told: {} },
  loses: (draft, ctx) => (draft.data ? { ask: ctx.t("sighting:leave"), after: ctx.t("bot:cancelled") } : undefined),
  steps: {
    data: pick<Draft, Name>({
      ask: (_draft, ctx) => ({
        title: ctx.t("sighting:title"),
        text: [ctx.t("sighting:text"), ctx.t("sighting:kept"), ctx.t(`sighting:sees.${ctx.platform}`)].join("\n\n"),
        buttons: [{ value: "report", label: ctx.t("sighting:rather-report"), tone: "quiet" }],
      }),
      hint: (ctx) => ctx.t("sighting:data"),
      options: (draft, ctx) =>
        ctx.desk
          .codes("data-type")
          .map((value) => ({ value, label: ctx.label("data-type", value), on: value === draft.data })),
      on: (draft, [data = "unknown"]) => ({ go: "facts", draft: { ...draft, data } }),
      press: (_draft, value, ctx) => (value === "report" ? { open: "report" } : { stay: ctx.t("bot:press-one") }),
    }),

    facts: fillIn<Draft, Name>({
      ask: (_draft, ctx) => ({ title: ctx.t("sighting:facts.title"), text: ctx.t("sighting:facts.text") }),
      title: (ctx) => ctx.t("sighting:facts.title"),
      send: (ctx) => ctx.t("bot:continue"),
      fields: ({ told }, ctx) => [
        {
          name: "organisation",
          kind: "line",
          label: ctx.t("sighting:field.organisation"),
          hint: ctx.t("sighting:hint.organisation"),
          required: true,
          max: longest.organisation,
          value: told.organisation ?? "",
        },
        choice("how", told.how, ctx.desk.hows(), ctx),
        choice("when", told.when, ctx.desk.whens(), ctx),
        {
          name: "detail",
          kind: "line",
          label: ctx.t("sighting:field.detail"),
          hint: ctx.t("sighting:hint.detail"),
          max: longest.detail,
          value: told.detail ?? "",
        },
      ],
      on(draft, values, ctx) {
        const told = { ...draft.told, ...values };
        if (!ctx.desk.namesOrganisation(told.organisation ?? ""))
          return { go: "facts", draft: { ...draft, told }, notice: ctx.t("sighting:no-name") };
        return { go: "check", draft: { ...draft, told } };
      },
    }),

    check: press<Draft, Name>({
      ask: (draft, ctx) => ({
        title: ctx.t("sighting:check.title"),
        text: ctx.t("sighting:check.text"),
        quotes: quotes(draft, ctx),
        buttons: [
          { value: "send", label: ctx.t("sighting:check.send"), tone: "primary" },
          { value: "change", label: ctx.t("sighting:check.change") },
        ],
      }),
      on: {
        change: (draft) => ({ go: "facts", draft }),
        async send(draft, ctx) {
          if ((await ctx.desk.heldSighting()) > 0) return { stay: ctx.t("errors:too-many") };
          const toll = await ctx.desk.toll();
          return toll ? { go: "toll", draft: { ...draft, toll: draft.toll ?? toll } } : send(draft, ctx);
        },
      },
    }),

    toll: tollStep<Draft, Name>({ here: "toll", paid: (draft, ctx, by) => send(draft, ctx, by) }),
  },
};

/** Orders the count, if everything that it needs was told. */
function send(draft: Draft, ctx: Context, paid?: "sum" | "work"): Turn<Draft, Name> {
  const { told, data } = draft;
  const how = ctx.desk.hows().find((code) => code === told.how);
  const when = ctx.desk.whens().find((code) => code === told.when);
  if (!data || !how || !when) return { go: "facts", draft };
  const { organisation = "", detail = "" } = told;
  return {
    done: {
      title: ctx.t("sighting:thanks.title"),
      text: ctx.t("sighting:thanks.text"),
      buttons: [
        { value: "report", label: ctx.t("home:report") },
        { value: "ask", label: ctx.t("home:ask") },
      ],
    },
    commands: [{ kind: "sight", sighting: { organisation, data, how, when, detail }, ...(paid ? { paid } : {}) }],
  };
}

function choice(name: "how" | "when", value: string | undefined, codes: readonly string[], ctx: Context) {
  const options: Choice[] = codes.map((code) => ({ value: code, label: ctx.t(`sighting:${name}.${code}`) }));
  return {
    name,
    kind: "choice" as const,
    label: ctx.t(`sighting:field.${name}`),
    required: true,
    options,
    value: value ?? "",
  };
}

/** What was told, in words. */
function quotes({ data = "", told }: Draft, ctx: Context): Quote[] {
  const texts: Record<Asked, string> = {
    organisation: told.organisation ?? "",
    how: told.how ? ctx.t(`sighting:how.${told.how}`) : "",
    when: told.when ? ctx.t(`sighting:when.${told.when}`) : "",
    detail: told.detail ?? "",
  };
  return [
    { by: ctx.t("sighting:field.data"), text: ctx.label("data-type", data) },
    ...(Object.keys(texts) as Asked[])
      .filter((name) => texts[name] !== "")
      .map((name) => ({ by: ctx.t(`sighting:field.${name}`), text: texts[name] })),
  ];
}
