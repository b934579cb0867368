/** Surges of sightings, and canary records that turned up in one: each is told once. The table that 007 made never held a row. */
import type { Migration } from "./index.ts";

export const surges: Migration = {
  name: "011-surges",
  statements: [
    `DROP TABLE surges`,
    `CREATE TABLE surges (
      id TEXT PRIMARY KEY, tag BLOB NOT NULL, kind TEXT NOT NULL, week INTEGER NOT NULL, why TEXT NOT NULL)`,
    `CREATE UNIQUE INDEX surges_once ON surges (tag, kind, week, why)`,
  ],
};
