/** The day on which a message was first owed, so that after an outage the cards of earlier days go first. */
import type { Migration } from "./index.ts";

export const outboxDay: Migration = {
  name: "018-outbox-day",
  statements: [`ALTER TABLE outbox ADD COLUMN day INTEGER NOT NULL DEFAULT 0`],
};
