/**
 * Three hosts with everything that many machines share, while they are killed, restarted and cut off, and PostgreSQL and
 * Redis with them. A short run; `QUIETLINE_SCALE_BLOWS=60` asks for a long one.
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { skipFor } from "../support/missing.ts";
import { ownPostgres, ownRedis } from "../support/servers.ts";
import { build, type Lab } from "./lab.ts";
import type { Found } from "./world.ts";

const blows = Number(process.env.QUIETLINE_SCALE_BLOWS ?? 5);
/** Messages that a courier has in hand at most: what one death may double, or lose where a second copy would be wrong. */
const inHand = 64;

describe("three hosts", () => {
  let lab: Lab | undefined;
  let running: ChildProcess | undefined;
  // also when the test gave up waiting: the world ends itself when nobody listens
  afterEach(async () => {
    if (running?.connected) running.disconnect();
    if (running && running.exitCode === null && running.signalCode === null) await once(running, "exit");
    lab?.remove();
  });

  it(`that are struck ${blows} times keep every acknowledged report once, and send what they owe`, async function () {
    this.timeout(120_000 + blows * 20_000); // on a busy machine
    for (const [what, server] of [
      ["no redis-server in the path", await ownRedis()],
      ["no PostgreSQL server's programs", await ownPostgres()],
    ] as const) {
      if (!server) return skipFor(this, what);
      await server.remove();
    }
    lab = build(3);
    const world = fileURLToPath(new URL("world.ts", import.meta.url));
    const [command = "", ...args] = [
      ...lab.inMiddle,
      ...[process.execPath, "--import", "tsx", world, lab.kind, String(process.pid), String(blows)],
    ];
    const child = spawn(command, args, { stdio: ["ignore", "ignore", "inherit", "ipc"] });
    running = child;
    const found = await new Promise<Found>((resolve, reject) => {
      child.once("message", (said) => resolve(said as Found));
      child.once("exit", (code) => reject(new Error(`the world ended with ${code}`)));
    });
    const { warnings, tips, wrong } = found;
    const sum = (all: number[]): number => all.reduce((a, b) => a + b, 0);
    const { kill = 0, cut = 0 } = found.blows;
    // only these keep a courier from noting what a network has answered; who is told to stop, or loses a server, waits
    const deaths = kill + cut;
    const twice = sum(warnings) - warnings.length;
    process.stdout.write(
      `      ${lab.kind}: ${JSON.stringify(found.blows)}; ${found.receipts} receipts, ${found.reports} reports, ${found.retried} retries; ` +
        `${warnings.length} people: ${twice} warnings twice, ${tips.length - sum(tips)} tips lost; ${found.reminders.length} cases: ` +
        `${sum(found.reminders)} reminders; ${JSON.stringify(found.notes)}\n`,
    );
    assert.deepEqual(wrong, []);
    assert.equal(found.lost, 0, "a receipt opens no report");
    assert.equal(found.mixed, 0, "a receipt opens another report than the one that was sent");
    assert.equal(found.twice, 0, "a report was kept twice");
    assert.ok(found.receipts >= 3, "too few reports came through to prove anything");
    assert.ok(
      warnings.every((n) => n >= 1 && n <= 1 + deaths),
      `somebody was not warned, or too often: ${warnings}`,
    );
    assert.ok(twice <= deaths * inHand, "more warnings came twice than couriers had in hand");
    assert.ok(
      tips.every((n) => n <= 1),
      "a tip came twice",
    );
    assert.ok(tips.length - sum(tips) <= deaths * inHand, "more tips were lost than couriers had in hand");
    assert.ok(
      found.reminders.every((n) => n >= 1 && n <= 1 + deaths),
      `a clock did not fire, or on more than one host: ${found.reminders}`,
    );
    assert.ok(sum(found.reminders) - found.reminders.length <= deaths, "a clock fired twice without a death");
  });
});
