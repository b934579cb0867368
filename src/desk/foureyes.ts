/** Two people for what cannot be undone: asking, confirming, declining; each is put on record with both names. */
import type { Visitor } from "../desk.ts";
import { fail } from "../errors.ts";
import { expand, maskOf, parseKey } from "../reports/masking.ts";
import type { PersonalKind } from "../reports/personal.ts";
import { redact, shredReasons } from "../reports/redact.ts";
import {
  type CaseKind,
  lapse,
  lapsed,
  type May,
  mayAsk,
  mayAskRemoval,
  mayConfirm,
  type Person,
  type RequestKind,
  senior,
} from "../reports/requests.ts";
import type { Request, Wish } from "../reports/requests-store.ts";
import type { CaseRow, NumberedFile, Write } from "../reports/store.ts";
import { asAbout, createAbout, standing } from "./about.ts";
import { type Carriers, type Counter, type Made, readers, reviewer } from "./counter.ts";
import { caseDeed, removal } from "./deeds.ts";
import { closeTogether, dayOf, dayText } from "./floods.ts";
import { maskCase } from "./handling.ts";
import { nudge } from "./nudge.ts";

/** What is asked for, as the one who asks says it: masked values by their numbers, a passage as it is read. */
export interface Wanting {
  numbers?: number[];
  passage?: string;
  file?: number;
  reason?: string;
  to?: string;
  recipient?: string;
  text?: string;
}

export type FourEyesCommand =
  | ({ kind: "ask-second"; what: CaseKind; code: string } & Wanting)
  | { kind: "ask-removal"; alias: string }
  /** The plain cases of a day's flood are to be closed together. */
  | { kind: "ask-flood"; day: string }
  | { kind: "confirm"; id: string }
  /** Declines a colleague's request, or takes one's own back. */
  | { kind: "decline"; id: string };

/** A request as somebody sees who may know of it. */
export interface RequestView {
  id: string;
  what: RequestKind;
  /** A case's code, an alias, or a day. */
  subject: string;
  /** How many cases, where it is about a flood. */
  cases?: number;
  by: string;
  /** Minutes that are left. */
  left: number;
  granted: string | null;
  mine: boolean;
  /** May the visitor be the second person? */
  may: May;
}

/** What exactly is asked for; masked. */
export interface RequestDetail extends RequestView {
  values: { kind: PersonalKind; mask: string }[];
  passage: string;
  /** The file that is to be destroyed, while it is there, and why. */
  file: { number: number; kind: string; bytes: number } | undefined;
  reason: string;
  to: string;
  recipient: string;
  text: string;
}

export interface FourEyesQueries {
  /** May the visitor ask for this about a case? `asked`: somebody has. */
  mayRequest(code: string, what: CaseKind): Promise<May | { ok: false; why: "asked" }>;
  mayRemove(alias: string): Promise<May | { ok: false; why: "asked" }>;
  /** Whom the visitor may ask to remove. */
  removable(): Promise<string[]>;
  /** Open requests that the visitor may know of; about one case or one that is granted, too. */
  requests(code?: string): Promise<RequestView[]>;
  /** One of them; where it shows what the case says that is a look, put on record. */
  request(id: string): Promise<RequestDetail | undefined>;
  /** Why a file may be destroyed. */
  shredReasons(): readonly string[];
  /** Does the case hold this passage, as it is read? */
  holdsPassage(code: string, passage: string): Promise<boolean>;
}

const ofNoCase = (kind: RequestKind) => kind === "remove" || kind === "flood";
/** What a request is about beside its case, as the log says it. */
const particulars = ({ kind, subject, wish }: Pick<Request, "kind" | "subject" | "wish">) =>
  ofNoCase(kind) ? ` ${subject}` : kind === "shred" ? ` ${wish.file} ${wish.reason}` : "";
/** How a request is named in the log: with who asked for it. @param more what else there is to say of it */
export const named = (request: Pick<Request, "kind" | "alias" | "subject" | "wish">, more = "") =>
  `${request.kind}${particulars(request)}${more} asked by ${request.alias}`;
/** Whom a line of the log about a removal is about. */
export const leaverIn = (action: string): string | undefined =>
  /^(?:(?:ask|decline|lapse|take back) )?remove (.+?)(?: asked by .+)?$/.exec(action)?.[1];
/** The case that it is about, if it is about one. */
export const caseOf = ({ kind, subject }: Pick<Request, "kind" | "subject">) => (ofNoCase(kind) ? undefined : subject);

export function fourEyesOrders(counter: Counter): Carriers<FourEyesCommand["kind"]> {
  const { requests, minute } = counter;
  const { about, leaver, seconds } = createAbout(counter);

  /** @param row the case, if it is about one */
  async function ask(
    { alias }: Person,
    [kind, subject, row]: [RequestKind, string, CaseRow?],
    said: string,
    wish: Wish = {},
  ): Promise<Made> {
    const request = { kind, subject, alias, minute: minute(), wish };
    return {
      writes: [
        // the case moves on with it, so that a withdrawal that is under way meets every request
        ...(row ? [counter.reports.change(row, row, {})] : []),
        requests.add(request),
        counter.record(alias, said, caseOf(request)),
        await nudge(counter, await seconds(request, row), "asked"),
      ],
    };
  }

  return {
    async "ask-second"(visitor, { what, code, ...wanting }) {
      const who = reviewer(visitor.actor, ...readers);
      const row = await counter.known({ actor: visitor.actor }, code);
      if (!row || !mayAsk(what, who, standing(row)).ok) throw fail("stale");
      const wish = await wishOf(counter, row, wanting);
      if (what === "redact" && wish.values?.length === 0 && !wish.passage) throw fail("stale");
      if (what === "export" && !wish.recipient) throw fail("stale");
      if (what === "shred" && !(wish.reason && (await fileOf(counter, row, wish)))) throw fail("stale");
      const more = what === "export" ? ` ${wish.to}${showing(wish)}` : particulars({ kind: what, subject: code, wish });
      return ask(who, [what, code, row], `ask ${what}${more}`, wish);
    },
    async "ask-removal"(visitor, { alias }) {
      const who = reviewer(visitor.actor, ...readers);
      if (!mayAskRemoval(who, await leaver(alias)).ok) throw fail("stale");
      return ask(who, ["remove", alias], `ask remove ${alias}`);
    },
    async "ask-flood"(visitor, { day }) {
      const who = reviewer(visitor.actor, ...readers);
      const found = (await counter.reports.plainDays()).find((one) => one.day === dayOf(day));
      if (!found) throw fail("stale");
      return ask(who, ["flood", dayText(found.day)], `ask flood ${dayText(found.day)}`);
    },
    async confirm(visitor, { id }) {
      const by = reviewer(visitor.actor, ...readers);
      const request = await requests.get(id);
      if (!request) throw fail("stale");
      const found = await about(request, by);
      if (!mayConfirm(request, by, minute(), asAbout(found)).ok) throw fail("stale");
      const record: Write = counter.record(by.alias, named(request), caseOf(request));
      const answered = await nudge(counter, [request.alias], "answered");
      if (request.kind === "export") return { writes: [requests.grant(id, by.alias, minute()), record, answered] };
      if (request.kind === "remove")
        return { writes: [requests.take(id), ...removal(counter, request.subject), record, answered] };
      if (request.kind === "flood") {
        const said = (count: number) => counter.record(by.alias, named(request, ` ${count}`));
        await closeTogether(counter, dayOf(request.subject), said);
        return { writes: [requests.take(id), answered] };
      }
      const made = await caseDeed(counter, request, found as CaseRow);
      return { ...made, writes: [requests.take(id), ...made.writes, record, answered] };
    },
    async decline(visitor, { id }) {
      const by = reviewer(visitor.actor, ...readers);
      const request = await requests.get(id);
      const mine = request?.alias === by.alias;
      // whom a removal is about does not know of it
      if (request?.kind === "remove" && request.subject === by.alias) throw fail("stale");
      if (!request || (!mine && !(senior(by) && (await about(request, by))))) throw fail("stale");
      const action = mine ? `take back ${request.kind}${particulars(request)}` : `decline ${named(request)}`;
      return {
        writes: [
          requests.take(id),
          counter.record(by.alias, action, caseOf(request)),
          ...(mine ? [] : [await nudge(counter, [request.alias], "answered")]),
        ],
      };
    },
  };

  /** What is asked for, as it is kept: values instead of their numbers, which move when somebody writes. */
  async function wishOf(counter: Counter, row: CaseRow, wanting: Wanting): Promise<Wish> {
    const { numbers = [], passage = "", file, to, recipient, text } = wanting;
    const { values } = await maskedTexts(counter, row);
    const reason = shredReasons.find((one) => one === wanting.reason);
    return {
      values: values.filter((v) => numbers.includes(v.number)).map((v) => v.key),
      passage: expand(passage.trim(), values),
      ...(text ? { text } : {}),
      ...(file && reason ? { file, reason } : {}),
      ...(recipient
        ? { recipient, to: to ?? "other", messages: row.messages, files: await counter.reports.lastFile(row.id) }
        : {}),
    };
  }
}

/** The file that is to be destroyed, while it is there. */
async function fileOf({ reports }: Counter, { id }: CaseRow, { file }: Wish): Promise<NumberedFile | undefined> {
  return file === undefined ? undefined : (await reports.files(id)).find(({ number }) => number === file);
}

/** Which kinds of values a package shows, as the log says it. */
export function showing({ values = [] }: Wish): string {
  const kinds = [...new Set(values.map((key) => parseKey(key).kind))];
  return kinds.length === 0 ? "" : ` showing ${kinds.join(" ")}`;
}

/** Everything that is written on a case, masked, with what stands behind the masks. */
export async function maskedTexts(counter: Counter, row: CaseRow): Promise<ReturnType<typeof maskCase>> {
  const [told, thread, notes] = await Promise.all([
    counter.reports.told(row.id),
    counter.reports.messages(row.id),
    counter.notes.list(row.id),
  ]);
  return maskCase(told ?? {}, thread, notes);
}

export function fourEyesQueries(counter: Counter, { actor }: Visitor): FourEyesQueries {
  const { requests, people, minute } = counter;
  const { about, leaver } = createAbout(counter);
  const me = (): Person => reviewer(actor, ...readers);

  async function open(kind: RequestKind, subject: string): Promise<boolean> {
    const found = await requests.of(kind, subject);
    return found !== undefined && !lapsed(found, minute());
  }

  /** How a request looks to the visitor, and the case that it is about, if they may know of it. */
  async function view(request: Request): Promise<{ seen: RequestView; row: CaseRow | undefined } | undefined> {
    const by = me();
    const found = await about(request, by);
    const mine = request.alias === by.alias;
    if (lapsed(request, minute()) || !found || (request.kind === "remove" && request.subject === by.alias))
      return undefined;
    const row = "code" in found ? found : undefined;
    const works = row && (row.owner === by.alias || row.helpers.includes(by.alias));
    if (!mine && !senior(by) && !works) return undefined;
    const seen = {
      id: request.id,
      what: request.kind,
      subject: request.subject,
      by: request.alias,
      left: request.minute + lapse - minute(),
      granted: request.granted,
      ...("plain" in found ? { cases: found.plain } : {}),
      mine,
      may: mayConfirm(request, by, minute(), asAbout(found)),
    };
    return { seen, row };
  }

  return {
    async mayRequest(code, what) {
      const row = await counter.known({ actor }, code);
      if (!row) return { ok: false, why: "gone" };
      const may = mayAsk(what, me(), standing(row));
      return may.ok && (await open(what, code)) ? { ok: false, why: "asked" } : may;
    },
    async mayRemove(alias) {
      const may = mayAskRemoval(me(), await leaver(alias));
      return may.ok && (await open("remove", alias)) ? { ok: false, why: "asked" } : may;
    },
    async removable() {
      const who = me();
      const all = senior(who) ? await people.list() : [];
      return all.map((p) => p.alias).filter((alias) => alias !== who.alias);
    },
    async requests(code) {
      me();
      const found = (await requests.list()).filter((r) => (code === undefined ? true : r.subject === code));
      const views = await Promise.all(found.map(view));
      return views.flatMap((v) => v?.seen ?? []);
    },
    async request(id) {
      me();
      const found = await requests.get(id);
      const viewed = found && (await view(found));
      if (!viewed) return undefined;
      const { values = [], passage = "", reason = "", to = "", recipient = "", text = "" } = found.wish;
      if (passage !== "" || values.length > 0 || found.kind === "shred") {
        await counter.look(me().alias, `read request ${found.kind}`, [found.subject]);
      }
      const file = viewed.row && (await fileOf(counter, viewed.row, found.wish));
      const shown = values.map((key) => {
        const { kind, value } = parseKey(key);
        return { kind, mask: maskOf(kind, value) };
      });
      return {
        ...viewed.seen,
        values: shown,
        passage: maskCase({ story: passage }, []).told.story ?? "",
        file: file && { number: file.number, kind: file.kind, bytes: file.blob.bytes },
        reason,
        to,
        recipient,
        text,
      };
    },
    shredReasons() {
      me();
      return shredReasons;
    },
    async holdsPassage(code, passage) {
      me();
      const row = await counter.known({ actor }, code);
      if (!row || passage.trim() === "") return false;
      const { values, raw } = await maskedTexts(counter, row);
      const what = { values: [], passage: expand(passage.trim(), values) };
      return raw.some((text) => redact(text, what) !== text);
    },
  };
}
