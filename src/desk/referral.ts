/** Handing a case over to an authority or to internal audit: what goes into the package, and the package itself, sealed. */
import type { Attachment } from "../bot/screen.ts";
import type { Message, Visitor } from "../desk.ts";
import { fail } from "../errors.ts";
import { neutralName } from "../reports/attachments.ts";
import type { Paper } from "../reports/paper.ts";
import { lapsed } from "../reports/requests.ts";
import type { Request } from "../reports/requests-store.ts";
import { type Move, open as openStatuses } from "../reports/review.ts";
import type { CaseRow, NumberedFile } from "../reports/store.ts";
import type { Told } from "../reports/told.ts";
import { createAbout } from "./about.ts";
import { type Counter, readers, reviewer } from "./counter.ts";
import { showing } from "./foureyes.ts";
import { maskCase } from "./handling.ts";

/** To whom a case can be handed over, and where that moves it. */
export const authorities = {
  police: "referred-police",
  regulator: "referred-regulator",
  audit: "referred-other",
  other: "referred-other",
} as const satisfies Record<string, Move>;

/** What happened to a case, without who did it. */
export interface Happening {
  day: number;
  what:
    | "received"
    | "wrote"
    | "answered"
    | "taken"
    | "moved"
    | "closed"
    | "reopened"
    | "held"
    | "released"
    | "redacted"
    | "shredded"
    | "handed-over";
  /** A status, an outcome or an authority. */
  code: string;
}

/** What a package says, as it was when it was asked for. */
export interface Referral {
  code: string;
  day: number;
  to: string;
  told: Told;
  thread: Message[];
  files: { name: string; kind: string; bytes: number }[];
  timeline: Happening[];
  /** How many values stay masked. */
  masked: number;
}

export interface ReferralQueries {
  authorities(): string[];
  /** Is this a whole public key of age? */
  goodRecipient(typed: string): boolean;
  /** What a confirmed package will say: a look, put on record. */
  referral(id: string): Promise<Referral | undefined>;
  /**
   * The sealed package. Opening it hands the case over, on record, as it is at that moment: what was redacted since the page
   * was drawn is not in it. @param write puts it into words
   */
  package(id: string, write: (referral: Referral) => Paper): Promise<Attachment | undefined>;
}

export function referralQueries(counter: Counter, { actor }: Visitor): ReferralQueries {
  const { requests, reports, audit, storage, blobs, today, minute } = counter;
  const { about } = createAbout(counter);

  /** A confirmed request of the visitor's, or one that they confirmed, while it can be fetched. */
  async function granted(id: string): Promise<{ request: Request; row: CaseRow; alias: string } | undefined> {
    const by = reviewer(actor, ...readers);
    const request = await requests.get(id);
    if (request?.kind !== "export" || request.granted === null || lapsed(request, minute())) return undefined;
    if (by.alias !== request.alias && by.alias !== request.granted) return undefined;
    const row = await about(request, by);
    return row && "code" in row && row.status !== "withdrawn" ? { request, row, alias: by.alias } : undefined;
  }

  /** The case is referred now; what has moved on meanwhile stays as it is. */
  async function moveOn(request: Request, alias: string): Promise<void> {
    const { to = "other" } = request.wish;
    const status = authorities[to as keyof typeof authorities] ?? "referred-other";
    const row = await reports.byCode(request.subject);
    if (!row) throw fail("stale");
    const said = `hand over ${to}${showing(request.wish)} asked by ${request.alias}`;
    const moves = openStatuses.includes(row.status) && row.status !== status;
    const notice = moves ? await counter.noticeTo(row) : [];
    const cards = await counter.cards(row.code, 0);
    await storage.transaction(async (trx) => {
      await counter.record(alias, said, row.code)(trx);
      if (!moves) return;
      const done = { clocks: ["feedback" as const], day: today() };
      await reports.change(row, { ...row, status }, { done })(trx);
      await cards(trx);
      for (const write of notice) await write(trx);
    });
    counter.wake();
  }

  /** The files that there were when it was asked for, without those that were destroyed since. */
  async function filesOf({ wish }: Request, row: CaseRow): Promise<NumberedFile[]> {
    return (await reports.files(row.id)).filter(({ number }) => number <= (wish.files ?? 0));
  }

  async function contents(request: Request, row: CaseRow): Promise<Referral> {
    const { wish } = request;
    const [told, thread, files, log] = await Promise.all([
      reports.told(row.id),
      reports.messages(row.id),
      filesOf(request, row),
      audit.of(row.code),
    ]);
    const then = thread.filter((m) => m.number <= (wish.messages ?? 0));
    const masked = maskCase(told ?? {}, then, [], wish.values);
    return {
      code: row.code,
      day: row.day,
      to: wish.to ?? "other",
      told: masked.told,
      thread: masked.thread,
      files: files.map((f) => ({ name: neutralName(f.number, f.extension), kind: f.kind, bytes: f.blob.bytes })),
      timeline: timelineOf(row, then, log),
      masked: masked.masked.length,
    };
  }

  return {
    authorities: () => Object.keys(authorities),
    goodRecipient: (typed) => counter.outward.good(typed.trim()),
    async referral(id) {
      const found = await granted(id);
      if (!found) return undefined;
      const { request, row, alias } = found;
      await counter.look(alias, "read request export", [row.code]);
      return contents(request, row);
    },
    async package(id, write) {
      const found = await granted(id);
      if (!found) return undefined;
      const { request, row, alias } = found;
      const { wish } = request;
      const size = (await filesOf(request, row)).reduce((sum, f) => sum + f.blob.bytes, 100_000);
      return {
        name: `referral-${row.code}.tar.age`,
        type: "application/octet-stream",
        bytes: size,
        async open() {
          // an hour may have passed since the page was drawn, or the case may be kept from this person now
          const now = await granted(id);
          if (!now) throw fail("stale");
          const paper = write(await contents(now.request, now.row));
          const files = (await filesOf(now.request, now.row)).map(({ number, extension, blob }) => ({
            name: neutralName(number, extension),
            bytes: blob.bytes,
            open: () => blobs.open(blob.id, blob.secret, blob.bytes),
          }));
          await moveOn(request, alias);
          const about = { code: row.code, to: wish.to ?? "other", day: today() };
          // what draws a PDF takes a fifth of a start to load, and few cases are handed over
          const { packed } = await import("../reports/package.ts");
          return counter.outward.seal((await packed(about, paper, files)).stream, wish.recipient ?? "");
        },
      };
    },
  };
}

/** What the log and the letters say, in the order of days. */
function timelineOf(row: CaseRow, thread: Message[], log: { day: number; action: string }[]): Happening[] {
  const all: Happening[] = [
    { day: row.day, what: "received", code: "" },
    ...thread.map((m): Happening => ({ day: m.day, what: m.side === "team" ? "answered" : "wrote", code: "" })),
    ...log.flatMap(({ day, action }): Happening[] => {
      const [verb, code = ""] = action.split(" ");
      if (verb === "claim") return [{ day, what: "taken", code: "" }];
      if (verb === "move") return [{ day, what: "moved", code }];
      if (verb === "close") return [{ day, what: "closed", code }];
      if (verb === "reopen") return [{ day, what: "reopened", code: "" }];
      if (verb === "hand" && code === "over")
        return [{ day, what: "handed-over", code: action.split(" ")[2] ?? "other" }];
      if (!action.includes(" asked by ")) return [];
      if (verb === "hold") return [{ day, what: "held", code: "" }];
      if (verb === "unhold") return [{ day, what: "released", code: "" }];
      if (verb === "redact") return [{ day, what: "redacted", code: "" }];
      if (verb === "shred") return [{ day, what: "shredded", code: "" }];
      return verb === "false" ? [{ day, what: "closed", code: "knowingly-false" }] : [];
    }),
  ];
  return all.sort((a, b) => a.day - b.day);
}
