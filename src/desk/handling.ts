/** Handling a case with care: personal data masked and shown one value at a time, answers ready to send and looked over. */
import type { CaseFile, Visitor } from "../desk.ts";
import { languageOf } from "../reports/canned.ts";
import { findLeaks, type Leak } from "../reports/leaks.ts";
import { type Masked, maskTexts, unmaskReasons } from "../reports/masking.ts";
import type { Note } from "../reports/notes-store.ts";
import type { PersonalKind } from "../reports/personal.ts";
import type { Message } from "../reports/store.ts";
import type { Told } from "../reports/told.ts";
import { type Counter, readers, reviewer } from "./counter.ts";

/** What helps to handle a case with care. */
export interface HandlingQueries {
  /** Why a masked value may be shown. */
  unmaskReasons(): readonly string[];
  /** Shows one masked value: a look, put on record with its reason before it is handed out. */
  unmask(code: string, number: number, reason: string): Promise<{ kind: PersonalKind; value: string } | undefined>;
  /** Answers ready to send: labels in the visitor's language, texts in the one that the report is written in. */
  canned(code: string): Promise<{ id: string; label: string; text: string }[]>;
  /** What an answer gives away or asks for that it should not. */
  leaks(text: string): Promise<Leak[]>;
}

/** A case as it is handed out: every text masked, in the order told, then written, then noted. */
export function maskCase(
  told: Told,
  thread: Message[],
  notes: Note[] = [],
  shown: readonly string[] = [],
): {
  told: Told;
  thread: Message[];
  notes: Note[];
  masked: CaseFile["masked"];
  values: Masked[];
  /** All texts as they stand. */
  raw: string[];
} {
  const names = Object.keys(told) as (keyof Told)[];
  const raw = [...names.map((name) => told[name] ?? ""), ...thread.map((m) => m.text), ...notes.map((n) => n.text)];
  const { texts, values } = maskTexts(raw, shown);
  return {
    told: Object.fromEntries(names.map((name, i) => [name, texts[i]!])),
    thread: thread.map((m, i) => ({ ...m, text: texts[names.length + i]! })),
    notes: notes.map((n, i) => ({ ...n, text: texts[names.length + thread.length + i]! })),
    masked: values.map(({ number, kind }) => ({ number, kind })),
    values,
    raw,
  };
}

/** @param look puts a look on record; nothing is handed out before that is stored */
export function handlingQueries(
  counter: Counter,
  { actor, locale }: Visitor,
  look: (action: string, code: string) => Promise<void>,
): HandlingQueries {
  const { reports } = counter;
  return {
    unmaskReasons: () => unmaskReasons,
    async unmask(code, number, reason) {
      reviewer(actor, ...readers);
      const row = await counter.known({ actor }, code);
      if (!row || row.status === "withdrawn" || !unmaskReasons.some((r) => r === reason)) return undefined;
      const [told, thread, notes] = await Promise.all([
        reports.told(row.id),
        reports.messages(row.id),
        counter.notes.list(row.id),
      ]);
      const found = maskCase(told ?? {}, thread, notes).values.find((v) => v.number === number);
      if (!found) return undefined;
      await look(`unmask ${found.kind} ${number} ${reason}`, code);
      return { kind: found.kind, value: found.value };
    },
    async canned(code) {
      reviewer(actor, ...readers);
      const row = await counter.known({ actor }, code);
      const story = row && (await reports.told(row.id))?.story;
      const theirs = languageOf(story ?? "");
      const ours = locale.startsWith("zh") ? "zh-CN" : "en";
      return counter.canned.map((c) => ({ id: c.id, label: c[ours].label, text: c[theirs].text }));
    },
    async leaks(text) {
      reviewer(actor, ...readers);
      return findLeaks(
        text,
        (await counter.people.list()).map((r) => r.alias),
      );
    },
  };
}
