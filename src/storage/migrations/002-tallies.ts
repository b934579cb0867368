/** Counts that belong to nobody: how often an answer helped, and which topics have no answer yet. */
import type { Migration } from "./index.ts";

export const tallies: Migration = {
  name: "002-tallies",
  statements: [`CREATE TABLE tallies (name TEXT PRIMARY KEY, n INTEGER NOT NULL)`],
};
