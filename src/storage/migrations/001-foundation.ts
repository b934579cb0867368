/**
 * The first tables. What each may hold, clear or sealed, is the promise of the README ("What is stored"): reports hold
 * days (`day`: days since 1970), never seconds; no table that names a report names an account, and none that names an
 * account names a report, but `notify`, which exists only on the reporter's own wish.
 */
import type { Migration } from "./index.ts";

export const foundation: Migration = {
  name: "001-foundation",
  statements: [
    `CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)`,

    `CREATE TABLE reports (
      id TEXT PRIMARY KEY, code TEXT NOT NULL, day INTEGER NOT NULL, status TEXT NOT NULL, owner TEXT,
      version INTEGER NOT NULL, recipient TEXT, summary BLOB, body BLOB, closed_day INTEGER,
      messages INTEGER NOT NULL, unread INTEGER NOT NULL, files INTEGER NOT NULL)`,
    `CREATE UNIQUE INDEX reports_code ON reports (code)`,
    `CREATE INDEX reports_status_day ON reports (status, day, code)`,

    `CREATE TABLE messages (
      report TEXT NOT NULL REFERENCES reports (id), number INTEGER NOT NULL, side TEXT NOT NULL, day INTEGER NOT NULL,
      body BLOB, PRIMARY KEY (report, number))`,

    `CREATE TABLE files (
      report TEXT NOT NULL REFERENCES reports (id), number INTEGER NOT NULL, blobs TEXT NOT NULL, size_class INTEGER NOT NULL,
      body BLOB, PRIMARY KEY (report, number))`,

    `CREATE TABLE notify (report TEXT PRIMARY KEY REFERENCES reports (id), address BLOB NOT NULL)`,

    `CREATE TABLE reviewers (
      alias TEXT PRIMARY KEY, role TEXT NOT NULL, teams TEXT NOT NULL, status TEXT NOT NULL, day INTEGER NOT NULL,
      passphrase BLOB)`,
    `CREATE TABLE doors (
      tag TEXT PRIMARY KEY, alias TEXT NOT NULL REFERENCES reviewers (alias), address BLOB NOT NULL, until BIGINT)`,
    `CREATE TABLE invites (tag TEXT PRIMARY KEY, leads_to BLOB NOT NULL, day INTEGER NOT NULL)`,
    `CREATE TABLE boards (id TEXT PRIMARY KEY, address BLOB NOT NULL, locale TEXT NOT NULL, day INTEGER NOT NULL)`,

    `CREATE TABLE audit (
      number INTEGER PRIMARY KEY, day INTEGER NOT NULL, alias TEXT NOT NULL, action TEXT NOT NULL, code TEXT,
      before TEXT NOT NULL, hash TEXT NOT NULL)`,

    `CREATE TABLE sessions (slot TEXT PRIMARY KEY, version INTEGER NOT NULL, day INTEGER NOT NULL, body BLOB NOT NULL)`,
    `CREATE INDEX sessions_day ON sessions (day)`,

    `CREATE TABLE outbox (
      id TEXT PRIMARY KEY, kind TEXT NOT NULL, once TEXT NOT NULL, due BIGINT NOT NULL, attempts INTEGER NOT NULL,
      lease BIGINT NOT NULL, parked TEXT, address BLOB NOT NULL, payload BLOB NOT NULL)`,
    `CREATE UNIQUE INDEX outbox_once ON outbox (once)`,
    `CREATE INDEX outbox_due ON outbox (due)`,
    `CREATE TABLE posts (place TEXT PRIMARY KEY, body BLOB NOT NULL)`,
  ],
};
