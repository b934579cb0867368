/** When what the house does by itself is next due, and until when somebody is at it (milliseconds since 1970). */
import type { Migration } from "./index.ts";

export const clocks: Migration = {
  name: "016-clocks",
  statements: [`CREATE TABLE clocks (name TEXT PRIMARY KEY, next BIGINT NOT NULL, lease BIGINT NOT NULL)`],
};
