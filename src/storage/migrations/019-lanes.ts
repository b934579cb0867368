/** Who joined a network's line last, since when, and until when it may be late: see `outbox/line.ts`. */
import type { Migration } from "./index.ts";

export const lanes: Migration = {
  name: "019-lanes",
  statements: [
    `ALTER TABLE lanes ADD COLUMN who TEXT`,
    `ALTER TABLE lanes ADD COLUMN since BIGINT NOT NULL DEFAULT 0`,
    `ALTER TABLE lanes ADD COLUMN till BIGINT NOT NULL DEFAULT 0`,
  ],
};
