/** Fingerprints of reports, and the canaries they may meet: tags only, each kind under a key of its own. */
import type { Columns } from "../crypto/columns.ts";
import { fingerprint } from "../crypto/fingerprints.ts";
import type { Storage, Transaction } from "../storage/storage.ts";
import { canariesIn, canaryOf } from "./canaries.ts";
import { type LinkKind, linkKinds, strongKinds, type Thing, thingsIn, thingsOf } from "./links.ts";
import { type Row, words } from "./rows.ts";
import type { Guarded } from "./sight.ts";
import type { Told } from "./told.ts";

/** Other cases that name the same things. */
export interface Links {
  /** Cases that share what is not shared by chance. */
  seen: number;
  /** Of each kind, the cases that share it. */
  kinds: { kind: LinkKind; codes: string[] }[];
}

/** Most cases that are named for one kind, and most that are counted for one. */
const most = { named: 50, counted: 350 };
/** So many are looked up at a time. */
const portion = 100;

export interface LinkStore {
  /** Fingerprints of a report that is being filed. Answers whether it holds a canary, too. */
  ofReport(
    id: string,
    told: Told,
    files: string[],
  ): Promise<{ write(trx: Transaction): Promise<void>; canary: boolean }>;
  /** The same of a message. */
  ofText(
    id: string,
    text: string,
    files: string[],
  ): Promise<{ write(trx: Transaction): Promise<void>; canary: boolean }>;
  /** Forgets a report's fingerprints; what is left of it is fingerprinted anew. */
  forget(id: string): (trx: Transaction) => Promise<void>;
  /** What else names the same things as this report. @param may is a case counted and named? */
  links(id: string, may?: (other: Guarded) => boolean): Promise<Links>;
  /** The tag under which an organisation is counted. */
  organisation(value: string): Buffer;
  /** Where the canaries in this report were planted. */
  planted(id: string): Promise<string[]>;
  /** Where the canaries in a text were planted. */
  plantedIn(text: string): Promise<string[]>;
  /** Plants values; answers how many are new. */
  plant(records: { place: string; values: string[] }[]): Promise<number>;
  /** Places, and how many values are planted in each. */
  places(): Promise<{ place: string; values: number }[]>;
  /** Takes all values of a place away; answers how many. */
  unplant(place: string): Promise<number>;
}

/** @param derive a key for one purpose */
export function createLinkStore(storage: Storage, columns: Columns, derive: (purpose: string) => Buffer): LinkStore {
  const db = storage.read;
  const keys = new Map([...linkKinds, "canary"].map((kind) => [kind, derive(`fingerprints of ${kind}`)]));
  const tag = (kind: LinkKind | "canary", value: string) =>
    Buffer.from(fingerprint(keys.get(kind)!, kind, value), "hex");

  async function meets(text: string): Promise<{ tag: Buffer; place: string }[]> {
    if (!(await db("canaries").first("tag"))) return [];
    const tags = canariesIn(text).map((value) => tag("canary", value));
    const found: { tag: Buffer; place: string }[] = [];
    // lists of one length are one statement to the database
    for (let at = 0; at < tags.length; at += 50) {
      const some = tags.slice(at, at + 50);
      while (some.length < 50) some.push(some[0]!);
      for (const row of await db("canaries").whereIn("tag", some))
        found.push({ tag: row.tag, place: columns.open<string>("canaries.place", row.place) });
    }
    return found;
  }

  async function keep(id: string, things: Thing[], text: string) {
    const met = await meets(text);
    const rows = [
      ...things.map(({ kind, value }) => ({ tag: tag(kind, value), report: id, kind: kind as string })),
      ...met.map((canary) => ({ tag: canary.tag, report: id, kind: "canary" })),
    ];
    return {
      canary: met.length > 0,
      async write(trx: Transaction) {
        for (let at = 0; at < rows.length; at += 50)
          await trx("fingerprints")
            .insert(rows.slice(at, at + 50))
            .onConflict(["tag", "report"])
            .ignore();
      },
    };
  }

  /** The newest other cases that share a thing of this kind with this report. */
  async function sharing(id: string, kind: LinkKind, may: (other: Guarded) => boolean, enough: number) {
    const codes: string[] = [];
    for (let from = 0; ; from += portion) {
      const found = (await db("fingerprints as mine")
        .join("fingerprints as theirs", "theirs.tag", "mine.tag")
        .join("reports", "reports.id", "theirs.report")
        .where({ "mine.report": id, "mine.kind": kind })
        .whereNot("theirs.report", id)
        .distinct("reports.code as code", "reports.day as day")
        .distinct("reports.guard as guard", "reports.excluded as excluded", "reports.recused as recused")
        .orderBy([{ column: "day", order: "desc" }, { column: "code" }])
        .offset(from)
        .limit(portion)) as Pick<Row, "code" | "guard" | "excluded" | "recused">[];
      for (const r of found)
        if (may({ ...r, excluded: words(r.excluded), recused: words(r.recused) })) codes.push(r.code);
      if (found.length < portion || codes.length >= enough) return codes.slice(0, enough);
    }
  }

  return {
    ofReport: (id, told, files) => keep(id, thingsOf(told, files), Object.values(told).join("\n")),
    ofText: (id, text, files) =>
      keep(id, [...thingsIn(text), ...files.map((value): Thing => ({ kind: "file", value }))], text),
    forget: (id) => async (trx) => {
      await trx("fingerprints").where({ report: id }).delete();
    },
    async links(id, may = () => true) {
      const kinds: Links["kinds"] = [];
      const seen = new Set<string>();
      const mine = (await db("fingerprints").where({ report: id }).distinct("kind")).map((r) => r.kind as string);
      // each kind by itself: an organisation that hundreds name must not hide the phone that two share
      for (const kind of linkKinds.filter((k) => mine.includes(k))) {
        const strong = strongKinds.includes(kind);
        const codes = await sharing(id, kind, may, strong ? most.counted : most.named);
        if (codes.length > 0) kinds.push({ kind, codes: codes.slice(0, most.named) });
        if (strong) for (const code of codes) seen.add(code);
      }
      return { seen: seen.size, kinds };
    },
    organisation: (value) => tag("organisation", value),

    async planted(id) {
      const rows = await db("fingerprints")
        .join("canaries", "canaries.tag", "fingerprints.tag")
        .where({ "fingerprints.report": id, "fingerprints.kind": "canary" })
        .select("canaries.place");
      return [...new Set(rows.map((r) => columns.open<string>("canaries.place", r.place)))].sort();
    },
    plantedIn: async (text) => [...new Set((await meets(text)).map((m) => m.place))].sort(),
    async plant(records) {
      const rows = new Map<string, { tag: Buffer; place: Buffer }>();
      for (const { place, values } of records)
        for (const value of values.flatMap((v) => canaryOf(v) ?? [])) {
          const made = tag("canary", value);
          rows.set(made.toString("hex"), { tag: made, place: columns.seal("canaries.place", place) });
        }
      // by tag: the order of the file is nobody's business
      const sorted = [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
      return storage.transaction(async (trx) => {
        const before = Number(((await trx("canaries").count({ n: "*" }).first()) as { n: number }).n);
        for (let at = 0; at < sorted.length; at += 200)
          await trx("canaries")
            .insert(sorted.slice(at, at + 200))
            .onConflict("tag")
            .merge();
        return Number(((await trx("canaries").count({ n: "*" }).first()) as { n: number }).n) - before;
      });
    },
    async places() {
      const counts = new Map<string, number>();
      for (const row of await db("canaries").select("place")) {
        const place = columns.open<string>("canaries.place", row.place);
        counts.set(place, (counts.get(place) ?? 0) + 1);
      }
      return [...counts].map(([place, values]) => ({ place, values })).sort((a, b) => (a.place < b.place ? -1 : 1));
    },
    async unplant(place) {
      const rows = (await db("canaries").select("tag", "place")) as { tag: Buffer; place: Buffer }[];
      const gone = rows.filter((r) => columns.open<string>("canaries.place", r.place) === place);
      await storage.transaction(async (trx) => {
        for (let at = 0; at < gone.length; at += 200)
          await trx("canaries")
            .whereIn(
              "tag",
              gone.slice(at, at + 200).map((r) => r.tag),
            )
            .delete();
      });
      return gone.length;
    },
  };
}
