/** Who gets tips. No key, tag or number of these rows stands in any other table; wishes and what has come are sealed. */
import type { Migration } from "./index.ts";

export const tips: Migration = {
  name: "005-tips",
  statements: [
    `CREATE TABLE subscribers (
      id TEXT PRIMARY KEY, tag TEXT NOT NULL, due BIGINT NOT NULL, lane TEXT NOT NULL, locale TEXT NOT NULL,
      address BLOB NOT NULL, body BLOB NOT NULL)`,
    `CREATE UNIQUE INDEX subscribers_tag ON subscribers (tag)`,
    `CREATE INDEX subscribers_due ON subscribers (due)`,
  ],
};
