/**
 * Learners, courses and what groups have learned. A learner's row is found by a keyed hash that only the quiz has a key for,
 * and what was learned lies sealed in it; members of courses and certificates have other hashes again, so that no two of these
 * tables, and none of the others, can be joined without the key. Counts belong to nobody.
 */
import type { Migration } from "./index.ts";

export const quiz: Migration = {
  name: "006-quiz",
  statements: [
    `CREATE TABLE learners (id TEXT PRIMARY KEY, version INTEGER NOT NULL, body BLOB NOT NULL)`,

    `CREATE TABLE courses (id TEXT PRIMARY KEY, deadline INTEGER NOT NULL, body TEXT NOT NULL)`,
    `CREATE TABLE course_codes (tag TEXT PRIMARY KEY, course TEXT NOT NULL REFERENCES courses (id), team TEXT NOT NULL)`,
    `CREATE TABLE course_members (
      course TEXT NOT NULL REFERENCES courses (id), member TEXT NOT NULL, team TEXT NOT NULL, done INTEGER NOT NULL,
      PRIMARY KEY (course, member))`,
    `CREATE TABLE certificates (tag TEXT PRIMARY KEY, course TEXT NOT NULL, day INTEGER NOT NULL)`,

    `CREATE TABLE quiz_counts (
      scope TEXT NOT NULL, item TEXT NOT NULL, what TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (scope, item, what))`,
  ],
};
