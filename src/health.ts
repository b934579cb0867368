/**
 * What operators see of a running service: whether it lives, whether it is ready, and figures that alerts stand on. All of
 * it is about the house and none of it about people: no figure belongs to a report, and what a single report could move is
 * rounded or a yes or no. It is shown on an address of its own, never on the public page.
 */
import { statfs } from "node:fs/promises";
import { createServer } from "node:http";
import { Gauge } from "prom-client";
import type { Config } from "./config.ts";
import { codeOf, fail } from "./errors.ts";
import { down, type Note } from "./log.ts";
import { type Core, hour } from "./main.ts";

/** How long the database may take to say that it is there (milliseconds). */
const patience = 2000;

/** What the log tells of networks, kept as since when each has been out of reach. */
export interface Reach {
  note: Note;
  /** Milliseconds since 1970, by network; absent while it answers. */
  since: Map<string, number>;
}

/** Listens in on the log: networks note themselves when they are lost and when they are back. */
export function watchReach(note: Note, now: () => number = Date.now): Reach {
  const since = new Map<string, number>();
  return {
    since,
    note(code, values) {
      const name = String(values?.platform ?? "");
      if (code === "platform-unreachable" || code === "platform-token-refused")
        since.set(name, since.get(name) ?? now());
      if (code === "platform-ready" || code === "platform-recovered") since.delete(name);
      note(code, values);
    },
  };
}

/** Adds the figures that alerts stand on to those of the house. */
export function addFigures(core: Core, config: Config, reach: Reach, now: () => number = Date.now): void {
  const registers = [core.figures.registry];
  const steps = (value: number, step: number) => Math.max(0, down(value, step));
  const gauge = (name: string, help: string, read: () => Promise<number> | number) =>
    new Gauge({
      name: `quietline_${name}`,
      help,
      registers,
      async collect() {
        // what cannot be read is told by its absence, which alerts as well
        const value = await Promise.resolve()
          .then(read)
          .catch(() => Number.NaN);
        if (Number.isNaN(value)) this.reset();
        else this.set(value);
      },
    });

  new Gauge({
    name: "quietline_platform_unreachable_seconds",
    help: "For how long a network has been out of reach, or has refused the token; rounded down to minutes.",
    labelNames: ["platform"],
    registers,
    collect() {
      const names = ["telegram", "discord"].filter((name) => config[name as "telegram" | "discord"]);
      for (const platform of names)
        this.set({ platform }, steps((now() - (reach.since.get(platform) ?? now())) / 1000, 60));
    },
  });
  gauge(
    "outbox_late_seconds",
    "How late the message is that has been due for longest; rounded down to minutes.",
    async () => {
      const row = await core.storage.read("outbox").whereNull("parked").min({ due: "due" }).first();
      return row?.due ? steps(now() / 1000 - Number(row.due), 60) : 0;
    },
  );
  gauge("deadline_missed", "1 while something is late that the law or the team has set a day for.", async () => {
    const today = Math.floor(now() / 86_400_000);
    return (await core.storage.read("reports").where("next_due", "<", today).first("code")) ? 1 : 0;
  });
  gauge("disk_free_bytes", "Room on the disk of the state folder; rounded down to 100 MB.", async () => {
    const disk = await statfs(config.home);
    return steps(disk.bavail * disk.bsize, 100_000_000);
  });
  const began = now() - performance.now();
  gauge(
    "clock_jump_seconds",
    "By how much the clock was set, either way, since the start; rounded down to seconds.",
    () => Math.floor(Math.abs(now() - performance.now() - began) / 1000),
  );
  let verified = Number.NEGATIVE_INFINITY;
  let broken = 0;
  gauge("audit_broken", "1 where the chain of the audit log does not hold; looked at once an hour.", async () => {
    if (performance.now() - verified > hour) {
      broken = (await core.audit.verify()).broken === undefined ? 0 : 1;
      verified = performance.now();
    }
    return broken;
  });
}

/** Is the database there? Nothing else has to be for people to be answered. */
async function ready(core: Core): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), patience);
  });
  const asked = core.storage.read("meta").first("name").then(() => true, () => false); // biome-ignore format: one line
  return Promise.race([asked, late]).finally(() => clearTimeout(timer));
}

/**
 * Shows `/metrics` (also under `/`), `/healthz` (this process lives) and `/readyz` (it can answer people: 200, else 503).
 * @returns ends it. Throws `port-taken`, `port-refused`.
 */
export async function showHealth(listen: string, core: Core): Promise<() => Promise<void>> {
  const { registry } = core.figures;
  const server = createServer(async (request, response) => {
    const path = (request.url ?? "/").split("?")[0];
    response.setHeader("cache-control", "no-store");
    if (path === "/healthz") return response.end("ok\n");
    if (path === "/readyz") {
      const ok = await ready(core);
      response.statusCode = ok ? 200 : 503;
      return response.end(ok ? "ok\n" : "database\n");
    }
    if (path !== "/" && path !== "/metrics") {
      response.statusCode = 404;
      return response.end();
    }
    response.setHeader("content-type", registry.contentType);
    response.end(await registry.metrics());
  });
  const at = new URL(`http://${listen}`);
  await new Promise<void>((resolve, reject) =>
    server
      .once("error", (error) => reject(fail(codeOf(error) === "port-taken" ? "port-taken" : "port-refused")))
      .listen(Number(at.port || 80), at.hostname.replace(/^\[|\]$/g, ""), resolve),
  );
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
}
