/**
 * The chain of the trade, as a series of reports tells it: insiders look records up, collectors buy them, agents of two
 * levels and downstream agents pass them on, buyers use them. Pure: codes and numbers in and out, nothing that was typed.
 */
import { pricesIn } from "./links.ts";
import { codes, type Told } from "./told.ts";

/** The links of the chain from source to use, and the roles (`chain-role`) that stand in each. */
export const tiers = {
  insider: [
    "insider-source",
    "insider-account-lender",
    "insider-recruiter",
    "insider-manager",
    "contractor-source",
    "former-employee",
    "hacker",
  ],
  collector: ["collector"],
  "agent-1": ["agent-level-1"],
  "agent-2": ["agent-level-2"],
  downstream: ["agent-downstream", "group-operator", "payment-mule"],
  buyer: ["buyer-marketing", "buyer-fraud", "buyer-debt", "buyer-stalking", "buyer-detective"],
} as const;
export type Tier = keyof typeof tiers;
export const tierNames = Object.keys(tiers) as Tier[];

/** One role in the chain: who was reported, by how many reports, how much, at which prices, where. */
export interface Link {
  role: string;
  reports: number;
  /** The largest band of volume that was told. */
  volume?: string;
  prices: { currency: string; from: number; to: number }[];
  channels: string[];
  sectors: string[];
  data: string[];
}

export interface Chain {
  cases: number;
  tiers: { tier: Tier; links: Link[] }[];
  /** Reports that name no role in the chain. */
  apart: number;
}

/** @param bands the codes of volume, smallest first */
export function chainOf(reports: Told[], bands: readonly string[]): Chain {
  const byRole = new Map<string, Told[]>();
  const known = new Set<string>(Object.values(tiers).flat());
  for (const told of reports)
    if (told.role && known.has(told.role)) byRole.set(told.role, [...(byRole.get(told.role) ?? []), told]);
  return {
    cases: reports.length,
    tiers: tierNames.map((tier) => ({
      tier,
      links: tiers[tier].flatMap((role) => {
        const told = byRole.get(role);
        return told ? [linkOf(role, told, bands)] : [];
      }),
    })),
    apart: reports.length - [...byRole.values()].reduce((sum, list) => sum + list.length, 0),
  };
}

function linkOf(role: string, told: Told[], bands: readonly string[]): Link {
  const open = ["ongoing-unknown", "unknown"];
  const volume = told
    .flatMap((t) => (t.volume && !open.includes(t.volume) ? [t.volume] : []))
    .sort((a, b) => bands.indexOf(b) - bands.indexOf(a))[0];
  const prices = new Map<string, number[]>();
  for (const t of told) {
    const found = pricesIn(t.price ?? "");
    if (found.length > 0) prices.set(t.currency ?? "", [...(prices.get(t.currency ?? "") ?? []), ...found]);
  }
  return {
    role,
    reports: told.length,
    ...(volume ? { volume } : {}),
    prices: [...prices].map(([currency, all]) => ({ currency, from: Math.min(...all), to: Math.max(...all) })),
    channels: often(told.flatMap((t) => codes(t.channel))),
    sectors: often(told.flatMap((t) => codes(t.sector))),
    data: often(told.flatMap((t) => codes(t.data))),
  };
}

/** The codes by how often they were told, most often first, at most three; those that say nothing are left out. */
function often(all: string[]): string[] {
  const counts = new Map<string, number>();
  for (const code of all) if (code !== "unknown" && code !== "other") counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .slice(0, 3)
    .map(([code]) => code);
}
