/** Everything that is kept of the trade behind the reports, under one name. */
import type { Columns } from "../crypto/columns.ts";
import type { Storage } from "../storage/storage.ts";
import { createLinkStore, type LinkStore } from "./links-store.ts";
import { createSeriesStore, type SeriesStore } from "./series-store.ts";
import { createSightingStore, type SightingStore } from "./sightings-store.ts";

export interface TradeStore {
  links: LinkStore;
  series: SeriesStore;
  sightings: SightingStore;
}

/** @param derive a key for one purpose */
export function createTradeStore(storage: Storage, columns: Columns, derive: (purpose: string) => Buffer): TradeStore {
  return {
    links: createLinkStore(storage, columns, derive),
    series: createSeriesStore(storage, columns),
    sightings: createSightingStore(storage, columns),
  };
}
