/** Questions without an answer, whose writers agreed that editors may read them: a day, a topic, and the sealed text. */
import type { Migration } from "./index.ts";

export const questions: Migration = {
  name: "008-questions",
  statements: [
    `CREATE TABLE questions (id TEXT PRIMARY KEY, day INTEGER NOT NULL, topic TEXT NOT NULL, body BLOB NOT NULL)`,
  ],
};
