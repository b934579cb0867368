/** Many subscribers at once: the database makes the rows, with names in order, which is faster than by chance. */
import { createColumns } from "../src/crypto/columns.ts";
import type { Storage } from "../src/storage/storage.ts";

const settings = { frequency: "weekdays", hour: 9, zone: "Asia/Shanghai", audience: "staff", sector: "any" };

/** The chat of the i-th. */
export const chatOf = (i: number): number => 5_000_000_000 + i;

/** How many addresses there are at most: what is above shares them, which only a network without limits does not mind. */
const addresses = 100_000;

/**
 * @param key of all that is sealed
 * @param due when the i-th is due (seconds since 1970), as SQL over `i`
 */
export async function crowdOf(storage: Storage, count: number, key: Buffer, due = "4000000000"): Promise<void> {
  const columns = createColumns(key);
  const address = (i: number) => columns.seal("address", { platform: "telegram", id: String(chatOf(i)) });
  const body = columns.seal("subscribers.body", { settings, seen: [] });
  await storage.transaction(async (trx) => {
    await trx.raw("CREATE TEMP TABLE addresses (i INTEGER PRIMARY KEY, address BLOB)");
    const some = Math.min(count, addresses);
    for (let from = 0; from < some; from += 400)
      await trx("addresses").insert(
        Array.from({ length: Math.min(400, some - from) }, (_, i) => ({ i: from + i, address: address(from + i) })),
      );
    await trx.raw(
      `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
       INSERT INTO subscribers (id, tag, due, lane, locale, address, body)
       SELECT printf('%024x', i), printf('%032x', i), ${due}, 'telegram', 'en',
         (SELECT address FROM addresses WHERE addresses.i = n.i % ?), ? FROM n`,
      [count - 1, some, body],
    );
    await trx.raw("DROP TABLE addresses");
  });
}
