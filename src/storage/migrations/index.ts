/** The migrations, oldest first. One that was released is never changed again. */
import type { Knex } from "knex";
import { foundation } from "./001-foundation.ts";
import { tallies } from "./002-tallies.ts";
import { desk } from "./003-desk.ts";
import { outboxForMany } from "./004-outbox.ts";
import { tips } from "./005-tips.ts";
import { quiz } from "./006-quiz.ts";
import { trade } from "./007-trade.ts";
import { questions } from "./008-questions.ts";
import { factors } from "./009-factors.ts";
import { fourEyes } from "./010-four-eyes.ts";
import { surges } from "./011-surges.ts";
import { clocks } from "./016-clocks.ts";
import { floods } from "./017-floods.ts";
import { outboxDay } from "./018-outbox-day.ts";
import { lanes } from "./019-lanes.ts";

/** A migration is a list of statements, written once for both databases (see `translate`). */
export interface Migration {
  name: string;
  statements: string[];
}

const all: Migration[] = [
  foundation,
  tallies,
  desk,
  outboxForMany,
  tips,
  quiz,
  trade,
  questions,
  factors,
  fourEyes,
  surges,
  clocks,
  floods,
  outboxDay,
  lanes,
];

/** The migrations as knex wants them. */
export function migrations(postgres: boolean): Knex.MigrationSource<Migration> {
  return {
    getMigrations: async () => all,
    getMigrationName: (migration) => migration.name,
    getMigration: async (migration) => ({
      async up(db: Knex) {
        for (const statement of migration.statements) await db.raw(translate(statement, postgres));
      },
      async down() {
        throw new Error("migrations only go forward");
      },
    }),
  };
}

/** On SQLite tables are clustered by their (random) primary key; PostgreSQL has other words for bytes and is clustered by `shuffle`. */
function translate(statement: string, postgres: boolean): string {
  if (postgres) return statement.replaceAll("BLOB", "BYTEA");
  return statement.startsWith("CREATE TABLE") ? `${statement} WITHOUT ROWID` : statement;
}
