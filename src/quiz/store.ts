/**
 * What is kept of learning: one sealed memory a learner, under a hash that nothing else in the house shares; courses, their
 * codes and members; certificates; and counts by item and group.
 */
import { createHmac, randomBytes } from "node:crypto";
import { base32crockford } from "@scure/base";
import { createColumns } from "../crypto/columns.ts";
import { fail } from "../errors.ts";
import { countOne } from "../storage/counts.ts";
import type { Storage, Transaction } from "../storage/storage.ts";
import type { Nudge } from "./nudges.ts";
import { type Answered, type Memory, newMemory } from "./rules.ts";

type Write = (trx: Transaction) => Promise<void>;

/** What is kept of a learner besides the memory: when to nudge, and the courses joined (course → team). */
export interface Learner {
  memory: Memory;
  nudge?: Nudge;
  /** Questions come as the network's own quizzes, where it has them. */
  native?: true;
  courses: Record<string, string>;
}
export interface Kept {
  learner: Learner;
  version: number;
}

/** A set of items that an organisation asks its staff to know. */
export interface Course {
  id: string;
  title: Record<string, string>;
  /** Items of these themes and sectors (empty: all). */
  themes: string[];
  sectors: string[];
  languages: string[];
  /** Days since 1970. */
  deadline: number;
  /** The share of right answers that passes, in percent. */
  pass: number;
}

export interface TeamFigures {
  course: string;
  team: string;
  members: number;
  done: number;
}
export type Count = { scope: string; item: string; what: string; n: number };

export interface QuizStore {
  learner(tag: string): Promise<Kept | undefined>;
  fresh(sector: string): Learner;
  /** Throws `stale` when somebody was faster. */
  save(tag: string, learner: Learner, version: number): Write;
  erase(tag: string): Write;
  /** The name under which nudges wait in the outbox. */
  nudgeName(tag: string): string;

  courses(): Promise<Course[]>;
  addCourse(course: Course): Write;
  /** Makes a code by which staff join a team of a course. */
  newCode(course: string, team: string): { code: string; write: Write };
  /** Where a typed code leads. */
  codeLeads(code: string): Promise<{ course: string; team: string } | undefined>;
  join(tag: string, course: string, team: string): Write;
  done(tag: string, course: string, day: number): Write;
  teams(): Promise<TeamFigures[]>;

  newCertificate(): string;
  certify(code: string, course: string, day: number): Write;
  certificate(code: string): Promise<{ course: string; day: number } | undefined>;

  /** Counts an answer for everybody and for these groups (`course team`). */
  count(item: string, answered: Answered, groups: string[]): Write;
  counts(scope?: string): Promise<Count[]>;
}

/** @param key 32 bytes that are for the quiz alone, for names; @param sealing the same for what is sealed, where that is another key by now */
export function createQuizStore(storage: Storage, key: Uint8Array, sealing = key): QuizStore {
  const sealed = createColumns(createHmac("sha256", sealing).update("bodies").digest());
  const hash = (purpose: string, value: string) =>
    createHmac("sha256", key).update(`${purpose}\u0000${value}`).digest("base64url").slice(0, 27);
  const plain = (code: string) =>
    code
      .toUpperCase()
      .replaceAll(/[^0-9A-Z]/g, "")
      .replaceAll("O", "0")
      .replaceAll(/[IL]/g, "1");
  const newCode = (bytes: number) =>
    base32crockford
      .encode(randomBytes(bytes))
      .match(/.{1,4}/g)!
      .join("-");

  return {
    async learner(tag) {
      const row = await storage
        .read("learners")
        .where({ id: hash("learner", tag) })
        .first("version", "body");
      return row && { learner: sealed.open<Learner>("learners.body", row.body), version: row.version };
    },
    fresh: (sector) => ({ memory: newMemory(randomBytes(9).toString("base64url"), sector), courses: {} }),
    save: (tag, learner, version) => async (trx) => {
      const id = hash("learner", tag);
      const body = sealed.seal("learners.body", learner);
      if (version === 0) {
        const made = await trx("learners").insert({ id, version: 1, body }).onConflict("id").ignore().returning("id");
        if (made.length === 0) throw fail("stale");
      } else if (
        (await trx("learners")
          .where({ id, version })
          .update({ version: version + 1, body })) === 0
      )
        throw fail("stale");
    },
    erase: (tag) => async (trx) => {
      await trx("learners")
        .where({ id: hash("learner", tag) })
        .delete();
      for (const { id } of await trx("courses").select("id"))
        await trx("course_members")
          .where({ course: id, member: hash(`member ${id}`, tag) })
          .delete();
    },
    nudgeName: (tag) => hash("nudge", tag),

    async courses() {
      const rows = await storage.read("courses").select("body").orderBy("deadline").orderBy("id");
      return rows.map((row) => JSON.parse(row.body) as Course);
    },
    addCourse: (course) => async (trx) => {
      const row = { id: course.id, deadline: course.deadline, body: JSON.stringify(course) };
      await trx("courses").insert(row).onConflict("id").merge();
    },
    newCode(course, team) {
      const code = newCode(8);
      const tag = hash("course code", plain(code));
      return {
        code,
        write: async (trx) => {
          await trx("course_codes").insert({ tag, course, team });
        },
      };
    },
    codeLeads: (code) =>
      storage
        .read("course_codes")
        .where({ tag: hash("course code", plain(code)) })
        .first("course", "team"),
    join: (tag, course, team) => async (trx) => {
      // in one course a learner is in one team: who joins another one moves, and is never counted twice
      await trx("course_members")
        .insert({ course, member: hash(`member ${course}`, tag), team, done: 0 })
        .onConflict(["course", "member"])
        .merge(["team"]);
    },
    done: (tag, course, day) => async (trx) => {
      await trx("course_members")
        .where({ course, member: hash(`member ${course}`, tag), done: 0 })
        .update({ done: day });
    },
    async teams() {
      const rows = await storage
        .read("course_members")
        .select("course", "team")
        .count({ members: "*" })
        .sum({ done: storage.read.raw("CASE WHEN done > 0 THEN 1 ELSE 0 END") })
        .groupBy("course", "team")
        .orderBy(["course", "team"]);
      return (rows as TeamFigures[]).map((r) => ({
        course: String(r.course),
        team: String(r.team),
        members: Number(r.members),
        done: Number(r.done),
      }));
    },

    newCertificate: () => newCode(10),
    certify: (code, course, day) => async (trx) => {
      await trx("certificates")
        .insert({ tag: hash("certificate", plain(code)), course, day })
        .onConflict("tag")
        .ignore();
    },
    certificate: (code) =>
      storage
        .read("certificates")
        .where({ tag: hash("certificate", plain(code)) })
        .first("course", "day"),

    count: (item, answered, groups) => async (trx) => {
      // always in the same order, so that two writers never wait for each other in a circle
      for (const scope of ["", ...groups].sort())
        for (const what of countsOf(answered)) await countOne(trx, "quiz_counts", { scope, item, what });
    },
    counts: (scope) => {
      const rows = storage.read<Count>("quiz_counts").select("scope", "item", "what", "n").orderBy(["scope", "item"]);
      return scope === undefined ? rows : rows.where({ scope });
    },
  };
}

/** The names of what an answer counts as. */
export function countsOf(answered: Answered): string[] {
  const names = answered.first ? ["first", ...(answered.right ? ["first-right"] : [])] : [];
  if (!answered.first && answered.afterRight) names.push("again", ...(answered.right ? [] : ["again-wrong"]));
  if (answered.interval)
    names.push(`r${answered.interval}`, ...(answered.right ? [`r${answered.interval}-right`] : []));
  return names.sort();
}
