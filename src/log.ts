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
  "sweep-failed",
  "audit-broken",
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

export interface Figures {
  registry: Registry;
  turn(platform: string): void;
  count(what: string): void;
  /** @param read how many messages wait and how many are parked */
  watchOutbox(read: () => Promise<{ waiting: number; parked: number }>): void;
}

/** Figures for Prometheus. Counts of reports are shown in tens, so that no single report moves them. */
export function createFigures(): Figures {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: "quietline_" });
  const turns = new Counter({
    name: "quietline_turns_total",
    help: "Events answered, by platform.",
    labelNames: ["platform"],
    registers: [registry],
  });
  const counts = new Map<string, number>();
  const events = new Gauge({
    name: "quietline_events_tens",
    help: "Reports, messages, looks and refused presses since the start, rounded down to tens.",
    labelNames: ["what"],
    registers: [registry],
    collect() {
      for (const [what, n] of counts) this.set({ what }, Math.floor(n / 10) * 10);
    },
  });
  return {
    registry,
    turn: (platform) => turns.inc({ platform }),
    count(what) {
      counts.set(what, (counts.get(what) ?? 0) + 1);
      events.set({ what }, Math.floor(counts.get(what)! / 10) * 10);
    },
    watchOutbox(read) {
      new Gauge({
        name: "quietline_outbox",
        help: "Messages that wait, and messages that were given up.",
        labelNames: ["state"],
        registers: [registry],
        async collect() {
          const { waiting, parked } = await read();
          this.set({ state: "waiting" }, waiting);
          this.set({ state: "parked" }, parked);
        },
      });
    },
  };
}
