/** Sightings at the counter: anybody counts one, without a name or a receipt; reviewers see what has gathered, and what stands out. */
import type { Queries, Visitor } from "../desk.ts";
import { fail } from "../errors.ts";
import { organisationOf } from "../reports/links.ts";
import { before, few, hows, mondayOf, type Sighting, weekOf, weekTold, whens } from "../reports/sightings.ts";
import type { Gathered, GatheredWords, Surge } from "../reports/sightings-store.ts";
import { type Carriers, type Counter, readers, reviewer } from "./counter.ts";
import { type Paid, passed } from "./gate.ts";

/** Somebody saw that their data had leaked. */
export type SightingCommand = { kind: "sight"; sighting: Sighting; paid?: Paid };

/** What has gathered, for a list that opens nothing: the organisation is read by a look. */
export interface GatheredView extends Gathered {
  /** This week's and the eight weeks' before it. */
  now: number;
  earlier: number;
  /** What a card was posted for. */
  surge: boolean;
  canary: boolean;
}

export interface SightingQueries {
  hows(): typeof hows;
  whens(): typeof whens;
  /** Fewer than this are not told as a number. */
  few(): number;
  /** May this be an organisation's name at all? */
  namesOrganisation(typed: string): boolean;
  /** Seconds to wait before another one may be sent. */
  heldSighting(): Promise<number>;
  /** What has gathered, what stands out first. */
  sightings(): Promise<GatheredView[]>;
  /** One of them with its words: a look, put on record. */
  sighting(ref: string): Promise<(GatheredWords & { since: (week: number) => number }) | undefined>;
  /** What a card says that was posted for a surge or a canary record; nothing that anybody typed. */
  surge(id: string): Promise<(Surge & { monday: number }) | undefined>;
}

/** Where a card of sightings stands among those of a board. */
const cardOf = (id: string) => `sightings-${id}`;
/** What has gathered that is listed. */
const listed = 40;

export function sightingOrders(counter: Counter): Carriers<"sight"> {
  const { trade, taxonomy, limits, senders, outbox, today, cardDelay } = counter;
  return {
    async sight(visitor, { sighting, paid }) {
      const { organisation, data, how, when, detail } = sighting;
      const known = taxonomy.has("data-type", data) && hows.includes(how) && whens.includes(when);
      if (!known || !namesOrganisation(organisation)) throw fail("stale");
      if ((await limits.wait(visitor.limit, "sighting")) > 0) throw fail("too-many");
      if (await senders.muted(visitor.names)) throw fail("too-many");
      const planted = await trade.links.plantedIn(`${organisation}\n${detail}`);
      const boards = await outbox.boards();
      return {
        writes: [
          async (trx) => {
            const fresh = await trade.sightings.add(trx, {
              tag: trade.links.organisation(organisationOf(organisation)),
              kind: data,
              week: weekTold(when, today()),
              name: organisation.trim().slice(0, 120),
              how,
              planted,
            });
            for (const id of fresh)
              for (const board of boards)
                await outbox.card(trx, board, cardOf(id), cardDelay, { step: "sightings.surge", key: id });
          },
        ],
        counted: "sighting",
        // not before: a turn that lost a race is taken again, and in a surge many are
        after: async () => {
          await limits.missed(visitor.limit, "sighting");
          await passed(counter, visitor, paid);
        },
      };
    },
  };
}

export function sightingQueries(counter: Counter, { actor, limit }: Visitor): Pick<Queries, keyof SightingQueries> {
  const { trade, today } = counter;
  return {
    hows: () => hows,
    whens: () => whens,
    few: () => few,
    namesOrganisation,
    heldSighting: () => counter.limits.wait(limit, "sighting"),
    async sightings() {
      reviewer(actor, ...readers);
      const week = weekOf(today());
      const [all, told] = await Promise.all([trade.sightings.list(), trade.sightings.surges(week - before)]);
      const why = new Map<string, Set<string>>();
      for (const { ref, why: reason } of told) why.set(ref, (why.get(ref) ?? new Set()).add(reason));
      return all
        .map((one): GatheredView => {
          const count = (from: number, to: number) =>
            one.weeks.filter((w) => w.week >= from && w.week <= to).reduce((sum, w) => sum + w.n, 0);
          return {
            ...one,
            now: count(week, week),
            earlier: count(week - before, week - 1),
            surge: why.get(one.ref)?.has("surge") ?? false,
            canary: why.get(one.ref)?.has("canary") ?? false,
          };
        })
        .sort((a, b) => weight(b) - weight(a) || b.now - a.now || b.earlier - a.earlier || (a.ref < b.ref ? -1 : 1))
        .slice(0, listed);
    },
    async sighting(ref) {
      const { alias } = reviewer(actor, ...readers);
      if (!(await trade.sightings.one(ref))) return undefined;
      await counter.look(alias, `sightings ${ref}`, [undefined]);
      const found = await trade.sightings.one(ref);
      return found && { ...found, since: mondayOf };
    },
    async surge(id) {
      if (actor.kind !== "house") reviewer(actor, ...readers);
      const found = await trade.sightings.surge(id);
      return found && { ...found, monday: mondayOf(found.week) };
    },
  };
}

const weight = ({ surge, canary }: GatheredView): number => (canary ? 2 : 0) + (surge ? 1 : 0);

function namesOrganisation(typed: string): boolean {
  return organisationOf(typed).length >= 2;
}
