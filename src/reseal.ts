/** Sealing everything anew, from one key to the next, within one transaction; and looking that it is so. */
import { createHmac } from "node:crypto";
import { type Columns, createColumns } from "./crypto/columns.ts";
import type { Keys } from "./crypto/keys.ts";
import { createVault, type Vault } from "./crypto/vault.ts";
import { fail } from "./errors.ts";
import { plan, type Seal, type Table } from "./rotation-plan.ts";
import type { Transaction } from "./storage/storage.ts";

/** Everything that a key opens and seals. */
export interface Sealers {
  columns: Columns;
  tips: Columns;
  quiz: Columns;
  vault: Vault;
}

/** How far it is, in values. */
export type Tell = (what: "seal" | "look", done: number, total: number) => void;

type Row = Record<string, unknown>;

/** How many rows are read at once; a sealed body is a few kilobytes. */
const page = 50;

export function sealersOf(keys: Keys, recovery: string[]): Sealers {
  return {
    columns: createColumns(keys.own("columns")),
    tips: createColumns(keys.own("tips columns")),
    quiz: createColumns(createHmac("sha256", keys.own("quiz")).update("bodies").digest()),
    vault: createVault(keys, recovery),
  };
}

/** The columns of a table that are sealed by the house. */
const sealedOf = (table: Table): [string, Seal][] =>
  Object.entries(table.columns).filter((entry): entry is [string, Seal] => typeof entry[1] !== "string");

/** Seals every value anew. Answers how many of each table there were. Throws `key-wrong` when one does not open. */
export async function resealAll(
  trx: Transaction,
  from: Sealers,
  to: Sealers,
  tell: Tell,
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  const total = await valuesIn(trx);
  let done = 0;
  for (const table of plan) {
    const sealed = sealedOf(table);
    if (sealed.length === 0) continue;
    for await (const rows of pagesOf(trx, table)) {
      await Promise.all(
        rows.map(async (row) => {
          const anew: Row = {};
          for (const [name, seal] of sealed) {
            const value = row[name] as Buffer | null;
            if (value === null) continue;
            anew[name] = await reseal(value, seal, await mailboxOf(trx, row, seal), from, to);
            counts[table.name] = (counts[table.name] ?? 0) + 1;
            tell("seal", ++done, total);
          }
          if (Object.keys(anew).length > 0) await trx(table.name).where(keyOf(table, row)).update(anew);
        }),
      );
    }
  }
  return counts;
}

/** Every value opens under the new key and under no older one. Throws `rotation-differs`. */
export async function lookOver(trx: Transaction, old: Sealers, now: Sealers, tell: Tell): Promise<number> {
  const total = await valuesIn(trx);
  let done = 0;
  for (const table of plan)
    for await (const rows of pagesOf(trx, table))
      for (const row of rows)
        for (const [name, seal] of sealedOf(table)) {
          const value = row[name] as Buffer | null;
          if (value === null) continue;
          if (!(await opens(value, seal, now)) || (await opens(value, seal, old))) throw fail("rotation-differs");
          tell("look", ++done, total);
        }
  if (done !== total) throw fail("rotation-differs");
  return done;
}

async function valuesIn(trx: Transaction): Promise<number> {
  let total = 0;
  for (const table of plan)
    for (const [name] of sealedOf(table)) {
      const row = (await trx(table.name).whereNotNull(name).count({ n: "*" }).first()) as { n: number | string };
      total += Number(row.n);
    }
  return total;
}

async function reseal(value: Buffer, seal: Seal, mailbox: string[], from: Sealers, to: Sealers): Promise<Buffer> {
  if (seal.by === "vault") return to.vault.seal(await from.vault.open(value), mailbox);
  const room = seal.room ?? "columns";
  const plain = from[room].open<unknown>(seal.place, value);
  if (seal.holds) renew(plain, seal.holds.split("."), from.columns, to.columns);
  return to[room].seal(seal.place, plain);
}

/** A sealed address within a value is sealed anew where it stands. */
function renew(plain: unknown, path: string[], from: Columns, to: Columns): void {
  const holder = path.slice(0, -1).reduce((at, name) => (at as Row | undefined)?.[name], plain) as Row | undefined;
  const name = path.at(-1)!;
  if (holder?.[name] === undefined) return;
  const address = from.open<unknown>("address", Buffer.from(String(holder[name]), "base64"));
  holder[name] = to.seal("address", address).toString("base64");
}

async function opens(value: Buffer, seal: Seal, sealers: Sealers): Promise<boolean> {
  try {
    if (seal.by === "vault") await sealers.vault.open(value);
    else {
      const plain = sealers[seal.room ?? "columns"].open<unknown>(seal.place, value);
      if (seal.holds) renew(plain, seal.holds.split("."), sealers.columns, sealers.columns);
    }
    return true;
  } catch {
    return false; // it is not for this key
  }
}

/** The recipient of the report's mailbox, so that its receipt still opens it. */
async function mailboxOf(trx: Transaction, row: Row, seal: Seal): Promise<string[]> {
  if (seal.by !== "vault" || !seal.mailbox) return [];
  const found = await trx("reports").where({ id: row[seal.mailbox] }).first("recipient");
  return found?.recipient ? [found.recipient as string] : [];
}

const keyOf = (table: Table, row: Row): Row => Object.fromEntries(table.keys.map((key) => [key, row[key]]));

async function* pagesOf(trx: Transaction, table: Table): AsyncGenerator<Row[]> {
  const names = table.keys.map((key) => `"${key}"`).join(", ");
  let after: unknown[] | undefined;
  for (;;) {
    const query = trx(table.name)
      .select([...new Set([...table.keys, ...Object.keys(table.columns)])])
      .orderBy(table.keys)
      .limit(page);
    if (after) query.whereRaw(`(${names}) > (${table.keys.map(() => "?").join(", ")})`, after as string[]);
    const rows = (await query) as Row[];
    if (rows.length > 0) yield rows;
    if (rows.length < page) return;
    after = table.keys.map((key) => rows.at(-1)![key]);
  }
}
