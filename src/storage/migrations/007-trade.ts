/**
 * What makes the trade visible across reports. A tag is an HMAC under a key of its own for each kind of thing: it says
 * that two reports name the same thing, and without the key nothing about the thing. No table here names an account.
 */
import type { Migration } from "./index.ts";

export const trade: Migration = {
  name: "007-trade",
  statements: [
    `CREATE TABLE fingerprints (
      tag BLOB NOT NULL, report TEXT NOT NULL REFERENCES reports (id), kind TEXT NOT NULL, PRIMARY KEY (tag, report))`,
    `CREATE INDEX fingerprints_report ON fingerprints (report)`,

    `CREATE TABLE series (code TEXT PRIMARY KEY, day INTEGER NOT NULL, alias TEXT NOT NULL)`,
    `CREATE TABLE series_members (
      report TEXT PRIMARY KEY REFERENCES reports (id), series TEXT NOT NULL REFERENCES series (code))`,
    `CREATE INDEX series_members_series ON series_members (series)`,

    `CREATE TABLE canaries (tag BLOB PRIMARY KEY, place BLOB NOT NULL)`,

    `CREATE TABLE sightings (
      tag BLOB NOT NULL, kind TEXT NOT NULL, week INTEGER NOT NULL, n INTEGER NOT NULL, words BLOB NOT NULL,
      PRIMARY KEY (tag, week, kind))`,
    `CREATE INDEX sightings_week ON sightings (week)`,
    `CREATE TABLE surges (id TEXT PRIMARY KEY, week INTEGER NOT NULL, tag BLOB NOT NULL)`,
  ],
};
