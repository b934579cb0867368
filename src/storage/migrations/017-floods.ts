/**
 * Which cases came in a flood and have not been taken by anybody: 1 with something to look at, 2 plain. They hang on no board,
 * and the plain ones of a day can be closed together.
 */
import type { Migration } from "./index.ts";

export const floods: Migration = {
  name: "017-floods",
  statements: [
    `ALTER TABLE reports ADD COLUMN flood INTEGER NOT NULL DEFAULT 0`,
    `CREATE INDEX reports_flood ON reports (priority, code) WHERE flood > 0`,
    `CREATE INDEX reports_plain ON reports (day) WHERE flood = 2`,
  ],
};
