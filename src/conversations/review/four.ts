/** What takes two people: one asks, a second one confirms; and the list of what waits for a second one. */
import type { Context } from "../../bot/conversation.ts";
import { fillIn, press } from "../../bot/steps.ts";
import type { RequestView } from "../../desk.ts";
import { numbered } from "../files.ts";
import { type Draft, type Made, type Name, oneText, type Steps } from "./draft.ts";

/** What a button of the case asks for at once; redaction and handing over are filled in first. */
const plain = ["hold", "unhold", "erase"] as const;
/** What may be asked about a case, in the order of the buttons. */
const kinds = ["hold", "unhold", "redact", "shred", "export", "erase", "false"] as const;

export const fourSteps: Steps<"second" | "sure" | "untrue" | "requests" | "request" | "leaver" | "asked" | "answered"> =
  {
    second: press<Draft, Name>({
      async ask(draft, ctx) {
        const [open, ...may] = await Promise.all([
          ctx.desk.requests(draft.code),
          ...kinds.map((kind) => ctx.desk.mayRequest(draft.code, kind)),
        ]);
        const free = kinds.filter((_, i) => may[i]?.ok);
        return {
          title: ctx.t("four:second.title", { code: draft.code }),
          text: [
            ctx.t(free.length > 0 ? "four:second.text" : "four:second.none"),
            ...open.map((r) => `${ctx.t(`four:kind.${r.what}`)}\n${line(r, ctx)}`),
          ].join("\n\n"),
          buttons: [
            ...open.map((r) => ({ value: `r-${r.id}`, label: ctx.t(`four:kind.${r.what}`), tone: "primary" as const })),
            ...free.map((kind) => ({ value: kind, label: ctx.t(`four:ask.${kind}`) })),
            { value: "back", label: ctx.t("review:life.back"), tone: "quiet" },
          ],
        };
      },
      on: {
        back: (draft) => ({ go: "ready", draft }),
        redact: (draft, ctx) => onward(draft, "redact", "redact", ctx),
        shred: (draft, ctx) => onward(draft, "shred", "shred", ctx),
        export: (draft, ctx) => onward(draft, "export", "refer", ctx),
        false: (draft, ctx) => onward(draft, "false", "untrue", ctx),
      },
      other(draft, answer, ctx) {
        const value = answer.kind === "choice" ? answer.value : "";
        const kind = plain.find((one) => one === value);
        if (kind) return onward({ ...draft, second: kind }, kind, "sure", ctx);
        const id = /^r-([0-9a-f]{12})$/.exec(value)?.[1];
        return id ? { go: "request", draft: { ...draft, request: id } } : { stay: ctx.t("bot:press-one") };
      },
    }),

    // the last look before asking
    sure: press<Draft, Name>({
      ask: (draft, ctx) => ({
        title: ctx.t(`four:kind.${draft.second ?? "hold"}`),
        text: [
          aboutOf(draft.second ?? "hold", draft, ctx),
          ...because(draft.shred?.reason, ctx),
          ctx.t("four:sure.text"),
        ].join("\n\n"),
        ...(draft.passage || draft.text
          ? { quotes: [{ by: ctx.t("four:sure.words"), text: draft.passage || draft.text }] }
          : {}),
        buttons: [
          { value: "ask", label: ctx.t("four:sure.ask"), tone: "primary" },
          { value: "no", label: ctx.t("four:sure.no"), tone: "quiet" },
        ],
      }),
      on: {
        ask: (draft, ctx) => askFor(draft, ctx),
        no: (draft) =>
          draft.second === "remove"
            ? { go: "requests", draft: clean(draft) }
            : { go: draft.second === "flood" ? "queue" : "ready", draft: clean(draft) },
      },
    }),

    untrue: fillIn<Draft, Name>({
      ask: (draft, ctx) => ({
        title: ctx.t("four:untrue.title", { code: draft.code }),
        text: ctx.t("four:untrue.text"),
      }),
      title: (ctx) => ctx.t("review:word.form"),
      send: (ctx) => ctx.t("four:untrue.send"),
      fields: (draft, ctx) => oneText(ctx, draft.text),
      on: (draft, { text = "" }) => ({ go: "sure", draft: { ...draft, second: "false", text } }),
    }),

    requests: {
      async show(_draft, ctx) {
        const open = await ctx.desk.requests();
        const people = await ctx.desk.removable();
        return {
          title: ctx.t("four:requests.title"),
          text: ctx.t(open.length === 0 ? "four:requests.none" : "four:requests.text"),
          ...(open.length > 0
            ? {
                menu: {
                  hint: ctx.t("four:requests.hint"),
                  options: open.map((r) => ({
                    value: r.id,
                    label: ctx.t("four:requests.line", { kind: ctx.t(`four:kind.${r.what}`), subject: r.subject }),
                    hint: line(r, ctx),
                  })),
                },
              }
            : {}),
          buttons: [
            { value: "!look", label: ctx.t("review:queue.look") },
            ...(people.length > 0 ? [{ value: "!leaver", label: ctx.t("four:ask.remove") }] : []),
            { value: "!queue", label: ctx.t("review:card.queue"), tone: "quiet" },
          ],
        };
      },
      next(draft, answer, ctx) {
        const value = answer.kind === "choice" ? answer.value : "";
        if (value === "!look") return { go: "requests", draft };
        if (value === "!queue") return { go: "queue", draft: clean(draft) };
        if (value === "!leaver") return { go: "leaver", draft };
        return /^[0-9a-f]{12}$/.test(value)
          ? { go: "request", draft: { ...draft, request: value } }
          : { stay: ctx.t("bot:press-one") };
      },
    },

    request: press<Draft, Name>({
      async ask(draft, ctx) {
        const r = await ctx.desk.request(draft.request ?? "");
        const back = { value: "back", label: ctx.t("four:request.back"), tone: "quiet" as const };
        if (!r) return { text: ctx.t("four:refused.gone"), buttons: [back] };
        const why = r.may.ok || r.mine || r.granted ? undefined : r.may.why;
        return {
          title: ctx.t("four:requests.line", { kind: ctx.t(`four:kind.${r.what}`), subject: r.subject }),
          text: [
            aboutOf(
              r.what,
              {
                code: r.subject,
                leaver: r.subject,
                day: r.subject,
                cases: r.cases ?? 0,
                ...(r.file ? { shred: r.file } : {}),
              },
              ctx,
            ),
            ...(r.file ? [numbered(r.file, ctx)] : []),
            ...because(r.reason, ctx),
            ...(r.values.length > 0
              ? [
                  ctx.t(r.what === "export" ? "four:request.shown" : "four:request.values", {
                    values: r.values
                      .map((v) => ctx.t("bot:paren", { text: v.mask, more: ctx.t(`review:masks.kind.${v.kind}`) }))
                      .join(ctx.t("bot:comma")),
                  }),
                ]
              : []),
            ...(r.what === "export"
              ? [ctx.t("four:request.key", { to: ctx.t(`refer:to.${r.to}`), key: r.recipient })]
              : []),
            line(r, ctx),
            ...(why ? [ctx.t(`four:refused.${why}`)] : []),
          ].join("\n\n"),
          ...(r.passage || r.text ? { quotes: [{ by: ctx.t("four:sure.words"), text: r.passage || r.text }] } : {}),
          buttons: [
            ...(r.may.ok ? [{ value: "confirm", label: ctx.t("four:request.confirm"), tone: "primary" as const }] : []),
            ...(r.granted && r.what === "export"
              ? [{ value: "fetch", label: ctx.t("refer:fetch"), tone: "primary" as const }]
              : []),
            ...(!r.granted && (r.mine || r.may.ok)
              ? [{ value: "decline", label: ctx.t(r.mine ? "four:request.back-out" : "four:request.decline") }]
              : []),
            ...(r.what === "remove" || r.what === "flood" ? [] : [{ value: "case", label: ctx.t("review:life.back") }]),
            back,
          ],
        };
      },
      on: {
        async confirm(draft, ctx) {
          const r = await known(draft, ctx);
          if (!r) return gone(draft, ctx);
          if (!r.may.ok) return { stay: ctx.t(`four:refused.${r.may.why}`) };
          return {
            go: "requests",
            draft: clean(draft),
            commands: [{ kind: "confirm", id: r.id }],
            notice: ctx.t(`four:done.${r.what}`, { code: r.subject, alias: r.subject }),
          };
        },
        async decline(draft, ctx) {
          const r = await known(draft, ctx);
          if (!r || r.granted || !(r.mine || r.may.ok)) return gone(draft, ctx);
          return {
            go: "requests",
            draft: clean(draft),
            commands: [{ kind: "decline", id: r.id }],
            notice: ctx.t(r.mine ? "four:done.back-out" : "four:done.decline"),
          };
        },
        fetch: (draft) => ({ go: "fetch", draft }),
        async case(draft, ctx) {
          const r = await known(draft, ctx);
          return r
            ? { go: "ready", draft: { ...clean(draft), code: r.subject } }
            : { stay: ctx.t("four:refused.gone") };
        },
        back: (draft) => ({ go: "requests", draft: clean(draft) }),
      },
    }),

    // a colleague leaves
    leaver: {
      async show(_draft, ctx) {
        const people = await ctx.desk.removable();
        return {
          title: ctx.t("four:ask.remove"),
          text: ctx.t("four:leaver.text"),
          menu: { hint: ctx.t("four:leaver.hint"), options: people.map((alias) => ({ value: alias, label: alias })) },
        };
      },
      async next(draft, answer, ctx) {
        const alias = answer.kind === "choice" ? answer.value : "";
        const may = await ctx.desk.mayRemove(alias);
        if (!may.ok) return { stay: ctx.t(`four:refused.${may.why}`) };
        return { go: "sure", draft: { ...clean(draft), second: "remove", leaver: alias } };
      },
    },

    asked: nudged("four:asked.text"),
    answered: nudged("four:answered.text"),
  };

/** A message out of the blue: that there is something, not what. */
function nudged(key: string): Steps<"asked">["asked"] {
  return {
    anytime: { key: () => "", draft: () => ({ code: "", page: 0, text: "" }) },
    show: (_draft, ctx) => ({
      text: ctx.t(key),
      buttons: [{ value: "requests", label: ctx.t("four:requests.title") }],
    }),
    next: (draft) => ({ open: "review", at: { step: "requests", draft } }),
  };
}

/** The request that is looked at, without what it shows of the case: that would be one more look. */
const known = async (draft: Draft, ctx: Context): Promise<RequestView | undefined> =>
  (await ctx.desk.requests()).find((r) => r.id === draft.request);

/** It lapsed or was done while somebody looked at it: on with those that are left. */
const gone = (draft: Draft, ctx: Context): Made => ({
  go: "requests",
  draft: clean(draft),
  notice: ctx.t("four:refused.gone"),
});

/** Who asks for what, and how long it can still be confirmed or fetched. */
export function line(r: RequestView, ctx: Context): string {
  const left = ctx.t("four:left", { count: r.left });
  return r.granted
    ? ctx.t("four:granted", { by: r.by, second: r.granted, left })
    : ctx.t("four:waits", { by: r.by, left });
}

/** What is asked for, in a sentence. */
function aboutOf(
  what: RequestView["what"],
  about: Pick<Draft, "code" | "leaver" | "day" | "cases" | "shred">,
  ctx: Context,
) {
  const { code, leaver: alias = "", day = "", cases: count = 0, shred } = about;
  return ctx.t(`four:about.${what}`, { code, alias, day, count, number: shred?.number ?? 0 });
}

/** Why a file is to be destroyed. */
const because = (reason: string | undefined, ctx: Context): string[] =>
  reason ? [ctx.t("four:shred.because", { reason: ctx.t(`four:shred.reason.${reason}`) })] : [];

/** The draft without what was about to be asked for. */
function clean(draft: Draft): Draft {
  const {
    second: _s,
    request: _r,
    leaver: _l,
    numbers: _n,
    passage: _p,
    shred: _f,
    to: _t,
    recipient: _k,
    day: _d,
    cases: _c,
    ...rest
  } = draft;
  return { ...rest, text: "" };
}

async function onward(draft: Draft, kind: (typeof kinds)[number], step: Name, ctx: Context): Promise<Made> {
  const may = await ctx.desk.mayRequest(draft.code, kind);
  // an answer that is half written is for the reporter, and what another request was to say is not for this one
  return may.ok
    ? { go: step, draft: { ...clean(draft), second: draft.second } }
    : { stay: ctx.t(`four:refused.${may.why}`) };
}

/** Asks for a second person, if that still makes sense. */
export async function askFor(draft: Draft, ctx: Context): Promise<Made> {
  const { code, second = "hold", numbers, passage, shred, to, recipient, text } = draft;
  const done = { draft: clean(draft), notice: ctx.t("four:sure.asked") };
  if (second === "remove") {
    const may = await ctx.desk.mayRemove(draft.leaver ?? "");
    if (!may.ok) return { stay: ctx.t(`four:refused.${may.why}`) };
    return { go: "requests", ...done, commands: [{ kind: "ask-removal", alias: draft.leaver ?? "" }] };
  }
  if (second === "flood") {
    if ((await ctx.desk.requests(draft.day)).length > 0) return { stay: ctx.t("four:refused.asked") };
    return { go: "requests", ...done, commands: [{ kind: "ask-flood", day: draft.day ?? "" }] };
  }
  const may = await ctx.desk.mayRequest(code, second);
  if (!may.ok) return { stay: ctx.t(`four:refused.${may.why}`) };
  return {
    go: "second",
    ...done,
    commands: [
      {
        kind: "ask-second",
        what: second,
        code,
        ...(numbers ? { numbers } : {}),
        ...(passage ? { passage } : {}),
        ...(shred?.reason ? { file: shred.number, reason: shred.reason } : {}),
        ...(recipient ? { recipient, to: to ?? "other" } : {}),
        ...(text ? { text } : {}),
      },
    ],
  };
}
