/**
 * What the review desk needs of a case: its place in the queue, who may see it, its clocks and how long it is kept. All in
 * days, codes and keyed tags (`excluded` holds keyed tags of aliases, `helpers` a JSON list of aliases like `owner`).
 * `guard`: -1 not known yet, 0 nobody excluded, 1 visible to deputies only until the names are mapped, 2 mapped.
 */
import type { Migration } from "./index.ts";

const columns = [
  "waiting INTEGER NOT NULL DEFAULT 1",
  "priority INTEGER NOT NULL DEFAULT 0",
  "guard INTEGER NOT NULL DEFAULT -1",
  "excluded TEXT NOT NULL DEFAULT ''",
  "recused TEXT NOT NULL DEFAULT ''",
  "helpers TEXT NOT NULL DEFAULT ''",
  "team TEXT NOT NULL DEFAULT ''",
  "due_personal INTEGER",
  "due_ack INTEGER",
  "due_feedback INTEGER",
  "done_personal INTEGER",
  "done_ack INTEGER",
  "done_feedback INTEGER",
  "next_due INTEGER",
  "reminded INTEGER NOT NULL DEFAULT 0",
  "keep_until INTEGER",
  "hold INTEGER NOT NULL DEFAULT 0",
];

export const desk: Migration = {
  name: "003-desk",
  statements: [
    ...columns.map((column) => `ALTER TABLE reports ADD COLUMN ${column}`),
    `UPDATE reports SET priority = day, due_ack = day + 7, next_due = day + 7`,
    `UPDATE reports SET waiting = 0, next_due = NULL WHERE status NOT IN ('received', 'acknowledged') AND unread = 0`,
    `CREATE INDEX reports_queue ON reports (waiting, priority, code)`,
    `CREATE INDEX reports_mine ON reports (owner, waiting, priority, code)`,
    `CREATE INDEX reports_stand ON reports (status, priority, code)`,
    `CREATE INDEX reports_due ON reports (next_due, code)`,
    `CREATE INDEX reports_kept ON reports (keep_until)`,
    `CREATE INDEX reports_shared ON reports (priority) WHERE helpers <> ''`,
    `CREATE INDEX reports_guard ON reports (code) WHERE guard = -1`,
    `CREATE TABLE requests (
      id TEXT PRIMARY KEY, kind TEXT NOT NULL, subject TEXT NOT NULL, alias TEXT NOT NULL, minute BIGINT NOT NULL)`,
  ],
};
