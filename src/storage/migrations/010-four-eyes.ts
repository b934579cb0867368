/**
 * What takes two people or a moment's thought: requests that wait for a second person, answers that can still be taken
 * back, the team's notes; and the language in which a reviewer's account is spoken to. `subject` is a case's code or an
 * alias; `granted` is the second person, while what they granted has not been fetched. The requests of 003 were never used.
 */
import type { Migration } from "./index.ts";

export const fourEyes: Migration = {
  name: "010-four-eyes",
  statements: [
    `DROP TABLE requests`,
    `CREATE TABLE requests (
      id TEXT PRIMARY KEY, kind TEXT NOT NULL, subject TEXT NOT NULL, alias TEXT NOT NULL, minute BIGINT NOT NULL,
      granted TEXT, body BLOB NOT NULL)`,
    `CREATE UNIQUE INDEX requests_one ON requests (kind, subject)`,
    `CREATE TABLE replies (
      id TEXT PRIMARY KEY, report TEXT NOT NULL REFERENCES reports (id), alias TEXT NOT NULL, due BIGINT NOT NULL,
      body BLOB NOT NULL)`,
    `CREATE INDEX replies_due ON replies (due)`,
    `CREATE INDEX replies_report ON replies (report)`,
    `CREATE TABLE notes (
      report TEXT NOT NULL REFERENCES reports (id), number INTEGER NOT NULL, day INTEGER NOT NULL, body BLOB NOT NULL,
      PRIMARY KEY (report, number))`,
    `ALTER TABLE doors ADD COLUMN locale TEXT NOT NULL DEFAULT ''`,
  ],
};
