/** A reviewer's second factor for the web page: sealed secret and the last step that was used. Gone with the reviewer. */
import type { Migration } from "./index.ts";

export const factors: Migration = {
  name: "009-factors",
  statements: [`CREATE TABLE factors (alias TEXT PRIMARY KEY REFERENCES reviewers (alias), body BLOB NOT NULL)`],
};
