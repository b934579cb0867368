/** A report, from the first honest word to the receipt. Only what happened is required; everything else can be skipped. */
import type { Context, Conversation, Turn } from "../bot/conversation.ts";
import type { Quote } from "../bot/screen.ts";
import { fillIn, pick, press } from "../bot/steps.ts";
import type { Question, Told } from "../desk.ts";
import { type Attached, attach } from "./files.ts";
import { fields, forms, options, order, quotesOf, tell } from "./questions.ts";
import { type Receipted, receiptSteps } from "./receipt.ts";
import { storyStep } from "./story.ts";
import { type Tolled, tollStep } from "./toll.ts";

interface Draft extends Attached, Receipted, Tolled {
  told: Told;
  /** The question that is being changed from the preview. */
  editing?: Question;
  /** The story or the files are being changed from the preview. */
  revising?: true;
  /** Whether to tell this account of news, while a question waits to be answered first. */
  notify?: boolean;
}

type Name =
  | "facts"
  | "kind"
  | "story"
  | "sector"
  | "data"
  | "chain"
  | "sale"
  | "evidence"
  | "files"
  | "safety"
  | "preview"
  | "toll"
  | "change"
  | "edit"
  | "reach"
  | "receipt"
  | "rehearse";

type Made = Turn<Draft, Name>;

/** The steps that count for the progress line. */
const counted: Name[] = ["kind", "story", "sector", "data", "chain", "sale", "evidence", "files", "safety"];

export const report: Conversation<Draft, Name> = {
  name: "report",
  commands: ["report"],
  first: "facts",
  blank: { told: {}, files: [], originals: false },
  loses(draft, ctx) {
    if (draft.receipt) return { ask: ctx.t("report:leave.receipt") };
    return draft.told.kind || draft.told.story
      ? { ask: ctx.t("report:leave.draft"), after: ctx.t("bot:cancelled") }
      : undefined;
  },
  steps: {
    facts: press<Draft, Name>({
      ask: (_draft, ctx) => ({
        title: ctx.t("report:facts.title"),
        text: [ctx.t(`report:facts.${ctx.platform}`), ctx.t("report:facts.all")].join("\n\n"),
        buttons: [
          {
            value: "go",
            label: ctx.t(ctx.can.anonymous ? "report:facts.go" : "report:facts.go-here"),
            tone: "primary",
          },
          ...(ctx.can.anonymous ? [] : [{ value: "page", label: ctx.t("report:page"), url: ctx.page }]),
        ],
      }),
      on: { go: (draft) => ({ go: "kind", draft }) },
    }),

    kind: pick<Draft, Name>({
      ask: (_draft, ctx) => asked("kind", ctx),
      hint: (ctx) => ctx.t("report:kind.hint"),
      options: (draft, ctx) => options("kind", draft.told, ctx),
      on: (draft, [kind]) => ({ go: "story", draft: tell(draft, { kind }) }),
    }),

    story: storyStep<Draft, Name>({
      here: "story",
      ask: (ctx) => asked("story", ctx),
      next: ({ revising, ...draft }) => ({ go: revising ? "preview" : "sector", draft }),
    }),

    sector: pick<Draft, Name>({
      ask: (_draft, ctx) => optional("sector", ctx),
      press: toPreview,
      hint: (ctx) => ctx.t("report:sector.hint"),
      options: (draft, ctx) => options("sector", draft.told, ctx),
      skip: true,
      on: (draft, [sector]) => ({ go: "data", draft: tell(draft, { sector }) }),
    }),

    data: pick<Draft, Name>({
      ask: (_draft, ctx) => optional("data", ctx),
      press: toPreview,
      hint: (ctx) => ctx.t("report:data.hint"),
      options: (draft, ctx) => options("data", draft.told, ctx),
      many: true,
      skip: true,
      on: (draft, data) => ({ go: "chain", draft: tell(draft, { data: data.join(",") }) }),
    }),

    chain: fillIn<Draft, Name>({
      ask: (_draft, ctx) => optional("chain", ctx),
      press: toPreview,
      title: (ctx) => ctx.t("report:chain.title"),
      send: (ctx) => ctx.t("bot:continue"),
      fields: (draft, ctx) => fields(["organisation", "role", "obtained"], draft.told, ctx),
      skip: true,
      on: (draft, values) => ({ go: "sale", draft: tell(draft, values) }),
    }),

    sale: fillIn<Draft, Name>({
      ask: (_draft, ctx) => optional("sale", ctx),
      press: toPreview,
      title: (ctx) => ctx.t("report:sale.title"),
      send: (ctx) => ctx.t("bot:continue"),
      fields: (draft, ctx) =>
        fields(["channel", "handle", "price", "currency", "volume", "time", "region"], draft.told, ctx),
      skip: true,
      on: (draft, values) => ({ go: "evidence", draft: tell(draft, values) }),
    }),

    evidence: pick<Draft, Name>({
      ask: (_draft, ctx) => optional("evidence", ctx),
      press: toPreview,
      hint: (ctx) => ctx.t("report:evidence.hint"),
      options: (draft, ctx) => options("evidence", draft.told, ctx),
      many: true,
      skip: true,
      on: (draft, evidence) => ({ go: "files", draft: tell(draft, { evidence: evidence.join(",") }) }),
    }),

    files: attach<Draft, Name>({
      ask: (_draft, ctx) => asked("files", ctx),
      next: ({ revising, ...draft }) => ({ go: revising ? "preview" : "safety", draft }),
    }),

    safety: fillIn<Draft, Name>({
      ask: (_draft, ctx) => asked("safety", ctx),
      title: (ctx) => ctx.t("report:safety.title"),
      send: (ctx) => ctx.t("bot:continue"),
      fields: (draft, ctx) => fields(["urgency", "relation", "exclude"], draft.told, ctx),
      skip: true,
      on: (draft, values) => ({ go: "preview", draft: tell(draft, values) }),
    }),

    preview: press<Draft, Name>({
      ask: (draft, ctx) => {
        const found = ctx.desk.findHints(
          order
            .filter((q) => !forms[q]!.list)
            .map((q) => draft.told[q] ?? "")
            .join("\n"),
        );
        const hints = found.map((f) =>
          ctx.t(`report:hints.${f.hint}`, { sample: f.samples.map((s) => `“${s}”`).join(ctx.t("bot:comma")) }),
        );
        const danger = ["P0"].includes(level(draft, ctx));
        return {
          title: ctx.t("report:preview.title"),
          text: [
            ...(danger ? [ctx.t("report:preview.danger")] : []),
            ctx.t("report:preview.text"),
            ...(hints.length > 0 ? [[ctx.t("report:preview.hints"), ...hints.map((h) => `• ${h}`)].join("\n")] : []),
          ].join("\n\n"),
          quotes: answers(draft, ctx),
          buttons: [
            { value: "send", label: ctx.t("report:preview.send"), tone: "primary" },
            { value: "change", label: ctx.t("report:preview.change") },
          ],
        };
      },
      on: {
        async send(draft, ctx) {
          if ((await ctx.desk.heldReport()) > 0) return { stay: ctx.t("errors:too-many") };
          return ctx.can.push ? { go: "reach", draft } : send(draft, false, ctx);
        },
        change: (draft) => ({ go: "change", draft }),
      },
      other: (_draft, _answer, ctx) => ({ stay: ctx.t("report:preview.press") }),
    }),

    toll: tollStep<Draft, Name>({
      here: "toll",
      paid: (draft, ctx, by) => file(draft, draft.notify ?? false, ctx, by),
    }),

    change: pick<Draft, Name>({
      ask: (_draft, ctx) => ({ title: ctx.t("report:change.title"), text: "" }),
      hint: (ctx) => ctx.t("report:change.hint"),
      options: (_draft, ctx) => [
        ...order.map((q) => ({ value: q, label: ctx.t(`report:field.${q}`) })),
        { value: "files", label: ctx.t("report:field.files") },
      ],
      // where a text cannot be as long as the story, it is added to in its own step: a field would cut it
      on: (draft, [question], ctx) =>
        question === "files" || (question === "story" && ctx.can.typed > 0)
          ? { go: question, draft: { ...draft, revising: true } }
          : { go: "edit", draft: { ...draft, editing: question as Question } },
    }),

    edit: fillIn<Draft, Name>({
      ask: (draft, ctx) => ({ title: ctx.t(`report:field.${draft.editing}`), text: ctx.t("report:edit.text") }),
      title: (ctx) => ctx.t("report:change.title"),
      send: (ctx) => ctx.t("report:edit.save"),
      fields: (draft, ctx) => fields([draft.editing ?? "story"], draft.told, ctx),
      skip: true,
      // skipping takes the answer away, but for the two that a report cannot do without
      on: (draft, values) => {
        const needed = draft.editing === "kind" || draft.editing === "story";
        const taken = Object.keys(values).length > 0 || needed ? values : { [draft.editing ?? ""]: "" };
        return { go: "preview", draft: tell({ ...draft, editing: undefined, revising: undefined }, taken) };
      },
    }),

    reach: press<Draft, Name>({
      ask: (_draft, ctx) => ({
        title: ctx.t("report:reach.title"),
        text: ctx.t("report:reach.text"),
        buttons: [
          { value: "quiet", label: ctx.t("report:reach.quiet"), tone: "primary" },
          { value: "notify", label: ctx.t("report:reach.notify") },
        ],
      }),
      on: { quiet: (draft, ctx) => send(draft, false, ctx), notify: (draft, ctx) => send(draft, true, ctx) },
    }),

    ...receiptSteps<Draft>(),
  },
};

/** Sends it, after a question while the house is in a flood. */
async function send(draft: Draft, notify: boolean, ctx: Context): Promise<Made> {
  const toll = await ctx.desk.toll();
  return toll ? { go: "toll", draft: { ...draft, notify, toll: draft.toll ?? toll } } : file(draft, notify, ctx);
}

/** Orders the report and shows the receipt: both, or neither, in one transaction. */
function file(draft: Draft, notify: boolean, ctx: Context, paid?: "sum" | "work"): Made {
  if (!draft.told.kind || !draft.told.story)
    return { go: "preview", draft, notice: ctx.t("report:preview.incomplete") };
  const receipt = ctx.desk.newReceipt();
  return {
    go: "receipt",
    draft: { ...report.blank, receipt },
    commands: [
      {
        kind: "file",
        receipt,
        told: draft.told,
        files: draft.files,
        originals: draft.originals,
        notify,
        ...(paid ? { paid } : {}),
      },
    ],
  };
}

/** An optional question also has a way straight to the preview: what happened is enough. */
function optional(step: Name, ctx: Context) {
  return {
    ...asked(step, ctx),
    buttons: [{ value: "preview", label: ctx.t("report:to-preview"), tone: "quiet" as const }],
  };
}

/** What stood in the form beside the button counts as answered; only where no form came along nothing changes. */
function toPreview(draft: Draft, value: string, ctx: Context, values: Record<string, string> = {}): Made {
  return value === "preview" ? { go: "preview", draft: tell(draft, values) } : { stay: ctx.t("bot:press-one") };
}

function asked(step: Name, ctx: Context) {
  const at = counted.indexOf(step) + 1;
  return {
    title: ctx.t(`report:${step}.title`),
    text: ctx.t(`report:${step}.text`),
    progress: { at, of: counted.length, text: ctx.t("report:progress", { at, of: counted.length }) },
  };
}

function answers(draft: Draft, ctx: Context): Quote[] {
  const files =
    draft.files.length > 0
      ? [{ by: ctx.t("report:field.files"), text: ctx.t("report:files.count", { count: draft.files.length }) }]
      : [];
  return [...quotesOf(draft.told, ctx), ...files];
}

function level(draft: Draft, ctx: Context): string {
  return ctx.desk.level((draft.told.urgency ?? "").split(",").filter(Boolean));
}
