/** The queue: which cases wait, the most pressing first, and why. */
import type { Context } from "../../bot/conversation.ts";
import type { Choice } from "../../bot/screen.ts";
import { fillIn, press } from "../../bot/steps.ts";
import type { Behind, Status, Wanted } from "../../desk.ts";
import { line, summary } from "../card.ts";
import { type Draft, type Made, type Name, type Steps, turnTo } from "./draft.ts";

/** What else reviewers can look at. */
const rooms = ["series", "sightings", "stats"] as const;
const simple = ["all", "mine", "unowned", "overdue", "shared", "flood"] as const;
/** Lists a case can be looked for in, and statuses. */
const lists = ["status", "level", "sector", "data-type"] as const;
const statuses = [
  "received",
  "acknowledged",
  "need-info",
  "investigating",
  "referred-police",
  "referred-regulator",
  "referred-other",
  "action-taken",
  "reopened",
  "closed",
] as const satisfies Status[];
const levels = ["P0", "P1", "P2", "P3"];
/** What free text is looked for in. */
const searched = ["kind", "sector", "data-type", "volume-band", "urgency"];

export const queueSteps: Steps<"queue" | "filter" | "choose" | "search"> = {
  queue: {
    async show(draft, ctx) {
      if (ctx.desk.actor.kind === "reviewer" && ctx.desk.actor.role === "auditor")
        return {
          title: ctx.t("review:queue.title"),
          text: ctx.t("review:queue.auditor"),
          buttons: [{ value: "audit", label: ctx.t("audit:title"), tone: "primary" }, ...ownButtons(ctx)],
        };
      const { cards, more, end } = await ctx.desk.queue(draft.page, draft.wanted, draft.behind?.at(-1));
      const name = nameOf(draft, ctx);
      return {
        title: name
          ? ctx.t("bot:paren", { text: ctx.t("review:queue.title"), more: name })
          : ctx.t("review:queue.title"),
        text: [
          ...(draft.wanted?.by === "flood" ? [ctx.t("review:flood.queue")] : []),
          ctx.t(
            cards.length > 0
              ? "review:queue.text"
              : draft.wanted?.by === "sealed"
                ? "review:queue.none"
                : "review:queue.empty",
          ),
          ...partOf(draft, end, ctx),
        ].join("\n"),
        ...(cards.length > 0
          ? {
              menu: {
                hint: ctx.t("review:queue.hint"),
                options: cards.map((c) => ({ value: c.code, label: line(c, ctx), hint: summary(c, ctx) })),
              },
            }
          : {}),
        buttons: [
          ...(draft.page > 0 ? [{ value: "newer", label: ctx.t("bot:less") }] : []),
          ...(more ? [{ value: "older", label: ctx.t("bot:more") }] : []),
          ...(draft.behind?.length ? [{ value: "before", label: ctx.t("review:queue.before") }] : []),
          // what was seen is what is gone on from, whatever has moved since
          ...(end
            ? [
                {
                  value: `behind-${end.priority}-${end.code}-${end.looked}`,
                  label: ctx.t("review:queue.behind"),
                },
              ]
            : []),
          ...(await floodButtons(draft, ctx)),
          { value: "look", label: ctx.t("review:queue.look") },
          { value: "filter", label: ctx.t("review:queue.filter") },
          // on the web there is no list of commands
          ...(ctx.desk.actor.kind === "reviewer" && ctx.desk.actor.role === "admin"
            ? [{ value: "campaigns", label: ctx.t("campaign:list.title"), tone: "quiet" as const }]
            : []),
          ...(await secondButton(ctx)),
          // where nothing can be typed, what else there is has to be pressed
          ...(ctx.can.freeText ? [] : rooms.map((room) => ({ value: room, label: ctx.t(`review:room.${room}`) }))),
          ...(ctx.desk.mayAudit() ? [{ value: "audit", label: ctx.t("audit:title"), tone: "quiet" as const }] : []),
          ...ownButtons(ctx),
        ],
      };
    },
    async next(draft, answer, ctx) {
      if (answer.kind !== "choice") return { stay: ctx.t("bot:press-one") };
      if (answer.value === "newer" || answer.value === "older")
        return {
          go: "queue",
          draft: { ...draft, page: Math.max(0, draft.page + (answer.value === "older" ? 1 : -1)) },
        };
      const [, priority, code = "", looked] = /^behind-(\d{1,9})-(\w{1,12})-(\d{1,9})$/.exec(answer.value) ?? [];
      if (looked) {
        const end = { priority: Number(priority), code, looked: Number(looked) };
        return { go: "queue", draft: { ...draft, page: 0, behind: [...(draft.behind ?? []), end] } };
      }
      if (answer.value === "before")
        return { go: "queue", draft: { ...draft, page: 0, behind: draft.behind?.slice(0, -1) } };
      if (answer.value === "factor" || answer.value === "audit" || answer.value === "campaigns")
        return { open: answer.value };
      const room = rooms.find((name) => name === answer.value);
      if (room) return { open: room };
      const flood = (await ctx.desk.floodDays()).find(({ day }) => answer.value === `flood-${day}`);
      if (flood)
        return { go: "sure", draft: { ...turnTo(draft, ""), second: "flood", day: flood.day, cases: flood.count } };
      if (answer.value === "look") return { go: "queue", draft };
      if (answer.value === "requests") return { go: "requests", draft };
      if (answer.value === "filter") return { go: "filter", draft };
      if (answer.value === "out") return { done: { text: ctx.t("review:out") }, commands: [{ kind: "sign-out" }] };
      if (answer.value === "door") {
        const code = ctx.desk.newInvite();
        return {
          done: { title: ctx.t("review:door.title"), text: ctx.t("review:door.text"), secret: code },
          commands: [{ kind: "door-code", code }],
        };
      }
      return { go: "ready", draft: turnTo(draft, answer.value) };
    },
  },

  filter: press<Draft, Name>({
    ask: (_draft, ctx) => ({
      title: ctx.t("review:filter.title"),
      text: ctx.t("review:filter.text"),
      buttons: [
        ...kindsFor(ctx).map((by): Choice => ({ value: by, label: ctx.t(`review:filter.${by}`) })),
        ...lists.map((list) => ({ value: `by-${list}`, label: ctx.t(`review:filter.by-${list}`) })),
        { value: "search", label: ctx.t("review:filter.search") },
      ],
    }),
    on: { search: (draft) => ({ go: "search", draft }) },
    other(draft, answer, ctx): Made {
      const value = answer.kind === "choice" ? answer.value : "";
      const by = kindsFor(ctx).find((kind) => kind === value);
      if (by) return shown(draft, { by }, by === "all" ? undefined : value);
      const list = lists.find((name) => value === `by-${name}`);
      return list ? { go: "choose", draft: { ...draft, chosen: list } } : { stay: ctx.t("bot:press-one") };
    },
  }),

  choose: {
    show: (draft, ctx) => ({
      title: ctx.t("review:filter.title"),
      text: ctx.t(`review:filter.by-${draft.chosen ?? "status"}`),
      menu: { hint: ctx.t("review:filter.hint"), options: optionsOf(draft.chosen ?? "status", ctx) },
    }),
    next(draft, answer, ctx) {
      const list = draft.chosen ?? "status";
      const value = answer.kind === "choice" ? answer.value : "";
      if (!optionsOf(list, ctx).some((o) => o.value === value)) return { stay: ctx.t("bot:press-one") };
      const wanted: Wanted =
        list === "status"
          ? { by: "status", status: value as Status }
          : { by: "sealed", codes: { [list]: [value] }, text: "" };
      return shown(draft, wanted, `${list} ${value}`);
    },
  },

  search: fillIn<Draft, Name>({
    ask: (_draft, ctx) => ({ title: ctx.t("review:search.title"), text: ctx.t("review:search.text") }),
    title: (ctx) => ctx.t("review:search.title"),
    send: (ctx) => ctx.t("review:search.send"),
    fields: (_draft, ctx) => [
      { name: "text", label: ctx.t("review:search.label"), kind: "line", required: true, max: 60 },
    ],
    on(draft, { text = "" }, ctx) {
      const wanted = text.trim().toLowerCase();
      const codes = Object.fromEntries(
        searched.map((list) => [
          list,
          ctx.desk.codes(list).filter((code) => ctx.label(list, code).toLowerCase().includes(wanted)),
        ]),
      );
      return shown(draft, { by: "sealed", codes, text: wanted }, `search ${text.trim()}`);
    },
  }),
};

/** Which part of the queue was searched, where it was not all of it. */
function partOf({ behind }: Draft, end: Behind | undefined, ctx: Context): string[] {
  const before = behind?.at(-1)?.looked ?? 0;
  if (before === 0) return end ? [ctx.t("review:queue.end", { count: end.looked })] : [];
  const from = before + 1;
  return [end ? ctx.t("review:queue.part", { from, to: end.looked }) : ctx.t("review:queue.rest", { from })];
}

/** What belongs to the visitor rather than to a case. */
function ownButtons(ctx: Context): Choice[] {
  const web: Choice[] = [
    { value: "factor", label: ctx.t("factor:title"), tone: "quiet" },
    { value: "out", label: ctx.t("review:queue.out"), tone: "quiet" },
  ];
  return [{ value: "door", label: ctx.t("review:queue.door"), tone: "quiet" }, ...(ctx.can.push ? [] : web)];
}

/** Below the cases of a flood: the plain ones of a day can be closed together. */
async function floodButtons({ wanted }: Draft, ctx: Context): Promise<Choice[]> {
  if (wanted?.by !== "flood") return [];
  return (await ctx.desk.floodDays()).map(({ day, count }) => ({
    value: `flood-${day}`,
    label: ctx.t("review:flood.close", { count, day }),
  }));
}

/** What waits for a second person; deputies and admins always see the way there. */
async function secondButton(ctx: Context): Promise<Choice[]> {
  const { actor } = ctx.desk;
  const count = (await ctx.desk.requests()).length;
  const senior = actor.kind === "reviewer" && actor.role !== "reviewer";
  return senior || count > 0 ? [{ value: "requests", label: ctx.t("four:queue", { count }) }] : [];
}

const kindsFor = (ctx: Context) =>
  ctx.desk.actor.kind === "reviewer" && ctx.desk.actor.role !== "reviewer" ? ([...simple, "guarded"] as const) : simple;

function shown(draft: Draft, wanted: Wanted, chosen: string | undefined): Made {
  return { go: "queue", draft: { ...draft, page: 0, behind: undefined, wanted, chosen } };
}

function optionsOf(list: string, ctx: Context): Choice[] {
  if (list === "level") return levels.map((value) => ({ value, label: ctx.t(`review:level.${value}`) }));
  const codes = list === "status" ? statuses : ctx.desk.codes(list);
  return codes.map((value) => ({ value, label: ctx.label(list, value) }));
}

/** How the shown cases were chosen, in words. */
function nameOf({ wanted, chosen = "" }: Draft, ctx: Context): string {
  if (!wanted || wanted.by === "all") return "";
  const [list = "", ...rest] = chosen.split(" ");
  const value = rest.join(" ");
  if (list === "search") return value;
  if (list === "level") return ctx.t(`review:level.${value}`);
  return value === "" ? ctx.t(`review:filter.${wanted.by}`) : ctx.label(list, value);
}
