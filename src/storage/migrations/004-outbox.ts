/**
 * Messages to many: what goes first, what is too late to be sent, for whom it was, and the campaign that it belongs to.
 * `owner` is a subscriber's random id; rows that concern a report have neither owner nor lane. `lanes` holds, for each
 * network, the next free moment and how long it wants silence, so that all processes share one budget.
 */
import type { Migration } from "./index.ts";

export const outboxForMany: Migration = {
  name: "004-outbox",
  statements: [
    `ALTER TABLE outbox ADD COLUMN precedence INTEGER NOT NULL DEFAULT 0`,
    `ALTER TABLE outbox ADD COLUMN expires BIGINT`,
    `ALTER TABLE outbox ADD COLUMN owner TEXT`,
    `ALTER TABLE outbox ADD COLUMN lane TEXT`,
    `ALTER TABLE outbox ADD COLUMN campaign TEXT`,
    `ALTER TABLE outbox ADD COLUMN begun INTEGER NOT NULL DEFAULT 0`,
    `DROP INDEX outbox_due`,
    `CREATE INDEX outbox_precedence_due ON outbox (precedence, due) WHERE parked IS NULL`,
    `CREATE INDEX outbox_owner ON outbox (owner) WHERE owner IS NOT NULL`,
    `CREATE INDEX outbox_campaign ON outbox (campaign) WHERE campaign IS NOT NULL`,

    `CREATE TABLE lanes (name TEXT PRIMARY KEY, free BIGINT NOT NULL, quiet BIGINT NOT NULL, why TEXT)`,

    `CREATE TABLE campaigns (
      id TEXT PRIMARY KEY, state TEXT NOT NULL, day INTEGER NOT NULL, begins BIGINT NOT NULL, spread INTEGER NOT NULL,
      asked_by TEXT NOT NULL, reach INTEGER NOT NULL, enqueued INTEGER NOT NULL, place TEXT NOT NULL, body BLOB NOT NULL)`,
    `CREATE TABLE campaign_counts (
      campaign TEXT NOT NULL, lane TEXT NOT NULL, what TEXT NOT NULL, n INTEGER NOT NULL,
      PRIMARY KEY (campaign, lane, what))`,
  ],
};
