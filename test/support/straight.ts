/** Reports straight into the store, past talk and counter, with as little in them as can be. */
import { mailboxKeys } from "../../src/crypto/mailbox.ts";
import { newReceipt } from "../../src/reports/receipt.ts";
import type { ReportStore } from "../../src/reports/store.ts";
import type { Summary } from "../../src/reports/told.ts";
import type { Storage } from "../../src/storage/storage.ts";

export const plainSummary: Summary = {
  kind: "selling",
  data: [],
  urgency: [],
  level: "P3",
  files: 0,
  excludes: false,
};

/** Files one, in a transaction of its own; answers its id. */
export async function fileStraight(storage: Storage, reports: ReportStore, story: string): Promise<string> {
  const mailbox = mailboxKeys(newReceipt());
  await storage.transaction(
    await reports.file(mailbox, {
      code: reports.newCode(),
      day: 20_000,
      told: { kind: "selling", story },
      summary: plainSummary,
      files: [],
    }),
  );
  return mailbox.id;
}
