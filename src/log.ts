/** The log and the figures: codes and counts, never an address, a text, a receipt or a token. */
import pino from "pino";
import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";

export type Note = (code: string, values?: Record<string, string | number>) => void;

/** Values that may stand beside a code. Everything else is dropped, whoever hands it in. */
const harmless = new Set(["code", "platform", "kind", "error", "count", "port", "seconds"]);
const warnings = new Set([
  "turn-failed",
  "platform-unreachable",
  "platform-token-refused",
  "board-unreachable",
  "courier-failed",
  "redis-unreachable",
  "redis-persists",
  "sweep-failed",
  "tend-failed",
  "forget-failed",
  "recovery-failed",
  "audit-broken",
  "case-unseen",
  "unhandled",
]);

/** @param write where lines go; standard output by default */
export function createLog(write?: { write(line: string): void }): Note {
  const log = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, write ?? pino.destination(1));
  return (code, values = {}) => {
    const kept = Object.fromEntries(
      Object.entries(values).filter(([name, value]) => harmless.has(name) && /^[\w.:-]{1,60}$/.test(String(value))),
    );
    log[warnings.has(code) ? "warn" : "info"]({ event: code, ...kept });
  };
}

/** Rounded down, so that one more or less does not show. */
export const down = (n: number, step: number): number => Math.floor(n / step) * step;

export interface Figures {
  registry: Registry;
  turn(platform: string): void;
  count(what: string): void;
  /** @param read how many messages wait and how many are parked */
  watchOutbox(read: () => Promise<{ waiting: number; parked: number }>): void;
}

/** Figures for Prometheus, rounded down and not there before the first step, so that no single report moves them. */
export function createFigures(): Figures {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: "quietline_" });
  const seen = new Map<string, number>();
  const turns = new Counter({
    name: "quietline_turns_total",
    help: "Events answered since the start, by platform, rounded down to hundreds.",
    labelNames: ["platform"],
    registers: [registry],
  });
  const counts = new Map<string, number>();
  new Gauge({
    name: "quietline_events_tens",
    help: "Reports, messages, looks and refused presses since the start, rounded down to tens.",
    labelNames: ["what"],
    registers: [registry],
    collect() {
      for (const [what, n] of counts) if (n >= 10) this.set({ what }, down(n, 10));
    },
  });
  return {
    registry,
    turn(platform) {
      const n = (seen.get(platform) ?? 0) + 1;
      seen.set(platform, n);
      if (n % 100 === 0) turns.inc({ platform }, 100);
    },
    count: (what) => void counts.set(what, (counts.get(what) ?? 0) + 1),
    watchOutbox(read) {
      new Gauge({
        name: "quietline_outbox",
        help: "Messages that wait, rounded down to tens, and messages that were given up.",
        labelNames: ["state"],
        registers: [registry],
        async collect() {
          const { waiting, parked } = await read();
          this.set({ state: "waiting" }, down(waiting, 10)); // on a quiet day one card is one report
          this.set({ state: "parked" }, parked);
        },
      });
    },
  };
}
