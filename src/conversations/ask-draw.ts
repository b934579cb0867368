/** How an answer is drawn: whom to call first, the answer as far as the person has read on, its sources, and ways on from it. */
import type { Context } from "../bot/conversation.ts";
import type { Choice, Screen } from "../bot/screen.ts";
import type { ContactView, EntryView } from "../desk.ts";
import { sourceLines } from "./sources.ts";

/** Where the talk about questions stands. The question itself is in no draft. */
export interface Draft {
  /** The entry that is shown, or was shown last. */
  id?: string;
  /** Entries that might be meant, or the nearest topics. */
  options?: string[];
  topic?: string;
  /** Somebody may be in danger: whom to call comes first. */
  danger?: boolean;
  /** It sounds like something to report. */
  report?: boolean;
  /** How often "more" was pressed under it. */
  page?: number;
  /** The question was in a language that there are no entries in. */
  foreign?: boolean;
}

/** Related entries on a screen. */
const mostRelated = 3;
/** Characters of an answer on one screen, where the network has room for more; and what is left for all that stands around it. */
const longestPage = 3000;
const around = 300;

/** What a question sounds like, where that matters more than what it asks. */
export function heading({ danger, report }: Draft, ctx: Context): string | undefined {
  return danger ? ctx.t("ask:danger.title") : report ? ctx.t("ask:report.title") : undefined;
}

/** The words below such a heading: whom to call, or that a report is welcome and that nothing was kept. */
export async function aside({ danger, report }: Draft, ctx: Context): Promise<string | undefined> {
  if (danger) return help(await ctx.desk.emergency(ctx.locale), ctx);
  return report ? ctx.t("ask:report.text") : undefined;
}

function help(emergency: ContactView[], ctx: Context): string {
  return [ctx.t("ask:danger.text"), ...emergency.map((contact) => line(contact, ctx))].join("\n");
}

/** The answer up to where the person has read on; `more`: there is something left to read. */
export async function draw(entry: EntryView, draft: Draft, ctx: Context): Promise<{ screen: Screen; more: boolean }> {
  const steps = entry.steps.map((step, i) => `${i + 1}. ${step}`).join("\n");
  const emergency = draft.danger || entry.danger ? await ctx.desk.emergency(ctx.locale) : [];
  // who is named above, before everything else, is not named again
  const above = emergency.map((contact) => contact.key);
  const contacts = entry.contacts.filter(({ key }) => !above.includes(key)).map((contact) => line(contact, ctx));
  const foot = [ctx.t("ask:as-of", { day: entry.asOf }), ...(entry.legal ? [ctx.t("ask:legal")] : [])].join("\n");
  const sources = sourceLines(entry, ctx.t);
  const short = [
    ...(emergency.length > 0 ? [help(emergency, ctx)] : []),
    entry.answer,
    ...(steps === "" ? [] : [steps]),
    ...(contacts.length > 0 ? [[ctx.t("ask:contacts"), ...contacts].join("\n")] : []),
    ...(draft.report && !draft.danger ? [ctx.t("ask:report.gently")] : []),
  ];
  const room = Math.min(longestPage, ctx.can.text) - foot.length - sources.length - around;
  const pages = [...paged(short, room), ...paged(entry.more?.split(/\n{2,}/) ?? [], room)];
  const at = Math.min(draft.page ?? 0, pages.length - 1);
  const sofar = pages.slice(0, at + 1).join("\n\n");
  return {
    screen: {
      title: entry.title,
      text: `${sofar.length <= room ? sofar : pages[at]}\n\n${foot}`,
      fold: { title: ctx.t("ask:from"), text: sources },
      ours: true,
    },
    more: at < pages.length - 1,
  };
}

/** Paragraphs as pages that each fit into so many characters; a longer paragraph is a page of its own. */
function paged(paragraphs: readonly string[], room: number): string[] {
  const pages: string[] = [];
  for (const paragraph of paragraphs.map((each) => each.trim()).filter((each) => each !== "")) {
    const longer = `${pages.at(-1) ?? ""}\n\n${paragraph}`;
    if (pages.length > 0 && longer.length <= room) pages[pages.length - 1] = longer;
    else pages.push(paragraph);
  }
  return pages;
}

/** What can be pressed below it. @param more there is something left to read */
export function buttons(entry: EntryView, draft: Draft, more: boolean, ctx: Context): Choice[] {
  return [
    ...(more ? [{ value: "more", label: ctx.t("ask:more"), tone: "primary" as const }] : []),
    ...entry.related.slice(0, mostRelated).map((e) => ({ value: `e-${e.id}`, label: e.title })),
    // whose data got out may say so in a minute
    ...(entry.report && entry.topic === "leaked" ? [{ value: "sighting", label: ctx.t("sighting:title") }] : []),
    ...(entry.report || draft.report ? [report(ctx)] : []),
    { value: "helped", label: ctx.t("ask:helped.label"), tone: "quiet" },
    { value: "missed", label: ctx.t("ask:missed.label"), tone: "quiet" },
    { value: "topics", label: ctx.t("ask:topics.title"), tone: "quiet" },
    { value: "again", label: ctx.t("ask:again"), tone: "quiet" },
  ];
}

/** The way to a report. */
export function report(ctx: Context, tone?: "primary" | "quiet"): Choice {
  return { value: "report", label: ctx.t("home:report"), ...(tone ? { tone } : {}) };
}

function line(contact: ContactView, ctx: Context): string {
  const reach = [contact.number, contact.url].filter(Boolean).join(ctx.t("bot:comma"));
  const where = contact.country === "any" ? contact.name : `${contact.name} (${contact.country})`;
  return `• ${ctx.t("bot:pair", { label: where, value: reach })}`;
}
