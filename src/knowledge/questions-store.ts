/** Questions that had no answer and whose writers let editors read them: masked, sealed, and gone after 30 days. */
import { randomBytes } from "node:crypto";
import type { Columns } from "../crypto/columns.ts";
import type { Storage, Transaction } from "../storage/storage.ts";

/** How long editors have (days). */
export const questionDays = 30;
/** Beyond so many, nothing more is taken in: nobody reads them, or somebody pours them in. */
export const mostQuestions = 1000;

/** A question as editors read it. `topic` is the nearest one, or `none`; `day` counts from 1970. */
export interface KeptQuestion {
  id: string;
  day: number;
  topic: string;
  text: string;
  locale: string;
}

export interface QuestionStore {
  /** @param question masked already */
  add(question: Omit<KeptQuestion, "id">): (trx: Transaction) => Promise<void>;
  /** By topic, then by day. */
  list(): Promise<KeptQuestion[]>;
  get(id: string): Promise<KeptQuestion | undefined>;
  /** Forgets what was kept 30 days before this day. */
  sweep(today: number): Promise<void>;
}

interface Row {
  id: string;
  day: number;
  topic: string;
  body: Uint8Array;
}

const place = "questions.body";

export function createQuestionStore(storage: Storage, columns: Columns): QuestionStore {
  const open = ({ id, day, topic, body }: Row): KeptQuestion => ({
    ...{ id, day, topic },
    ...columns.open<{ text: string; locale: string }>(place, body),
  });
  return {
    add:
      ({ day, topic, text, locale }) =>
      async (trx) => {
        const [row] = await trx("questions").count({ n: "*" });
        if (Number(row?.n ?? 0) >= mostQuestions) return;
        const body = columns.seal(place, { text, locale });
        await trx("questions").insert({ id: randomBytes(5).toString("hex"), day, topic, body });
      },
    async list() {
      const rows = await storage.read<Row>("questions").select("*").orderBy("topic").orderBy("day").orderBy("id");
      return (rows as Row[]).map(open);
    },
    async get(id) {
      const row = (await storage.read("questions").where({ id }).first()) as Row | undefined;
      return row && open(row);
    },
    async sweep(today) {
      const over = today - questionDays;
      if (!(await storage.read("questions").where("day", "<=", over).first())) return;
      await storage.transaction(async (trx) => {
        await trx("questions").where("day", "<=", over).delete();
      });
    },
  };
}
